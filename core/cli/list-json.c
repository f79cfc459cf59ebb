/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/list-json.h"

#include "config/json-model.h"
#include "data/json-node.h"
#include "data/json.h"
#include "run/plan.h"

char *list_why_not(const struct task *t)
{
	if (t->filtered)
		return xasprintf("filtered: only_if: %s", t->filtered_why);
	if (t->skipped)
		return xstrdup("skipped: skip is true");
	if (t->manual)
		return xstrdup("manual: runs only when named");
	return plan_instance_unsupported(t);
}

struct cJSON *list_json(const struct tasks *tasks, const bool *chosen)
{
	struct cJSON *array = json_array();

	for (size_t i = 0; i < tasks->len; i++)
		if (chosen[i] && !tasks->v[i]->filtered)
			json_add(array, NULL, json_model_task(tasks->v[i]));
	json_sort(array);
	return array;
}

static void put_position(struct cJSON *to, struct position at)
{
	struct cJSON *o = json_add(to, "position", json_object());

	json_add_int(o, "line", at.line);
	json_add_int(o, "column", at.column);
}

static void put_instance(struct cJSON *to, const struct instance *i)
{
	struct cJSON *o;

	if (!i->key)
		return;
	o = json_add(to, "instance", json_object());
	json_add_str(o, "key", i->key);
	put_position(o, i->at);
	if (i->isolation_name)
		json_add_str(o, "isolation", i->isolation_name);
	if (i->block && i->block->kind == NODE_SCALAR)
		json_add_str(o, "block", i->block->text);
	else if (i->block) {
		json_add(o, "block", json_of_node(i->block));
		json_add(o, "positions", json_of_positions(i->block));
	}
}

static void put_extra(struct cJSON *to, const struct task *t)
{
	struct node all = {.kind = NODE_MAP,
			   .children = t->extra,
			   .n_children = t->n_extra};

	json_add(to, "extra", json_of_node(&all));
	json_add(to, "extraPositions", json_of_positions(&all));
}

static struct cJSON *full_task(const struct task *t, bool by_git)
{
	struct cJSON *o = json_object();
	AUTO_FREE char *why = list_why_not(t);

	json_add_int(o, "id", t->id);
	json_add_str(o, "name", t->name);
	json_add_str(o, "alias", t->alias);
	put_position(o, t->at);
	json_add_bool(o, "filtered", t->filtered);
	json_add_bool(o, "enabledByGit", by_git);
	json_add_bool(o, "skipped", t->skipped);
	json_add_str(o, "why", why);
	json_add_bool(o, "manual", t->manual);
	json_add_bool(o, "stateful", t->stateful);
	json_add_bool(o, "experimental", t->experimental);
	json_add_bool(o, "allowFailures", t->allow_failures);
	json_add_int(o, "timeoutSeconds", t->timeout_ns / 1000000000);
	put_instance(o, &t->instance);
	put_extra(o, t);
	json_add(o, "task", json_model_task(t));
	return o;
}

static struct cJSON *full_issue(const struct issue *i)
{
	struct cJSON *o = json_object();

	json_add_str(o, "message", i->message);
	json_add_str(o, "suggestion", i->suggestion);
	put_position(o, i->at);
	return o;
}

struct cJSON *list_json_full(const struct tasks *tasks, const bool *chosen,
			     const bool *by_git)
{
	struct cJSON *o = json_object();
	struct cJSON *list = json_add(o, "tasks", json_array());

	for (size_t i = 0; i < tasks->len; i++)
		if (chosen[i])
			json_add(list, NULL, full_task(tasks->v[i], by_git[i]));
	list = json_add(o, "issues", json_array());
	for (size_t i = 0; i < tasks->n_issues; i++)
		json_add(list, NULL, full_issue(&tasks->issues[i]));
	json_sort(o);
	return o;
}
