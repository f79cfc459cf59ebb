/* SPDX-License-Identifier: MIT */
/* `cirrus backends --dump`: what a plugin says about itself, nothing asked of
 * its engine. */
#include "config.h"

#include <cirrus/sdk.h>
#include <inttypes.h>
#include <string.h>

#include "backend/backend.h"
#include "backend/apart.h"
#include "backend/choose.h"
#include "backend/loader.h"
#include "base/clock.h"
#include "base/compat.h"
#include "base/strv.h"

#define DUMP_MS 5000

static void put(int fd, const char *key, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

static void put(int fd, const char *key, const char *fmt, ...)
{
	AUTO_FREE char *value = NULL;
	va_list ap;

	va_start(ap, fmt);
	value = xvasprintf(fmt, ap);
	va_end(ap);
	apart_put(fd, key, value);
}

static void put_options(int fd, const char *key,
			const struct cirrus_option *const *options)
{
	for (; options && *options; options++)
		apart_put(fd, key, (*options)->name);
}

static void put_kind(int fd, const struct cirrus_kind *kind)
{
	AUTO_FREE char *capabilities = xasprintf("capabilities.%s", kind->name);
	AUTO_FREE char *options = xasprintf("option.%s", kind->name);
	AUTO_BUF struct buf list = BUF_INIT(BUF_LINE);

	for (unsigned int cap = 0; cirrus_cap_name(cap); cap++)
		if (cirrus_cap_test(kind->capabilities, cap))
			buf_addf(&list, "%s%s", list.len ? " " : "",
				 cirrus_cap_name(cap));
	apart_put(fd, capabilities, list.data);
	put_options(fd, options, kind->options);
}

static void put_kinds(int fd, const struct cirrus_kind *const *kinds)
{
	AUTO_BUF struct buf list = BUF_INIT(BUF_LINE);

	for (size_t i = 0; kinds[i]; i++)
		buf_addf(&list, "%s%s", i ? " " : "", kinds[i]->name);
	apart_put(fd, "kinds", list.data);
	for (size_t i = 0; kinds[i]; i++)
		put_kind(fd, kinds[i]);
}

static void put_backend(int fd, const struct backend *b)
{
	const struct cirrus_backend *t = &b->table;
	char build_id[65];

	apart_put(fd, "path", b->path ? b->path : "linked in");
	apart_put(fd, "name", t->name);
	apart_put(fd, "longname", t->longname);
	apart_put(fd, "version", t->version);
	apart_put(fd, "description", t->description);
	apart_put(fd, "url", t->url);
	put(fd, "abi_version", "%u.%u", t->abi_major, t->abi_minor);
	put(fd, "struct_size", "%u", t->struct_size);
	put(fd, "min_host_minor", "%u", t->min_host_minor);
	compat_build_id(b->theirs, build_id, sizeof(build_id));
	apart_put(fd, "build_id", build_id);
	put(fd, "understood", "0x%" PRIx64, t->understood);
	put_kinds(fd, t->kinds);
	put_options(fd, "option", t->options);
	for (size_t i = 0; i < table_n_ops; i++)
		if (table_has(t, &table_ops[i]))
			apart_put(fd, "operation", table_ops[i].name);
}

static void dump(int fd, void *ctx)
{
	AUTO_ERROR struct error *err = NULL;
	enum table_fault fault;
	struct backend *b = loader_load(ctx, &fault, &err);

	if (b) {
		put_backend(fd, b);
	} else {
		apart_put(fd, "error", err->msg);
		apart_put(fd, "error_hint", err->hint);
	}
	apart_end(fd);
}

static int dump_candidate(const struct candidate *c, char **out,
			  struct error **err)
{
	struct candidate copy = *c;
	struct apart child;
	AUTO_FREE char *error = NULL, *hint = NULL;
	int result = 0;

	if (apart_start(&child, dump, &copy, err) < 0)
		return -1;
	apart_collect(&child, 1, clock_after_ms(DUMP_MS));
	error = apart_get(&child, "error");
	hint = apart_get(&child, "error_hint");
	if (error || !apart_ended(&child)) {
		result = error_set(err, ERR_BACKEND, "backend %s is broken: %s",
				   c->name,
				   error ? error : "it crashes or hangs");
		if (hint && *hint)
			error_hint(err, "%s", hint);
	} else {
		*out = xstrndup(child.answer.data,
				child.answer.len - strlen("end=\n"));
	}
	apart_clear(&child);
	return result;
}

int backend_dump(const char *name, char **out, struct error **err)
{
	AUTO_CANDIDATES struct candidates all = {0};
	const struct candidate *found;
	struct candidate path;

	if (strchr(name, '/')) {
		if (search_path(name, &path, err) < 0)
			return -1;
		candidates_push(&all, path);
		return dump_candidate(&all.ptr[0], out, err);
	}
	search_all(&all);
	found = choose_find(name, &all);
	return found ? dump_candidate(found, out, err)
		     : choose_unknown(name, &all, err);
}
