/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/instructions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "run/background.h"
#include "run/each.h"
#include "run/script.h"
#include "run/variables.h"

typedef struct step_result perform_fn(struct performance *p, struct step *s,
				      const struct instruction *i,
				      size_t index);
static perform_fn perform_script, perform_background, perform_file,
	perform_cache;

static const struct kind {
	enum step_kind step;
	perform_fn *perform;
	const char *skip; /* why there is nothing to perform */
} kinds[] = {
	[INSTRUCTION_SCRIPT] = {STEP_SCRIPT, perform_script, NULL},
	[INSTRUCTION_BACKGROUND_SCRIPT] = {STEP_BACKGROUND_SCRIPT,
					   perform_background, NULL},
	[INSTRUCTION_CACHE] = {STEP_CACHE, perform_cache, NULL},
	[INSTRUCTION_UPLOAD_CACHE] = {STEP_UPLOAD_CACHE, NULL,
				      "caches are not kept yet"},
	[INSTRUCTION_CLONE] = {STEP_OTHER, NULL, NULL}, /* never a step */
	[INSTRUCTION_FILE] = {STEP_FILE, perform_file, NULL},
	[INSTRUCTION_ARTIFACTS] = {STEP_ARTIFACTS, NULL,
				   "artifacts are not collected yet"},
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

/* --- files ------------------------------------------------------------------- */

/* The items of what runs as a script; NULL: it does not. */
static const char *const *items_of(const struct instruction *i)
{
	if (i->kind == INSTRUCTION_CACHE)
		return i->cache.populate_scripts;
	if (i->kind == INSTRUCTION_SCRIPT ||
	    i->kind == INSTRUCTION_BACKGROUND_SCRIPT)
		return i->scripts;
	return NULL;
}

static bool is_direct(const struct environment *env)
{
	const char *shell = environment_get(env, "CIRRUS_SHELL");

	return shell && strcmp(shell, "direct") == 0;
}

static void add_file(struct archive_source *files, const char *name,
		     const char *data, size_t len)
{
	AUTO_FREE char *path = xasprintf("%s/%s", PLACE_BASE + 1, name);

	archive_source_file(files, path, data, len, 0755);
}

static int add_script(const struct environment *env,
		      struct archive_source *files, const char *const *items,
		      size_t index, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);
	char name[24];

	script_text(&text, environment_get(env, "CIRRUS_SHELL"), items);
	if (text.overflow)
		return error_set(err, ERR_LIMIT, "a script is too long");
	snprintf(name, sizeof(name), "%zu", index);
	add_file(files, name, text.data, text.len);
	return 0;
}

/* CIRRUS_SHELL: direct runs the first item, as a function of the session. */
static int add_direct(struct buf *environment, const struct environment *env,
		      const char *item, size_t index, struct error **err)
{
	AUTO_FREE char *command = variables_expand_text(item, env, NULL);
	char name[48];

	snprintf(name, sizeof(name), "cirrus_direct_%zu", index);
	return script_direct(environment, name, command, err);
}

int instructions_files(const struct task *task, const struct environment *env,
		       struct archive_source *files, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);

	if (script_environment(&text, env, err) < 0)
		return -1;
	archive_source_directory(files, PLACE_BASE + 1, 0755);
	for (size_t n = 0; n < task->n_instructions; n++) {
		const struct instruction *i = &task->instructions[n];
		const char *const *items = items_of(i);
		int r = 0;

		if (items && *items)
			r = is_direct(env)
				    ? add_direct(&text, env, *items, n, err)
				    : add_script(env, files, items, n, err);
		if (r < 0) {
			error_prefix(err, "instruction \"%s\"", i->name);
			return -1;
		}
	}
	add_file(files, "environment", text.data, text.len);
	add_file(files, "driver", session_driver, strlen(session_driver));
	return 0;
}

/* --- variables ------------------------------------------------------------------ */

static enum session_state ask_environ(struct performance *p,
				      struct session_result *r)
{
	int64_t deadline_ns = clock_after_ms(QUICK_MS);

	if (p->place->each)
		return each_environ(p->place, deadline_ns, r);
	session_environ(p->place->session);
	return session_wait(p->place->session,
			    p->place->scope->run->o->cancel_fd, deadline_ns, r);
}

/* Asks the shell, once, what the image brought along. */
static void learn_image(struct performance *p)
{
	struct session_result r;

	if (p->image_known)
		return;
	p->image_known = true;
	if (ask_environ(p, &r) != SESSION_DONE || !r.body->data)
		return; /* the first script will tell */
	for (const char *at = r.body->data; *at;) {
		size_t len = strcspn(at, "\001");
		AUTO_FREE char *pair = xmemdup0(at, len);
		char *equals = strchr(pair, '=');

		if (equals && equals > pair) {
			*equals = '\0';
			environment_set(&p->image, pair, equals + 1);
		}
		at += len + (at[len] != '\0');
	}
}

