/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/run.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/compat.h"
#include "model/exit.h"
#include "run/context.h"
#include "run/demand.h"
#include "run/dry.h"
#include "run/http-cache.h"
#include "run/place.h"
#include "run/plan.h"
#include "run/schedule.h"
#include "run/sealed.h"
#include "run/support.h"
#include "run/sweep.h"
#include "run/task-variables.h"
#include "run/task.h"
#include "run/variables.h"
#include "run/workspace.h"
#include "store/artifacts.h"

/* --- what plugins tell ------------------------------------------------------------ */

static void on_log(void *ctx, void *scope, int32_t level, const char *msg)
{
	static const enum event_level levels[] = {
		[CIRRUS_LOG_ERROR] = LEVEL_ERROR,
		[CIRRUS_LOG_WARN] = LEVEL_WARNING,
		[CIRRUS_LOG_INFO] = LEVEL_INFO,
		[CIRRUS_LOG_DEBUG] = LEVEL_DEBUG,
	};
	struct run *run = ctx;
	const struct scope *s = scope;
	bool known = level >= 0 && (size_t)level < ARRAY_LEN(levels);

	tell_message(&run->teller, s ? s->task : -1, s ? s->step : -1,
		     known ? levels[level] : LEVEL_DEBUG, NULL, "%s", msg);
}

static void on_progress(void *ctx, void *scope, const struct cirrus_progress *p)
{
	struct run *run = ctx;
	const struct scope *s = scope;

	if (s)
		tell_progress(&run->teller, s->task, s->step, p->item, p->what,
			      p->done, p->total);
}

static void on_secret(void *ctx, const char *text)
{
	struct run *run = ctx;

	secrets_add(run->teller.secrets, text);
}

static bool on_registry_auth(void *ctx, void *scope, const char *registry,
			     const char **user, const char **password)
{
	const struct scope *s = scope;

	(void)ctx;
	return s && s->credentials &&
	       credentials_find(s->credentials, registry, user, password);
}

static void on_note(void *ctx, const char *text)
{
	struct run *run = ctx;

	tell_message(&run->teller, -1, -1, LEVEL_DEBUG, NULL, "%s", text);
}

/* --- the plan, seen from the schedule ------------------------------------------------ */

static int64_t memory_of(void *ctx, size_t index)
{
	struct run *run = ctx;

	return demand_memory(run->plan.v[index].task,
			     run->o->memory_override_bytes);
}

static void claims_of(void *ctx, size_t index, struct strv *locks,
		      struct strv *ports)
{
	struct run *run = ctx;
	const struct task *t = run->plan.v[index].task;
	char *lock = task_lock(run, t);

	if (lock)
		strv_push_steal(locks, lock);
	demand_ports(t, ports);
}

static void run_one(void *ctx, struct schedule *s, size_t index)
{
	struct run *run = ctx;

	task_run(run, s, index, run->plan.v[index].task);
}

static void skip_one(void *ctx, size_t index, const char *why)
{
	struct run *run = ctx;
	const struct planned *p = &run->plan.v[index];

	if (p->verdict == PLAN_LEFT_OUT) {
		tell_message(&run->teller, -1, -1, LEVEL_DEBUG, NULL,
			     "task \"%s\" is left out: %s", p->task->name, why);
		return;
	}
	task_tell_started(run, p->task);
	task_tell_finished(run, p->task, STATUS_SKIPPED, 0, why);
}

void run_count_exit(struct run *run, int exit)
{
	pthread_mutex_lock(&run->lock);
	run->exit = exit_worse(run->exit, exit);
	pthread_mutex_unlock(&run->lock);
}

/* --- running ----------------------------------------------------------------------------- */

static void tell_run_started(struct run *run)
{
	struct event *e = event_new(EVENT_RUN_STARTED, -1, -1);

	e->text = xstrdup(run->id);
	e->total = (int64_t)run->plan.n_run;
	e->title = xstrdup(run->o->project_dir);
	if (run->logs)
		e->path = xstrdup(run_logs_dir(run->logs));
	tell(&run->teller, e);
}

