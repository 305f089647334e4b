/* core/req.h: request objects: JS makes an empty one, sets oncomplete and hands it to one native
 * call. */
#ifndef RT_REQ_H
#define RT_REQ_H

#include "core/async.h"

/* A class of request objects that JS may construct; its instances get their rt_async when the call
 * begins. Lives as long as the env. */
struct vs_class *rt_req_class_new(struct rt_env *env, const char *name);

/* Whether v can take an rt_async: an object made by such a class that no call is using. */
bool rt_req_usable(vs_val v);

/* Calls req.oncomplete(...argv) and resets async; what embeds it may be freed then. */
void rt_req_finish(struct rt_async *async, int argc, const vs_val *argv);

#endif
