/* core/error.h: the edge where an -errno becomes a JS exception or a Node error object, and fatal
 * exceptions. */
#ifndef RT_ERROR_H
#define RT_ERROR_H

#include "v8shim/vs.h"

struct rt_env;

_Noreturn void rt_check_failed(const char *file, int line, const char *cond);

/* Broken invariant of ours: always on. */
#define CHECK(cond) \
    (__builtin_expect(!(cond), 0) ? rt_check_failed(__FILE__, __LINE__, #cond) : (void)0)

/* Name and libuv's wording of an error: "ENOENT", "no such file or directory". Static; err = -errno
 * or a UV_ code (UV_EOF, UV_EAI_*). Unknown: "UNKNOWN". */
const char *rt_err_name(int err);
const char *rt_err_text(int err);

/* Errors as Node's C++ makes them. Made, not thrown; NULL only when memory ran out.
 * Message: "CODE: text, syscall 'path' -> 'dest'"; properties errno, code, syscall, path, dest. */
vs_val rt_uv_exception(struct rt_env *env, int err, const char *syscall, const char *path,
                       const char *dest);
/* The same, thrown. message NULL = libuv's text. */
void rt_throw_uv(struct rt_env *env, int err, const char *syscall, const char *path,
                 const char *dest);
/* Error with a code property and Node's stack header ("TypeError [CODE]: text" shape is the
 * library's; natives set .code only, or nothing with code NULL): printf-style text. */
void rt_throw_code(struct rt_env *env, enum vs_error_kind kind, const char *code,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));
vs_val rt_error_code(struct rt_env *env, enum vs_error_kind kind, const char *code,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));
/* "torc has no crypto.X509Certificate yet", code ERR_TORC_MISSING. what: "binding.function". */
void rt_throw_missing(struct rt_env *env, const char *what);

/* process.emitWarning(text[, name, code]); name and code may be NULL. False: an exception is
 * pending.
 */
bool rt_emit_warning(struct rt_env *env, const char *text, const char *name, const char *code);

/* An exception reached the loop: asks process._fatalException; unhandled, prints source line, caret
 * and stack to stderr and calls rt_exit() with Node's code. vs_host.uncaught. from_promise: it was
 * an unhandled rejection. */
void rt_fatal_exception(struct rt_env *env, vs_val error, vs_val message, bool from_promise);

/* "heading:", the source line and the error on stderr, for an exception that has no other effect.
 * Runs no JS. */
void rt_report_swallowed(struct rt_env *env, const char *heading, vs_val error, vs_val message);

/* Attaches "file:line, source line, caret" to a native error, to be shown above its stack. For
 * other values it is printed at once when print_others is set. message may be NULL. */
void rt_append_arrow(struct rt_env *env, vs_val error, vs_val message, bool print_others);
/* vs_host.fatal: prints and aborts. */
_Noreturn void rt_engine_fatal(const char *where, const char *what, bool oom);

/* The main thread's env: ends the process with this code, after its workers have ended and stdio is
 * flushed. A worker's: stops it; returns, and no JS can be called any more. */
void rt_exit(struct rt_env *env, int code);

/* Node's exit codes (doc/api/process.md, "Exit codes"). */
enum rt_exit_code {
    RT_EXIT_OK = 0,
    RT_EXIT_USER_ERROR = 1,
    RT_EXIT_INTERNAL_PARSE = 3,
    RT_EXIT_INTERNAL_EVAL = 4,
    RT_EXIT_FATAL = 5,
    RT_EXIT_HANDLER_NOT_FUNCTION = 6,
    RT_EXIT_HANDLER_THREW = 7,
    RT_EXIT_BAD_OPTION = 9,
    RT_EXIT_BOOTSTRAP = 10,
    RT_EXIT_BAD_OPTION_VALUE = 12,
    RT_EXIT_UNSETTLED_AWAIT = 13,
    RT_EXIT_STARTUP_SNAPSHOT = 14,
    RT_EXIT_ABORT = 134,
};

#endif
