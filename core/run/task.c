/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/task.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "model/exit.h"
#include "run/http-cache.h"
#include "run/instructions.h"
#include "run/pipe.h"
#include "run/place.h"
#include "run/plan.h"
#include "run/platform.h"
#include "run/prebuild.h"
#include "run/script.h"
#include "run/shell.h"
#include "run/sidecars.h"
#include "run/task-variables.h"
#include "run/variables.h"
#include "run/volume.h"
#include "run/wants.h"
#include "run/workspace.h"

struct doing {
	struct run *run;
	const struct task *task;
	struct scope scope;
	struct container container; /* as the file has it, with its image */
	char *image;                /* from a Dockerfile */
	char *disk;                 /* a volume in memory */
	struct wants wants;
	struct credentials credentials;
	struct environment env;
	bool unresolved;   /* variables that only the image may define */
	char *working_dir; /* a script may set the variable anew */
	struct place place;
	size_t images; /* that are here: the container's, then the others' */
	const struct container *missing; /* the one to be fetched next */
	int step;                        /* the next one's number */
	int64_t started_ns, took_ns;
	bool prepared; /* variables and project are known */
	bool again;    /* a later stage: the project is there */
	struct error *err;
};

/* The values, as they stand now, with what the image brings left open. */
static void fill_variables(struct doing *d, const struct image *image)
{
	environment_clear(&d->env);
	task_variables(d->run, d->task, image, &d->env);
	d->unresolved = variables_expand(&d->env, NULL);
	secrets_learn(d->run->teller.secrets, &d->env);
}

static int make_variables(struct doing *d, struct error **err)
{
	fill_variables(d, NULL);
	d->working_dir =
		variables_expand_text("$CIRRUS_WORKING_DIR", &d->env, NULL);
	d->place.working_dir = d->working_dir;
	d->place.expose = http_cache_wanted(d->run, &d->env);
	if (d->place.working_dir[0] != '/')
		return error_set(err, ERR_CONFIG,
				 "CIRRUS_WORKING_DIR is not an absolute path: "
				 "%s",
				 d->place.working_dir);
	d->place.wants = &d->wants;
	return wants_all(&d->scope, d->task, &d->env, &d->wants,
			 &d->credentials, err);
}

/* --- the environment ------------------------------------------------------------ */

static void begin_step(struct doing *d, struct step *s, enum step_kind kind,
		       const char *title)
{
	d->scope.step = d->step;
	step_begin(s, &d->run->teller, d->run->logs, d->task->id, d->step++,
		   kind, title);
}

static void end_step(struct step *s, const struct error *err)
{
	struct step_result r = {.status = STATUS_SUCCEEDED};

	if (err && err->code == ERR_CANCELLED) {
		r.status = STATUS_ABORTED;
	} else if (err) {
		tell_error(s->teller, s->task, s->number, err);
		r.status = STATUS_ERROR;
	}
	step_end(s, &r);
}

/* An image may be of another platform than was asked for.  What steps of a pipe
 * have in common was expanded before. */
static void follow_image(struct doing *d)
{
	const struct image *image = &d->place.image;

	if (task_variables_fit(&d->env, image))
		return;
	if (d->task->instance.kind == INSTANCE_PIPE)
		task_variables_follow(&d->env, image);
	else
		fill_variables(d, image);
}

static int make_disk(struct doing *d, struct error **err)
{
	d->disk = volume_in_memory(&d->place, err);
	d->place.volume = d->disk;
	return d->disk ? 0 : -1;
}

static int place_anew(struct doing *d, struct error **err)
{
	struct archive_source *files = archive_source_new();
	int r = instructions_files(d->task, &d->env, files, err);

	if (r == 0 && !d->again && !d->disk)
		workspace_add(&d->place, files);
	if (r == 0)
		r = place_up(&d->place, files, err);
	if (r == 0 && d->disk)
		r = volume_fill(&d->place, err);
	archive_source_free(files);
	return r;
}

static int bring_up(struct doing *d, struct error **err)
{
	int r;

	follow_image(d);
	d->place.direct = script_is_direct(&d->env);
	if (d->wants.memory_disk && !d->run->o->dirty && make_disk(d, err) < 0)
		return -1;
	if (workspace_choose(&d->place, err) < 0)
		return -1;
	r = place_anew(d, err);
	return workspace_retry(&d->place, err) ? place_anew(d, err) : r;
}

/* The n-th of the images that the task needs; NULL: there are no more. */
static const struct container *image_at(const struct doing *d, size_t n)
{
	if (n == 0)
		return d->place.container;
	if (n > sidecars_count(d->place.sidecars))
		return NULL;
	return sidecars_image(d->place.sidecars, n - 1);
}

/* Where the next image's facts go: only those of the first matter. */
static struct image *facts_of(struct doing *d, struct image *waste)
{
	return d->images == 0 ? &d->place.image : waste;
}

/* Looks at the images up to the first that has to be fetched.  That is done before
 * the next is looked at: another task waits for it, and may have what this one
 * wants next. */
