/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/member.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

char *member_name(const char *raw)
{
	AUTO_BUF struct buf name = BUF_INIT(BUF_LINE);

	while (*raw) {
		size_t n = strcspn(raw, "/");

		if (n == 2 && raw[0] == '.' && raw[1] == '.')
			return NULL;
		if (n > 0 && !(n == 1 && *raw == '.')) {
			if (name.len > 0)
				buf_addc(&name, '/');
			buf_add(&name, raw, n);
		}
		raw += n + (raw[n] == '/');
	}
	return name.overflow ? NULL : buf_steal(&name);
}

/* --- the set: open addressing, never more than half full ---------------------- */

struct slot {
	char *name; /* NULL: free */
	mode_t type;
};

struct member_set {
	struct slot *slots;
	size_t n_slots, used;
};

struct member_set *member_set_new(void)
{
	struct member_set *s = xcalloc(1, sizeof(*s));

	s->n_slots = 256;
	s->slots = xcalloc(s->n_slots, sizeof(*s->slots));
	return s;
}

void member_set_free(struct member_set *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_slots; i++)
		free(s->slots[i].name);
	free(s->slots);
	free(s);
}

/* The slot of that name, or the free one where it would go. */
static struct slot *find(const struct member_set *s, const char *name)
{
	uint64_t h = UINT64_C(1469598103934665603); /* FNV-1a */
	size_t at;

	for (const char *p = name; *p; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
	at = (size_t)(h ^ (h >> 29)) & (s->n_slots - 1);
	while (s->slots[at].name && strcmp(s->slots[at].name, name) != 0)
		at = (at + 1) & (s->n_slots - 1);
	return &s->slots[at];
}

static void grow(struct member_set *s)
{
	struct member_set old = *s;

	s->n_slots *= 2;
	s->slots = xcalloc(s->n_slots, sizeof(*s->slots));
	for (size_t i = 0; i < old.n_slots; i++)
		if (old.slots[i].name)
			*find(s, old.slots[i].name) = old.slots[i];
	free(old.slots);
}

void member_set_put(struct member_set *s, const char *name, mode_t type)
{
	struct slot *slot = find(s, name);

	if (!slot->name) {
		if (++s->used > s->n_slots / 2) {
			grow(s);
			slot = find(s, name);
		}
		slot->name = xstrdup(name);
	}
	slot->type = type;
}

mode_t member_set_get(const struct member_set *s, const char *name)
{
	const struct slot *slot = find(s, name);

	return slot->name ? slot->type : 0;
}

static long top(const void *ctx UNUSED, const char *name UNUSED)
{
	return 0;
}

const struct member_rules member_rules_all = {top, NULL};
