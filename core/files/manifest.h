/* SPDX-License-Identifier: MIT */
/* What a tree holds, without its contents: enough to tell two states of it
 * apart.  Times are whole seconds, because that is all that some engines tell;
 * files that agree in all but their time are told apart by digests, where both
 * sides have them. */
#ifndef CIRRUS_FILES_MANIFEST_H
#define CIRRUS_FILES_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/mem.h"
#include "base/vec.h"

struct manifest_item {
	char *path;
	char *link; /* where it points to, or what it is another name of */
	mode_t mode;
	int64_t size, mtime_s;
	/* So young when it was noted that a change may have left its time as
	 * it was. */
	bool racy;
	char *digest; /* of the contents, where it was asked for */
};
VEC_DEFINE(manifest_vec, struct manifest_item);

struct manifest {
	struct manifest_vec items; /* by path, once sorted */
};

/* Copies path and link. */
struct manifest_item *manifest_add(struct manifest *m,
				   const struct manifest_item *item);
void manifest_sort(struct manifest *m);
/* The item, or NULL; of a sorted one. */
struct manifest_item *manifest_find(const struct manifest *m, const char *path);
void manifest_clear(struct manifest *m);
#define AUTO_MANIFEST __attribute__((__cleanup__(manifest_clear)))

enum manifest_change {
	MANIFEST_SAME,
	MANIFEST_TOUCHED, /* only its time differs: the contents decide */
	MANIFEST_MODIFIED
};
/* Directories have no time: theirs changes with what is in them. */
enum manifest_change manifest_compare(const struct manifest_item *before,
				      const struct manifest_item *after);

/* Calls for every difference of two sorted manifests, in order: before NULL:
 * created; after NULL: deleted.  TOUCHED counts as none. */
size_t manifest_diff(const struct manifest *before,
		     const struct manifest *after,
		     void (*found)(void *ctx, const char *what,
				   const char *path),
		     void *ctx);

#endif
