/* SPDX-License-Identifier: MIT */
/* Tasks, pipes and docker_builders: what they have in common. */
#include "config.h"

#include <string.h>

#include "base/strv.h"
#include "config/collectible.h"
#include "config/condition.h"
#include "config/instance.h"
#include "config/instructions.h"
#include "config/pipe.h"

/* --- variables -------------------------------------------------------------------- */

void draft_set_env(struct draft *d, const char *name, const char *value)
{
	vars_set(&d->env, d->p->arena, name, value);
	d->stale = true;
}

const struct vars *draft_vars(struct draft *d)
{
	if (d->stale) {
		d->all = vars_overlay(d->p->arena, &d->env, &d->p->outside);
		d->stale = false;
	}
	return &d->all;
}

void draft_set_property(struct draft *d, const char *name, const char *value)
{
	vars_set(&d->properties, d->p->arena, name, value);
}

/* --- the kinds -------------------------------------------------------------------- */

static int field_alias(struct draft *d, const struct node *n, void *at)
{
	(void)at;
	if (field_string(d, n, &d->task->alias) < 0)
		return -1;
	draft_set_property(d, "alias", d->task->alias);
	return 0;
}

static int field_name(struct draft *d, const struct node *n, void *at)
{
	(void)at;
	return field_string(d, n, &d->task->name);
}

static int field_depends_on(struct draft *d, const struct node *n, void *at)
{
	(void)at;
	d->depends_at = n->at;
	return field_strings(d, n, &d->depends_on);
}

#define COMMON_FIELDS                         \
	FIELD_WHOLE("alias", field_alias, 0), \
		FIELD_WHOLE("depends_on", field_depends_on, 0)

/* The hosted service knew these; execution may look at them among the extras. */
#define HOSTED_FIELDS                                   \
	{"auto_cancellation", field_ignored},           \
		{"execution_lock", field_ignored},      \
		{"required_pr_labels", field_ignored},  \
		{"skip_notifications", field_ignored},  \
		{"use_compute_credits", field_ignored}, \
		{"use_static_ip", field_ignored},       \
		{"registry_config", field_ignored},     \
		{"wait_for_terminal", field_ignored},   \
	{                                               \
		"clone", field_ignored                  \
	}

static const struct field task_table[] = {
	FIELD_WHOLE("name", field_name, 0),
	INSTRUCTION_BACKGROUND,
	INSTRUCTION_FIELDS,
	INSTRUCTION_BEHAVIOURS,
	COMMON_FIELDS,
	HOSTED_FIELDS,
	{NULL},
};

static const struct field pipe_table[] = {
	FIELD_WHOLE("name", field_name, 0),
	COMMON_FIELDS,
	FIELD_WHOLE("steps", pipe_steps, FIELD_REQUIRED),
	FIELD_WHOLE("resources", pipe_resources, 0),
	HOSTED_FIELDS,
	{NULL},
};

static const struct field builder_table[] = {
	FIELD_WHOLE("name", field_name, 0),
	INSTRUCTION_BACKGROUND,
	INSTRUCTION_FIELDS,
	INSTRUCTION_BEHAVIOURS,
	COMMON_FIELDS,
	FIELD_WHOLE("platform", builder_platform, 0),
	FIELD_WHOLE("os_version", builder_os_version, 0),
	HOSTED_FIELDS,
	{NULL},
};

static const struct kind {
	const char *suffix;
	const struct field *fields;
	bool has_instances;
	void (*begin)(struct draft *d);
} kinds[] = {
	{"task", task_table, true, NULL},
	{"pipe", pipe_table, false, pipe_begin},
	{"docker_builder", builder_table, false, builder_begin},
};

static const struct kind *kind_of(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_ends(key, kinds[i].suffix))
			return strchr(key, '\n') ? NULL : &kinds[i];
	return NULL;
}

bool is_tasklike(const char *key)
{
	return kind_of(key) != NULL;
}

