/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/pipe.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "run/cache-state.h"

bool stage_next(const struct task *t, struct stage *s)
{
	size_t i = s->to;

	if (i >= t->n_instructions)
		return false;
	s->from = i;
	if (t->instructions[i].step_image)
		s->image = t->instructions[i].step_image;
	for (i++; i < t->n_instructions && !t->instructions[i].step_image; i++)
		;
	s->to = i;
	return true;
}

bool stage_due(const struct task *t, const struct stage *s, bool failed,
	       bool timed_out)
{
	for (size_t i = s->from; i < s->to; i++)
		if (instructions_due(t->instructions[i].behaviour, failed,
				     timed_out))
			return true;
	return false;
}

/* --- caches ---------------------------------------------------------------------- */

static bool below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return str_starts(path, dir) && (path[n] == '/' || path[n] == '\0');
}

/* Whether something of it lies outside of what the stages share. */
static bool goes_down(const struct cached *c, const char *working_dir)
{
	for (size_t i = 0; i < c->folders.given.len; i++)
		if (!below(c->folders.given.v[i], working_dir))
			return true;
	return false;
}

static bool is_of(const struct performance *p, const struct cached *c,
		  const struct stage *s)
{
	const struct instruction *all = p->task->instructions;

	return c && c->instruction >= &all[s->from] &&
	       c->instruction < &all[s->to];
}

void pipe_upload_early(struct performance *p, const struct stage *s, bool *done)
{
	for (size_t i = s->to; i < p->task->n_instructions; i++) {
		const struct instruction *in = &p->task->instructions[i];
		const struct cached *c;

		if (in->kind != INSTRUCTION_UPLOAD_CACHE || done[i] ||
		    p->broken || p->aborted ||
		    !instructions_due(in->behaviour, p->failed, p->timed_out))
			continue;
		c = caches_find(p, in->cache_name);
		if (!is_of(p, c, s) || !goes_down(c, p->place->working_dir))
			continue;
		done[i] = true;
		instructions_perform_one(p, i);
	}
}
