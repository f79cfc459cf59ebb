/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/exit.h"
#include "report/ansi.h"
#include "report/words.h"

static const char symbols[] =
	"<svg hidden><defs>"
	"<symbol id=\"succeeded\" viewBox=\"0 0 20 20\"><circle cx=\"10\" "
	"cy=\"10\" r=\"9\" fill=\"currentColor\" opacity=\".16\"/><path "
	"d=\"M5.8 10.4l2.9 2.8 5.6-6.2\" fill=\"none\" stroke=\"currentColor\" "
	"stroke-width=\"2\" stroke-linecap=\"round\" "
	"stroke-linejoin=\"round\"/></symbol>"
	"<symbol id=\"bad\" viewBox=\"0 0 20 20\"><circle cx=\"10\" cy=\"10\" "
	"r=\"9\" fill=\"currentColor\"/><path d=\"M7 7l6 6m0-6l-6 6\" "
	"fill=\"none\" stroke=\"var(--card)\" stroke-width=\"2\" "
	"stroke-linecap=\"round\"/></symbol>"
	"<symbol id=\"other\" viewBox=\"0 0 20 20\"><circle cx=\"10\" cy=\"10\" "
	"r=\"9\" fill=\"currentColor\" opacity=\".16\"/><path d=\"M6.5 10h7\" "
	"fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" "
	"stroke-linecap=\"round\"/></symbol>"
	"<symbol id=\"chev\" viewBox=\"0 0 20 20\"><path d=\"M7.5 5l5 5-5 5\" "
	"fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.8\" "
	"stroke-linecap=\"round\" stroke-linejoin=\"round\"/></symbol>"
	"</defs></svg>\n";

static void put_symbol(const char *id, const char *more, struct out *to)
{
	out_format(to,
		   "<svg class=\"i%s\" aria-hidden=\"true\"><use "
		   "href=\"#%s\"/></svg>",
		   more, id);
}

static void put_mark(enum event_status s, struct out *to)
{
	put_symbol(s == STATUS_SUCCEEDED ? "succeeded"
		   : view_is_bad(s)      ? "bad"
					 : "other",
		   "", to);
}

static void put_duration(enum event_status s, int64_t ns, struct out *to)
{
	char text[CLOCK_TEXT];

	out_format(to, "<span class=\"time\">%s</span>",
		   s == STATUS_SKIPPED ? "skipped" : clock_format(ns, text));
}

/* --- the head ------------------------------------------------------------------ */

static enum event_status status_of_run(const struct view *v)
{
	if (!v->finished)
		return STATUS_NONE;
	if (v->exit_code == EXIT_INTERRUPTED || v->exit_code == EXIT_TERMINATED)
		return STATUS_ABORTED;
	return v->exit_code == EXIT_OK ? STATUS_SUCCEEDED : STATUS_FAILED;
}

static const char *name_of_run(const struct view *v)
{
	const char *slash = v->project ? strrchr(v->project, '/') : NULL;

	if (slash && slash[1])
		return slash + 1;
	return v->project ? v->project : "cirrus run";
}

static void put_head(const struct view *v, struct out *to)
{
	out_text(to, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta "
		     "charset=\"utf-8\">\n<meta name=\"viewport\" "
		     "content=\"width=device-width, initial-scale=1\">\n<meta "
		     "http-equiv=\"Content-Security-Policy\" "
		     "content=\"default-src 'none'; style-src 'unsafe-inline'; "
		     "script-src 'unsafe-inline'\">\n<title>");
	ansi_text(name_of_run(v), to);
	out_format(to, ": %s</title>\n<style>\n%s</style>\n",
		   words_status(status_of_run(v)), page_css);
	out_text(to, "<script>document.documentElement.dataset.theme = "
		     "matchMedia(\"(prefers-color-scheme: dark)\").matches ? "
		     "\"dark\" : \"light\";</script>\n</head>\n<body>\n");
	out_text(to, symbols);
}