static void tell_run_finished(struct run *run, int exit, int64_t duration_ns)
{
	struct event *e = event_new(EVENT_RUN_FINISHED, -1, -1);

	e->exit_code = exit;
	e->status = exit == EXIT_OK ? STATUS_SUCCEEDED : STATUS_FAILED;
	e->duration_ns = duration_ns;
	tell(&run->teller, e);
}

static int connect_backend(struct run *run, struct error **err)
{
	struct backend_choice choice = *run->o->backend;
	struct call_options o = {.cancel_fd = run->o->cancel_fd,
				 .deadline_ns = clock_after_ms(START_MS)};
	struct backend_hooks hooks = {.ctx = run,
				      .log = on_log,
				      .progress = on_progress,
				      .secret = on_secret,
				      .registry_auth = on_registry_auth};

	backend_set_hooks(&hooks);
	choice.kind = "container";
	choice.labels = run->owner.labels;
	choice.n_labels = OWNER_LABELS;
	choice.note = on_note;
	choice.note_ctx = run;
	return backend_connect(&choice, &o, &run->conn, err);
}

/* Logs of old runs and what runs that died left behind go while this one works.  Whether that
 * succeeds is not this run's success; the next one tries again. */
static void *sweep_main(void *arg)
{
	struct run *run = arg;
	AUTO_ERROR struct error *err = NULL;
	struct sweep s = {.conn = run->conn,
			  .self = &run->owner,
			  .cancel_fd = run->o->cancel_fd};

	run_logs_prune(run->logs);
	if (sweep_run(&s, &err) < 0 && err->code != ERR_CANCELLED)
		tell_message(&run->teller, -1, -1, LEVEL_DEBUG, err->hint,
			     "cannot clear up after earlier runs: %s",
			     err->msg);
	return NULL;
}

void run_begin_sweep(struct run *run)
{
	pthread_mutex_lock(&run->lock);
	if (!run->sweeping)
		run->sweeping = pthread_create(&run->sweeper, NULL, sweep_main,
					       run) == 0;
	pthread_mutex_unlock(&run->lock);
}

static int prepare_artifacts(const struct run_options *o, struct error **err)
{
	AUTO_ERROR struct error *cause = NULL;

	if (!o->artifacts_dir ||
	    artifacts_prepare(o->artifacts_dir, &cause) == 0)
		return 0;
	return error_set(err, ERR_USAGE, "--artifacts-dir: %s", cause->msg);
}

/* Limits that somebody asked for and nobody keeps. */
static void warn_of_limits(struct run *run)
{
	bool cpu = run->o->cpu_override_nano != 0;
	bool memory = run->o->memory_override_bytes != 0;

	for (size_t i = 0; i < run->plan.len; i++) {
		const struct planned *p = &run->plan.v[i];

		if (p->verdict != PLAN_RUN)
			continue;
		cpu = cpu || p->task->instance.container.has_cpu;
		memory = memory || p->task->instance.container.has_memory;
	}
	cpu = cpu && !conn_can(run->conn, CIRRUS_CAP_CPU_LIMIT);
	memory = memory && !conn_can(run->conn, CIRRUS_CAP_MEMORY_LIMIT);
	if (cpu || memory)
		tell_message(&run->teller, -1, -1, LEVEL_WARNING, NULL,
			     "%s cannot limit %s%s%s here: tasks get what "
			     "there is",
			     conn_name(run->conn), cpu ? "cpu" : "",
			     cpu && memory ? " and " : "",
			     memory ? "memory" : "");
}

static int execute(struct run *run, struct schedule_outcome *out,
		   struct error **err)
{
	struct schedule_options o = {
		.jobs = run->o->jobs > 0 ? run->o->jobs : compat_processors(),
		.memory_bytes = compat_memory_bytes(),
		.fail_fast = run->o->fail_fast,
		.cancel_fd = run->o->cancel_fd,
		.abandon_fd = run->o->abandon_fd,
		.ctx = run,
		.memory = memory_of,
		.claims = claims_of,
		.run = run_one,
		.skip = skip_one};
	int r;

