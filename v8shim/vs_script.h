/* v8shim/vs_script.h: compiling and running source text, code cache, call sites. */
#ifndef VS_SCRIPT_H
#define VS_SCRIPT_H

#include "v8shim/vs_base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct vs_class;

struct vs_source {
    vs_val code;  /* string */
    vs_val name;  /* resource name, string */
    int line_off; /* of the first line */
    int column_off;
    vs_val id;             /* host-defined symbol for import(), or NULL */
    vs_val source_map_url; /* or NULL */
    const uint8_t *cache;  /* code cache to use, borrowed, or NULL */
    size_t cache_len;
    bool eager;          /* compile inner functions too */
    bool cache_rejected; /* out: cache was given and V8 did not take it */
};

/* A function with these parameter names around the text. scopes: objects searched like with(), may
 * be NULL. NULL = SyntaxError pending. */
vs_val vs_compile_function(struct vs_cx *cx, struct vs_source *src, const vs_val *params,
                           int param_count, const vs_val *scopes, int scope_count);
/* A script not bound to a context. */
vs_val vs_compile_script(struct vs_cx *cx, struct vs_source *src);
/* Runs it in the current context. */
vs_val vs_script_run(struct vs_cx *cx, vs_val script);
/* The sourceMappingURL magic comment; undefined without one. kind: script or function. */
vs_val vs_script_source_map_url(vs_val script);
vs_val vs_fn_source_map_url(vs_val fn);
/* The sourceURL magic comment; a function without one: the name given at compile time. */
vs_val vs_script_source_url(vs_val script);
vs_val vs_fn_source_url(vs_val fn);

/* Code cache of a compiled script or function, best made after it ran. free() it. NULL: none. */
uint8_t *vs_script_cache_new(vs_val script, size_t *len);
uint8_t *vs_fn_cache_new(vs_val fn, size_t *len);
/* Depends on V8's version and flags: caches of another tag are rejected. */
uint32_t vs_cache_tag(void);

/* Call sites, newest first. */
struct vs_frame {
    vs_val function_name; /* string, maybe empty */
    vs_val script_name;   /* string, or undefined */
    vs_val script_id_str; /* string */
    int script_id;
    int line;   /* from 1 */
    int column; /* from 1 */
    bool eval;
    bool constructor;
};
vs_val vs_stack_now(struct vs_cx *cx, int limit);
int vs_stack_count(vs_val stack);
void vs_stack_frame(struct vs_cx *cx, vs_val stack, int i, struct vs_frame *out);

#ifdef __cplusplus
}
#endif
#endif
