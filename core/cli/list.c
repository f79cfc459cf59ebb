/* SPDX-License-Identifier: MIT */
/* cirrus list */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/command.h"
#include "cli/list-json.h"
#include "cli/load.h"
#include "data/json.h"
#include "model/exit.h"
#include "run/plan.h"
#include "run/selection.h"

enum graph_style { GRAPH_NONE, GRAPH_TEXT, GRAPH_DOT };
enum json_extent { JSON_NONE, JSON_MODEL, JSON_FULL };

struct values {
	struct load_options load;
	int json, graph;
	bool with_deps, names;
};

/* --json alone, or --json=full: an option that may stand alone. */
static int set_extent(const struct option *o, const char *value, void *field,
		      struct error **err)
{
	int *extent = field;

	*extent = 0;
	if (strcmp(value, "true") == 0)
		*extent = 1;
	else if (strcmp(value, o->choices[0]) == 0)
		*extent = 2;
	else if (strcmp(value, "false") != 0)
		return error_set(err, ERR_USAGE, "--%s=%s: known is only %s",
				 o->name, value, o->choices[0]);
	return 0;
}
static const struct option_type OPTION_EXTENT = {.flag = true,
						 .set = set_extent};

static const char *const json_choices[] = {"full", NULL};
static const char *const graph_choices[] = {"dot", NULL};

static const struct option options[] = {
	LOAD_OPTIONS(OPTION_AT(struct values, load)),
	{"json", 0, &OPTION_EXTENT, OPTION_AT(struct values, json),
	 .choices = json_choices,
	 .help = "print the tasks as JSON; --json=full: all that is known"},
	{"graph", 0, &OPTION_EXTENT, OPTION_AT(struct values, graph),
	 .choices = graph_choices,
	 .help = "print who waits for whom; --graph=dot: for Graphviz"},
	DEPS_OPTIONS(OPTION_AT(struct values, with_deps)),
	{"names", 0, &OPTION_FLAG, OPTION_AT(struct values, names),
	 .help = "print only names and aliases, each once"},
	{0},
};

/* --- lines -------------------------------------------------------------------- */

static char *title(const struct task *t)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);

	buf_adds(&b, t->name);
	for (size_t i = 0; t->labels[i]; i++)
		buf_addf(&b, "%s%s", i ? " " : " (", t->labels[i]);
	if (t->labels[0])
		buf_addc(&b, ')');
	utf8_tame(b.data, false);
	return buf_steal(&b);
}

static char *container_text(const struct instance *i)
{
	const struct container *c = &i->container;

	if (c->dockerfile && *c->dockerfile)
		return xasprintf("%s %s", i->key, c->dockerfile);
	return xasprintf("%s %s", i->key, c->image ? c->image : "(no image)");
}

static char *instance_text(const struct instance *i)
{
	switch (i->kind) {
	case INSTANCE_CONTAINER:
		return container_text(i);
	case INSTANCE_PREBUILT_IMAGE:
		return xasprintf("builds %s", i->dockerfile);
	case INSTANCE_MACOS:
		return xasprintf("macos_instance %s",
				 i->vm.image ? i->vm.image : "");
	case INSTANCE_PIPE:
		return xstrdup("pipe");
	case INSTANCE_DOCKER_BUILDER:
		return xstrdup("docker_builder");
	case INSTANCE_PERSISTENT_WORKER:
		return i->isolation_name ? xasprintf("persistent_worker %s",
						     i->isolation_name)
					 : xstrdup("persistent_worker");
	case INSTANCE_OTHER:
		return xstrdup(i->key);
	case INSTANCE_NONE:
		break;
	}
	return xstrdup("no instance");
}

static void print_line(const struct tasks *tasks, const struct task *t,
		       int name_width, bool by_git)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	AUTO_FREE char *name = title(t),
		       *instance = instance_text(&t->instance);
	AUTO_FREE char *why = list_why_not(t);

	buf_addf(&b, "%-*s  %s", name_width, name, instance);
	for (size_t i = 0; i < t->n_required; i++) {
		const struct task *on = tasks->v[t->required[i]];
		bool again = i && t->required[i] == t->required[i - 1];
		bool same = i && strcmp(tasks->v[t->required[i - 1]]->name,
					on->name) == 0;

		if (!again && !same)
			buf_addf(&b, "%s%s", i ? ", " : "  after ", on->name);
	}
	if (why)
		buf_addf(&b, "  [%s]", why);
	if (by_git)
		buf_adds(&b, "  [only_if holds because of what git says]");
	utf8_tame(b.data, false);
	puts(b.data);
}

static void print_lines(const struct tasks *tasks, const bool *chosen,
			const bool *by_git)
{
	int width = 0;

	for (size_t i = 0; i < tasks->len; i++) {
		AUTO_FREE char *name = title(tasks->v[i]);
		int len = (int)strlen(name);

		if (chosen[i] && len > width && len <= 40)
			width = len;
	}
	for (size_t i = 0; i < tasks->len; i++)
		if (chosen[i])
			print_line(tasks, tasks->v[i], width, by_git[i]);
}

