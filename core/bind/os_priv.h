/* core/bind/os_priv.h: the longer functions of internalBinding('os'). */
#ifndef RT_OS_PRIV_H
#define RT_OS_PRIV_H

#include "core/env.h"

/* Writes errno, code, message and syscall to details, an object of the library's. err is -errno. */
void rt_os_describe(struct rt_env *env, vs_val details, int err, const char *syscall);

void rt_os_get_cpus(const struct vs_args *a);        /* os_cpus.c */
void rt_os_get_parallelism(const struct vs_args *a); /* os_cpus.c */
void rt_os_get_interfaces(const struct vs_args *a);  /* os_interfaces.c */

#endif