	if (prepare_artifacts(run->o, err) < 0 || !run->logs ||
	    pump_new(&run->pump, err) < 0)
		return -1;
	if (run->plan.n_run > 0) {
		if (connect_backend(run, err) < 0)
			return -1;
		plan_review(&run->plan, support_lacks, run);
		warn_of_limits(run);
		sealed_tell(run);
	}
	r = schedule_run(&run->plan, &o, out, err);
	if (!out->abandoned)
		workspaces_end(run);
	return r;
}

static void close_run(struct run *run)
{
	struct call_options o = {.deadline_ns = clock_after_ms(CLEAN_MS)};

	pump_free(run->pump);
	if (run->conn)
		conn_close(run->conn, &o);
	backend_set_hooks(&(struct backend_hooks){0});
	run_logs_free(run->logs);
	images_free(run->images);
	workspaces_free(run->workspaces);
	http_cache_end(run);
	cache_dir_free(run->caches);
	plan_clear(&run->plan);
	pthread_mutex_destroy(&run->lock);
	pthread_mutex_destroy(&run->scan_lock);
	project_clear(&run->project);
	secrets_free(run->teller.secrets);
	free(run);
}

static struct run *open_run(const struct run_options *o)
{
	struct run *run = xcalloc(1, sizeof(*run));

	run->o = o;
	pthread_mutex_init(&run->lock, NULL);
	pthread_mutex_init(&run->scan_lock, NULL);
	run_id_new(run->id);
	owner_self(&run->owner, run->id, o->keep);
	run->teller = (struct teller){o->events, secrets_new()};
	run->images = images_new();
	run->workspaces = workspaces_new();
	/* a cache instruction says so where there is no place */
	if (cache_dir_open(o->project_dir, &run->caches, NULL) < 0)
		run->caches = NULL;
	return run;
}

/* Which signal has cancelled the run, only the caller knows; of a run that was
 * abandoned, how the tasks would have ended nobody does. */
static int final_status(const struct run *run, int exit, bool abandoned)
{
	int told = run->o->interrupted ? run->o->interrupted() : 0;

	if (!told && abandoned)
		told = EXIT_INTERRUPTED;
	return told && (abandoned || exit != EXIT_DEFECT) ? told : exit;
}

/* Whatever is told from here on, nobody sees them. */
static void learn_secrets(struct run *run)
{
	for (size_t i = 0; i < run->plan.len; i++)
		secrets_learn_task(run->teller.secrets, run->plan.v[i].task,
				   run->o->base_env, run->o->user_env);
}

/* *abandoned: threads still use run, and the process is about to end. */
static int run_plan(struct run *run, bool *abandoned, struct error **err)
{
	struct schedule_outcome out = {0};
	int64_t began = clock_now();
	AUTO_ERROR struct error *cause = NULL;
	int exit;

	if (!run->o->dry_run && run_logs_new(run->id, &run->logs, &cause) < 0)
		run->logs = NULL; /* execute fails of it */
	learn_secrets(run);
	tell_run_started(run);
	if (run->o->dry_run)
		exit = dry_run(run);
	else if (execute(run, &out, &cause) < 0)
		exit = exit_of_error(cause->code);
	else
		exit = exit_worse(run->exit,
				  plan_exit_status(&run->plan, out.status,
						   out.cancelled,
						   run->o->strict));
	if (run->sweeping && !out.abandoned)
		pthread_join(run->sweeper, NULL);
	else if (run->logs && !run->sweeping)
		run_logs_prune(run->logs);
	free(out.status);
	*abandoned = out.abandoned;
	exit = final_status(run, exit, out.abandoned);
	if (out.abandoned) {
		place_tell_all(run);
		http_cache_leave(run);
		workspaces_tell(run);
	}
	tell_run_finished(run, exit, clock_now() - began);
	if (cause) {
		error_free(*err);
		*err = STEAL_PTR(cause);
	}
	return exit;
}

int run_tasks(const struct run_options *o, struct error **err)
{
	struct run *run = open_run(o);
	bool abandoned = false;
	int exit = EXIT_USAGE;

	if (plan_make(o->tasks, &o->selection, NULL, NULL, &run->plan, err) ==
	    0)
		exit = run_plan(run, &abandoned, err);
	if (err && *err)
		secrets_mask_error(run->teller.secrets, *err);
	if (!abandoned)
		close_run(run);
	return exit;
}
