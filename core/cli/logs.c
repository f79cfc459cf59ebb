/* SPDX-License-Identifier: MIT */
/* cirrus logs [RUN] [TASK] [INSTRUCTION] */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "cli/command.h"
#include "cli/follow.h"
#include "cli/kept-runs.h"
#include "cli/location.h"
#include "cli/logs-wanted.h"
#include "data/json.h"
#include "model/exit.h"
#include "report/out.h"
#include "report/replay.h"
#include "report/report.h"
#include "report/saved.h"
#include "report/words.h"
#include "store/runs.h"

struct values {
	const char *dir;
	bool list, all, failed, path, json, follow;
};

#define AT(field) OPTION_AT(struct values, field)

static const struct option options[] = {
	{"list", 'l', &OPTION_FLAG, AT(list), .help = "list the runs instead"},
	{"all", 'a', &OPTION_FLAG, AT(all),
	 .help = "runs of all projects, not of this one alone"},
	{"failed", 0, &OPTION_FLAG, AT(failed), .help = "only what failed"},
	{"path", 0, &OPTION_FLAG, AT(path),
	 .help = "print the names of the files that hold the output"},
	{"json", 0, &OPTION_FLAG, AT(json),
	 .help = "print what is known of the run as JSON"},
	{"follow", 'f', &OPTION_FLAG, AT(follow),
	 .help = "go on until the run is over"},
	{"directory", 'C', &OPTION_TEXT, AT(dir), .arg = "DIR",
	 .help = "work as if started in DIR"},
	{0},
};

/* --- what is meant -------------------------------------------------------------- */

/* By its id or the end of that. */
static const struct view *find_id(const struct kept_runs *k, const char *text)
{
	for (size_t i = 0; i < k->runs.len; i++) {
		const char *id = k->runs.ptr[i]->run_id;
		const char *end = strrchr(id, '-');

		if (strcmp(text, id) == 0 ||
		    (end && strcmp(text, end + 1) == 0))
			return k->runs.ptr[i];
	}
	return NULL;
}

/* "2" is the second latest. */
static const struct view *find_number(const struct kept_runs *k,
				      const char *text)
{
	if (*text && text[strspn(text, "0123456789")] == '\0') {
		unsigned long n = strtoul(text, NULL, 10);

		if (n >= 1 && n <= k->runs.len)
			return k->runs.ptr[n - 1];
	}
	return NULL;
}

/* --- the list -------------------------------------------------------------------- */

static const char *state_of(const struct view *v)
{
	if (!v->finished)
		return run_is_live(v->dir) ? "running" : "died";
	switch (v->exit_code) {
	case EXIT_OK:
		return "succeeded";
	case EXIT_INTERRUPTED:
		return "interrupted";
	case EXIT_TERMINATED:
		return "terminated";
	default:
		return "failed";
	}
}

/* "unit, lint", as far as there is room. */
static void print_failed(const struct view *v)
{
	const char *comma = "  ";
	size_t n = 0;

	for (size_t i = 0; i < v->ended.len; i++) {
		if (!view_is_bad(v->ended.ptr[i]->status))
			continue;
		if (++n > 3)
			continue;
		printf("%s%s", comma, v->ended.ptr[i]->name);
		comma = ", ";
	}
	if (n > 3)
		printf(" and %zu more", n - 3);
}

static void print_run(const struct view *v, size_t number, bool all)
{
	char time[32], duration[CLOCK_TEXT] = "";

	clock_format_utc(v->at_ns, time);
	time[10] = ' ';
	if (v->finished)
		clock_format(v->duration_ns, duration);
	printf("%3zu  %s  %.16s  %-11s  %8s  %3zu task%s", number, v->run_id,
	       time, state_of(v), duration, v->tasks.len,
	       v->tasks.len == 1 ? " " : "s");
	print_failed(v);
	if (all && v->project)
		printf("  %s", v->project);
	putchar('\n');
}

static void print_json(const struct cJSON *v)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE * 16);

	json_print(v, JSON_PRETTY, &text);
	fwrite(text.data, 1, text.len, stdout);
}

static void list(const struct kept_runs *k, const struct values *v)
{
	AUTO_JSON struct cJSON *array = v->json ? json_array() : NULL;

	for (size_t i = 0; i < k->runs.len; i++) {
		if (array)
			json_add(array, NULL, saved_json(k->runs.ptr[i]));
		else
			print_run(k->runs.ptr[i], i + 1, v->all);
	}
	if (array)
		print_json(array);
}

/* --- output ----------------------------------------------------------------------- */

static void print_paths(const struct view *v, struct wanted *w)
{
	for (size_t i = 0; i < v->tasks.len; i++) {
		const struct task_view *t = v->tasks.ptr[i];

		for (size_t j = 0; j < t->steps.len; j++)
			if (t->steps.ptr[j]->path &&
			    wanted_is(w, t, t->steps.ptr[j]))
				puts(t->steps.ptr[j]->path);
	}
}

