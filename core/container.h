/* core/container.h: from a member back to the struct that embeds it. */
#ifndef RT_CONTAINER_H
#define RT_CONTAINER_H

#include <stddef.h>

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#endif
