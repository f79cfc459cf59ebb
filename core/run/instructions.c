/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/instructions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "run/artifacts.h"
#include "run/background.h"
#include "run/cache.h"
#include "run/each.h"
#include "run/file.h"
#include "run/http-cache.h"
#include "run/memory.h"
#include "run/script.h"
#include "run/variables.h"

typedef struct step_result perform_fn(struct performance *p, struct step *s,
				      const struct instruction *i,
				      size_t index);
static perform_fn perform_script, perform_background;

static const struct kind {
	enum step_kind step;
	perform_fn *perform;
} kinds[] = {
	[INSTRUCTION_SCRIPT] = {STEP_SCRIPT, perform_script},
	[INSTRUCTION_BACKGROUND_SCRIPT] = {STEP_BACKGROUND_SCRIPT,
					   perform_background},
	[INSTRUCTION_CACHE] = {STEP_CACHE, cache_restore},
	[INSTRUCTION_UPLOAD_CACHE] = {STEP_UPLOAD_CACHE, cache_upload},
	[INSTRUCTION_CLONE] = {STEP_OTHER, NULL}, /* never a step */
	[INSTRUCTION_FILE] = {STEP_FILE, file_create},
	[INSTRUCTION_ARTIFACTS] = {STEP_ARTIFACTS, artifacts_collect},
};

bool instructions_due(enum behaviour b, bool failed, bool timed_out)
{
	switch (b) {
	case BEHAVIOUR_ON_SUCCESS:
		return !failed;
	case BEHAVIOUR_ON_FAILURE:
		return failed;
	case BEHAVIOUR_ON_TIMEOUT:
		return timed_out;
	case BEHAVIOUR_ALWAYS:
		return true;
	}
	return false;
}

/* --- performing ------------------------------------------------------------------- */

/* The engine, the machine or a person ended it, not the script. */
static struct step_result lost(struct performance *p, struct step *s)
{
	struct step_result r = {.status = STATUS_ERROR};
	bool out_of_memory = false;

	p->broken = true;
	if (!p->err)
		place_explain(p->place, &out_of_memory, &p->err);
	tell_error(s->teller, s->task, s->number, p->err);
	if (out_of_memory) {
		r.status = STATUS_FAILED;
		p->failed = true;
		error_free_ptr(&p->err);
	}
	return r;
}

/* What took too long has to be over before the session can do anything else. */
void instructions_kill(struct performance *p, struct step *s)
{
	struct session_result waste;
	AUTO_ERROR struct error *err = NULL;

	if (place_kill_script(p->place, &err) == 0 &&
	    session_wait(p->place->session, p->place->scope->run->o->cancel_fd,
			 clock_after_ms(CLEAN_MS), &waste) == SESSION_DONE)
		return;
	if (s->teller)
		tell_message(s->teller, s->task, s->number, LEVEL_WARNING, NULL,
			     "a script that timed out cannot be ended: %s",
			     err ? err->msg : "no answer");
	p->broken = true;
}

static struct step_result timed_out(struct performance *p, struct step *s)
{
	p->failed = p->timed_out = true;
	instructions_kill(p, s);
	return (struct step_result){.status = STATUS_TIMED_OUT};
}

static struct step_result ended(struct performance *p, struct step *s,
				const struct session_result *end)
{
	struct step_result r = {.status = STATUS_SUCCEEDED};

	if (end->body->len > 0)
		instructions_take_variables(p, s, end->body);
	if (end->died)
		r.signal = end->status - 128;
	else
		r.exit_code = end->status;
	if (end->status != 0) {
		r.status = STATUS_FAILED;
		p->failed = true;
		memory_tell(p, s);
	}
	return r;
}

static struct step_result conclude(struct performance *p, struct step *s,
				   enum session_state state,
				   const struct session_result *end)
{
	struct step_result r = {.status = STATUS_ABORTED};

	switch (state) {
	case SESSION_DONE:
		r = ended(p, s, end);
		break;
	case SESSION_TIMEOUT:
		r = timed_out(p, s);
		break;
	case SESSION_LOST:
		r = lost(p, s);
		break;
	case SESSION_CANCELLED:
		p->aborted = true;
		break;
	}
	session_detach(p->place->session);
	return r;
}

