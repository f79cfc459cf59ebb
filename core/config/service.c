/* SPDX-License-Identifier: MIT */
/* Tasks whose image is built from a Dockerfile: the hash that names the image,
 * and the service task that builds it. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "config/dockerfile.h"
#include "config/parser.h"

#define REPOSITORY "cirrus-ci-community"

static struct container *container_of(struct draft *d)
{
	struct instance *i = &d->task->instance;
	bool is_container = i->kind == INSTANCE_CONTAINER ||
			    (i->kind == INSTANCE_PERSISTENT_WORKER &&
			     i->isolation == ISOLATION_CONTAINER);

	if (!is_container || d->task->filtered || !i->container.dockerfile ||
	    !*i->container.dockerfile)
		return NULL;
	return &i->container;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each argument as text (a format of key and value), sorted, joined. */
static const char *join_arguments(struct arena *a, const struct pairs *args,
				  const char *before, const char *between,
				  const char *behind, const char *separator)
{
	const char **texts = arena_alloc(a, (args->len + 1) * sizeof(*texts));
	const char *all = "";

	for (size_t i = 0; i < args->len; i++)
		texts[i] = arena_printf(a, "%s%s%s%s%s", before, args->v[i].key,
					between, args->v[i].value, behind);
	qsort(texts, args->len, sizeof(*texts), by_text);
	for (size_t i = 0; i < args->len; i++)
		all = arena_printf(a, "%s%s%s", all, i ? separator : "",
				   texts[i]);
	return all;
}

/* --- the hash --------------------------------------------------------------------- */

struct dockerfile {
	const char *data;
	size_t len;
};

struct hashing {
	struct parser *p;
	struct draft *d;
	struct hash *hash;
	bool any_file;
};

static bool hash_file(struct hashing *h, const char *path)
{
	const struct config_files *files = h->p->in->files;
	AUTO_FREE char *data = NULL;
	size_t len;

	if (files->read(files->ctx, path, &data, &len) < 0)
		return false;
	hash_add(h->hash, data, len);
	h->any_file = true;
	return true;
}

/* It is neither a directory nor, as it turned out, a file. */
static void warn_unreadable(struct hashing *h, const char *path)
{
	warn(h->p, h->d->dockerfile_at,
	     "failed to retrieve directory \"%s\" referenced in ADD/COPY "
	     "instruction: no such file or directory",
	     path);
}

static void hash_each(void *ctx, const char *path)
{
	if (!hash_file(ctx, path))
		warn_unreadable(ctx, path);
}

/* A file's contents, or those of all files of a directory. */
static void hash_source(struct hashing *h, const char *source)
{
	const struct config_files *files = h->p->in->files;
	const char *context = vars_get(&h->d->env, "CIRRUS_DOCKER_CONTEXT");
	const char *path = source;

	if (context && *context)
		path = dockerfile_join(h->p->arena, context, source);
	if (hash_file(h, path))
		return;
	if (!files->walk || files->walk(files->ctx, path, hash_each, h) < 0)
		warn_unreadable(h, path);
}

/* What begins the hash besides the Dockerfile's bytes. */
static void hash_prefix(struct draft *d, const struct container *c,
			const struct dockerfile *file, struct hash *hash)
{
	const char *arch = vars_get(&d->env, "CIRRUS_ARCH");
	const char *arguments = join_arguments(
		d->p->arena, &c->docker_arguments, "", "", "", ", ");

	hash_add(hash, file->data, file->len);
	hash_add(hash, arguments, strlen(arguments));
	if (arch && strcmp(arch, "amd64") != 0)
		hash_add(hash, arch, strlen(arch));
}

static void hash_all(struct draft *d, const struct container *c,
		     const struct dockerfile *file, char out[HASH_TEXT])
{
	struct hashing h = {.p = d->p, .d = d};
	struct hash *alone = hash_new(HASH_MD5);
	const char *const *sources;
	const char *why = dockerfile_sources(d->p->arena, file->data,
					     &c->docker_arguments, &sources);

	if (why)
		warn(d->p, d->dockerfile_at, "failed to analyze \"%s\": %s",
		     c->dockerfile, why);
	h.hash = hash_new(HASH_SHA256);
	hash_prefix(d, c, file, h.hash);
	hash_prefix(d, c, file, alone);
	for (; !why && *sources; sources++)
		hash_source(&h, *sources);
	hash_end(h.any_file ? alone : h.hash, out);
	hash_end(h.any_file ? h.hash : alone, out);
}

