/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/annotation.h"

#include <stdlib.h>

#include "base/mem.h"

struct annotation *annotation_new(enum annotation_level level)
{
	struct annotation *a = xcalloc(1, sizeof(*a));

	a->level = level;
	return a;
}

struct annotation *annotation_copy(const struct annotation *a)
{
	struct annotation *copy = annotation_new(a->level);

	*copy = *a;
	copy->title = xstrdup_or_null(a->title);
	copy->details = xstrdup_or_null(a->details);
	copy->path = xstrdup_or_null(a->path);
	return copy;
}

void annotation_free(struct annotation *a)
{
	if (!a)
		return;
	free(a->title);
	free(a->details);
	free(a->path);
	free(a);
}

const char *annotation_level_name(enum annotation_level level)
{
	static const char *const names[] = {
		[ANNOTATION_NOTICE] = "notice",
		[ANNOTATION_WARNING] = "warning",
		[ANNOTATION_FAILURE] = "failure",
	};

	return names[level];
}
