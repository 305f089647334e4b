/* core/run_script.h: `torc --run NAME`: a script of the nearest package.json. */
#ifndef RT_RUN_SCRIPT_H
#define RT_RUN_SCRIPT_H

/* Becomes the shell that runs it, in the folder of the package.json, with the node_modules/.bin
 * folders of this folder and those above first in PATH; its exit code is the script's, not 1 as
 * with Node. args: ends with NULL, appended to the command. Returns only when that fails, with the
 * exit code of the process; the reason is on stderr. */
int rt_run_script(const char *name, char **args);

#endif
