/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/suggest.h"
#include "report/choose.h"
#include "report/format.h"
#include "report/junit.h"
#include "report/page.h"
#include "report/saved.h"
#include "report/screen.h"

static const struct format *const formats[] = {
	&format_simple,   &format_github_actions, &format_travis,
	&format_teamcity, &format_json,           &format_interactive,
	&format_noemoji,
};

const char *const reporter_formats[] = {
	"auto",           "interactive", "noemoji",  "simple", "json",
	"github-actions", "travis",      "teamcity", NULL,
};

/* A file that is written once the run is over. */
struct extra {
	const char *path; /* NULL: nobody wants it */
	int fd;
	void (*write)(const struct view *v, struct out *to);
};

enum { PAGE, JUNIT, EXTRAS };

struct reporter {
	struct report r;
	struct extra extras[EXTRAS];
	int64_t saved_ns;     /* when run.json was written last */
	bool unsaved;         /* there is more to say since */
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	enum { TELLING, PAUSING, PAUSED } state;
	int64_t paused_by; /* a task */
	pthread_t thread;
};

/* --- beginning --------------------------------------------------------------- */

static const struct format *find_format(const char *name, bool terminal)
{
	if (!name || strcmp(name, "auto") == 0)
		name = choose_format(terminal, getenv);
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

static int unknown_format(const char *name, struct error **err)
{
	AUTO_BUF struct buf names = BUF_INIT(BUF_LINE);
	const char *near = suggest(name, reporter_formats);

	for (size_t i = 0; reporter_formats[i]; i++)
		buf_addf(&names, "%s%s", i > 0 ? ", " : "",
			 reporter_formats[i]);
	error_set(err, ERR_USAGE,
		  "unknown output format \"%s\", not one of: %s", name,
		  names.data);
	if (near)
		error_hint(err, "did you mean %s?", near);
	return -1;
}

/* --- what is written beside -------------------------------------------------- */

/* Now rather than at the end of a long run: whether it can be written. */
static int extras_open(struct reporter *p, struct error **err)
{
	for (int i = 0; i < EXTRAS; i++) {
		struct extra *x = &p->extras[i];

		if (!x->path)
			continue;
		x->fd = open(x->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
		if (x->fd < 0)
			return error_errno(err, errno, "cannot write %s",
					   x->path);
	}
	return 0;
}

static void extras_close(struct reporter *p)
{
	for (int i = 0; i < EXTRAS; i++)
		fd_close(&p->extras[i].fd);
}

static int extra_write(struct extra *x, const struct view *v,
		       struct error **err)
{
	struct out out;
	int errnum;

	/* what is no file, as a pipe, has no length either */
	if (ftruncate(x->fd, 0) < 0 && errno != EINVAL)
		return error_errno(err, errno, "cannot write %s", x->path);
	out_init(&out, x->fd);
	x->write(v, &out);
	out_flush(&out);
	errnum = out.errnum;
	out_clear(&out);
	if (errnum == 0)
		return 0;
	return error_errno(err, errnum, "cannot write %s", x->path);
}

static int extras_write(struct reporter *p, struct error **err)
{
	int r = 0;

	for (int i = 0; i < EXTRAS; i++)
		if (p->extras[i].path &&
		    extra_write(&p->extras[i], &p->r.view, err) < 0)
			r = -1;
	return r;
}

static bool is_kept(const struct reporter *p)
{
	return p->r.o.keep && p->r.view.dir;
}

/* While the run goes on at most once a second.  Where that fails the next time
 * tries again, and the end of the run tells of it. */
static void save_now_and_then(struct reporter *p)
{
	int64_t now = clock_now();

	if (!p->unsaved || !is_kept(p) || now - p->saved_ns < NS_PER_S)
		return;
	p->saved_ns = now;
	if (saved_write(&p->r.view, NULL) == 0)
		p->unsaved = false;
}

static int save(struct reporter *p, struct error **err)
{
	if (!is_kept(p))
		return 0;
	return saved_write(&p->r.view, err);
}

/* --- the thread -------------------------------------------------------------- */

/* Somebody else's turn, if somebody wants it. */
static void pause_if_asked(struct reporter *p)
{
	struct report *r = &p->r;
	const struct task_view *t;

	pthread_mutex_lock(&p->lock);
	if (p->state == PAUSING) {
		t = view_task(&r->view, p->paused_by);
		if (r->format->pause)
			r->format->pause(r);
		if (t)
			summary_print_failure(r, t);
		out_flush(&r->out);
		p->state = PAUSED;
		pthread_cond_broadcast(&p->changed);
		while (p->state == PAUSED)
			pthread_cond_wait(&p->changed, &p->lock);
		if (r->format->resume)
			r->format->resume(r);
	}
	pthread_mutex_unlock(&p->lock);
}

void reporter_pause(struct reporter *p, int64_t task)
{
	pthread_mutex_lock(&p->lock);
	p->paused_by = task;
	p->state = PAUSING;
	queue_wake(p->r.o.events);
	while (p->state == PAUSING)
		pthread_cond_wait(&p->changed, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

void reporter_resume(struct reporter *p)
{
	pthread_mutex_lock(&p->lock);
	p->state = TELLING;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

/* When to look after things that no event tells of; 0: never. */
static int64_t wake_at(struct reporter *p)
{
	int64_t wake = p->r.format->idle(&p->r);
	int64_t save_at = p->saved_ns + NS_PER_S;

	if (!p->unsaved || !is_kept(p))
		return wake;
	return wake == 0 || save_at < wake ? save_at : wake;
}

/* The next event, after telling the format when there is none just now; NULL
 * once the last was taken. */
static struct event *next_event(struct reporter *p)
{
	struct queue *events = p->r.o.events;
	struct event *e;
	int64_t wake;

	while (!(e = queue_take(events, 1))) {
		if (queue_drained(events))
			return NULL;
		pause_if_asked(p);
		save_now_and_then(p);
		wake = wake_at(p);
		out_flush(&p->r.out);
		e = queue_take(events, wake);
		if (e)
			return e;
	}
	return e;
}

static void *work(void *arg)
{
	struct reporter *p = arg;
	struct report *r = &p->r;
	struct event *e;

	r->format->start(r);
	while ((e = next_event(p))) {
		view_apply(&r->view, e);
		if (e->type != EVENT_OUTPUT && e->type != EVENT_PROGRESS)
			p->unsaved = true;
		save_now_and_then(p);
		r->format->event(r, e);
	}
	r->format->end(r);
	out_flush(&r->out);
	out_flush(&r->err);
	return NULL;
}

static void reporter_free(struct reporter *p)
{
	extras_close(p);
	view_clear(&p->r.view);
	out_clear(&p->r.out);
	out_clear(&p->r.err);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

int reporter_start(const struct report_options *o, struct reporter **out,
		   struct error **err)
{
	bool terminal = isatty(o->out_fd);
	const struct format *format = find_format(o->format, terminal);
	struct reporter *p;
	int r;

	if (!format)
		return unknown_format(o->format, err);
	p = xcalloc(1, sizeof(*p));
	p->r.o = *o;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	p->r.format = format;
	p->r.view.options = xstrdup_or_null(o->options);
	p->extras[PAGE] = (struct extra){o->page, -1, page_write};
	p->extras[JUNIT] = (struct extra){o->junit, -1, junit_write};
	if (extras_open(p, err) < 0) {
		reporter_free(p);
		return -1;
	}
	p->r.color = choose_color(terminal, getenv);
	p->r.color_err = choose_color(isatty(o->err_fd), getenv);
	out_init(&p->r.out, o->out_fd);
	out_init(&p->r.err, o->err_fd);
	r = pthread_create(&p->thread, NULL, work, p);
	if (r != 0) {
		reporter_free(p);
		return error_errno(err, r, "cannot start a thread");
	}
	*out = p;
	return 0;
}

int reporter_finish(struct reporter *p, struct error **err)
{
	int errnum, result;

	pthread_join(p->thread, NULL);
	errnum = p->r.out.errnum ? p->r.out.errnum : p->r.err.errnum;
	/* a reader that has seen enough is no error */
	if (errnum == 0 || errnum == EPIPE)
		result = 0;
	else
		result = error_errno(err, errnum, "cannot write the output");
	if (extras_write(p, err) < 0 || save(p, err) < 0)
		result = -1;
	reporter_free(p);
	return result;
}

void reporter_restore_terminal(void)
{
	screen_restore();
}