struct step_result instructions_run(struct performance *p, struct step *s,
				    const char *function, const char *file)
{
	struct session_result end;
	enum session_state state;

	session_run(p->place->session, s, function, file);
	state = session_wait(p->place->session,
			     p->place->scope->run->o->cancel_fd, p->deadline_ns,
			     &end);
	return conclude(p, s, state, &end);
}

/* Without a session: the command as an exec. */
static struct step_result exec_for(struct performance *p, struct step *s,
				   const struct strv *argv)
{
	struct each_job job = {argv, p->env, s, p->deadline_ns};
	struct session_result end;
	enum session_state state = each_run(p->place, &job, &end, &p->err);

	return conclude(p, s, state, &end);
}

static struct step_result exec_script(struct performance *p, struct step *s,
				      const char *file)
{
	AUTO_STRV struct strv argv = {0};

	if (each_script(&argv, p->env, file, &p->err) < 0)
		return lost(p, s);
	return exec_for(p, s, &argv);
}

/* One exec for each command; the first to fail is the end. */
static struct step_result exec_direct(struct performance *p, struct step *s,
				      const char *const *items)
{
	struct step_result r = {.status = STATUS_SUCCEEDED};

	for (; *items && r.status == STATUS_SUCCEEDED; items++) {
		AUTO_STRV struct strv argv = {0};
		AUTO_FREE char *command =
			variables_expand_text(*items, p->env, NULL);

		if (script_words(command, &argv, &p->err) < 0)
			return lost(p, s);
		if (argv.len > 0)
			r = exec_for(p, s, &argv);
	}
	return r;
}

/* The function that runs commands without a shell, as the variables are now. */
static int add_direct(struct performance *p, const char *const *items,
		      struct buf *text, struct error **err)
{
	AUTO_STRV struct strv commands = {0};

	for (; *items; items++)
		strv_push_steal(&commands, variables_expand_text(*items, p->env,
								 &p->image));
	return script_direct(text, "cirrus_direct", &commands, err);
}

static struct step_result run_direct(struct performance *p, struct step *s,
				     const char *const *items)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *err = NULL;

	if (add_direct(p, items, &text, &err) < 0) {
		tell_error(s->teller, s->task, s->number, err);
		p->failed = true;
		return (struct step_result){.status = STATUS_FAILED};
	}
	session_eval(p->place->session, text.data);
	return instructions_run(p, s, "cirrus_direct", "");
}

struct step_result instructions_script(struct performance *p, struct step *s,
				       const char *const *items, size_t index,
				       const char *part)
{
	bool direct = script_is_direct(p->env);
	char file[24];

	if (!items || !*items)
		return (struct step_result){.status = STATUS_SUCCEEDED};
	snprintf(file, sizeof(file), "%zu%s", index, part);
	if (p->place->each)
		return direct ? exec_direct(p, s, items)
			      : exec_script(p, s, file);
	if (direct)
		return run_direct(p, s, items);
	return instructions_run(p, s, "cirrus_script", file);
}

static struct step_result perform_script(struct performance *p, struct step *s,
					 const struct instruction *i,
					 size_t index)
{
	return instructions_script(p, s, i->scripts, index, "");
}

char *instructions_expand(struct performance *p, const char *text)
{
	instructions_learn_image(p);
	return variables_expand_text(text, p->env, &p->image);
}

bool instructions_ended(struct performance *p, struct step *s,
			cirrus_status status, struct error **err,
			struct step_result *r)
{
	switch (status) {
	case CIRRUS_E_CANCELLED:
		p->aborted = true;
		r->status = STATUS_ABORTED;
		break;
	case CIRRUS_E_TIMEOUT:
		p->failed = p->timed_out = true;
		r->status = STATUS_TIMED_OUT;
		break;
	case CIRRUS_E_LOST:
	case CIRRUS_E_GONE:
	case CIRRUS_E_UNAVAIL:
		error_free_ptr(&p->err);
		p->err = STEAL_PTR(*err);
		*r = lost(p, s);
		break;
	default:
		return false;
	}
	error_free_ptr(err);
	return true;
}

struct step_result instructions_by_state(struct performance *p, struct step *s,
					 enum session_state state)
{
	static const cirrus_status statuses[] = {
		[SESSION_DONE] = CIRRUS_OK,
		[SESSION_CANCELLED] = CIRRUS_E_CANCELLED,
		[SESSION_TIMEOUT] = CIRRUS_E_TIMEOUT,
		[SESSION_LOST] = CIRRUS_E_LOST};
	AUTO_ERROR struct error *err = NULL;
	struct step_result r = {.status = STATUS_SUCCEEDED};

