/* SPDX-License-Identifier: MIT */
/* Allocation that cannot fail, and ownership that ends with the scope.
 *
 * A program that cannot get a hundred bytes cannot clean up after itself
 * either, so these print one line and abort.  What input can size is capped
 * instead: see buf.h and arena.h.
 *
 *	AUTO_FREE char *path = xasprintf("%s/%s", dir, name);
 *	...
 *	return STEAL_PTR(path);
 */
#ifndef CIRRUS_BASE_MEM_H
#define CIRRUS_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

#define PRINTF_LIKE(fmt, args) \
	__attribute__((__format__(__printf__, fmt, args)))
#define MUST_CHECK   __attribute__((__warn_unused_result__))
#define NORETURN     __attribute__((__noreturn__))
#define UNUSED       __attribute__((__unused__))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define CONTAINER_OF(ptr, type, member) \
	((type *)(void *)((char *)(ptr)-offsetof(type, member)))

void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
/* Resizes to n elements of size bytes; aborts where n * size overflows. */
void *xreallocarray(void *ptr, size_t n, size_t size);
char *xstrdup(const char *s);
/* NULL stays NULL. */
char *xstrdup_or_null(const char *s);
char *xstrndup(const char *s, size_t max);
char *xmemdup0(const void *data, size_t len); /* adds a NUL */
char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2);
char *xvasprintf(const char *fmt, va_list ap) PRINTF_LIKE(1, 0);

void free_ptr(void *pp); /* frees *(void **)pp; for AUTO_FREE */
#define AUTO_FREE __attribute__((__cleanup__(free_ptr)))

/* Takes the value out of a variable that would be freed at its scope's end. */
#define STEAL_PTR(p)                         \
	(__extension__({                     \
		__typeof__(p) stolen_ = (p); \
		(p) = NULL;                  \
		stolen_;                     \
	}))

#endif
