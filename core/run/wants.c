/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/wants.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "files/git-mounts.h"
#include "run/variables.h"

static const struct node *find(const struct task *t, const char *key)
{
	const struct node *block = t->instance.block;

	if (t->instance.kind != INSTANCE_CONTAINER || !block ||
	    block->kind != NODE_MAP)
		return NULL;
	return node_get(block, key);
}

static char *expand(const char *text, const struct environment *env)
{
	return env ? variables_expand_text(text, env, NULL) : xstrdup(text);
}

static int wrong(const struct task *t, const struct node *n, const char *why,
		 const char *text, struct error **err)
{
	return error_set(err, ERR_CONFIG,
			 "line %d: \"%s\" of task \"%s\" %s: %s", n->at.line,
			 n->name, t->name, why, text);
}

static int read_flag(const struct task *t, const struct environment *env,
		     const char *key, bool *out, struct error **err)
{
	const struct node *n = find(t, key);
	AUTO_FREE char *text = NULL;

	*out = false;
	if (!n)
		return 0;
	text = expand(n->kind == NODE_SCALAR ? n->text : "a list or map", env);
	*out = strcasecmp(text, "true") == 0;
	if (*out || strcasecmp(text, "false") == 0 || !*text)
		return 0;
	return wrong(t, n, "is neither true nor false", text, err);
}

/* SOURCE:TARGET or SOURCE:TARGET:ro */
static int add_volume(struct wants *w, const struct task *t,
		      const struct node *n, const char *text,
		      struct error **err)
{
	AUTO_STRV struct strv parts = {0};
	struct cirrus_mount *m = &w->mounts[w->n_mounts];

	strv_split(&parts, text, ':');
	if (parts.len < 2 || parts.len > 3 ||
	    (parts.len == 3 && strcmp(parts.v[2], "ro") != 0))
		return wrong(t, n, "is not SOURCE:TARGET or SOURCE:TARGET:ro",
			     text, err);
	if (*parts.v[0] != '/' || *parts.v[1] != '/')
		return wrong(t, n, "needs absolute paths", text, err);
	strv_push(&w->texts, parts.v[0]);
	strv_push(&w->texts, parts.v[1]);
	*m = (struct cirrus_mount){
		.struct_size = sizeof(*m),
		.type = CIRRUS_MOUNT_BIND,
		.flags = CIRRUS_MOUNT_RELABEL |
			 (parts.len == 3 ? CIRRUS_MOUNT_READONLY : 0),
		.source = w->texts.v[w->texts.len - 2],
		.target = w->texts.v[w->texts.len - 1]};
	w->n_mounts++;
	return 0;
}

/* Those that the parser knows: of a persistent worker's container. */
static int add_parsed(struct wants *w, const struct task *t,
		      const struct environment *env, struct error **err)
{
	const struct container *c = &t->instance.container;
	const struct node n = {.at = t->instance.at, .name = "volumes"};

	w->mounts = xcalloc(c->n_volumes + 1, sizeof(*w->mounts));
	for (size_t i = 0; i < c->n_volumes; i++) {
		const struct volume *v = &c->volumes[i];
		AUTO_FREE char *raw = xasprintf("%s:%s%s", v->source, v->target,
						v->read_only ? ":ro" : "");
		AUTO_FREE char *text = expand(raw, env);

		if (add_volume(w, t, &n, text, err) < 0)
			return -1;
	}
	return 0;
}

static int read_volumes(struct wants *w, const struct task *t,
			const struct environment *env, struct error **err)
{
	const struct node *n = find(t, "volumes");
	size_t many;

	if (!n)
		return add_parsed(w, t, env, err);
	many = n->kind == NODE_LIST ? n->n_children : 1;
	w->mounts = xcalloc(many + 1, sizeof(*w->mounts));
	for (size_t i = 0; i < many; i++) {
		const struct node *one =
			n->kind == NODE_LIST ? n->children[i] : n;
		AUTO_FREE char *text = expand(
			one->kind == NODE_SCALAR ? one->text : "a map", env);

		if (add_volume(w, t, n, text, err) < 0)
			return -1;
	}
	return 0;
}

int wants_read(const struct task *t, const struct environment *env,
	       struct wants *out, struct error **err)
{
	*out = (struct wants){0};
	if (read_flag(t, env, "privileged", &out->privileged, err) < 0 ||
	    read_flag(t, env, "kvm", &out->kvm, err) < 0 ||
	    read_flag(t, env, "use_in_memory_disk", &out->memory_disk, err) < 0)
		return -1;
	return read_volumes(out, t, env, err);
}

