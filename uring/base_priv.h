/* uring/base_priv.h: the always-on check, and the way from a member back to its struct. */
#ifndef URING_BASE_PRIV_H
#define URING_BASE_PRIV_H

#include <stddef.h>

/* A caller's bug or a broken invariant: say where and abort. Never for errors that can happen. */
#define UR_CHECK(cond) ((cond) ? (void)0 : ur_check_failed(#cond, __FILE__, __LINE__))
_Noreturn void ur_check_failed(const char *what, const char *file, int line);

#define UR_CONTAINER(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* Memory of small or bounded size: abort when there is none. */
void *ur_alloc(size_t len);
void *ur_grow(void *old, size_t count, size_t item_len);

#endif