static int hash_one(struct draft *d, struct container *c)
{
	const struct config_files *files = d->p->in->files;
	AUTO_FREE char *data = NULL;
	struct dockerfile file = {0};
	char hash[HASH_TEXT];

	if (!files ||
	    files->read(files->ctx, c->dockerfile, &data, &file.len) < 0)
		return fail_at(d->p, d->dockerfile_at,
			       "failed to retrieve \"%s\": no such file or "
			       "directory",
			       c->dockerfile);
	file.data = data;
	hash_all(d, c, &file, hash);
	c->buildkit =
		dockerfile_buildkit(d->p->arena, data, &c->wants_buildkit);
	d->dockerfile_hash = arena_strdup(d->p->arena, hash);
	vars_set(&d->properties, d->p->arena, "dockerfile_hash",
		 d->dockerfile_hash);
	return 0;
}

int dockerfile_hash_all(struct parser *p)
{
	for (size_t i = 0; i < p->drafts.len; i++) {
		struct container *c = container_of(p->drafts.ptr[i]);

		if (c && hash_one(p->drafts.ptr[i], c) < 0)
			return -1;
	}
	return 0;
}

/* --- the service tasks -------------------------------------------------------------- */

static void add_script(struct draft *d, const char *name, const char *line)
{
	const char **lines = arena_alloc(d->p->arena, 2 * sizeof(*lines));
	struct instruction in = {
		.kind = INSTRUCTION_SCRIPT, .name = name, .scripts = lines};

	lines[0] = line;
	instruction_vec_push(&d->instructions, in);
}

static void add_scripts(struct draft *d, const struct draft *of,
			const struct container *c)
{
	struct arena *a = d->p->arena;
	const char *args = join_arguments(a, &c->docker_arguments,
					  " --build-arg ", "=\"", "\"", "");
	const char *context = c->platform == PLATFORM_WINDOWS
				      ? "."
				      : "${CIRRUS_DOCKER_CONTEXT:-$CIRRUS_"
					"WORKING_DIR}";

	add_script(d, "build",
		   arena_printf(a,
				"docker build --tag gcr.io/" REPOSITORY
				"/%s:latest --file %s%s %s",
				of->dockerfile_hash, c->dockerfile, args,
				context));
	add_script(d, "push",
		   arena_printf(a,
				"gcloud docker -- push gcr.io/" REPOSITORY
				"/%s:latest",
				of->dockerfile_hash));
}

static struct draft *service_new(struct parser *p, const struct draft *of,
				 const struct container *c)
{
	const char *args = join_arguments(p->arena, &c->docker_arguments, " ",
					  "=", "", "");
	struct draft *d = draft_new(p, arena_printf(p->arena, "Prebuild %s%s",
						    c->dockerfile, args));

	d->fallback_name = d->task->name;
	d->env = of->env;
	d->env.cap = d->env.len;
	d->task->at = of->dockerfile_at;
	d->task->timeout_ns = of->task->timeout_ns;
	d->dockerfile_hash = of->dockerfile_hash;
	vars_set(&d->properties, p->arena, "timeout_in",
		 vars_get(&of->properties, "timeout_in"));
	vars_set(&d->properties, p->arena, "skip_notifications", "true");
	vars_set(&d->properties, p->arena, "indexWithinBuild",
		 arena_printf(p->arena, "%zu", p->n_enabled++));
	d->task->instance = (struct instance){
		.kind = INSTANCE_PREBUILT_IMAGE,
		.key = "dockerfile",
		.at = of->dockerfile_at,
		.repository = arena_printf(p->arena, REPOSITORY "/%s",
					   of->dockerfile_hash),
		.reference = "latest",
		.dockerfile = c->dockerfile,
		.arguments = c->docker_arguments,
		.platform = c->platform,
		.container = {.buildkit = c->buildkit,
			      .wants_buildkit = c->wants_buildkit},
	};
	add_scripts(d, of, c);
	return d;
}

static struct draft *service_find(struct parser *p, size_t from,
				  const char *hash)
{
	for (size_t i = from; i < p->drafts.len; i++)
		if (strcmp(p->drafts.ptr[i]->dockerfile_hash, hash) == 0)
			return p->drafts.ptr[i];
	return NULL;
}

static void add_required(struct draft *d, int64_t id)
{
	struct task *t = d->task;
	int64_t *all =
		arena_alloc(d->p->arena, (t->n_required + 1) * sizeof(*all));

	if (t->n_required)
		memcpy(all, t->required, t->n_required * sizeof(*all));
	all[t->n_required++] = id;
	t->required = all;
}

void service_tasks_add(struct parser *p)
{
	size_t n = p->drafts.len;

	for (size_t i = 0; i < n; i++) {
		struct draft *d = p->drafts.ptr[i], *service;
		struct container *c = container_of(d);

		if (!c)
			continue;
		service = service_find(p, n, d->dockerfile_hash);
		if (!service)
			service = service_new(p, d, c);
		add_required(d, service->task->id);
		c->image = arena_printf(p->arena,
					"gcr.io/" REPOSITORY "/%s:latest",
					d->dockerfile_hash);
	}
}
