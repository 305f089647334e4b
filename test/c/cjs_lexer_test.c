/* Names found in CommonJS text. What is expected here is what Node 24 finds, too. */
#include "core/cjs_lexer.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGES 4

/* Text that ends where no memory follows. */
static char *guarded;
static size_t guarded_cap;

static void guard_open(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    guarded_cap = PAGES * page;
    guarded =
        mmap(NULL, guarded_cap + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert(guarded != MAP_FAILED);
    assert(mprotect(guarded + guarded_cap, page, PROT_NONE) == 0);
}

static int lex(struct rt_cjs_exports *out, const char *source, size_t len)
{
    assert(len <= guarded_cap);
    char *copy = guarded + guarded_cap - len;
    memcpy(copy, source, len);
    return rt_cjs_lex(out, copy, len);
}

/* The names, each followed by a space. */
static void join(char *to, const struct rt_cjs_exports *e, const struct rt_cjs_names *names)
{
    *to = 0;
    for (uint32_t i = 0; i < names->count; i++) {
        strncat(to, rt_cjs_text(e, names->items[i]), names->items[i].len);
        strcat(to, " ");
    }
}

static void finds(const char *source, const char *exports, const char *reexports)
{
    struct rt_cjs_exports e;
    char got_exports[1000], got_reexports[1000];
    assert(lex(&e, source, strlen(source)) == 0);
    join(got_exports, &e, &e.exports);
    join(got_reexports, &e, &e.reexports);
    if (strcmp(got_exports, exports) != 0 || strcmp(got_reexports, reexports) != 0) {
        fprintf(stderr, "%s\n  exports '%s' reexports '%s'\n", source, got_exports, got_reexports);
        abort();
    }
    rt_cjs_exports_reset(&e);
}

static void refuses(const char *source)
{
    struct rt_cjs_exports e;
    assert(lex(&e, source, strlen(source)) == -EINVAL);
    assert(e.exports.count == 0 && e.reexports.count == 0);
}

static void assignments(void)
{
    finds("exports.a=1; exports[\"b\"]=2; exports['c d']=3; module.exports.d=4; exports.e;",
          "a b c d d ", "");
    finds("exports.a = exports.b = void 0", "a b ", "");
    finds("module/**/./**/exports . a /**/ =1", "a ", "");
    finds("foo.exports.a=1; this.exports.b=1; exports.c.d=1; exports.e+=1; exports[f]=1", "", "");
    finds("exports['it\\'s \\x41\\u{1F600}\\u0139']=1", "it's A\xf0\x9f\x98\x80\xc4\xb9 ", "");
    finds("exports['a\\\nb\\\r\nc']=1", "abc ", "");
    finds("exports['\\ud800']=1; exports['\\xzz']=1; exports['\\u12']=1", "", "");
}

static void object_literals(void)
{
    finds("module.exports={a, b: c, 'd': e, ...f, g}", "a b d g ", "");
    finds("module.exports={a, b: 1, c}", "a ", "");
    finds("module.exports={a, get b(){}, c}", "a ", "");
    finds("module.exports={a(){}, b}", "a ", "");
    finds("module.exports={...require('x'), a: require('y'), b}", "a ", "x y ");
    finds("0 && (module.exports = {a, b, ...require(\"d\")});", "a b ", "d ");
    finds("exports = {a}; module.exports = ({b})", "", "");
}

static void reexports(void)
{
    finds("module.exports = require('a')", "", "a ");
    finds("if (x) module.exports = require('a'); else module.exports = require('b')", "", "b ");
    finds("module.exports = require('a'); __exportStar(require('b'), exports)", "", "a b ");
    finds("tslib_1.__exportStar(require('./x'), exports);", "", "./x ");
    finds("__export(require('x'))", "", "x ");
    finds("require('x'); x__export(require('y'))", "", "");
    finds("var _a=_interopRequireWildcard(require('a'));Object.keys(_a).forEach(function(k){"
          "if(k==='default'||k==='__esModule')return;"
          "if(Object.prototype.hasOwnProperty.call(_exportNames,k))return;"
          "if(k in exports&&exports[k]===_a[k])return;"
          "Object.defineProperty(exports,k,{enumerable:true,get:function(){return _a[k];}});});",
          "", "a ");
    finds("const _a = require('a'); Object.keys(_a).forEach(function (k) {"
          " if (k !== 'default' && !exports.hasOwnProperty(k)) exports[k] = _a[k]; });",
          "", "a ");
    finds("var _a=require('a');Object.keys(_a).forEach(function(k){exports[k]=_a[k];});", "", "");
}

static void defined_properties(void)
{
    finds("Object.defineProperty(exports, '__esModule', { value: true })", "__esModule ", "");
    finds("Object.defineProperty(exports,'a',{enumerable:true,get:function(){return m.a;}})", "a ",
          "");
    finds("Object.defineProperty(module.exports,'a',{get(){return m['b']},})", "a ", "");
    finds("Object.defineProperty(exports,'a',{enumerable:true,get:function(){return f().a}})", "",
          "");
    finds("Object.defineProperty(exports,'a',{enumerable:true,get:()=>m.a})", "", "");
}

static void what_is_not_code(void)
{
    finds("// exports.a=1\n/* exports.b=1 */exports.c=1", "c ", "");
    finds("\"exports.a=1\"; 'exports.b=1'; `exports.c=1 ${exports.d=1} exports.e=1`", "d ", "");
    finds("`${`${{a:1}}`}`;exports.a=1", "a ", "");
    finds("/exports.a=1/; /[/]exports.b=1/; a/exports.c=1/b", "c ", "");
    finds("if(x)/\"/.test(y); ({})/2; x++/2; typeof/\"/; exports.a='/'", "a ", "");
    finds("#!exports.a=1\nexports.b=1", "b ", "");
    finds("import('x'); a.import.b; ({export: 1}); exports.a=1", "a ", "");
}

/* Whatever the text, nothing is read beyond its end. */
static void survives_noise(void)
{
    static const char *const parts[] = {
        "exports",  "module",   ".",       "=",      "{",
        "}",        "(",        ")",       "[",      "]",
        "'",        "\"",       "`",       "${",     "/",
        "\\",       "*",        "require", "Object", "defineProperty",
        "keys",     ",",        "a",       ":",      "...",
        "__export", "get",      "\n",      "import", "var ",
        "'x'",      "function", "return",  "\\u",    "\\x4",
        "\xc3",
    };
    srand(1);
    for (int i = 0; i < 20000; i++) {
        char text[400] = "";
        for (int n = rand() % 24; n > 0; n--)
            strcat(text, parts[(size_t)rand() % (sizeof(parts) / sizeof(parts[0]))]);
        struct rt_cjs_exports e;
        int err = lex(&e, text, strlen(text));
        assert(err == 0 || err == -EINVAL);
        rt_cjs_exports_reset(&e);
    }
}

int main(void)
{
    guard_open();
    assignments();
    object_literals();
    reexports();
    defined_properties();
    what_is_not_code();
    static const char *const bad[] = { "exports.a=1; `",
                                       "exports.a=1; }",
                                       "(",
                                       "([)]",
                                       "\"abc",
                                       "/*",
                                       "\"a\nb\"",
                                       "import x from 'y'",
                                       "import 'y'",
                                       "import.meta",
                                       "export const a = 1",
                                       "/a\n/" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) refuses(bad[i]);
    survives_noise();
    return 0;
}