/* An exec of its own gets the variables as they are then. */
static int send_environment(struct performance *p, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);

	if (p->place->each)
		return 0;
	if (script_environment(&text, p->env, err) < 0)
		return -1;
	session_eval(p->place->session, text.data);
	return 0;
}

/* What a script handed on is there for the next. */
static void take_variables(struct performance *p, struct step *s,
			   const struct buf *body)
{
	AUTO_ENVIRONMENT struct environment found = {0};
	AUTO_ERROR struct error *err = NULL;
	struct secrets *secrets = s->teller->secrets;
	bool sensitive;

	if (variables_parse(body->data, body->len, &found, &err) < 0) {
		tell_message(s->teller, s->task, s->number, LEVEL_WARNING, NULL,
			     "%s; nothing of it is taken", err->msg);
		return;
	}
	environment_merge(p->env, &found);
	if (variables_expand(p->env, p->image_known ? &p->image : NULL) &&
	    !p->image_known) {
		learn_image(p);
		variables_expand(p->env, &p->image);
	}
	sensitive = environment_get(p->env, "CIRRUS_ENV_SENSITIVE") != NULL;
	for (size_t i = 0; i < found.len; i++)
		if (sensitive || secrets_is_name(found.vars[i].name))
			secrets_add(secrets, found.vars[i].value);
	if (send_environment(p, &err) < 0)
		tell_error(s->teller, s->task, s->number, err);
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

static struct step_result timed_out(struct performance *p, struct step *s)
{
	struct step_result r = {.status = STATUS_TIMED_OUT};
	struct session_result waste;

	p->failed = p->timed_out = true;
	p->deadline_ns = clock_after_ms(AFTERMATH_MS);
	if (place_kill_script(p->place, &p->err) < 0 ||
	    session_wait(p->place->session, p->place->scope->run->o->cancel_fd,
			 clock_after_ms(CLEAN_MS), &waste) != SESSION_DONE) {
		error_prefix(&p->err,
			     "a script that timed out cannot be ended");
		tell_message(s->teller, s->task, s->number, LEVEL_WARNING, NULL,
			     "%s", p->err ? p->err->msg : "no answer");
		error_free_ptr(&p->err);
		p->broken = true;
	}
	return r;
}

static struct step_result ended(struct performance *p, struct step *s,
				const struct session_result *end)
{
	struct step_result r = {.status = STATUS_SUCCEEDED};

	if (end->body->len > 0)
		take_variables(p, s, end->body);
	if (end->died)
		r.signal = end->status - 128;
	else
		r.exit_code = end->status;
	if (end->status != 0) {
		r.status = STATUS_FAILED;
		p->failed = true;
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

static struct step_result wait_for(struct performance *p, struct step *s)
{
	struct session_result end;
	enum session_state state = session_wait(
		p->place->session, p->place->scope->run->o->cancel_fd,
		p->deadline_ns, &end);

	return conclude(p, s, state, &end);
}

/* Without a session: the command as an exec. */
static struct step_result exec_for(struct performance *p, struct step *s,
				   const char *item, const char *file)
{
	AUTO_STRV struct strv argv = {0};
	AUTO_FREE char *command = variables_expand_text(item, p->env, NULL);
	struct each_job job = {&argv, p->env, s, p->deadline_ns};
	struct session_result end;
	enum session_state state;

	if ((is_direct(p->env) ? script_words(command, &argv, &p->err)
			       : each_script(&argv, p->env, file, &p->err)) < 0)
		return lost(p, s);
	state = each_run(p->place, &job, &end, &p->err);
	return conclude(p, s, state, &end);
}

static void function_of(const struct performance *p, size_t index, char *out,
			size_t size)
{
	if (is_direct(p->env))
		snprintf(out, size, "cirrus_direct_%zu", index);
	else
		snprintf(out, size, "cirrus_script");
}

static struct step_result perform_script(struct performance *p, struct step *s,
					 const struct instruction *i,
					 size_t index)
{
	const char *const *items = items_of(i);
	char function[48], file[24];

	if (!items || !*items)
		return (struct step_result){.status = STATUS_SUCCEEDED};
	snprintf(file, sizeof(file), "%zu", index);
	if (p->place->each)
		return exec_for(p, s, *items, file);
	function_of(p, index, function, sizeof(function));
	session_run(p->place->session, s, function, file);
	return wait_for(p, s);
}

/* Every cache is a miss as yet: what fills it runs. */
static struct step_result perform_cache(struct performance *p, struct step *s,
					const struct instruction *i,
					size_t index)
{
	if (items_of(i) && *items_of(i))
		return perform_script(p, s, i, index);
	return (struct step_result){.status = STATUS_SKIPPED,
				    .why = "caches are not kept yet"};
}

static struct step_result perform_background(struct performance *p,
					     struct step *s,
					     const struct instruction *i,
					     size_t index)
{
	AUTO_ERROR struct error *err = NULL;
	char function[48], file[24];

	(void)i;
	function_of(p, index, function, sizeof(function));
	snprintf(file, sizeof(file), "%zu", index);
	if (background_start(&p->background, p->place, p->env, s, function,
			     file, &err) == 0)
		return (struct step_result){.status = STATUS_NONE};
	tell_error(s->teller, s->task, s->number, err);
	p->failed = true;
	return (struct step_result){.status = STATUS_ERROR};
}

static void file_function(struct buf *b, const char *path, const char *text)
{
	AUTO_FREE char *dir = xstrdup(path);
	char *slash = strrchr(dir, '/');

	buf_adds(b, "cirrus_file() {\n");
	if (slash && slash > dir) {
		*slash = '\0';
		buf_adds(b, "\tmkdir -p ");
		script_quote(b, dir);
		buf_adds(b, " &&\n");
	}
	buf_adds(b, "\tprintf %s ");
	script_quote(b, text);
	buf_adds(b, " >");
	script_quote(b, path);
	buf_adds(b, "\n}\n");
}

static struct step_result write_file(struct performance *p, struct step *s,
				     const char *path, const char *content)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *err = NULL;

	if (!p->place->each) {
		file_function(&text, path, content);
		session_eval(p->place->session, text.data);
		session_run(p->place->session, s, "cirrus_file", "");
		return wait_for(p, s);
	}
	if (each_write(p->place, path, content, &err) == 0)
		return (struct step_result){.status = STATUS_SUCCEEDED};
	tell_error(s->teller, s->task, s->number, err);
	p->failed = true;
	return (struct step_result){.status = STATUS_FAILED};
}

static void note(struct step *s, char *line)
{
	step_write(s, line, strlen(line));
	free(line);
}

static struct step_result perform_file(struct performance *p, struct step *s,
				       const struct instruction *i,
				       size_t index)
{
	AUTO_FREE char *path = NULL;
	const char *from = i->file.from_environment_variable;
	const char *content =
		from ? environment_get(p->env, from) : i->file.from_contents;
	struct step_result r;

	(void)index;
	if (!content || (from && str_starts(content, "ENCRYPTED"))) {
		note(s, xasprintf("Environment variable %s %s! Skipping file "
				  "creation...\n",
				  from ? from : "",
				  content ? "wasn't decrypted" : "is not set"));
		return (struct step_result){.status = STATUS_SUCCEEDED};
	}
	learn_image(p);
	path = variables_expand_text(i->file.destination_path, p->env,
				     &p->image);
	r = write_file(p, s, path, content);
	note(s, r.status == STATUS_SUCCEEDED
			? xasprintf("Created file %s!\n", path)
			: xasprintf("Failed to write file %s!\n", path));
	return r;
}

static void perform_one(struct performance *p, size_t index)
{
	const struct instruction *i = &p->task->instructions[index];
	const struct kind *k = &kinds[i->kind];
	struct run *run = p->place->scope->run;
	struct step_result r = {.status = STATUS_SKIPPED, .why = k->skip};
	struct step *s = xcalloc(1, sizeof(*s));

	p->place->scope->step = *p->step;
	step_begin(s, &run->teller, run->logs, p->task->id, (*p->step)++,
		   k->step, i->name);
	if (!p->broken && !p->aborted && k->perform &&
	    instructions_due(i->behaviour, p->failed, p->timed_out))
		r = k->perform(p, s, i, index);
	if (r.status == STATUS_NONE)
		return; /* the background has it */
	step_end(s, &r);
	free(s);
}

void instructions_perform(struct performance *p, bool unresolved)
{
	AUTO_ERROR struct error *err = NULL;

	if (unresolved) {
		learn_image(p);
		variables_expand(p->env, &p->image);
		if (send_environment(p, &err) < 0)
			tell_error(&p->place->scope->run->teller, p->task->id,
				   -1, err);
	}
	for (size_t i = 0; i < p->task->n_instructions && !p->aborted; i++)
		if (p->task->instructions[i].kind != INSTRUCTION_CLONE)
			perform_one(p, i);
}

void instructions_end(struct performance *p)
{
	background_end(p->background);
	p->background = NULL;
	environment_clear(&p->image);
	error_free_ptr(&p->err);
}