static void put_title(const struct view *v, struct out *to)
{
	char text[CLOCK_TEXT], time[32];

	out_format(to, "<header class=\"top %s\"><div class=\"state\">",
		   event_status_name(status_of_run(v)));
	put_mark(status_of_run(v), to);
	out_text(to, "</div><div class=\"what\"><h1>");
	ansi_text(name_of_run(v), to);
	out_format(to, "</h1><p class=\"meta\"><span>%s</span>",
		   v->finished ? words_status(status_of_run(v))
			       : "not finished");
	clock_format_utc(v->at_ns, time);
	out_format(to, "<span><time datetime=\"%s\">%s</time></span>", time,
		   time);
	if (v->finished)
		out_format(to, "<span>%s</span>",
			   clock_format(v->duration_ns, text));
	out_text(to, "<span>run ");
	ansi_text(v->run_id ? v->run_id : "", to);
	out_text(to, "</span></p></div></header>\n");
}

static void put_bar(const struct view *v, struct out *to)
{
	out_text(to, "<nav class=\"bar\">");
	for (int s = STATUS_SUCCEEDED; s <= STATUS_ERROR; s++) {
		size_t n = 0;

		for (size_t i = 0; i < v->ended.len; i++)
			n += v->ended.ptr[i]->status == (enum event_status)s;
		if (n > 0)
			out_format(to,
				   "<button class=\"%s\" data-show=\"%s\" "
				   "aria-pressed=\"false\">%zu %s</button>",
				   event_status_name(s), event_status_name(s),
				   n, words_status(s));
	}
	out_text(to, "<span class=\"rest\"></span><button id=\"fold\">Fold "
		     "all</button><button id=\"theme\">Light / dark</button>"
		     "</nav>\n");
}

/* --- the timeline ---------------------------------------------------------------- */

/* What the whole width stands for. */
struct span {
	int64_t from, length;
};

static struct span span_of(const struct view *v)
{
	struct span s = {v->at_ns, v->finished ? v->duration_ns : 0};

	for (size_t i = 0; i < v->tasks.len; i++) {
		const struct task_view *t = v->tasks.ptr[i];
		int64_t end = t->at_ns + t->duration_ns - s.from;

		if (end > s.length)
			s.length = end;
	}
	if (s.length < NS_PER_MS)
		s.length = NS_PER_MS;
	return s;
}

static double percent(int64_t part, int64_t whole)
{
	double p = (double)part * 100 / (double)whole;

	return p < 0 ? 0 : p > 100 ? 100 : p;
}

/* Round numbers, four to eight of them. */
static int64_t tick_of(int64_t length)
{
	static const int64_t ms[] = {
		1,       2,       5,        10,       20,      50,     100,
		200,     500,     1000,     2000,     5000,    10000,  15000,
		30000,   60000,   120000,   300000,   600000,  900000, 1800000,
		3600000, 7200000, 14400000, 43200000, 86400000};
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(ms) && length / (ms[i] * NS_PER_MS) > 8)
		i++;
	return ms[i] * NS_PER_MS;
}

/* All of an axis in the same unit. */
static void put_tick(int64_t at_ns, int64_t length, struct out *to)
{
	int64_t ms = at_ns / NS_PER_MS;

	if (length < NS_PER_S)
		out_format(to, "%" PRId64 " ms", ms);
	else if (ms < 60000 && ms % 1000)
		out_format(to, "%" PRId64 ".%" PRId64 " s", ms / 1000,
			   ms % 1000 / 100);
	else if (ms < 60000)
		out_format(to, "%" PRId64 " s", ms / 1000);
	else
		out_format(to, "%" PRId64 ":%02" PRId64, ms / 60000,
			   ms / 1000 % 60);
}

