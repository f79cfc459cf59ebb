/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/config.h"

#include <string.h>

#include "base/strv.h"
#include "base/suggest.h"
#include "config/parser.h"
#include "data/yaml.h"

/* What a merge key adds although the map has it already. */
static const char *const merged_twice[] = {
	"environment",
	"env",
	"container",
	"arm_container",
	"windows_container",
	"macos_instance",
	"persistent_worker",
	"skip",
	"allow_failures",
	"timeout_in",
	"only_if",
	"upload_caches",
	"on_success",
	"on_failure",
	"on_timeout",
	"always",
	NULL,
};

static int read_tree(struct parser *p, struct position *at, struct error **err)
{
	const struct config_input *in = p->in;
	struct yaml_source source = {.text = in->text,
				     .len = in->len,
				     .path = in->path,
				     .merge_twice = merged_twice};
	struct node *root;

	if (yaml_parse(&source, p->arena, &root, at, err) < 0)
		return -1;
	p->root = root;
	return 0;
}

static void read_outside(struct parser *p)
{
	const struct environment *env = p->in->env;

	for (size_t i = 0; env && i < env->len; i++)
		vars_set(&p->outside, p->arena, env->vars[i].name,
			 env->vars[i].value);
}

/* --- the root --------------------------------------------------------------------- */

static bool is_root_instance(const char *key)
{
	for (size_t i = 0; i < N_COLLECTIBLES; i++)
		if (strcmp(collectible_names[i], key) == 0)
			return false;
	return str_ends(key, "_instance") || str_ends(key, "_container");
}

static void add_root_instance(struct parser *p, const struct node *n)
{
	for (size_t i = 0; i < p->n_root_instances; i++) {
		if (strcmp(p->root_instances[i]->name, n->name) == 0) {
			p->root_instances[i] =
				merge(p->arena, p->root_instances[i], n);
			return;
		}
	}
	p->root_instances[p->n_root_instances++] = n;
}

/* Merges what the root says once, for all tasks. */
static void read_defaults(struct parser *p)
{
	const struct node *root = p->root;
	size_t instances = 0;

	for (size_t i = 0; i < root->n_children; i++)
		instances += is_root_instance(root->children[i]->name);
	p->root_instances = arena_alloc(
		p->arena, (instances + 1) * sizeof(*p->root_instances));
	for (size_t i = 0; i < root->n_children; i++)
		if (is_root_instance(root->children[i]->name))
			add_root_instance(p, root->children[i]);
	for (size_t i = 0; i < N_COLLECTIBLES; i++)
		p->root_says[i] =
			merge_all(p->arena, NULL, root, collectible_names[i]);
}

/* Keys of the root that mean nothing hold anchors; only what all but says
 * "task" is worth a word. */
static void lint_root_key(struct parser *p, const struct node *n)
{
	static const char *const suffixes[] = {"task", "pipe"};
	const char *tail = strrchr(n->name, '_');

	tail = tail ? tail + 1 : n->name;
	if (n->kind != NODE_MAP || *n->name == '.')
		return;
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		if (suggest_distance(tail, suffixes[i]) != 1)
			continue;
		lint(p, n->at,
		     arena_printf(p->arena, "%.*s%s", (int)(tail - n->name),
				  n->name, suffixes[i]),
		     "unknown field \"%s\" at the top", n->name);
		return;
	}
	for (size_t i = 0; i < N_COLLECTIBLES; i++) {
		size_t d = suggest_distance(n->name, collectible_names[i]);

		if (d > 0 && d <= strlen(collectible_names[i]) / 4)
			lint(p, n->at, collectible_names[i],
			     "unknown field \"%s\" at the top", n->name);
	}
}

static int parse_children(struct parser *p)
{
	for (size_t i = 0; i < p->root->n_children; i++) {
		const struct node *n = p->root->children[i];

		if (str_starts(n->name, "task_"))
			warn(p, n->at, "you've probably meant %s_task",
			     n->name + strlen("task_"));
		if (p->arena->full)
			return fail(p, n, "needs more than %zu MiB of memory",
				    MAX_MEMORY >> 20);
		if (!is_tasklike(n->name))
			lint_root_key(p, n);
		else if (tasklike_parse(p, n) < 0)
			return -1;
	}
	return 0;
}

/* --- the steps -------------------------------------------------------------------- */

static void finish_task(struct draft *d)
{
	static const char *const none[] = {NULL};

	instructions_add_clone(d);
	d->task->environment = vars_pairs(&d->env);
	d->task->properties = vars_pairs(&d->properties);
	if (!d->task->labels)
		d->task->labels = none;
}

static void hand_over(struct parser *p)
{
	struct tasks *out = p->tasks;

	out->len = p->drafts.len;
	out->v = arena_alloc(p->arena, (out->len + 1) * sizeof(*out->v));
	for (size_t i = 0; i < out->len; i++) {
		finish_task(p->drafts.ptr[i]);
		out->v[i] = p->drafts.ptr[i]->task;
	}
	out->n_issues = p->issues.len;
	out->issues = arena_alloc(p->arena,
				  (out->n_issues + 1) * sizeof(*out->issues));
	if (out->n_issues)
		memcpy(out->issues, p->issues.ptr,
		       out->n_issues * sizeof(*out->issues));
}

static int parse_tasks(struct parser *p)
{
	if (!p->root)
		return 0;
	if (matrix_expand(p, p->root, &p->root) < 0)
		return -1;
	read_defaults(p);
	shared_env_read(p);
	if (parse_children(p) < 0)
		return -1;
	if (p->n_enabled)
		p->tasks->n_before_filtering = p->drafts.len;
	if (dependencies_resolve(p) < 0 || dependencies_check(p) < 0)
		return -1;
	dependencies_warn(p);
	if (instructions_check_names(p) < 0 || dockerfile_hash_all(p) < 0)
		return -1;
	service_tasks_add(p);
	labels_assign(p);
	return 0;
}

static void parser_clear(struct parser *p)
{
	for (size_t i = 0; i < p->drafts.len; i++)
		instruction_vec_clear(&p->drafts.ptr[i]->instructions);
	draft_vec_clear(&p->drafts);
	issue_vec_clear(&p->issues);
}

static int parse(struct parser *p, struct position *at, struct error **err)
{
	if (read_tree(p, at, err) < 0)
		return -1;
	read_outside(p);
	if (parse_tasks(p) < 0) {
		*at = p->failure.at;
		node_error(err, p->in->path, *at, "%s", p->failure.message);
		if (p->failure.hint)
			error_hint(err, "%s", p->failure.hint);
		return -1;
	}
	hand_over(p);
	return 0;
}

int config_parse(const struct config_input *in, struct tasks **out,
		 struct position *at, struct error **err)
{
	AUTO_TASKS struct tasks *tasks = tasks_new();
	struct parser p = {.in = in, .arena = &tasks->arena, .tasks = tasks};
	struct position nowhere;
	int r;

	tasks->arena.max = MAX_MEMORY;
	r = parse(&p, at ? at : &nowhere, err);
	parser_clear(&p);
	if (r == 0)
		*out = STEAL_PTR(tasks);
	return r;
}
