/* SPDX-License-Identifier: MIT */
/* cirrus run [TASK...] */
#include "config.h"

#include "run/run.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/utf8.h"
#include "cli/backend-args.h"
#include "cli/command.h"
#include "cli/kept-runs.h"
#include "cli/load.h"
#include "cli/run-options.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "model/exit.h"
#include "report/report.h"
#include "run/task-variables.h"

/* --- the configuration ----------------------------------------------------- */

static void print_issues(const struct tasks *tasks)
{
	static const char *const levels[] = {
		[ISSUE_INFO] = "notice",
		[ISSUE_WARNING] = "warning",
		[ISSUE_ERROR] = "error",
	};

	for (size_t i = 0; i < tasks->n_issues; i++) {
		const struct issue *issue = &tasks->issues[i];

		AUTO_FREE char *text = xasprintf(
			"%s:%d:%d: %s: %s\n%s%s%s", issue->path, issue->at.line,
			issue->at.column, levels[issue->level], issue->message,
			issue->suggestion ? "hint: did you mean \"" : "",
			issue->suggestion ? issue->suggestion : "",
			issue->suggestion ? "\"?\n" : "");

		utf8_tame(text, true);
		fputs(text, stderr);
	}
}

static int load(const struct run_values *v, struct loaded *l,
		struct error **err)
{
	if (load_text(&v->load, l, err) < 0)
		return -1;
	if (load_tasks(&v->load, l, err) < 0) {
		load_show_place(*err, l);
		return -1;
	}
	print_issues(l->tasks);
	return 0;
}

/* --- the run --------------------------------------------------------------- */

NORETURN static void end_at_once(int status, const struct error *err)
{
	if (err)
		command_fail(err);
	_exit(status);
}

/* What to type to run it again, for free(). */
static char *say_again(const struct run_values *v, const struct run_options *o)
{
	struct secrets *s = secrets_new();
	char *again;

	for (size_t i = 0; v->load.env.len > 0 && i < o->tasks->len; i++)
		secrets_learn_task(s, o->tasks->v[i], o->base_env, o->user_env);
	again = run_options_again(v, s);
	secrets_free(s);
	return again;
}

/* Runs between a reporter's start and its end. */
static int run_reported(const struct run_values *v, struct run_options *o,
			struct error **err)
{
	AUTO_FREE char *again = say_again(v, o);
	struct report_options report = {.format = reporter_formats[v->output],
					.options = again,
					.verbose = v->verbose,
					.quiet = v->quiet,
					.page = v->report,
					.junit = v->junit,
					.keep = true,
					.out_fd = STDOUT_FILENO,
					.err_fd = STDERR_FILENO};
	struct reporter *reporter;
	struct error *run_err = NULL;
	/* threads that nobody waits for any more may still look at it */
	static struct shell_host shell;
	int status;

	o->events = report.events = queue_new();
	if (reporter_start(&report, &reporter, err) < 0) {
		queue_free(o->events);
		return EXIT_USAGE;
	}
	if (v->shell) {
		shell = terminal_shell(reporter);
		o->shell = &shell;
	}
	status = run_tasks(o, &run_err);
	terminal_take_back(reporter);
	queue_close(o->events);
	if (reporter_finish(reporter, run_err ? NULL : err) < 0)
		status = exit_worse(status, EXIT_TASK_FAILED);
	if (run_err)
		error_pass(err, &run_err, NULL);
	/* threads that the second Ctrl-C left behind may still be at work */
	if (fd_wait(o->abandon_fd, POLLIN, -1, clock_now()) == FD_READY)
		end_at_once(status, *err);
	queue_free(o->events);
	return status;
}

/* Puts those that failed into `failed`, to be freed; 0: there is nothing to run,
 * which has been said. */
static int find_failed(const struct loaded *l, bool **failed,
		       struct error **err)
{
	int n;

	*failed = xcalloc(l->tasks->len + 1, sizeof(**failed));
	n = kept_runs_failed(l->location.dir, l->tasks, *failed, err);
	if (n == 0)
		fprintf(stderr, "nothing to run: no task failed when it was "
				"run last\n");
	return n;
}

static int run_loaded(const struct run_values *v, const struct loaded *l,
		      char **operands, struct error **err)
{
	AUTO_FREE bool *failed = NULL;
	AUTO_BACKEND_ARGS struct backend_args args = {0};
	struct backend_choice choice = {.name = v->backend,
					.kind = "container"};
	struct signals signals;
	struct run_options o = {
		.tasks = l->tasks,
		.selection = {.arguments = (const char *const *)operands,
			      .with_deps = v->with_deps},
		.project_dir = l->location.dir,
		.base_env = &l->base,
		.user_env = &l->user,
		.backend = &choice,
		.pull = v->lazy_pull ? PULL_MISSING : (enum pull_policy)v->pull,
		.artifacts_dir = v->artifacts_dir,
		.dirty = v->dirty,
		.no_gitignore = v->no_gitignore,
		.dry_run = v->dry_run,
		.strict = v->strict,
		.keep = v->keep,
		.fail_fast = v->fail_fast,
		.jobs = v->jobs,
		.cpu_override_nano = v->cpu_nano,
		.memory_override_bytes = v->memory_bytes,
		.image_template = v->image_template,
		.image_push = v->image_push,
		.ready_ns = v->ready_ns,
	};

	if (v->failed) {
		int n = find_failed(l, &failed, err);

		if (n <= 0)
			return n < 0 ? exit_of_error((*err)->code) : EXIT_OK;
		o.selection.among = failed;
	}
	if ((v->shell && terminal_check(err) < 0) ||
	    backend_args_parse(&v->backend_options, &args, err) < 0)
		return EXIT_USAGE;
	if (signals_install(&signals, err) < 0)
		return EXIT_DEFECT;
	choice.options = args.v;
	choice.n_options = args.len;
	o.cancel_fd = signals.cancel_fd;
	o.abandon_fd = signals.abandon_fd;
	o.interrupted = signals_exit_status;
	return run_reported(v, &o, err);
}

static int run_all(const struct run_values *v, char **operands,
		   struct error **err)
{
	AUTO_LOADED struct loaded l = {.text = BUF_INIT(BUF_FILE)};

	if (load(v, &l, err) < 0)
		return exit_of_error((*err)->code);
	return run_loaded(v, &l, operands, err);
}

static int run(const void *values, char **operands)
{
	static char *none[] = {NULL};
	AUTO_ERROR struct error *err = NULL;
	int status = run_all(values, operands ? operands : none, &err);

	if (err)
		command_fail(err);
	return status;
}

const struct command command_run = {
	.name = "run",
	.summary = "run the tasks of .cirrus.yml",
	.operands = "[TASK...]",
	.details =
		"Runs the tasks of .cirrus.yml, or only those that are named, "
		"in\ncontainers on this machine. Names do not depend on case; "
		"\"unit go:1.22\"\nis the task unit with that label.",
	.options = run_options_table,
	.size = sizeof(struct run_values),
	.defaults = &run_defaults,
	.run = run,
};
