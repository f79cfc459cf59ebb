/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/sealed.h"

#include "base/strv.h"

/* Of more variables than these the rest is counted. */
#define NAMED 5

static bool is_sealed(const char *value)
{
	return str_ends(value, "]") && (str_starts(value, "ENCRYPTED[") ||
					str_starts(value, "VAULT[") ||
					str_starts(value, "VAULT_NOCACHE["));
}

static void find(const struct run *run, const struct task *task,
		 struct strv *names)
{
	struct pairs_walk own = pairs_walk(&task->environment);
	const struct environment *user = run->o->user_env;
	const struct pair *p;

	while ((p = pairs_next(&own)))
		if (is_sealed(p->value) && !strv_contains(names, p->key) &&
		    !(user && environment_get(user, p->key)))
			strv_push(names, p->key);
}

void sealed_tell(struct run *run)
{
	AUTO_STRV struct strv names = {0};
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);

	for (size_t i = 0; i < run->plan.len; i++)
		if (run->plan.v[i].verdict == PLAN_RUN)
			find(run, run->plan.v[i].task, &names);
	if (names.len == 0)
		return;
	for (size_t i = 0; i < names.len && i < NAMED; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "", names.v[i]);
	if (names.len > NAMED)
		buf_addf(&b, " and %zu more", names.len - NAMED);
	tell_message(&run->teller, -1, -1, LEVEL_WARNING,
		     "-e NAME=VALUE, or -e NAME for your own, gives a value",
		     "only the hosted service can open %s: tasks see what "
		     "the file says",
		     b.data);
}
