/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/junit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "report/tail.h"
#include "report/words.h"

/* Lines of output that a failure is reported with. */
#define FAILURE_LINES 200

/* Text and attributes alike; what XML has no way to write becomes U+FFFD. */
static void put_text(const char *text, struct out *to)
{
	while (*text) {
		uint32_t c;
		size_t n = utf8_next(text, strlen(text), &c);

		if (c == '&')
			out_text(to, "&amp;");
		else if (c == '<')
			out_text(to, "&lt;");
		else if (c == '>')
			out_text(to, "&gt;");
		else if (c == '"')
			out_text(to, "&quot;");
		else if (c == '\n' || c == '\t')
			out_format(to, "&#%u;", c);
		else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xfffe ||
			 c == 0xffff || c == UTF8_BAD)
			out_text(to, UTF8_MARK);
		else
			out_add(to, text, n);
		text += n;
	}
}

static void put_attribute(const char *name, const char *value, struct out *to)
{
	out_format(to, " %s=\"", name);
	put_text(value, to);
	out_text(to, "\"");
}

static void put_seconds(int64_t ns, struct out *to)
{
	out_format(to, " time=\"%" PRId64 ".%03" PRId64 "\"", ns / NS_PER_S,
		   ns / NS_PER_MS % 1000);
}

/* --- what is a case ------------------------------------------------------------ */

/* Pulling an image is no test, unless it failed. */
static bool is_case(const struct step_view *s)
{
	bool own = s->kind == STEP_PREPARE || s->kind == STEP_IMAGE_PULL;

	return !own || view_is_bad(s->status);
}

/* A task that ended badly although none of its steps did. */
static bool is_own_case(const struct task_view *t)
{
	return t->finished && !view_culprit(t) &&
	       (view_is_bad(t->status) ||
		(t->status == STATUS_SKIPPED && t->steps.len == 0));
}

struct counts {
	size_t tests, failures, errors, skipped;
};

static bool is_error(enum event_status s)
{
	return s == STATUS_ERROR || s == STATUS_ABORTED;
}

static void count(struct counts *n, enum event_status s)
{
	n->tests++;
	n->skipped += s == STATUS_SKIPPED || s == STATUS_NONE;
	n->errors += is_error(s);
	n->failures += view_is_bad(s) && !is_error(s);
}

static void count_task(struct counts *n, const struct task_view *t)
{
	for (size_t i = 0; i < t->steps.len; i++)
		if (is_case(t->steps.ptr[i]))
			count(n, t->steps.ptr[i]->status);
	if (is_own_case(t))
		count(n, t->status);
}

static void put_counts(const struct counts *n, struct out *to)
{
	out_format(to,
		   " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
		   "skipped=\"%zu\"",
		   n->tests, n->failures, n->errors, n->skipped);
}

/* --- cases ------------------------------------------------------------------------ */

static void put_line(const char *line, struct out *to)
{
	put_text(line, to);
	out_text(to, "\n");
}

static void put_result(enum event_status status, const char *why,
		       struct step_view *s, struct out *to)
{
	const char *tag = is_error(status) ? "error" : "failure";

	if (status == STATUS_SKIPPED || status == STATUS_NONE) {
		out_text(to, "<skipped");
		if (why)
			put_attribute("message", why, to);
		out_text(to, "/>");
		return;
	}
	out_format(to, "<%s", tag);
	put_attribute("message", why ? why : words_status(status), to);
	put_attribute("type", event_status_name(status), to);
	out_text(to, ">");
	if (s)
		tail_put(s, FAILURE_LINES, false, put_line, to);
	out_format(to, "</%s>", tag);
}

/* With its labels: a matrix has many of one name. */
static char *name_of(const struct task_view *t)
{
	return xasprintf("%s%s%s", t->name, t->suffix ? " " : "",
			 t->suffix ? t->suffix : "");
}

static void put_case(const struct task_view *t, const char *name,
		     int64_t duration_ns, struct out *to)
{
	AUTO_FREE char *class = name_of(t);

	out_text(to, "    <testcase");
	put_attribute("name", name, to);
	put_attribute("classname", class, to);
	put_seconds(duration_ns, to);
	out_text(to, ">");
}

static void put_step(const struct task_view *t, struct step_view *s,
		     struct out *to)
{
	AUTO_FREE char *ending =
		words_ending(s->status, s->exit_code, s->signal);

	put_case(t, *s->name ? s->name : s->title, s->duration_ns, to);
	if (s->status != STATUS_SUCCEEDED)
		put_result(s->status, ending ? ending : s->error, s, to);
	out_text(to, "</testcase>\n");
}

static void put_task(const struct task_view *t, struct out *to)
{
	AUTO_FREE char *name = name_of(t);
	struct counts n = {0};
	char time[32];

	count_task(&n, t);
	out_text(to, "  <testsuite");
	put_attribute("name", name, to);
	put_counts(&n, to);
	put_seconds(t->duration_ns, to);
	/* ISO 8601 without a zone, as readers of this format want it */
	out_format(to, " timestamp=\"%.19s\">\n",
		   clock_format_utc(t->at_ns, time));
	for (size_t i = 0; i < t->steps.len; i++)
		if (is_case(t->steps.ptr[i]))
			put_step(t, t->steps.ptr[i], to);
	if (is_own_case(t)) {
		put_case(t, t->name, t->duration_ns, to);
		put_result(t->status, t->reason, NULL, to);
		out_text(to, "</testcase>\n");
	}
	out_text(to, "  </testsuite>\n");
}

void junit_write(const struct view *v, struct out *to)
{
	struct counts n = {0};

	for (size_t i = 0; i < v->tasks.len; i++)
		count_task(&n, v->tasks.ptr[i]);
	out_text(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		     "<testsuites name=\"cirrus\"");
	put_counts(&n, to);
	put_seconds(v->duration_ns, to);
	out_text(to, ">\n");
	for (size_t i = 0; i < v->tasks.len; i++)
		put_task(v->tasks.ptr[i], to);
	out_text(to, "</testsuites>\n");
}
