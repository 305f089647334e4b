/* core/module.h: the engine asks for modules: import() and import.meta. Answered by
 * core/bind/module_wrap.c. */
#ifndef RT_MODULE_H
#define RT_MODULE_H

#include "v8shim/vs.h"

struct rt_env;

/* vs_host.import_dynamic and .import_meta, see v8shim/vs_isolate.h. */
vs_val rt_module_import_dynamic(struct rt_env *env, const struct vs_import *import);
void rt_module_import_meta(struct rt_env *env, vs_val module, vs_val meta);
/* The program ends while the main module still waits for a top-level await: warns on stderr where.
 */
void rt_module_warn_unsettled(struct rt_env *env);

#endif