static int find_images(struct doing *d)
{
	struct image waste;

	for (; (d->missing = image_at(d, d->images)); d->images++) {
		int r = images_find(d->run->images, &d->scope, d->missing,
				    facts_of(d, &waste), &d->err);

		if (r <= 0)
			return r;
	}
	return 0;
}

/* As users know it: preparing first, then the images that have to be fetched;
 * where all are here already, preparing is all there is. */
static int prepare(struct doing *d)
{
	struct step s;

	begin_step(d, &s, STEP_PREPARE, "Preparing execution environment...");
	tell_message(&d->run->teller, d->task->id, s.number, LEVEL_INFO, NULL,
		     "Preparing volume to work with...");
	/* what comes between an image that is missing and its fetching would
	 * hold up other tasks */
	if (d->prepared || (make_variables(d, &d->err) == 0 &&
			    workspace_scan(d->run, &d->err) == 0)) {
		d->place.sidecars =
			sidecars_new(&d->scope, d->place.container, &d->env);
		if (find_images(d) == 0 && !d->missing)
			(void)bring_up(d, &d->err);
	}
	end_step(&s, d->err);
	return d->err ? -1 : 0;
}

static int fetch_image(struct doing *d)
{
	struct image waste;
	struct step s;
	int r;

	begin_step(d, &s, STEP_IMAGE_PULL, "image pull");
	tell_message(&d->run->teller, d->task->id, s.number, LEVEL_INFO, NULL,
		     "Pulling image %s...", d->missing->image);
	r = images_fetch(d->run->images, &d->scope, d->missing,
			 facts_of(d, &waste), &d->err);
	end_step(&s, d->err);
	d->scope.step = -1;
	d->images++;
	return r;
}

static int up(struct doing *d)
{
	if (prepare(d) < 0)
		return -1;
	if (!d->missing)
		return 0;
	while (d->missing)
		if (fetch_image(d) < 0 || find_images(d) < 0)
			return -1;
	return bring_up(d, &d->err);
}

/* --- the result ------------------------------------------------------------------- */

static enum event_status status_of(const struct performance *p)
{
	if (p->aborted)
		return STATUS_ABORTED;
	if (p->err)
		return STATUS_ERROR;
	if (p->timed_out)
		return STATUS_TIMED_OUT;
	return p->failed ? STATUS_FAILED : STATUS_SUCCEEDED;
}

static void begin_time(const struct doing *d, struct performance *p)
{
	if (d->task->timeout_ns > 0)
		p->deadline_ns = clock_now() + d->task->timeout_ns;
	run_begin_sweep(d->run);
}

static enum event_status conclude(struct doing *d, struct performance *p,
				  char **why)
{
	enum event_status status = status_of(p);
	char text[CLOCK_TEXT];

	if (status == STATUS_ERROR)
		*why = xstrdup(p->err->msg);
	if (status == STATUS_TIMED_OUT)
		*why = xasprintf("timed out after %s",
				 clock_format(d->task->timeout_ns, text));
	d->took_ns = clock_now() - d->started_ns;
	return status;
}

/* For a person to look around. */
static void stay_a_while(struct doing *d, const struct performance *p)
{
	if (p->failed && !p->broken && !p->aborted)
		shell_open(&d->place, &d->env);
	if (d->run->o->keep && !p->broken)
		place_stay(&d->place);
}

static enum event_status perform(struct doing *d, char **why)
{
	struct performance p = {.place = &d->place,
				.task = d->task,
				.env = &d->env,
				.step = &d->step};
	enum event_status status;

	begin_time(d, &p);
	instructions_perform(&p, d->unresolved);
	instructions_give_back(&p);
	status = conclude(d, &p, why);
	stay_a_while(d, &p);
	instructions_end(&p);
	return status;
}

static enum event_status failed_to_start(struct doing *d, char **why)
{
	*why = xstrdup(d->err->msg);
	if (d->err->code == ERR_CONFIG)
		run_count_exit(d->run, EXIT_USAGE);
	return d->err->code == ERR_CANCELLED ? STATUS_ABORTED : STATUS_ERROR;
}

/* --- pipes ------------------------------------------------------------------------ */

struct piping {
	struct doing *d;
	struct performance p;
	struct environment handed; /* by scripts, from stage to stage */
	bool *done;                /* instructions that had their turn early */
	int file;                  /* see pipe_take; -1: none */
};

/* The environment of the next stage: what the file says and what scripts handed
 * on, without what the last image brought. */
static void next_environment(struct piping *g, const struct environment *first)
{
	struct doing *d = g->d;

	environment_clear(&d->env);
	environment_merge(&d->env, first);
	environment_merge(&d->env, &g->handed);
	d->unresolved = variables_expand(&d->env, NULL);
}

