/* An env that is closed while file operations of all kinds are under way, as a worker's is when it
 * is terminated: every request is completed without JS and freed, every descriptor is closed. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/boot.h"
#include "core/env.h"
#include "core/options.h"
#include "core/turn.h"
#include "test/c/check.h"

static const char program[] =
    "const fs = require('fs');\n"
    "globalThis.kept = [fs.opendirSync('/')];\n"
    "const big = Buffer.alloc(1 << 20);\n"
    "for (let i = 0; i < 50; i++) {\n"
    "  fs.promises.open(__filename).then((h) => kept.push(h));\n"
    "  fs.promises.readFile(__filename);\n"
    "  fs.promises.writeFile(`${__filename}.${i}`, big);\n"
    "  fs.promises.readdir('/proc');\n"
    "  fs.promises.opendir('/proc').then((d) => d.read());\n"
    "  fs.stat('/nowhere', () => {});\n"
    "  fs.createReadStream('/dev/zero').resume();\n"
    "  fs.createReadStream(__filename).pipe(fs.createWriteStream(`${__filename}.${i + 50}`));\n"
    "}\n"
    "fs.watch('/tmp');\n"
    "fs.watchFile(__filename, () => {});\n";

static int count_fds(void)
{
    int n = 0;
    DIR *d = opendir("/proc/self/fd");
    EXPECT(d);
    while (readdir(d)) n++;
    closedir(d);
    return n;
}

static void write_program(const char *path)
{
    FILE *f = fopen(path, "w");
    EXPECT(f);
    fputs(program, f);
    EXPECT(fclose(f) == 0);
}

static struct rt_options *options; /* the process's */

/* Lets the program get as far as `turns` takes it. */
static void run_and_close(int turns)
{
    struct rt_env_options eo = { .options = options };
    eo.argv = rt_options_argv(options, &eo.argc);
    eo.exec_argv = rt_options_exec_argv(options, &eo.exec_argc);
    struct rt_env *env;
    const char *why;
    EXPECT(rt_env_open(&env, &eo, &why) == 0);
    EXPECT(rt_boot(env));
    EXPECT(rt_boot_main(env, rt_options_main(options)));
    for (int i = 0; i < turns; i++) rt_turn(env);
    rt_env_close(env);
}

int main(void)
{
    char dir[] = "/tmp/torc-env-close-XXXXXX";
    char path[sizeof dir + 16], command[sizeof dir + 16];
    EXPECT(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/main.js", dir);
    write_program(path);
    char name[] = "torc";
    char *argv[] = { name, path, NULL };
    EXPECT_EQ(rt_options_parse(&options, 2, argv), 0);
    EXPECT(vs_platform_open(1) == NULL);
    int turns[] = { 0, 1, 3, 20 };
    int before = 0;
    for (int i = 0; i < 4; i++) {
        run_and_close(turns[i]);
        if (i == 0) before = count_fds();
        EXPECT_EQ(count_fds(), before);
    }
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command) == 0 ? 0 : 1;
}
