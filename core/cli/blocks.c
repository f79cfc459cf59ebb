/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/blocks.h"

#include <string.h>

#include "base/buf.h"
#include "base/strv.h"
#include "base/suggest.h"
#include "config/json-model.h"
#include "config/vars.h"
#include "data/json.h"

/* What a task asks for. */
struct wanted {
	const char *kind;
	struct position at;
	const struct node *block; /* or NULL */
	const char *const *own;   /* keys that the core looks after */
	const struct task *task;
};

struct checking {
	const struct backend_kinds *kinds;
	struct vars outside;
	struct arena arena;
	struct diagnostics *found;
};

/* --- what a task asks for ----------------------------------------------------- */

static const char *const spec_keys[] = {"image", "cpu", "memory", "volumes",
					NULL};

/* Of containers the language itself knows more. */
static const char *const container_keys[] = {"image",
					     "cpu",
					     "memory",
					     "volumes",
					     "dockerfile",
					     "docker_arguments",
					     "additional_containers",
					     "platform",
					     "architecture",
					     "os_version",
					     "registry_config",
					     "kvm",
					     "privileged",
					     "greedy",
					     "use_in_memory_disk",
					     "use_static_ip",
					     NULL};

static bool is_own(const struct wanted *w, const char *key)
{
	for (size_t i = 0; w->own[i]; i++)
		if (strcmp(w->own[i], key) == 0)
			return true;
	return false;
}

/* "freebsd_instance" -> "freebsd" */
static const char *kind_of_key(struct arena *a, const char *key)
{
	const char *tail = strrchr(key, '_');

	return tail ? arena_memdup0(a, key, (size_t)(tail - key)) : key;
}

static void want_isolation(const struct instance *i, struct wanted *w)
{
	const struct node *isolation = node_get(i->block, "isolation");

	w->kind = "none";
	if (!i->isolation_name || !isolation)
		return;
	w->kind = i->isolation_name;
	w->block = node_get(isolation, i->isolation_name);
	if (w->block)
		w->at = w->block->at;
	if (i->isolation == ISOLATION_CONTAINER)
		w->own = container_keys;
}

static struct wanted wanted(struct checking *c, const struct task *t)
{
	const struct instance *i = &t->instance;
	struct wanted w = {.at = i->at, .own = spec_keys, .task = t};

	switch (i->kind) {
	case INSTANCE_CONTAINER:
		w.kind = "container";
		w.block = i->block;
		w.own = container_keys;
		break;
	case INSTANCE_PIPE:
		w.kind = "container";
		break;
	case INSTANCE_PERSISTENT_WORKER:
		want_isolation(i, &w);
		break;
	case INSTANCE_MACOS:
	case INSTANCE_OTHER:
		w.kind = kind_of_key(&c->arena, i->key);
		w.block = i->block;
		break;
	default: /* nothing, or what other tasks ask for */
		break;
	}
	return w;
}

/* --- keys --------------------------------------------------------------------- */

static const struct cirrus_option *find_option(const struct backend_kind *k,
					       const char *key)
{
	for (size_t i = 0; k->options[i]; i++)
		if (strcmp(k->options[i]->name, key) == 0)
			return k->options[i];
	return NULL;
}

static void unknown_key(struct checking *c, const struct wanted *w,
			const struct node *key)
{
	AUTO_STRV struct strv names = {0};
	AUTO_FREE char *message = NULL, *hint = NULL;
	const char *near;

	for (size_t i = 0; i < c->kinds->len; i++)
		for (size_t k = 0; strcmp(c->kinds->v[i].name, w->kind) == 0 &&
				   c->kinds->v[i].options[k];
		     k++)
			strv_push(&names, c->kinds->v[i].options[k]->name);
	for (size_t i = 0; w->own[i]; i++)
		strv_push(&names, w->own[i]);
	near = suggest(key->name, (const char *const *)names.v);
	message = xasprintf("no backend here takes \"%s\" for \"%s\"",
			    key->name, w->kind);
	hint = near ? xasprintf("did you mean \"%s\"?", near) : NULL;
	diagnostics_add(c->found, ISSUE_ERROR, key->at, message, hint);
}

static char *json_text(const struct node *n)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	AUTO_JSON struct cJSON *json = NULL;

	if (n->kind == NODE_SCALAR) {
		json_print_str(n->text, &b);
	} else {
		json = json_model_node(n);
		json_print(json, JSON_LINE, &b);
	}
	return buf_steal(&b);
}

