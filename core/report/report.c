/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/report.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/suggest.h"
#include "report/choose.h"
#include "report/format.h"
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

struct reporter {
	struct report r;
	pthread_t thread;
};

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

/* The next event, after telling the format when there is none just now; NULL
 * once the last was taken. */
static struct event *next_event(struct report *r)
{
	struct event *e;

	while (!(e = queue_take(r->o.events, 1))) {
		int64_t wake;

		if (queue_drained(r->o.events))
			return NULL;
		wake = r->format->idle(r);
		out_flush(&r->out);
		e = queue_take(r->o.events, wake);
		if (e)
			return e;
	}
	return e;
}

static void *work(void *arg)
{
	struct report *r = arg;
	struct event *e;

	r->format->start(r);
	while ((e = next_event(r))) {
		view_apply(&r->view, e);
		r->format->event(r, e);
	}
	r->format->end(r);
	out_flush(&r->out);
	out_flush(&r->err);
	return NULL;
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
	p->r.format = format;
	p->r.color = choose_color(terminal, getenv);
	p->r.color_err = choose_color(isatty(o->err_fd), getenv);
	out_init(&p->r.out, o->out_fd);
	out_init(&p->r.err, o->err_fd);
	r = pthread_create(&p->thread, NULL, work, &p->r);
	if (r != 0) {
		free(p);
		return error_errno(err, r, "cannot start a thread");
	}
	*out = p;
	return 0;
}

int reporter_finish(struct reporter *p, struct error **err)
{
	int errnum;

	pthread_join(p->thread, NULL);
	errnum = p->r.out.errnum ? p->r.out.errnum : p->r.err.errnum;
	view_clear(&p->r.view);
	out_clear(&p->r.out);
	out_clear(&p->r.err);
	free(p);
	/* a reader that has seen enough is no error */
	if (errnum == 0 || errnum == EPIPE)
		return 0;
	return error_errno(err, errnum, "cannot write the output");
}

void reporter_restore_terminal(void)
{
	screen_restore();
}
