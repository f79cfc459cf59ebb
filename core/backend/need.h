/* SPDX-License-Identifier: MIT */
/* What a request asks for, held against what the backend offers, before the
 * plugin is called: silently ignoring is the worst a backend can do. */
#ifndef CIRRUS_BACKEND_NEED_H
#define CIRRUS_BACKEND_NEED_H

#include "backend/conn.h"
#include "base/arena.h"

struct need {
	bool asked;
	unsigned int capability;
};

/* All return CIRRUS_OK, or CIRRUS_E_NOTSUP with *err saying what is lacking. */
cirrus_status need_all(const struct conn *c, const struct need *needs, size_t n,
		       struct error **err);
/* `present`: whether the plugin has the operation. */
cirrus_status need_op(const struct conn *c, bool present, const char *op,
		      struct error **err);
cirrus_status need_understood(const struct conn *c, uint64_t required,
			      struct error **err);

#define NEED_ALL(c, needs, err) need_all((c), (needs), ARRAY_LEN(needs), (err))

/* A copy of a struct of the contract, padded with zeros as it promises, its
 * struct_size set.  NULL stays NULL. */
void *need_padded(struct arena *a, const void *src, size_t size);
/* The same of an array of pointers to such structs. */
void *need_padded_all(struct arena *a, const void *src, size_t n, size_t size);

#define PADDED(a, src)        need_padded((a), (src), sizeof(*(src)))
#define PADDED_ALL(a, src, n) need_padded_all((a), (src), (n), sizeof(**(src)))

/* The platform to ask for: NULL where it is what the engine has anyway. */
const struct cirrus_platform *need_platform(const struct conn *c,
					    const struct cirrus_platform *p,
					    struct arena *a);

#endif