/* The bytes of one instruction, and nothing else. */
static int print_bytes(struct step_view *s, struct error **err)
{
	struct out out;
	int fd = view_log(s), errnum;

	if (fd < 0)
		return error_errno(err, errno, "cannot read %s",
				   s->path ? s->path : "its log");
	out_init(&out, STDOUT_FILENO);
	out_file(&out, fd, 0, s->length);
	out_flush(&out);
	errnum = out.errnum;
	out_clear(&out);
	if (errnum == 0 || errnum == EPIPE)
		return 0;
	return error_errno(err, errnum, "cannot write the output");
}

static int print_all(const struct view *v, struct wanted *w, struct error **err)
{
	struct queue *events = queue_new();
	struct replay r = {.wanted = wanted_is, .ctx = w};
	struct report_options o = {.format = "simple",
				   .out_fd = STDOUT_FILENO,
				   .err_fd = STDERR_FILENO,
				   .events = events};
	struct reporter *reporter;
	int result;

	replay(&r, v, events);
	replay_clear(&r);
	queue_close(events);
	if (reporter_start(&o, &reporter, err) < 0)
		return -1;
	result = reporter_finish(reporter, err);
	queue_free(events);
	return result;
}

static int show(const struct view *v, struct wanted *w, const struct values *o,
		struct error **err)
{
	struct step_view *last = NULL;
	size_t n = wanted_count(w, v, &last);

	if (n == 0)
		return wanted_none(w, v, err);
	if (o->path)
		print_paths(v, w);
	else if (w->step && n == 1)
		return print_bytes(last, err);
	else
		return print_all(v, w, err);
	return 0;
}

/* --- the command ------------------------------------------------------------------- */

static int load_runs(const struct values *v, struct kept_runs *k,
		     struct error **err)
{
	AUTO_LOCATION struct location l = {0};

	if (v->dir && chdir(v->dir) < 0)
		return error_errno(err, errno, "cannot enter %s", v->dir);
	if (!v->all && location_find(NULL, &l, err) < 0) {
		error_hint(err, "cirrus logs --all knows the runs of all "
				"projects");
		return -1;
	}
	if (kept_runs_load(v->all ? NULL : l.dir, k, err) < 0)
		return -1;
	if (k->runs.len > 0 || v->list)
		return 0;
	return error_set(err, ERR_USAGE, "no run of %s is kept",
			 v->all ? "any project" : l.dir);
}

/* The run that is meant, and *operands behind what names it.  An id is known
 * anywhere, a number only where the list is. */
static int choose_run(const struct values *v, char ***operands,
		      struct kept_runs *k, const struct view **run,
		      struct error **err)
{
	const char *text = *operands ? (*operands)[0] : NULL;

	*run = NULL;
	if (text && kept_runs_load(NULL, k, err) < 0)
		return -1;
	if (text)
		*run = find_id(k, text);
	if (!*run) {
		kept_runs_clear(k);
		if (load_runs(v, k, err) < 0)
			return -1;
		if (text)
			*run = find_number(k, text);
	}
	if (*run)
		(*operands)++;
	else
		*run = k->runs.ptr[0];
	return 0;
}

static int check_follow(const struct values *v, struct error **err)
{
	const char *other = v->list   ? "--list"
			    : v->json ? "--json"
			    : v->path ? "--path"
				      : NULL;

	if (!v->follow || !other)
		return 0;
	return error_set(err, ERR_USAGE, "--follow shows output: not with %s",
			 other);
}

static int logs(const struct values *v, char **operands, struct error **err)
{
	AUTO_KEPT_RUNS struct kept_runs k = {0};
	struct wanted w = {.failed = v->failed};
	const struct view *run;

	if (check_follow(v, err) < 0)
		return -1;
	if (v->list) {
		if (load_runs(v, &k, err) < 0)
			return -1;
		list(&k, v);
		return 0;
	}
	if (choose_run(v, &operands, &k, &run, err) < 0)
		return -1;
	if (v->json) {
		AUTO_JSON struct cJSON *o = saved_json(run);

		print_json(o);
		return 0;
	}
	w.task = operands ? operands[0] : NULL;
	w.step = w.task ? operands[1] : NULL;
	if (w.step && operands[2])
		return error_set(err, ERR_USAGE,
				 "logs takes no further argument: \"%s\"",
				 operands[2]);
	return v->follow ? follow(run->dir, &w, err) : show(run, &w, v, err);
}

static int run(const void *values, char **operands)
{
	AUTO_ERROR struct error *err = NULL;

	if (logs(values, operands, &err) < 0)
		return command_fail(err);
	return EXIT_OK;
}

const struct command command_logs = {
	.name = "logs",
	.summary = "show the output of earlier runs",
	.operands = "[RUN] [TASK] [INSTRUCTION]",
	.details =
		"Shows what a run of this project wrote: all of it, of one "
		"task, or the very\nbytes of one instruction. RUN is its id, "
		"the last part of that, or its number\nin the list; without "
		"it, it is the latest.",
	.options = options,
	.size = sizeof(struct values),
	.run = run,
};
