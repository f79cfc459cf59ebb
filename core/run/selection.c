/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/selection.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "base/suggest.h"

static bool is_label(const struct task *t, const char *word, size_t len)
{
	const char *const *l = t->labels;

	for (; l && *l; l++)
		if (strlen(*l) == len && strncasecmp(*l, word, len) == 0)
			return true;
	return false;
}

static bool matches_name(const struct task *t, const char *name,
			 const char *argument)
{
	size_t len = name ? strlen(name) : 0;

	if (len == 0 || strncasecmp(argument, name, len) != 0)
		return false;
	for (const char *p = argument + len; *p;) {
		size_t n;

		p += strspn(p, " ");
		n = strcspn(p, " ");
		if (n > 0 && !is_label(t, p, n))
			return false;
		p += n;
	}
	return true;
}

static bool matches_glob(const char *name, const char *argument)
{
	return name && *name && fnmatch(argument, name, FNM_CASEFOLD) == 0;
}

bool selection_matches(const struct task *t, const char *argument)
{
	if (strpbrk(argument, "*?["))
		if (matches_glob(t->name, argument) ||
		    matches_glob(t->alias, argument))
			return true;
	return matches_name(t, t->name, argument) ||
	       matches_name(t, t->alias, argument);
}

static size_t choose(const struct tasks *tasks, const char *argument,
		     bool *chosen)
{
	size_t n = 0;

	for (size_t i = 0; i < tasks->len; i++) {
		if (tasks->v[i]->filtered ||
		    !selection_matches(tasks->v[i], argument))
			continue;
		chosen[i] = true;
		n++;
	}
	return n;
}

static int no_match(const struct tasks *tasks, const char *argument,
		    struct error **err)
{
	AUTO_FREE const char **names = xcalloc(tasks->len + 1, sizeof(*names));
	const char *near;
	size_t n = 0;

	for (size_t i = 0; i < tasks->len; i++)
		if (!tasks->v[i]->filtered)
			names[n++] = tasks->v[i]->name;
	error_set(err, ERR_USAGE,
		  "task filter yielded no matches: none of the %zu task(s) "
		  "were matched using a \"%s\" filter",
		  n, argument);
	near = suggest(argument, names);
	if (near)
		error_hint(err, "did you mean \"%s\"?", near);
	return -1;
}

int selection_apply(const struct tasks *tasks, const char *const *arguments,
		    bool *chosen, struct error **err)
{
	for (; *arguments; arguments++)
		if (choose(tasks, *arguments, chosen) == 0)
			return no_match(tasks, *arguments, err);
	return 0;
}

static bool add_needs_of(const struct tasks *tasks, const struct task *t,
			 bool all, bool *chosen)
{
	bool changed = false;

	for (size_t k = 0; k < t->n_required; k++) {
		int64_t on = t->required[k];
		bool is_build =
			tasks->v[on]->instance.kind == INSTANCE_PREBUILT_IMAGE;

		if (chosen[on] || tasks->v[on]->filtered || !(all || is_build))
			continue;
		chosen[on] = changed = true;
	}
	return changed;
}

/* Requirements may point forward, hence until nothing changes. */
void selection_add_needs(const struct tasks *tasks, bool all, bool *chosen)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = tasks->len; i > 0; i--)
			if (chosen[i - 1] &&
			    add_needs_of(tasks, tasks->v[i - 1], all, chosen))
				changed = true;
	}
}

int selection_choose(const struct selection *s, const struct tasks *tasks,
		     bool *chosen, bool *named, struct error **err)
{
	bool all = !s->arguments || !*s->arguments;

	for (size_t i = 0; all && i < tasks->len; i++)
		chosen[i] = true;
	if (all && !s->among)
		return 0;
	if (!all && selection_apply(tasks, s->arguments, chosen, err) < 0)
		return -1;
	for (size_t i = 0; s->among && i < tasks->len; i++)
		chosen[i] = chosen[i] && s->among[i];
	if (named)
		memcpy(named, chosen, tasks->len * sizeof(*named));
	selection_add_needs(tasks, s->with_deps, chosen);
	return 0;
}