static void print_names(const struct tasks *tasks, const bool *chosen)
{
	AUTO_STRV struct strv names = {0};

	for (size_t i = 0; i < tasks->len; i++) {
		const struct task *t = tasks->v[i];

		if (!chosen[i] || t->filtered)
			continue;
		if (*t->name && !strv_contains(&names, t->name))
			strv_push(&names, t->name);
		if (t->alias && *t->alias && !strv_contains(&names, t->alias))
			strv_push(&names, t->alias);
	}
	for (size_t i = 0; i < names.len; i++)
		puts(names.v[i]);
}

/* --- graphs --------------------------------------------------------------------- */

static void print_tree(const struct tasks *tasks, const bool *chosen)
{
	for (size_t i = 0; i < tasks->len; i++) {
		const struct task *t = tasks->v[i];
		AUTO_FREE char *name = title(t);

		if (!chosen[i] || t->filtered)
			continue;
		printf("%s\n", name);
		for (size_t k = 0; k < t->n_required; k++) {
			AUTO_FREE char *on = title(tasks->v[t->required[k]]);

			if (!k || t->required[k] != t->required[k - 1])
				printf("  after %s\n", on);
		}
	}
}

static void print_dot(const struct tasks *tasks, const bool *chosen)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);

	buf_adds(&b, "digraph tasks {\n\trankdir=LR;\n");
	for (size_t i = 0; i < tasks->len; i++) {
		const struct task *t = tasks->v[i];
		AUTO_FREE char *name = title(t);

		if (!chosen[i] || t->filtered)
			continue;
		buf_addf(&b, "\tt%zu [label=", i);
		json_print_str(name, &b);
		buf_adds(&b, "];\n");
		for (size_t k = 0; k < t->n_required; k++)
			if (chosen[t->required[k]])
				buf_addf(&b, "\tt%lld -> t%zu;\n",
					 (long long)t->required[k], i);
	}
	buf_adds(&b, "}\n");
	fputs(b.data, stdout);
}

/* --- the command ---------------------------------------------------------------- */

static void print_json(const struct values *v, const struct tasks *tasks,
		       const bool *chosen, const bool *by_git)
{
	AUTO_BUF struct buf b = BUF_INIT((size_t)1 << 32);
	AUTO_JSON struct cJSON *all =
		v->json == JSON_FULL ? list_json_full(tasks, chosen, by_git)
				     : list_json(tasks, chosen);

	json_print(all, JSON_PRETTY, &b);
	fwrite(b.data, 1, b.len, stdout);
}

static void print_chosen(const struct values *v, const struct loaded *l,
			 const bool *chosen)
{
	const struct tasks *tasks = l->tasks;
	AUTO_FREE bool *by_git = NULL;

	if (v->json == JSON_MODEL) {
		print_json(v, tasks, chosen, NULL);
	} else if (!v->json && v->graph == GRAPH_DOT) {
		print_dot(tasks, chosen);
	} else if (!v->json && v->graph == GRAPH_TEXT) {
		print_tree(tasks, chosen);
	} else if (!v->json && v->names) {
		print_names(tasks, chosen);
	} else {
		by_git = load_enabled_by_git(&v->load, l);
		if (v->json)
			print_json(v, tasks, chosen, by_git);
		else
			print_lines(tasks, chosen, by_git);
	}
}

static int list(const struct values *v, char **operands, struct error **err)
{
	AUTO_LOADED struct loaded l = {.text = BUF_INIT(BUF_FILE)};
	AUTO_FREE bool *chosen = NULL;
	struct selection selection = {.with_deps = v->with_deps};

	if (load_text(&v->load, &l, err) < 0)
		return -1;
	if (load_tasks(&v->load, &l, err) < 0) {
		load_show_place(*err, &l);
		return -1;
	}
	chosen = xcalloc(l.tasks->len + 1, sizeof(*chosen));
	selection.arguments = (const char *const *)operands;
	if (selection_choose(&selection, l.tasks, chosen, NULL, err) < 0)
		return -1;
	print_chosen(v, &l, chosen);
	return 0;
}

static int run(const void *values, char **operands)
{
	AUTO_ERROR struct error *err = NULL;

	if (list(values, operands, &err) < 0)
		return command_fail(err);
	return EXIT_OK;
}

#define DETAILS                                                               \
	"Lists the tasks of .cirrus.yml, or only those that are named: each " \
	"with its\nlabels, its instance, what it waits for, and why it will " \
	"not run, if so."

const struct command command_list = {
	.name = "list",
	.summary = "list the tasks of .cirrus.yml",
	.operands = "[TASK...]",
	.details = DETAILS,
	.options = options,
	.size = sizeof(struct values),
	.run = run,
};

const struct command command_ls = {
	.name = "ls",
	.summary = "the same as list",
	.operands = "[TASK...]",
	.details = DETAILS,
	.options = options,
	.size = sizeof(struct values),
	.hidden = true,
	.run = run,
};