	instructions_ended(p, s, statuses[state], &err, &r);
	return r;
}

static int prepare_background(struct performance *p,
			      const struct instruction *i, bool direct,
			      struct buf *text, struct error **err)
{
	if (script_environment(text, p->env, err) < 0)
		return -1;
	return direct ? add_direct(p, i->scripts, text, err) : 0;
}

static struct step_result perform_background(struct performance *p,
					     struct step *s,
					     const struct instruction *i,
					     size_t index)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *err = NULL;
	bool direct = script_is_direct(p->env);
	char file[24];

	snprintf(file, sizeof(file), "%zu", index);
	if (prepare_background(p, i, direct, &text, &err) == 0 &&
	    background_start(&p->background, p->place, text.data, s,
			     direct ? "cirrus_direct" : "cirrus_script", file,
			     &err) == 0)
		return (struct step_result){.status = STATUS_NONE};
	tell_error(s->teller, s->task, s->number, err);
	p->failed = true;
	return (struct step_result){.status = STATUS_ERROR};
}

static bool wants_stamps(const struct environment *env)
{
	const char *text = environment_get(env, "CIRRUS_LOG_TIMESTAMP");

	return text && strcmp(text, "true") == 0;
}

static void tell_step(struct performance *p, size_t index, bool perform)
{
	const struct instruction *i = &p->task->instructions[index];
	const struct kind *k = &kinds[i->kind];
	struct run *run = p->place->scope->run;
	struct step_result r = {.status = STATUS_SKIPPED};
	struct step *s = xcalloc(1, sizeof(*s));

	p->place->scope->step = *p->step;
	step_begin(s, &run->teller, run->logs, p->task->id, (*p->step)++,
		   k->step, i->name);
	s->stamps = wants_stamps(p->env);
	if (p->timed_out)
		p->deadline_ns = clock_after_ms(AFTERMATH_MS);
	if (perform && !p->broken && !p->aborted &&
	    instructions_due(i->behaviour, p->failed, p->timed_out))
		r = k->perform(p, s, i, index);
	if (r.status == STATUS_NONE)
		return; /* the background has it */
	step_end(s, &r);
	free(s);
}

void instructions_perform_one(struct performance *p, size_t index)
{
	tell_step(p, index, true);
}

static bool is_step(const struct performance *p, size_t index, const bool *done)
{
	return !instruction_is_clone(&p->task->instructions[index]) &&
	       !(done && done[index]);
}

/* Somebody wrote how to fetch the project. */
static void tell_clone(struct performance *p, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (p->task->instructions[i].kind == INSTRUCTION_SCRIPT &&
		    instruction_is_clone(&p->task->instructions[i]))
			tell_message(&p->place->scope->run->teller, p->task->id,
				     -1, LEVEL_DEBUG, NULL,
				     "clone_script is not run: the project is "
				     "there already");
}

void instructions_skip(struct performance *p, size_t from, size_t to,
		       const bool *done)
{
	for (size_t i = from; i < to && !p->aborted; i++)
		if (is_step(p, i, done))
			tell_step(p, i, false);
}

void instructions_perform_some(struct performance *p, bool unresolved,
			       size_t from, size_t to, const bool *done)
{
	AUTO_ERROR struct error *err = NULL;

	tell_clone(p, from, to);
	if (unresolved) {
		instructions_learn_image(p);
		variables_expand(p->env, &p->image);
	}
	if (http_cache_offer(p) || unresolved)
		if (instructions_send_environment(p, &err) < 0)
			tell_error(&p->place->scope->run->teller, p->task->id,
				   -1, err);
	for (size_t i = from; i < to && !p->aborted; i++)
		if (is_step(p, i, done))
			tell_step(p, i, true);
}

void instructions_perform(struct performance *p, bool unresolved)
{
	instructions_perform_some(p, unresolved, 0, p->task->n_instructions,
				  NULL);
}

void instructions_leave(struct performance *p)
{
	background_end(p->background);
	p->background = NULL;
	free(STEAL_PTR(p->http_cache));
	environment_clear(&p->image);
	p->image_known = false;
}

void instructions_end(struct performance *p)
{
	instructions_leave(p);
	caches_free(p->caches);
	p->caches = NULL;
	error_free_ptr(&p->err);
}
