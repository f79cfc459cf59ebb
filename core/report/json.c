/* SPDX-License-Identifier: MIT */
/* `-o json`: one event a line; cirrus-run(1), JSON EVENTS, is the schema. */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "data/json.h"
#include "report/annotation-json.h"
#include "report/format.h"

/* Raised when a field changes its meaning or goes away, not when one comes. */
#define SCHEMA 1

/* The largest piece of output in one line. */
#define PIECE ((size_t)32 * 1024)

/* --- output as text -------------------------------------------------------- */

/* data as UTF-8 without NULs, for free(); *exact tells whether anything had to
 * be replaced. */
static char *as_text(const char *data, size_t len, bool *exact)
{
	AUTO_BUF struct buf b = BUF_INIT(PIECE * 3);

	*exact = true;
	for (size_t i = 0; i < len;) {
		uint32_t c;
		size_t n = utf8_next(data + i, len - i, &c);

		if (c == 0 || (c == UTF8_BAD && n == 1)) {
			*exact = false;
			buf_adds(&b, UTF8_MARK);
		} else {
			buf_add(&b, data + i, n);
		}
		i += n;
	}
	return buf_steal(&b);
}

/* The bytes themselves, for those lines whose text is not all there is. */
static char *as_base64(const char *data, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	AUTO_BUF struct buf b = BUF_INIT(PIECE * 2);

	for (size_t i = 0; i < len; i += 3) {
		uint32_t bits = 0;

		for (size_t j = 0; j < 3; j++)
			bits = bits << 8 |
			       (i + j < len ? (unsigned char)data[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			buf_addc(&b,
				 i + j > len
					 ? '='
					 : digits[bits >> (18 - 6 * j) & 63]);
	}
	return buf_steal(&b);
}

/* --- events ---------------------------------------------------------------- */

static struct cJSON *begin(const struct event *e)
{
	struct cJSON *o = json_object();
	char time[32];

	json_add_str(o, "event", event_type_name(e->type));
	json_add_str(o, "time", clock_format_utc(e->at_ns, time));
	if (e->task >= 0)
		json_add_int(o, "task", e->task);
	if (e->step >= 0)
		json_add_int(o, "step", e->step);
	return o;
}

static void print(struct report *r, const struct cJSON *o)
{
	AUTO_BUF struct buf line = BUF_INIT(BUF_MESSAGE);

	json_print(o, JSON_LINE, &line);
	buf_addc(&line, '\n');
	out_add(&r->out, line.data, line.len);
}

static void add_text(struct cJSON *o, const char *key, const char *text)
{
	if (text)
		json_add_str(o, key, text);
}

static void add_end(struct cJSON *o, const struct event *e)
{
	json_add_str(o, "status", event_status_name(e->status));
	json_add_int(o, "duration_ms", e->duration_ns / NS_PER_MS);
}

static void add_run_started(struct cJSON *o, const struct event *e)
{
	json_add_int(o, "schema", SCHEMA);
	add_text(o, "run", e->text);
	add_text(o, "project", e->title);
	add_text(o, "logs", e->path);
	json_add_int(o, "tasks", e->total);
}

static void add_task_started(struct cJSON *o, const struct event *e)
{
	add_text(o, "name", e->title);
	add_text(o, "labels", e->title_suffix);
}

static void add_step_started(struct cJSON *o, const struct event *e)
{
	json_add_str(o, "kind", step_kind_name(e->step_kind));
	add_text(o, "name", e->title);
	add_text(o, "log", e->path);
}

static void add_progress(struct cJSON *o, const struct event *e)
{
	add_text(o, "item", e->item);
	add_text(o, "text", e->text);
	json_add_int(o, "done", e->done);
	json_add_int(o, "total", e->total);
}

static void add_message(struct cJSON *o, const struct event *e)
{
	json_add_str(o, "level", event_level_name(e->level));
	add_text(o, "text", e->text);
	add_text(o, "hint", e->hint);
}

static void add_annotation(struct cJSON *o, const struct event *e)
{
	annotation_to_json(e->annotation, o);
}

static void add_step_finished(struct cJSON *o, const struct event *e)
{
	add_end(o, e);
	if (e->status == STATUS_SUCCEEDED || e->status == STATUS_FAILED)
		json_add_int(o, "exit_code", e->exit_code);
	if (e->signal > 0)
		json_add_int(o, "signal", e->signal);
}

static void add_task_finished(struct cJSON *o, const struct event *e)
{
	add_end(o, e);
	if (e->allowed)
		json_add_bool(o, "allowed", true);
	add_text(o, "reason", e->text);
}

static void add_run_finished(struct cJSON *o, const struct event *e)
{
	add_end(o, e);
	json_add_int(o, "exit_status", e->exit_code);
}

/* --- output ---------------------------------------------------------------- */

static void print_piece(struct report *r, const struct event *e, int64_t offset,
			const char *data, size_t len)
{
	AUTO_JSON struct cJSON *o = begin(e);
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *base64 = NULL;
	bool exact;

	text = as_text(data, len, &exact);
	json_add_int(o, "offset", offset);
	json_add_int(o, "length", (int64_t)len);
	json_add_str(o, "text", text);
	if (!exact) {
		base64 = as_base64(data, len);
		json_add_str(o, "base64", base64);
	}
	print(r, o);
}

/* The output of a step from where the last line ended up to `end`.  What may be
 * the beginning of a character waits for its rest, unless this is the `last`. */
static void print_output(struct report *r, const struct event *e,
			 struct step_view *s, int64_t end, bool last)
{
	AUTO_FREE char *data = xmalloc(PIECE);

	while (s->told < end && view_log(s) >= 0) {
		int64_t left = end - s->told;
		ssize_t n = pread(s->log_fd, data,
				  left < (int64_t)PIECE ? (size_t)left : PIECE,
				  s->told);
		size_t keep;

		if (n <= 0)
			return;
		keep = utf8_unfinished(data, (size_t)n);
		if (last && n == left)
			keep = 0;
		if ((size_t)n == keep)
			return;
		print_piece(r, e, s->told, data, (size_t)n - keep);
		s->told += n - (ssize_t)keep;
	}
}

/* Output that an unfinished character held back, as an event of its own. */
static void print_rest(struct report *r, const struct event *e,
		       struct step_view *s)
{
	struct event rest = {.type = EVENT_OUTPUT,
			     .task = e->task,
			     .step = e->step,
			     .at_ns = e->at_ns};

	print_output(r, &rest, s, s->length, true);
	view_log_close(s);
}

/* --- the format ------------------------------------------------------------ */

static void json_start(struct report *r UNUSED)
{
}

static void print_event(struct report *r, const struct event *e)
{
	static void (*const add[])(struct cJSON *, const struct event *) = {
		[EVENT_RUN_STARTED] = add_run_started,
		[EVENT_TASK_STARTED] = add_task_started,
		[EVENT_STEP_STARTED] = add_step_started,
		[EVENT_PROGRESS] = add_progress,
		[EVENT_MESSAGE] = add_message,
		[EVENT_ANNOTATION] = add_annotation,
		[EVENT_STEP_FINISHED] = add_step_finished,
		[EVENT_TASK_FINISHED] = add_task_finished,
		[EVENT_RUN_FINISHED] = add_run_finished,
	};
	AUTO_JSON struct cJSON *o = begin(e);

	add[e->type](o, e);
	print(r, o);
}

static void json_event(struct report *r, struct event *e)
{
	struct step_view *s = view_step(&r->view, e->task, e->step);

	if (e->type == EVENT_OUTPUT) {
		if (s)
			print_output(r, e, s, e->offset + e->length, false);
	} else if (e->type != EVENT_MESSAGE || e->level != LEVEL_DEBUG ||
		   r->o.verbose) {
		if (e->type == EVENT_STEP_FINISHED && s)
			print_rest(r, e, s);
		print_event(r, e);
	}
	event_free(e);
}

static int64_t json_idle(struct report *r UNUSED)
{
	return 0;
}

static void json_end(struct report *r)
{
	out_flush(&r->out);
	summary_print(r);
}

const struct format format_json = {"json",   json_start, json_event, json_idle,
				   json_end, NULL,       NULL};