const char *stem(struct arena *arena, const char *key, const char *suffix,
		 const char *otherwise)
{
	size_t len = strlen(key) - strlen(suffix);

	if (len == 0)
		return otherwise;
	if (key[len - 1] == '_')
		len--;
	return arena_memdup0(arena, key, len);
}

/* --- the parse -------------------------------------------------------------------- */

static bool applies(const struct draft *d, enum collectible c)
{
	return d->kind->has_instances || !collectible_is_instance(c);
}

/* A broken instance is forgiven while another one can be read. */
static int collect_all(struct draft *d)
{
	struct failure broken = {0};
	bool found = false, shares = shared_env_fits(d);

	if (shares)
		d->env.base = d->p->shared_env;
	for (enum collectible c = 0; c < N_COLLECTIBLES; c++) {
		if (!applies(d, c))
			continue;
		d->collected[c] = collect(d->p->arena,
					  shares && c == d->p->shared_from
						  ? NULL
						  : d->p->root_says[c],
					  d->node, collectible_names[c]);
		if (!d->collected[c])
			continue;
		if (collectible_parse(d, c) == 0) {
			found |= collectible_is_instance(c);
			continue;
		}
		if (!collectible_is_instance(c))
			return -1;
		broken = d->p->failure;
	}
	if (!broken.message)
		return 0;
	if (found)
		broken.message = NULL;
	d->p->failure = broken;
	return found ? 0 : -1;
}

/* What the task itself says counts again, in the order of its keys. */
static int collect_again(struct draft *d)
{
	for (size_t i = 0; i < d->node->n_children; i++) {
		int c = collectible_find(d->node->children[i]->name);

		if (c >= 0 && applies(d, (enum collectible)c) &&
		    collectible_parse(d, (enum collectible)c) < 0)
			return -1;
	}
	return 0;
}

static bool is_other_instance(const char *key)
{
	return collectible_find(key) < 0 &&
	       (str_ends(key, "_instance") || str_ends(key, "_container"));
}

static void unknown_in_task(struct draft *d, const struct node *key,
			    const char *what, const struct field *fields)
{
	const char *nearest;
	int c = collectible_find(key->name);

	if ((c >= 0 && applies(d, (enum collectible)c)) ||
	    is_other_instance(key->name) ||
	    str_ends(key->name, "credentials") || lint_known(d->p, key->at))
		return;
	nearest = field_suggest(d, key->name, fields,
				d->kind->has_instances ? collectible_names
						       : NULL);
	lint(d->p, key->at, nearest, "unknown field \"%s\" in %s", key->name,
	     what);
}

static const struct node *other_instance(struct draft *d)
{
	const struct parser *p = d->p;
	const struct node *found = NULL;

	for (size_t i = d->node->n_children; i > 0 && !found; i--)
		if (is_other_instance(d->node->children[i - 1]->name))
			found = d->node->children[i - 1];
	if (!found && p->n_root_instances)
		return p->root_instances[p->n_root_instances - 1];
	for (size_t i = 0; found && i < p->n_root_instances; i++)
		if (strcmp(p->root_instances[i]->name, found->name) == 0)
			return collect(p->arena, p->root_instances[i], d->node,
				       found->name);
	return found ? collect(p->arena, NULL, d->node, found->name) : NULL;
}

/* What the top of the file says for all tasks that do not say it themselves. */
static void keep_default(struct draft *d, const char *name)
{
	const struct node *root = d->p->root;
	struct task *t = d->task;

	for (size_t i = 0; i < t->n_extra; i++)
		if (same_name(t->extra[i]->name, name))
			return;
	for (size_t i = root->n_children; i > 0; i--)
		if (same_name(root->children[i - 1]->name, name)) {
			t->extra[t->n_extra++] = root->children[i - 1];
			return;
		}
}