static void put_axis(const struct span *span, struct out *to)
{
	int64_t tick = tick_of(span->length);

	out_text(to, "<div class=\"row axis\"><span></span><div "
		     "class=\"track\">");
	for (int64_t at = 0; at <= span->length - tick / 2; at += tick) {
		out_format(to, "<span style=\"left:%.3f%%\">",
			   percent(at, span->length));
		put_tick(at, span->length, to);
		out_text(to, "</span>");
	}
	out_text(to, "</div><span></span></div>\n");
}

static void put_segment(const struct step_view *s, const struct span *span,
			struct out *to)
{
	char text[CLOCK_TEXT];

	if (s->status == STATUS_SKIPPED)
		return;
	out_format(to,
		   "<i class=\"%s %s\" style=\"left:%.3f%%;width:%.3f%%\" "
		   "title=\"",
		   step_kind_name(s->kind), event_status_name(s->status),
		   percent(s->at_ns - span->from, span->length),
		   percent(s->duration_ns, span->length));
	ansi_text(s->title, to);
	out_format(to, ": %s\"></i>", clock_format(s->duration_ns, text));
}

static void put_row(const struct task_view *t, const struct span *span,
		    struct out *to)
{
	const char *status = event_status_name(t->status);

	out_format(to,
		   "<a class=\"row %s\" data-status=\"%s\" href=\"#t%" PRId64
		   "\"><span class=\"name\">",
		   status, status, t->id);
	put_mark(t->status, to);
	out_text(to, "<b>");
	ansi_text(t->name, to);
	if (t->suffix) {
		out_text(to, " ");
		ansi_text(t->suffix, to);
	}
	out_text(to, "</b></span><div class=\"track\">");
	for (size_t i = 0; i < t->steps.len; i++)
		put_segment(t->steps.ptr[i], span, to);
	out_text(to, "</div>");
	put_duration(t->status, t->duration_ns, to);
	out_text(to, "</a>\n");
}

/* What the colours mean; some of them are rare. */
static void put_legend(const struct view *v, struct out *to)
{
	bool aborted = false;

	for (size_t i = 0; i < v->tasks.len; i++)
		aborted |= v->tasks.ptr[i]->status == STATUS_ABORTED;
	out_text(to, "<div class=\"legend\">"
		     "<span style=\"--k:var(--prep)\">preparing</span>"
		     "<span style=\"--k:var(--pull)\">image pull</span>"
		     "<span style=\"--k:var(--cache)\">caches</span>"
		     "<span style=\"--k:var(--ok)\">instructions</span>"
		     "<span style=\"--k:var(--bad)\">failed</span>");
	if (aborted)
		out_text(to, "<span style=\"--k:var(--warn)\">aborted</span>");
	out_text(to, "</div>");
}

static void put_timeline(const struct view *v, struct out *to)
{
	struct span span = span_of(v);

	if (v->tasks.len == 0)
		return;
	out_text(to, "<section class=\"timeline card\" "
		     "aria-label=\"Timeline\">\n");
	put_axis(&span, to);
	for (size_t i = 0; i < v->tasks.len; i++)
		put_row(v->tasks.ptr[i], &span, to);
	put_legend(v, to);
	out_text(to, "</section>\n");
}

/* --- tasks ------------------------------------------------------------------------ */

static void put_step(struct step_view *s, int64_t *budget, struct out *to)
{
	size_t failures = s->n_annotations[ANNOTATION_FAILURE];
	size_t warnings = s->n_annotations[ANNOTATION_WARNING];
	bool open = view_is_bad(s->status) || failures > 0 || warnings > 0;

	out_format(to, "<details class=\"step %s\"%s><summary>",
		   event_status_name(s->status), open ? " open" : "");
	put_symbol("chev", " chev", to);
	put_mark(s->status, to);
	out_text(to, "<span class=\"title\">");
	ansi_text(s->title, to);
	out_text(to, "</span>");
	page_annotation_counts(failures, warnings, to);
	out_text(to, "<span class=\"rest\"></span>");
	put_duration(s->status, s->duration_ns, to);
	out_text(to, "</summary>");
	if (s->note) {
		out_text(to, "<p>");
		ansi_text(s->note, to);
		out_text(to, "</p>");
	}
	page_annotations(s, budget, to);
	page_log(s, budget, to);
	if (s->error) {
		out_text(to, "<p class=\"error\">");
		ansi_text(s->error, to);
		if (s->hint) {
			out_text(to, "\nhint: ");
			ansi_text(s->hint, to);
		}
		out_text(to, "</p>");
	}
	out_text(to, "</details>\n");
}

