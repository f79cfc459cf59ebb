/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/need.h"

#include <inttypes.h>
#include <string.h>

#include "backend/services.h"
#include "backend/status.h"

cirrus_status need_all(const struct conn *c, const struct need *needs, size_t n,
		       struct error **err)
{
	for (size_t i = 0; i < n; i++) {
		unsigned int cap = needs[i].capability;

		if (!needs[i].asked || conn_can(c, cap))
			continue;
		error_set(err, ERR_BACKEND,
			  "backend %s does not offer %s here (%s)",
			  conn_name(c), capability_text(cap),
			  capability_name(cap));
		return CIRRUS_E_NOTSUP;
	}
	return CIRRUS_OK;
}

cirrus_status need_op(const struct conn *c, bool present, const char *op,
		      struct error **err)
{
	if (present)
		return CIRRUS_OK;
	error_set(err, ERR_BACKEND, "backend %s lacks the operation %s",
		  conn_name(c), op);
	return CIRRUS_E_NOTSUP;
}

cirrus_status need_understood(const struct conn *c, uint64_t required,
			      struct error **err)
{
	uint64_t strange = required & ~conn_table(c)->understood;

	if (!strange)
		return CIRRUS_OK;
	error_set(err, ERR_BACKEND,
		  "backend %s does not know what is asked of it (bits %" PRIx64
		  ")",
		  conn_name(c), strange);
	error_hint(err, "install a newer version of the plugin");
	return CIRRUS_E_NOTSUP;
}

void *need_padded(struct arena *a, const void *src, size_t size)
{
	const uint32_t struct_size = (uint32_t)size;
	char *copy;

	if (!src)
		return NULL;
	copy = arena_alloc(a, ABI_AREA);
	memcpy(copy, src, size);
	memcpy(copy, &struct_size, sizeof(struct_size));
	return copy;
}

void *need_padded_all(struct arena *a, const void *src, size_t n, size_t size)
{
	const void *const *from = src;
	void **to = arena_alloc(a, (n + 1) * sizeof(*to));

	for (size_t i = 0; i < n; i++)
		to[i] = need_padded(a, from[i], size);
	return to;
}

const struct cirrus_platform *need_platform(const struct conn *c,
					    const struct cirrus_platform *p,
					    struct arena *a)
{
	const struct cirrus_system_info *info = conn_system_info(c);

	if (!p || (!p->variant && (!p->os || !strcmp(p->os, info->os)) &&
		   (!p->arch || !strcmp(p->arch, info->arch))))
		return NULL;
	return PADDED(a, p);
}
