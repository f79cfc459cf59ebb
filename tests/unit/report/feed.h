/* SPDX-License-Identifier: MIT */
/* Feeds a reporter with events as run/ would make them, and keeps what it
 * writes.  Step logs are files below test_dir(). */
#ifndef CIRRUS_TESTS_FEED_H
#define CIRRUS_TESTS_FEED_H

#include <fcntl.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/strv.h"
#include "report/report.h"

#include "tap.h"

struct feed {
	struct queue *q;
	char *out, *err; /* what was written, after feed_run */
	bool quiet, verbose, color;
	const char *page, *junit; /* files below test_dir(), or NULL */
	bool keep;
	int logs; /* so that their names differ */
};

static struct feed feed;

static inline void feed_new(void)
{
	free(feed.out);
	free(feed.err);
	feed = (struct feed){.q = queue_new(), .color = true};
}

static inline struct event *put(enum event_type type, int64_t task, int step)
{
	struct event *e = event_new(type, task, step);

	e->at_ns = 1700000000 * NS_PER_S;
	queue_put(feed.q, e);
	return e;
}

static inline void run_started(int total)
{
	struct event *e = put(EVENT_RUN_STARTED, -1, -1);

	e->text = xstrdup("run-1");
	e->title = xstrdup("/home/me/shop");
	e->path = xstrdup(test_dir());
	e->total = total;
}

static inline void run_finished(int exit_code)
{
	struct event *e = put(EVENT_RUN_FINISHED, -1, -1);

	e->exit_code = exit_code;
	e->status = exit_code ? STATUS_FAILED : STATUS_SUCCEEDED;
	e->duration_ns = 5 * NS_PER_S;
}

static inline void task_started(int64_t task, const char *name)
{
	put(EVENT_TASK_STARTED, task, -1)->title = xstrdup(name);
}

static inline void task_finished(int64_t task, enum event_status status,
				 const char *reason)
{
	struct event *e = put(EVENT_TASK_FINISHED, task, -1);

	e->status = status;
	e->text = xstrdup_or_null(reason);
	e->duration_ns = 2 * NS_PER_S;
}

/* The log of a step: what output() adds to. */
static inline char *feed_log(int64_t task, int step)
{
	return xasprintf("%s/%d-%d.log", test_dir(), (int)task, step);
}

static inline void step_started(int64_t task, int step, enum step_kind kind,
				const char *name)
{
	struct event *e = put(EVENT_STEP_STARTED, task, step);

	e->step_kind = kind;
	e->title = xstrdup(name);
	e->path = feed_log(task, step);
}

static inline void output_bytes(int64_t task, int step, const void *data,
				size_t len)
{
	AUTO_FREE char *path = feed_log(task, step);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	struct event *e = put(EVENT_OUTPUT, task, step);

	need(fd >= 0);
	e->offset = lseek(fd, 0, SEEK_END);
	e->length = (int64_t)len;
	ok(fd_write_all(fd, data, len) == 0);
}

static inline void output(int64_t task, int step, const char *text)
{
	output_bytes(task, step, text, strlen(text));
}

static inline void message(int64_t task, enum event_level level,
			   const char *text)
{
	struct event *e = put(EVENT_MESSAGE, task, -1);

	e->level = level;
	e->text = xstrdup(text);
}

static inline struct event *step_finished(int64_t task, int step,
					  enum event_status status)
{
	struct event *e = put(EVENT_STEP_FINISHED, task, step);

	e->status = status;
	e->duration_ns = NS_PER_S;
	return e;
}

/* A step that succeeds with this output. */
static inline void step(int64_t task, int number, const char *name,
			const char *text)
{
	step_started(task, number, STEP_SCRIPT, name);
	output(task, number, text);
	step_finished(task, number, STATUS_SUCCEEDED);
}

static inline char *feed_slurp(const char *path)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *err = NULL;

	need(file_read(path, &b, &err) == 0);
	return buf_steal(&b);
}

/* Tells everything that was put, in the format of that name. */
static inline void feed_run(const char *format)
{
	AUTO_FREE char *out = xasprintf("%s/out", test_dir());
	AUTO_FREE char *errs = xasprintf("%s/err", test_dir());
	AUTO_CLOSE int out_fd = open(out, O_RDWR | O_CREAT | O_TRUNC, 0600);
	AUTO_CLOSE int err_fd = open(errs, O_RDWR | O_CREAT | O_TRUNC, 0600);
	AUTO_ERROR struct error *err = NULL;
	struct report_options o = {.format = format,
				   .out_fd = out_fd,
				   .err_fd = err_fd,
				   .events = feed.q,
				   .page = feed.page,
				   .junit = feed.junit,
				   .keep = feed.keep,
				   .quiet = feed.quiet,
				   .verbose = feed.verbose};
	struct reporter *r;

	unsetenv("NO_COLOR");
	setenv("CLICOLOR_FORCE", feed.color ? "1" : "0", 1);
	setenv("TERM", "xterm", 1);
	unsetenv("CI");
	queue_close(feed.q);
	need(reporter_start(&o, &r, &err) == 0);
	ok_int(reporter_finish(r, &err), 0);
	queue_free(feed.q);
	feed.out = feed_slurp(out);
	feed.err = feed_slurp(errs);
}

/* The same; *wanted is feed.page or feed.junit, and what is written there comes
 * back, for free(). */
static inline char *feed_run_to(const char **wanted)
{
	AUTO_FREE char *path = xasprintf("%s/beside", test_dir());

	*wanted = path;
	feed_run("simple");
	*wanted = NULL;
	return feed_slurp(path);
}

#endif
