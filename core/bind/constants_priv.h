/* core/bind/constants_priv.h: the parts of internalBinding('constants'), one function each. */
#ifndef RT_CONSTANTS_PRIV_H
#define RT_CONSTANTS_PRIV_H

#include <stddef.h>

#include "v8shim/vs.h"

struct rt_constant {
    const char *name;
    double value;
};

/* Name and value of a constant that a header defines, for an initialiser. */
#define RT_CONSTANT(id) #id, id

/* Programs can neither change nor delete them. */
void rt_put_constant(struct vs_cx *cx, vs_val target, const char *name, vs_val value);
void rt_put_constants(struct vs_cx *cx, vs_val target, const struct rt_constant *table,
                      size_t count);

void rt_put_os_constants(struct vs_cx *cx, vs_val target);
void rt_put_crypto_constants(struct vs_cx *cx, vs_val target);
void rt_put_zlib_constants(struct vs_cx *cx, vs_val target);

#endif