/* What a glance should tell of a task that did not pass. */
static void put_why(const struct task_view *t, struct out *to)
{
	const struct step_view *s = view_culprit(t);
	AUTO_FREE char *ending = NULL;

	if (t->status == STATUS_SUCCEEDED || (!t->reason && !s))
		return;
	/* a reason stands in full below, once the task is unfolded */
	out_format(to, "<span class=\"why%s\">", t->reason ? " told" : "");
	if (t->reason) {
		ansi_text(t->reason, to);
	} else {
		ending = words_ending(s->status, s->exit_code, s->signal);
		ansi_text(s->title, to);
		if (ending) {
			out_text(to, ": ");
			ansi_text(ending, to);
		}
	}
	out_text(to, "</span>");
}

static void put_task(const struct task_view *t, int64_t *budget, struct out *to)
{
	const char *status = event_status_name(t->status);

	out_format(to,
		   "<details class=\"task card %s\" data-status=\"%s\" "
		   "id=\"t%" PRId64 "\"%s><summary>",
		   status, status, t->id,
		   view_is_bad(t->status) ? " open" : "");
	put_symbol("chev", " chev", to);
	put_mark(t->status, to);
	out_text(to, "<h2>");
	ansi_text(t->name, to);
	if (t->suffix) {
		out_text(to, " <small>");
		ansi_text(t->suffix, to);
		out_text(to, "</small>");
	}
	out_text(to, "</h2>");
	put_why(t, to);
	page_annotation_counts(view_count(t, ANNOTATION_FAILURE),
			       view_count(t, ANNOTATION_WARNING), to);
	out_text(to, "<span class=\"rest\"></span>");
	put_duration(t->status, t->duration_ns, to);
	out_text(to, "</summary>");
	if (t->reason) {
		out_text(to, "<p class=\"reason\">");
		ansi_text(t->reason, to);
		out_text(to, "</p>");
	}
	if (t->steps.len > 0)
		out_text(to, "<div class=\"steps\">\n");
	for (size_t i = 0; i < t->steps.len; i++)
		put_step(t->steps.ptr[i], budget, to);
	out_format(to, "%s</details>\n", t->steps.len > 0 ? "</div>" : "");
}

static void put_again(const struct view *v, struct out *to)
{
	const char *words =
		"<p class=\"again card\">To run again what failed: ";

	for (size_t i = 0; i < v->ended.len; i++) {
		const struct task_view *t = v->ended.ptr[i];
		AUTO_FREE char *command = NULL;

		if (!view_is_bad(t->status))
			continue;
		command = words_run_again(v->options, t->name, t->suffix);
		out_format(to, "%s<code>", words);
		ansi_text(command, to);
		out_text(to, "</code>");
		words = " ";
	}
	if (*words == ' ')
		out_text(to, "</p>\n");
}

void page_write(const struct view *v, struct out *to)
{
	int64_t budget = PAGE_BYTES;

	put_head(v, to);
	out_text(to, "<main>\n");
	put_title(v, to);
	put_bar(v, to);
	put_again(v, to);
	put_timeline(v, to);
	for (size_t i = 0; i < v->tasks.len; i++)
		put_task(v->tasks.ptr[i], &budget, to);
	out_format(to,
		   "<footer>cirrus %s</footer>\n</main>\n<script>\n%s</script>"
		   "\n</body></html>\n",
		   PACKAGE_VERSION, page_js);
}