/* Keys that no parser takes stay with the task, for execution and for people. */
static void keep_extra(struct draft *d)
{
	struct task *t = d->task;

	t->extra = arena_alloc(d->p->arena,
			       (d->node->n_children + 1) * sizeof(*t->extra));
	for (size_t i = 0; i < d->node->n_children; i++) {
		struct node *n = d->node->children[i];
		bool known = collectible_find(n->name) >= 0;

		for (const struct field *f = d->kind->fields; f->name && !known;
		     f++)
			known = f->parse != field_ignored &&
				(f->flags & FIELD_SUFFIX
					 ? str_ends(n->name, f->name)
					 : same_name(f->name, n->name));
		if (!known)
			t->extra[t->n_extra++] = n;
	}
	keep_default(d, "registry_config");
}

static const char *default_property(const struct parser *p, const char *name)
{
	const char *value = vars_get(&p->outside, name);

	return value ? value : "";
}

struct draft *draft_new(struct parser *p, const char *name)
{
	struct draft *d = ARENA_NEW(p->arena, struct draft);

	d->p = p;
	d->stale = true;
	d->only_if = "";
	d->task = ARENA_NEW(p->arena, struct task);
	d->task->id = (int64_t)p->drafts.len;
	d->task->name = name;
	d->task->timeout_ns = (int64_t)3600 * 1000000000;
	draft_set_property(d, "allow_failures", "false");
	draft_set_property(d, "experimental", "false");
	draft_set_property(d, "timeout_in", "3600");
	draft_set_property(d, "trigger_type", "AUTOMATIC");
	draft_vec_push(&p->drafts, d);
	return d;
}

static int parse_fields(struct draft *d)
{
	const char *what = arena_printf(d->p->arena, "%s", d->node->name);

	map_expect(d, d->node);
	if (collect_all(d) < 0 || collect_again(d) < 0 ||
	    map_fields(d, d->node, d->kind->fields, d, unknown_in_task, what) <
		    0)
		return -1;
	if (d->kind->has_instances && d->task->instance.kind == INSTANCE_NONE &&
	    other_instance(d))
		instance_other(d, other_instance(d));
	keep_extra(d);
	instructions_imply_uploads(d);
	return 0;
}

/* Evaluates only_if, which alone sees the name of the task. */
static int filter(struct draft *d)
{
	struct parser *p = d->p;
	struct vars env = {0}, name = {0}, all;
	bool enabled = true;

	if (*d->only_if) {
		vars_set(&name, p->arena, "CIRRUS_TASK_NAME", d->task->name);
		env = vars_overlay(p->arena, &d->env, &name);
		all = vars_overlay(p->arena, &env, &p->outside);
		if (condition_evaluate(p, &all, d->only_if,
				       d->collected[COLLECT_ONLY_IF]->at,
				       &enabled) < 0)
			return -1;
	}
	d->task->filtered = !enabled;
	if (!enabled)
		d->task->filtered_why = d->only_if;
	return 0;
}

int tasklike_parse(struct parser *p, const struct node *n)
{
	const struct kind *kind = kind_of(n->name);
	struct draft *d;

	if (!kind)
		return 0;
	d = draft_new(p, "");
	d->node = n;
	d->kind = kind;
	d->task->at = n->at;
	d->fallback_name = stem(p->arena, n->name, d->kind->suffix, "main");
	if (strcmp(default_property(p, "CIRRUS_BRANCH"),
		   default_property(p, "CIRRUS_DEFAULT_BRANCH")) != 0)
		draft_set_property(d, "auto_cancellation", "true");
	if (d->kind->begin)
		d->kind->begin(d);
	if (parse_fields(d) < 0)
		return -1;
	if (!*d->task->name)
		d->task->name = d->fallback_name;
	if (filter(d) < 0)
		return -1;
	if (!d->task->filtered)
		draft_set_property(
			d, "indexWithinBuild",
			arena_printf(p->arena, "%zu", p->n_enabled++));
	return 0;
}
