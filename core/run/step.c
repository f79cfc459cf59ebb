/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/step.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/fd.h"

static void write_log(struct step *s, const char *data, size_t len)
{
	if (s->log < 0)
		return;
	if (fd_write_all(s->log, data, len) < 0) {
		s->write_errno = errno;
		fd_close(&s->log);
		return;
	}
	s->written += (int64_t)len;
}

/* "[HH:MM:SS.mmm] ", as clocks on the wall here show it. */
static void add_stamp(struct buf *b)
{
	int64_t now = clock_epoch();
	time_t seconds = (time_t)(now / NS_PER_S);
	struct tm tm;

	localtime_r(&seconds, &tm);
	buf_addf(b, "[%02d:%02d:%02d.%03d] ", tm.tm_hour, tm.tm_min, tm.tm_sec,
		 (int)(now % NS_PER_S / NS_PER_MS));
}

static void put(void *ctx, const char *data, size_t len)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	struct step *s = ctx;

	while (s->stamps && len > 0) {
		const char *newline = memchr(data, '\n', len);
		size_t n = newline ? (size_t)(newline + 1 - data) : len;

		if (!s->stamped)
			add_stamp(&b);
		s->stamped = !newline;
		buf_add(&b, data, n);
		data += n;
		len -= n;
	}
	if (b.len > 0)
		write_log(s, b.data, b.len);
	if (len > 0)
		write_log(s, data, len);
}

static void open_log(struct step *s, struct run_logs *logs, const char *title,
		     char **path)
{
	AUTO_ERROR struct error *err = NULL;

	if (run_logs_open(logs, s->task, s->number, title, &s->log, path,
			  &err) < 0)
		tell_message(s->teller, s->task, s->number, LEVEL_WARNING,
			     err->hint, "output is lost: %s", err->msg);
}

void step_begin(struct step *s, const struct teller *teller,
		struct run_logs *logs, int64_t task, int number,
		enum step_kind kind, const char *title)
{
	struct event *e = event_new(EVENT_STEP_STARTED, task, number);

	*s = (struct step){.teller = teller,
			   .task = task,
			   .number = number,
			   .log = -1,
			   .logs_dir = run_logs_dir(logs),
			   .started_ns = clock_now()};
	mask_init(&s->mask, teller->secrets, put, s);
	e->step_kind = kind;
	e->title = secrets_mask(teller->secrets, title);
	/* the file is called like it */
	open_log(s, logs, e->title, &e->path);
	tell(teller, e);
}

/* Tells what has come into the log since it was `before` bytes long. */
static void tell_since(struct step *s, int64_t before)
{
	if (s->written > before)
		tell_output(s->teller, s->task, s->number, before,
			    s->written - before);
}

void step_write(struct step *s, const char *data, size_t len)
{
	int64_t before = s->written;

	if (s->tap)
		s->tap(s->tap_ctx, data, len);
	if (!s->teller || len == 0)
		return;
	s->mid_line = data[len - 1] != '\n';
	mask_feed(&s->mask, data, len);
	tell_since(s, before);
}

void step_say(struct step *s, const char *fmt, ...)
{
	AUTO_BUF struct buf line = BUF_INIT(BUF_FILE);
	va_list ap;

	if (s->mid_line)
		buf_addc(&line, '\n');
	va_start(ap, fmt);
	buf_vaddf(&line, fmt, ap);
	va_end(ap);
	buf_addc(&line, '\n');
	step_write(s, line.data, line.len);
}

static void flush(struct step *s)
{
	int64_t before = s->written;

	mask_flush(&s->mask);
	tell_since(s, before);
}

static void mask_text(struct secrets *secrets, char **text)
{
	AUTO_FREE char *plain = *text;

	if (plain)
		*text = secrets_mask(secrets, plain);
}

void step_annotate(struct step *s, const struct annotation *a)
{
	struct event *e = event_new(EVENT_ANNOTATION, s->task, s->number);

	flush(s);
	e->annotation = annotation_copy(a);
	mask_text(s->teller->secrets, &e->annotation->title);
	mask_text(s->teller->secrets, &e->annotation->details);
	mask_text(s->teller->secrets, &e->annotation->path);
	tell(s->teller, e);
}

static void tell_lost(const struct step *s)
{
	AUTO_FREE char *hint =
		s->write_errno == ENOSPC || s->write_errno == EDQUOT
			? xasprintf("make room for logs in %s", s->logs_dir)
			: NULL;

	tell_message(s->teller, s->task, s->number, LEVEL_WARNING, hint,
		     "output is lost: %s", strerror(s->write_errno));
}

void step_end(struct step *s, const struct step_result *r)
{
	struct event *e = event_new(EVENT_STEP_FINISHED, s->task, s->number);

	flush(s);
	if (s->write_errno != 0)
		tell_lost(s);
	e->status = r->status;
	e->exit_code = r->exit_code;
	e->signal = r->signal;
	e->text = r->why ? secrets_mask(s->teller->secrets, r->why) : NULL;
	e->duration_ns = clock_now() - s->started_ns;
	tell(s->teller, e);
	mask_clear(&s->mask);
	fd_close(&s->log);
}
