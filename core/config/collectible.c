/* SPDX-License-Identifier: MIT */
/* Keys that count for a task wherever they stand: in the task or at the top. */
#include "config.h"

#include "config/collectible.h"

#include <string.h>
#include <strings.h>

#include "config/fields.h"
#include "config/instance.h"
#include "config/number.h"

static int set_variable(struct draft *d, const struct node *at,
			const char *name, const char *value, void *ctx)
{
	(void)at;
	(void)ctx;
	draft_set_env(d, name, value);
	return 0;
}

static int collect_env(struct draft *d, const struct node *n, void *at)
{
	(void)at;
	shared_env_restore(d);
	return variables_each(d, n, set_variable, NULL);
}

static int collect_skip(struct draft *d, const struct node *n, void *at)
{
	bool skip;

	(void)at;
	if (condition_node(d, n, &skip) < 0)
		return -1;
	d->task->skipped |= skip;
	return 0;
}

static int collect_allow_failures(struct draft *d, const struct node *n,
				  void *at)
{
	(void)at;
	if (condition_node(d, n, &d->task->allow_failures) < 0)
		return -1;
	draft_set_property(d, "allow_failures",
			   d->task->allow_failures ? "true" : "false");
	return 0;
}

static int collect_timeout(struct draft *d, const struct node *n, void *at)
{
	const char *text, *why;
	uint32_t seconds;

	(void)at;
	/* the reference reports the place twice here */
	if (n->kind != NODE_SCALAR)
		return fail(d->p, n, "parsing error: %d:%d: not a scalar value",
			    n->at.line, n->at.column);
	text = expanded(d, n, n->text);
	if (!text)
		return -1;
	why = number_duration(d->p->arena, text, &seconds);
	if (why) {
		fail(d->p, n, "%s", why);
		return fail_hint(d->p, "write for example 90m, 2h or 300s");
	}
	d->task->timeout_ns = (int64_t)seconds * 1000000000;
	draft_set_property(d, "timeout_in",
			   arena_printf(d->p->arena, "%u", seconds));
	return 0;
}

static int collect_only_if(struct draft *d, const struct node *n, void *at)
{
	(void)at;
	return field_raw(d, n, &d->only_if);
}

/* What only execution needs was never checked before: what cannot be read is a
 * warning, not an error. */
static int as_lint(struct draft *d, int result)
{
	if (result < 0)
		lint(d->p, d->p->failure.at, NULL, "%s", d->p->failure.message);
	d->p->failure = (struct failure){0};
	return 0;
}

static int collect_trigger(struct draft *d, const struct node *n, void *at)
{
	const char *type;

	(void)at;
	if (field_string(d, n, &type) < 0)
		return as_lint(d, -1);
	d->task->manual = strcasecmp(type, "manual") == 0;
	if (!d->task->manual && strcasecmp(type, "automatic") != 0)
		lint(d->p, n->at, NULL,
		     "trigger_type is manual or automatic, not \"%s\"", type);
	return 0;
}

static int collect_stateful(struct draft *d, const struct node *n, void *at)
{
	(void)at;
	return as_lint(d, condition_node(d, n, &d->task->stateful));
}

static int collect_experimental(struct draft *d, const struct node *n, void *at)
{
	(void)at;
	return as_lint(d, condition_node(d, n, &d->task->experimental));
}

const char *const collectible_names[N_COLLECTIBLES + 1] = {
	[COLLECT_ENVIRONMENT] = "environment",
	[COLLECT_ENV] = "env",
	[COLLECT_CONTAINER] = "container",
	[COLLECT_ARM_CONTAINER] = "arm_container",
	[COLLECT_WINDOWS_CONTAINER] = "windows_container",
	[COLLECT_MACOS_INSTANCE] = "macos_instance",
	[COLLECT_PERSISTENT_WORKER] = "persistent_worker",
	[COLLECT_SKIP] = "skip",
	[COLLECT_ALLOW_FAILURES] = "allow_failures",
	[COLLECT_TIMEOUT_IN] = "timeout_in",
	[COLLECT_ONLY_IF] = "only_if",
	[COLLECT_TRIGGER_TYPE] = "trigger_type",
	[COLLECT_STATEFUL] = "stateful",
	[COLLECT_EXPERIMENTAL] = "experimental",
};

static const field_fn collectible_parsers[N_COLLECTIBLES] = {
	[COLLECT_ENVIRONMENT] = collect_env,
	[COLLECT_ENV] = collect_env,
	[COLLECT_CONTAINER] = instance_container,
	[COLLECT_ARM_CONTAINER] = instance_arm_container,
	[COLLECT_WINDOWS_CONTAINER] = instance_windows_container,
	[COLLECT_MACOS_INSTANCE] = instance_macos,
	[COLLECT_PERSISTENT_WORKER] = instance_persistent_worker,
	[COLLECT_SKIP] = collect_skip,
	[COLLECT_ALLOW_FAILURES] = collect_allow_failures,
	[COLLECT_TIMEOUT_IN] = collect_timeout,
	[COLLECT_ONLY_IF] = collect_only_if,
	[COLLECT_TRIGGER_TYPE] = collect_trigger,
	[COLLECT_STATEFUL] = collect_stateful,
	[COLLECT_EXPERIMENTAL] = collect_experimental,
};

bool collectible_is_instance(enum collectible c)
{
	return c >= COLLECT_CONTAINER && c <= COLLECT_PERSISTENT_WORKER;
}

int collectible_find(const char *key)
{
	for (int c = 0; c < N_COLLECTIBLES; c++)
		if (same_name(collectible_names[c], key))
			return c;
	return -1;
}

int collectible_parse(struct draft *d, enum collectible c)
{
	return collectible_parsers[c](d, d->collected[c], d);
}
