/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/manifest.h"

#include <string.h>
#include <sys/stat.h>

struct manifest_item *manifest_add(struct manifest *m,
				   const struct manifest_item *item)
{
	struct manifest_item copy = *item;

	copy.path = xstrdup(item->path);
	copy.link = xstrdup_or_null(item->link);
	copy.digest = NULL;
	manifest_vec_push(&m->items, copy);
	return &m->items.ptr[m->items.len - 1];
}

static int compare_paths(const void *a, const void *b)
{
	const struct manifest_item *x = a, *y = b;

	return strcmp(x->path, y->path);
}

void manifest_sort(struct manifest *m)
{
	if (m->items.len > 0)
		qsort(m->items.ptr, m->items.len, sizeof(*m->items.ptr),
		      compare_paths);
}

struct manifest_item *manifest_find(const struct manifest *m, const char *path)
{
	const struct manifest_item key = {.path = (char *)path};

	if (m->items.len == 0)
		return NULL;
	return bsearch(&key, m->items.ptr, m->items.len, sizeof(*m->items.ptr),
		       compare_paths);
}

void manifest_clear(struct manifest *m)
{
	for (size_t i = 0; i < m->items.len; i++) {
		free(m->items.ptr[i].path);
		free(m->items.ptr[i].link);
		free(m->items.ptr[i].digest);
	}
	manifest_vec_clear(&m->items);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

enum manifest_change manifest_compare(const struct manifest_item *before,
				      const struct manifest_item *after)
{
	if (before->mode != after->mode ||
	    !same_text(before->link, after->link))
		return MANIFEST_MODIFIED;
	if (!S_ISREG(after->mode) || after->link)
		return MANIFEST_SAME;
	if (before->size != after->size)
		return MANIFEST_MODIFIED;
	if (before->mtime_s == after->mtime_s && !before->racy)
		return MANIFEST_SAME;
	if (before->digest && after->digest)
		return strcmp(before->digest, after->digest) == 0
			       ? MANIFEST_SAME
			       : MANIFEST_MODIFIED;
	return MANIFEST_TOUCHED;
}

size_t manifest_diff(
	const struct manifest *before, const struct manifest *after,
	void (*found)(void *ctx, const char *what, const char *path), void *ctx)
{
	const struct manifest_item *b = before->items.ptr,
				   *a = after->items.ptr;
	const struct manifest_item *b_end = b + before->items.len;
	const struct manifest_item *a_end = a + after->items.len;
	size_t n = 0;

	while (b < b_end || a < a_end) {
		int order = b == b_end   ? 1
			    : a == a_end ? -1
					 : strcmp(b->path, a->path);
		const char *what = order < 0 ? "deleted" : "created";

		if (order == 0)
			what = manifest_compare(b, a) == MANIFEST_MODIFIED
				       ? "modified"
				       : NULL;
		if (what && found)
			found(ctx, what, order < 0 ? b->path : a->path);
		n += what != NULL;
		b += order <= 0;
		a += order >= 0;
	}
	return n;
}
