/* v8shim/vs_module.h: ES modules.
 *
 * A module handle is a vs_val that only the functions here and vs_ref_new() take: it is not a JS
 * value. A module belongs to the context that is current when it is made, evaluated or linked.
 */
#ifndef VS_MODULE_H
#define VS_MODULE_H

#include "v8shim/vs_script.h"

#ifdef __cplusplus
extern "C" {
#endif

/* V8's numbers, which Node's library shows to programs. */
enum vs_module_status {
    VS_MODULE_UNINSTANTIATED,
    VS_MODULE_INSTANTIATING,
    VS_MODULE_INSTANTIATED,
    VS_MODULE_EVALUATING,
    VS_MODULE_EVALUATED,
    VS_MODULE_ERRORED,
};

enum vs_import_phase { VS_PHASE_SOURCE = 1, VS_PHASE_EVALUATION = 2 };

/* One import of a module's text, in order of appearance, without duplicates. */
struct vs_module_request {
    vs_val specifier;
    vs_val attributes; /* frozen object without prototype: key -> string */
    enum vs_import_phase phase;
};

/* What modules need from the owner of the isolate. */
struct vs_module_host {
    /* The module that request index of referrer stands for. NULL: an exception is pending. */
    vs_val (*resolve)(struct vs_cx *cx, vs_val referrer, int index);
    /* The same for a request in the source phase: its source object. */
    vs_val (*resolve_source)(struct vs_cx *cx, vs_val referrer, int index);
    /* A synthetic module is evaluated: set its exports. false: an exception is pending. */
    bool (*steps)(struct vs_cx *cx, vs_val module);
};
/* Once, before the first module is made; host must live as long as the process. */
void vs_module_host_set(struct vs_cx *cx, const struct vs_module_host *host);

/* NULL = SyntaxError pending. src as in vs_script.h. */
vs_val vs_module_compile(struct vs_cx *cx, struct vs_source *src);
/* names: strings without duplicates. */
vs_val vs_module_synthetic(struct vs_cx *cx, vs_val name, const vs_val *names, size_t count);

/* Equal for two handles of one module; others may share it. */
int vs_module_hash(vs_val module);
bool vs_module_same(vs_val a, vs_val b);
enum vs_module_status vs_module_status(vs_val module);
/* Only when errored. */
vs_val vs_module_error(vs_val module);
/* The text contains await outside of functions. Not for synthetic modules. */
bool vs_module_has_await(vs_val module);
/* This module or one it imports does. From instantiated on. */
bool vs_module_is_graph_async(vs_val module);
/* Magic comments of the text, undefined without one; before evaluation only. */
vs_val vs_module_source_map_url(vs_val module);
vs_val vs_module_source_url(vs_val module);
/* What is compiled of the text, for vs_ref_new() and the next; before evaluation only. */
vs_val vs_module_unbound(vs_val module);
/* Its code cache; has more functions after evaluation. free() it. NULL: none. */
uint8_t *vs_unbound_module_cache_new(vs_val unbound, size_t *len);

int vs_module_request_count(struct vs_cx *cx, vs_val module);
/* false: an exception is pending. */
VS_MUST_CHECK bool vs_module_request(struct vs_cx *cx, vs_val module, int index,
                                     struct vs_module_request *out);

/* Links the module and all it imports, through host->resolve. */
VS_MUST_CHECK bool vs_module_instantiate(struct vs_cx *cx, vs_val module);
/* Runs it. Returns the promise of its evaluation. NULL = exception pending. */
vs_val vs_module_evaluate(struct vs_cx *cx, vs_val module);
/* From instantiated on. */
vs_val vs_module_namespace(vs_val module);
/* Synthetic modules only: ReferenceError for an unknown name. */
VS_MUST_CHECK bool vs_module_set_export(struct vs_cx *cx, vs_val module, vs_val name, vs_val v);

/* Calls found(message, data) for each await outside of functions, in the module or those it
 * imports, that has not settled. message: for vs_message_info(). Runs no JS itself. */
void vs_module_stalled(struct vs_cx *cx, vs_val module,
                       void (*found)(struct vs_cx *cx, vs_val message, void *data), void *data);

#ifdef __cplusplus
}
#endif
#endif
