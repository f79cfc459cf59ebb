/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/cache-copy.h"

#include "files/extract.h"
#include "run/reading.h"

/* --- out --------------------------------------------------------------------- */

static enum cache_copy outcome(cirrus_status status, int packed,
			       struct error **backend, struct error **cause,
			       struct error **err)
{
	/* where packing failed, the backend was left alone: its trouble is
	 * ours */
	if (packed < 0 && (status == CIRRUS_OK || status == CIRRUS_E_IO)) {
		*err = STEAL_PTR(*cause);
		return CACHE_LOCAL;
	}
	if (status == CIRRUS_OK)
		return CACHE_COPIED;
	if (status == CIRRUS_E_NOTFOUND)
		return CACHE_ABSENT;
	*err = STEAL_PTR(*backend);
	return CACHE_BACKEND;
}

enum cache_copy cache_save(struct performance *p, struct cache_save *c,
			   struct error **err)
{
	struct member_rules rules = folders_rules(c->folders);
	struct pack_options o = {
		.rules = &rules, .seen = c->seen, .before = c->before};
	const struct strv *paths = c->paths;
	bool all = paths->len == 0 || *paths->v[0] == '\0';
	AUTO_ERROR struct error *cause = NULL;
	AUTO_ERROR struct error *backend = NULL;
	struct reading *r;
	int packed;

	if (reading_begin(p->place, p->deadline_ns, c->folders->base,
			  all ? NULL : (const char *const *)paths->v, &r,
			  err) < 0)
		return CACHE_LOCAL;
	packed = pack(reading_read, r, c->fd, &o, &c->result, &cause);
	/* behind the end of an archive some engines write on */
	c->status = reading_end(r, packed >= 0, &backend);
	return outcome(c->status, packed, &backend, &cause, err);
}

/* --- in -------------------------------------------------------------------------- */

enum cache_copy cache_load(struct performance *p, struct cache_load *c,
			   struct error **err)
{
	struct member_rules rules = folders_rules(c->folders);
	struct extract *x = extract_new(c->fd, c->size, &rules, c->seen);
	struct cirrus_reader reader = {x, extract_read};
	AUTO_ERROR struct error *cause = NULL;
	enum cache_copy result = CACHE_COPIED;

	c->status = place_write(p->place, p->deadline_ns, c->folders->base,
				&reader, &cause);
	if (extract_error(x)) {
		error_set(err, extract_error(x)->code, "%s",
			  extract_error(x)->msg);
		result = CACHE_LOCAL;
	} else if (c->status != CIRRUS_OK) {
		*err = STEAL_PTR(cause);
		result = CACHE_BACKEND;
	}
	extract_free(x);
	return result;
}