/* The value as the plugin would get it; NULL where it cannot be that. */
static char *value_text(struct checking *c, const struct wanted *w,
			const struct node *value,
			const struct cirrus_option *option)
{
	const struct pairs *env = &w->task->environment;
	struct vars inside = {env->v, env->len, env->len}, all;
	const char *text;

	if (option->type == CIRRUS_OPT_JSON)
		return json_text(value);
	if (value->kind != NODE_SCALAR)
		return NULL;
	all = vars_overlay(&c->arena, &inside, &c->outside);
	text = vars_expand(&all, &c->arena, value->text);
	return xstrdup(text ? text : value->text);
}

/* What is wrong with the value, for free(), or NULL. */
static char *wrong_value(struct checking *c, const struct wanted *w,
			 const struct node *value, const char *backend,
			 const struct cirrus_option *option)
{
	AUTO_FREE char *text = value_text(c, w, value, option);
	AUTO_ERROR struct error *err = NULL;

	if (!text)
		return xasprintf("backend %s: %s: not a scalar value", backend,
				 value->name);
	if (backend_option_check(option, text, &err) == 0)
		return NULL;
	return xasprintf("backend %s: %s: %s", backend, value->name, err->msg);
}

/* A key is right where one of the backends takes it: that one may be chosen. */
static void check_key(struct checking *c, const struct wanted *w,
		      const struct node *key)
{
	AUTO_FREE char *first = NULL;

	diagnostics_drop_unknown(c->found, key->at);
	for (size_t i = 0; i < c->kinds->len; i++) {
		const struct backend_kind *k = &c->kinds->v[i];
		const struct cirrus_option *option = find_option(k, key->name);
		AUTO_FREE char *why = NULL;

		if (strcmp(k->name, w->kind) != 0 || !option)
			continue;
		why = wrong_value(c, w, key, k->backend, option);
		if (!why)
			return;
		if (!first)
			first = STEAL_PTR(why);
	}
	if (first)
		diagnostics_add(c->found, ISSUE_ERROR, key->at, first, NULL);
	else
		unknown_key(c, w, key);
}

/* --- blocks ------------------------------------------------------------------- */

/* The first option that must be there and is not, or NULL. */
static const char *missing(const struct backend_kind *k,
			   const struct node *block)
{
	for (size_t i = 0; k->options[i]; i++)
		if (k->options[i]->flags & CIRRUS_OPT_REQUIRED &&
		    !(block && node_get(block, k->options[i]->name)))
			return k->options[i]->name;
	return NULL;
}

static void check_kind(struct checking *c, const struct wanted *w)
{
	const char *backend = NULL, *lacks = NULL;
	AUTO_FREE char *message = NULL;
	bool provided = false;

	for (size_t i = 0; i < c->kinds->len; i++) {
		const struct backend_kind *k = &c->kinds->v[i];
		const char *one;

		if (strcmp(k->name, w->kind) != 0)
			continue;
		provided = true;
		one = missing(k, w->block);
		if (!one)
			return;
		backend = backend ? backend : k->backend;
		lacks = lacks ? lacks : one;
	}
	if (provided)
		message = xasprintf("backend %s needs \"%s\" for \"%s\"",
				    backend, lacks, w->kind);
	else
		message = xasprintf("no backend here provides \"%s\"", w->kind);
	diagnostics_add(c->found, provided ? ISSUE_ERROR : ISSUE_WARNING, w->at,
			message,
			provided ? NULL : "cirrus backends lists what is here");
}

static bool is_provided(const struct checking *c, const char *kind)
{
	for (size_t i = 0; i < c->kinds->len; i++)
		if (strcmp(c->kinds->v[i].name, kind) == 0)
			return true;
	return false;
}

static void check_task(struct checking *c, const struct task *t)
{
	struct wanted w = wanted(c, t);

	if (!w.kind)
		return;
	check_kind(c, &w);
	if (!is_provided(c, w.kind))
		return;
	diagnostics_drop_unknown(c->found, w.at);
	for (size_t i = 0;
	     w.block && w.block->kind == NODE_MAP && i < w.block->n_children;
	     i++)
		if (!is_own(&w, w.block->children[i]->name))
			check_key(c, &w, w.block->children[i]);
}

void blocks_check(const struct tasks *tasks, const struct backend_kinds *kinds,
		  const struct environment *env, struct diagnostics *d)
{
	struct checking c = {.kinds = kinds, .found = d};

	for (size_t i = 0; i < env->len; i++)
		vars_set(&c.outside, &c.arena, env->vars[i].name,
			 env->vars[i].value);
	for (size_t i = 0; kinds->broken[i]; i++)
		diagnostics_add(d, ISSUE_WARNING, (struct position){0, 0},
				kinds->broken[i], NULL);
	for (size_t i = 0; i < tasks->len; i++)
		check_task(&c, tasks->v[i]);
	arena_free(&c.arena);
}
