/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/helper.h"

#include <stdio.h>
#include <string.h>

#include "backend/backend.h"
#include "backend/crash.h"
#include "base/compat.h"

const char *const *helper_argv(const struct backend *b, struct arena *a)
{
	AUTO_FREE char *self = compat_self_path();
	const char **argv;

	if (!b->table.helper || !self)
		return NULL;
	argv = arena_alloc(a, 4 * sizeof(*argv));
	argv[0] = arena_strdup(a, self);
	argv[1] = BACKEND_HELPER_COMMAND;
	argv[2] = b->path ? b->path : b->name;
	return argv;
}

static struct backend *load(const char *name, struct error **err)
{
	struct candidate c = {.name = (char *)name};
	struct backend *b;
	enum table_fault fault;

	if (name[0] != '/')
		return loader_load(&c, &fault, err);
	if (search_path(name, &c, err) < 0)
		return NULL;
	b = loader_load(&c, &fault, err);
	candidate_clear(&c);
	return b;
}

int backend_helper_main(int argc, char **argv)
{
	AUTO_ERROR struct error *err = NULL;
	struct backend *b;
	int status;

	if (argc < 2) {
		fputs("cirrus: " BACKEND_HELPER_COMMAND
		      " is for plugins, not for people\n",
		      stderr);
		return 2;
	}
	b = load(argv[1], &err);
	if (!b || !b->table.helper) {
		fprintf(stderr, "cirrus: %s: %s\n", argv[1],
			b ? "the plugin has no helper" : err->msg);
		return 3;
	}
	crash_enter(b->name, "helper");
	status = b->table.helper(argc - 1, argv + 1);
	crash_leave();
	return status;
}