void wants_clear(struct wants *w)
{
	free(w->mounts);
	strv_clear(&w->texts);
	*w = (struct wants){0};
}

/* Of the container, or else of the task, or else at the top of the file. */
static const struct node *registry_config(const struct task *t)
{
	const struct node *n = find(t, "registry_config");

	for (size_t i = 0; !n && i < t->n_extra; i++)
		if (strcmp(t->extra[i]->name, "registry_config") == 0)
			n = t->extra[i];
	return n;
}

/* What only the hosted service could decrypt, or nobody gave, is not there: the
 * engine's own store may have it. */
static const char *why_absent(const char *text)
{
	if (str_starts(text, "ENCRYPTED"))
		return "encrypted for the hosted service";
	return *text == '$' ? "a variable that is not set" : NULL;
}

struct reading_config {
	const struct environment *env;
	const char *absent; /* why it is */
};

static char *expand_config(void *ctx, const char *text)
{
	return expand(text, ((struct reading_config *)ctx)->env);
}

static bool is_absent(void *ctx, const char *text)
{
	struct reading_config *r = ctx;

	if (!r->absent)
		r->absent = why_absent(text);
	return r->absent != NULL;
}

/* 1: it is not there. */
static int read_config(const struct node *n, struct reading_config *r,
		       struct credentials *out, struct error **err)
{
	const struct credentials_texts texts = {r, expand_config, is_absent};
	AUTO_FREE char *text = NULL;

	if (n->kind != NODE_SCALAR)
		return credentials_read(out, n, &texts, err);
	text = expand(n->text, r->env);
	if (!*text || is_absent(r, text))
		return 1;
	return credentials_parse(out, text, err);
}

int wants_credentials(struct scope *scope, const struct task *t,
		      const struct environment *env, struct credentials *out,
		      struct error **err)
{
	const struct node *n = registry_config(t);
	struct reading_config reading = {.env = env};
	int r = n ? read_config(n, &reading, out, err) : 1;

	if (r < 0) {
		error_prefix(err, "registry_config of task \"%s\"", t->name);
		return -1;
	}
	if (reading.absent)
		tell_message(&scope->run->teller, scope->task, scope->step,
			     LEVEL_INFO, "log in with the engine's own client",
			     "registry_config is %s, and not used",
			     reading.absent);
	if (r > 0)
		return 0;
	for (size_t i = 2; i < out->texts.len; i += 3)
		secrets_add(scope->run->teller.secrets, out->texts.v[i]);
	scope->credentials = out;
	return 0;
}

/* The real project is mounted, so what git needs from elsewhere is, too. */
static void add_git(struct wants *w, const struct run_options *o,
		    const struct environment *env)
{
	AUTO_FREE char *at =
		variables_expand_text("$CIRRUS_WORKING_DIR", env, NULL);
	AUTO_GIT_MOUNTS struct git_mounts g = {0};

	if (!o->dirty)
		return;
	git_mounts_find(o->project_dir, at, &g);
	w->mounts = xreallocarray(w->mounts, w->n_mounts + g.pairs.len / 2 + 1,
				  sizeof(*w->mounts));
	for (size_t i = 0; i < g.pairs.len; i += 2) {
		strv_push(&w->texts, g.pairs.v[i]);
		strv_push(&w->texts, g.pairs.v[i + 1]);
		w->mounts[w->n_mounts++] = (struct cirrus_mount){
			.struct_size = sizeof(*w->mounts),
			.type = CIRRUS_MOUNT_BIND,
			.flags = CIRRUS_MOUNT_RELABEL |
				 (i >= g.borrowed ? CIRRUS_MOUNT_READONLY : 0),
			.source = w->texts.v[w->texts.len - 2],
			.target = w->texts.v[w->texts.len - 1]};
	}
}

int wants_all(struct scope *scope, const struct task *t,
	      const struct environment *env, struct wants *wants,
	      struct credentials *credentials, struct error **err)
{
	if (wants_read(t, env, wants, err) < 0)
		return -1;
	add_git(wants, scope->run->o, env);
	if (wants->memory_disk && scope->run->o->dirty)
		tell_message(&scope->run->teller, scope->task, scope->step,
			     LEVEL_DEBUG, NULL,
			     "use_in_memory_disk makes no difference with "
			     "--dirty: the working directory is the project");
	return wants_credentials(scope, t, env, credentials, err);
}
