/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* Of an annotation's details, in a line. */
#define DETAIL_BYTES ((size_t)300)

char *words_task(const char *name, const char *suffix)
{
	const char *word = isupper((unsigned char)name[0]) ? "Task" : "task";

	if (!suffix || !*suffix)
		return xasprintf("'%s' %s", name, word);
	return xasprintf("'%s' %s %s", name, word, suffix);
}

char *words_step(enum step_kind kind, const char *name)
{
	static const char *const forms[] = {
		[STEP_PREPARE] = "Preparing execution environment...",
		[STEP_IMAGE_PULL] = "image pull",
		[STEP_SCRIPT] = "'%' script",
		[STEP_BACKGROUND_SCRIPT] = "'%' background script",
		[STEP_CACHE] = "'%' cache",
		[STEP_UPLOAD_CACHE] = "'%'",
		[STEP_FILE] = "'%'",
		[STEP_ARTIFACTS] = "'%' artifacts",
		[STEP_OTHER] = "%",
	};
	const char *form = forms[kind], *hole = strchr(form, '%');

	if (!hole)
		return xstrdup(form);
	return xasprintf("%.*s%s%s", (int)(hole - form), form, name ? name : "",
			 hole + 1);
}

char *words_quoted(const char *title)
{
	if (strpbrk(title, "'\""))
		return xstrdup(title);
	return xasprintf("'%s'", title);
}

void words_signal(int signal, char *out, size_t len)
{
	const char *name = strsignal(signal);

	snprintf(out, len, "%s", name ? name : "unknown signal");
	out[0] = (char)tolower((unsigned char)out[0]);
}

char *words_ending(enum event_status status, int exit_code, int signal)
{
	char name[64];

	if (status == STATUS_TIMED_OUT)
		return xstrdup("Timed out!");
	if (status != STATUS_FAILED)
		return NULL;
	if (signal > 0) {
		words_signal(signal, name, sizeof(name));
		return xasprintf("Signaled to exit (%s)!", name);
	}
	if (exit_code > 1)
		return xasprintf("Exit status: %d", exit_code);
	return NULL;
}

const char *words_finished(enum event_status status)
{
	switch (status) {
	case STATUS_SUCCEEDED:
		return "succeeded";
	case STATUS_SKIPPED:
		return "skipped";
	case STATUS_ABORTED:
		return "aborted";
	default:
		return "failed";
	}
}

const char *words_status(enum event_status status)
{
	static const char *const names[] = {
		[STATUS_NONE] = "not run",     [STATUS_SUCCEEDED] = "succeeded",
		[STATUS_FAILED] = "failed",    [STATUS_TIMED_OUT] = "timed out",
		[STATUS_SKIPPED] = "skipped",  [STATUS_ABORTED] = "aborted",
		[STATUS_ERROR] = "broken off",
	};

	return names[status];
}

void words_shell(struct buf *b, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./:=@%+,";

	if (*word && word[strspn(word, plain)] == '\0') {
		buf_adds(b, word);
		return;
	}
	buf_addc(b, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			buf_adds(b, "'\\''");
		else
			buf_addc(b, *word);
	}
	buf_addc(b, '\'');
}

/* --- annotations ------------------------------------------------------------ */

char *words_place(const struct annotation *a)
{
	if (!a->path)
		return NULL;
	if (a->start_line == 0)
		return xstrdup(a->path);
	if (a->start_column == 0)
		return xasprintf("%s:%d", a->path, a->start_line);
	return xasprintf("%s:%d:%d", a->path, a->start_line, a->start_column);
}

/* The first line of the details, which may be what the title says already. */
static size_t first_line(const struct annotation *a, const char **line)
{
	size_t len;

	*line = a->details ? a->details : "";
	*line += strspn(*line, " \t");
	len = strcspn(*line, "\n");
	if (a->title && strncmp(a->title, *line, len) == 0)
		return 0;
	if (len <= DETAIL_BYTES)
		return len;
	return DETAIL_BYTES - utf8_unfinished(*line, DETAIL_BYTES);
}

char *words_annotation(const struct annotation *a)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	AUTO_FREE char *place = words_place(a);
	const char *details;
	size_t len = first_line(a, &details);

	if (place)
		buf_addf(&b, "%s: ", place);
	buf_adds(&b, annotation_level_name(a->level));
	if (a->title)
		buf_addf(&b, ": %s", a->title);
	if (len > 0)
		buf_addf(&b, ": %.*s", (int)len, details);
	return buf_steal(&b);
}

static void add_count(struct buf *b, size_t n, const char *what)
{
	if (n > 0)
		buf_addf(b, "%s%zu %s%s", b->len > 0 ? ", " : "", n, what,
			 n == 1 ? "" : "s");
}

char *words_annotations(size_t failures, size_t warnings)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);

	add_count(&b, failures, "failure");
	add_count(&b, warnings, "warning");
	return b.len > 0 ? buf_steal(&b) : NULL;
}

char *words_run_again(const char *options, const char *name, const char *suffix)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	AUTO_FREE char *word = NULL;
	size_t len = suffix ? strlen(suffix) : 0;

	if (len > 2) /* without its parentheses */
		word = xasprintf("%s %.*s", name, (int)(len - 2), suffix + 1);
	else
		word = xstrdup(name);
	buf_addf(&b, "cirrus run %s%s%s", options ? options : "",
		 options && *options ? " " : "", *word == '-' ? "-- " : "");
	words_shell(&b, word);
	return buf_steal(&b);
}
