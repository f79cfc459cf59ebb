/* SPDX-License-Identifier: MIT */
/* A typed growable array.
 *
 *	VEC_DEFINE(int_vec, int);
 *
 *	struct int_vec v = {0};
 *	int_vec_push(&v, 42);
 *	for (size_t i = 0; i < v.len; i++)
 *		use(v.ptr[i]);
 *	int_vec_clear(&v);
 *
 * A zeroed struct is an empty vector.  Elements are moved by plain copying;
 * clearing frees the array, never what elements point to. */
#ifndef CIRRUS_BASE_VEC_H
#define CIRRUS_BASE_VEC_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define VEC_DEFINE(name, type)                                             \
	struct name {                                                      \
		type *ptr;                                                 \
		size_t len, cap;                                           \
	};                                                                 \
	static inline UNUSED void name##_push(struct name *v, type elem)   \
	{                                                                  \
		if (v->len == v->cap) {                                    \
			v->cap = v->cap ? v->cap * 2 : 8;                  \
			v->ptr = xreallocarray(v->ptr, v->cap,             \
					       sizeof(*v->ptr));           \
		}                                                          \
		v->ptr[v->len++] = elem;                                   \
	}                                                                  \
	static inline UNUSED void name##_remove(struct name *v, size_t at) \
	{                                                                  \
		v->len--;                                                  \
		memmove(v->ptr + at, v->ptr + at + 1,                      \
			(v->len - at) * sizeof(*v->ptr));                  \
	}                                                                  \
	static inline UNUSED void name##_clear(struct name *v)             \
	{                                                                  \
		free(v->ptr);                                              \
		*v = (struct name){0};                                     \
	}                                                                  \
	struct name

#endif