/* Another container, nothing else. */
static void next_place(struct doing *d, const struct stage *s)
{
	struct place *old = &d->place;

	d->place = (struct place){.scope = old->scope,
				  .task = old->task,
				  .container = old->container,
				  .working_dir = old->working_dir,
				  .volume = old->volume,
				  .wants = old->wants,
				  .expose = old->expose};
	d->container.image = s->image;
	d->images = 0;
}

static int perform_stage(struct piping *g, const struct stage *s)
{
	struct doing *d = g->d;
	struct performance *p = &g->p;

	next_place(d, s);
	if (up(d) < 0 ||
	    (d->again && pipe_hand_on(&d->place, g->file, &d->err) < 0))
		return -1;
	if (!d->again)
		begin_time(d, p);
	instructions_perform_some(p, d->unresolved, s->from, s->to, g->done);
	instructions_give_back(p);
	pipe_upload_early(p, s, g->done);
	stay_a_while(d, p);
	instructions_leave(p);
	if (pipe_take(p, s, &g->file, &d->err) < 0)
		return -1;
	place_down(&d->place);
	return 0;
}

static int perform_stages(struct piping *g)
{
	struct doing *d = g->d;
	AUTO_ENVIRONMENT struct environment first = {0};
	struct stage s = {0};

	while (stage_next(d->task, &s) && !g->p.aborted) {
		if (g->p.broken ||
		    !stage_due(d->task, &s, g->p.failed, g->p.timed_out)) {
			instructions_skip(&g->p, s.from, s.to, g->done);
			continue;
		}
		if (d->again)
			next_environment(g, &first);
		else
			environment_merge(&first, &d->env);
		if (perform_stage(g, &s) < 0)
			return -1;
		d->again = true;
	}
	return 0;
}

static enum event_status perform_pipe(struct doing *d, char **why)
{
	AUTO_FREE char *volume = NULL;
	struct piping g = {.d = d,
			   .file = -1,
			   .p = {.place = &d->place,
				 .task = d->task,
				 .env = &d->env,
				 .step = &d->step}};
	enum event_status status = STATUS_ERROR;

	g.p.handed = &g.handed;
	g.done = xcalloc(d->task->n_instructions + 1, sizeof(*g.done));
	if (make_variables(d, &d->err) == 0 &&
	    workspace_scan(d->run, &d->err) == 0)
		d->place.volume = volume = pipe_volume(&d->scope, &d->err);
	d->prepared = true;
	if (d->err || perform_stages(&g) < 0)
		status = failed_to_start(d, why);
	else
		status = conclude(d, &g.p, why);
	instructions_end(&g.p);
	place_down(&d->place);
	if (volume)
		volume_end(&d->scope, volume);
	d->place.volume = NULL;
	environment_clear(&g.handed);
	fd_close(&g.file);
	free(g.done);
	return status;
}

static enum event_status build_image(struct doing *d, char **why)
{
	struct prebuild p = {.scope = &d->scope,
			     .task = d->task,
			     .env = &d->env,
			     .step = &d->step};

	if (make_variables(d, &d->err) < 0)
		return failed_to_start(d, why);
	p.working_dir = d->working_dir;
	run_begin_sweep(d->run);
	return prebuild_run(&p, why);
}

static void clear(struct doing *d)
{
	free(d->image);
	free(d->disk);
	wants_clear(&d->wants);
	credentials_clear(&d->credentials);
	sidecars_free(d->place.sidecars);
	environment_clear(&d->env);
	free(d->working_dir);
	error_free_ptr(&d->err);
}

void task_run(struct run *run, struct schedule *s, size_t index,
	      const struct task *task)
{
	struct doing d = {.run = run,
			  .task = task,
			  .scope = {run, task->id, -1},
			  .started_ns = clock_now()};
	AUTO_FREE char *why = NULL;
	enum event_status status;

	d.place.scope = &d.scope;
	d.place.task = task;
	d.container = task->instance.container;
	d.image = prebuild_image_of(run->o, task);
	if (d.image)
		d.container.image = d.image;
	/* a worker is this machine, whatever it is */
	if (task->instance.kind == INSTANCE_PERSISTENT_WORKER)
		d.container.architecture = platform_native(run->conn);
	d.place.container = &d.container;
	task_tell_started(run, task);
	if (task->instance.kind == INSTANCE_PREBUILT_IMAGE)
		status = build_image(&d, &why);
	else if (task->instance.kind == INSTANCE_PIPE)
		status = perform_pipe(&d, &why);
	else if (up(&d) < 0)
		status = failed_to_start(&d, &why);
	else
		status = perform(&d, &why);
	if (status != STATUS_SUCCEEDED && status != STATUS_ABORTED)
		sidecars_show_logs(d.place.sidecars, &d.step);
	task_tell_finished(run, task, status,
			   d.took_ns ? d.took_ns : clock_now() - d.started_ns,
			   why);
	/* the next task need not wait for the engine to clear up */
	schedule_result(s, index, status);
	place_down(&d.place);
	workspace_leave(&d.place);
	if (d.disk)
		volume_end(&d.scope, d.disk);
	clear(&d);
}
