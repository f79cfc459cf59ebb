/* SPDX-License-Identifier: MIT */
/* Boost.Test's log as XML: suites within suites, cases in them, and in those what
 * went wrong. */
#include "config.h"

#include "annotate/parse.h"

#include <string.h>

#include "data/xml.h"

struct boost {
	struct annotations *out;
	bool begun;
	struct buf name;           /* of where we are: "suite/case" */
	size_t lengths[XML_DEPTH]; /* of the name, outside of each element */
	int depth;
	int in_error; /* elements deep; 0: not in one */
	struct buf text, path;
	int line;
};

/* REQUIRE and what is thrown end a case; both are its failure as CHECK is. */
static bool is_error(const char *name)
{
	return strcmp(name, "Error") == 0 || strcmp(name, "FatalError") == 0 ||
	       strcmp(name, "Exception") == 0;
}

static void join(struct buf *name, const char *part)
{
	if (name->len > 0)
		annotate_add(name, "/", 1);
	annotate_add(name, part, strlen(part));
}

static void enter(struct boost *b, const char *name, const char *const *attrs)
{
	const char *of = xml_attr(attrs, "name");

	if (of &&
	    (strcmp(name, "TestSuite") == 0 || strcmp(name, "TestCase") == 0))
		join(&b->name, of);
}

static void locate(struct boost *b, const char *const *attrs)
{
	const char *path = xml_attr(attrs, "file");

	b->line = annotate_text_number(xml_attr(attrs, "line"));
	buf_reset(&b->path);
	if (path)
		annotate_add(&b->path, path, strlen(path));
}

static void begin_error(struct boost *b, const char *const *attrs)
{
	b->in_error = 1;
	buf_reset(&b->text);
	locate(b, attrs);
}

/* Of what was thrown nobody knows where, but how far it had come. */
static void within_error(struct boost *b, const char *name,
			 const char *const *attrs)
{
	b->in_error++;
	if (b->path.len == 0 && strcmp(name, "LastCheckpoint") == 0)
		locate(b, attrs);
}

static int begin(void *ctx, const char *name, const char *const *attrs,
		 struct error **err)
{
	struct boost *b = ctx;

	if (!b->begun && strcmp(name, "TestLog") != 0)
		return error_set(err, ERR_CONFIG,
				 "this is no log of Boost.Test");
	b->begun = true;
	b->lengths[b->depth++] = b->name.len;
	enter(b, name, attrs);
	if (b->in_error > 0)
		within_error(b, name, attrs);
	else if (is_error(name))
		begin_error(b, attrs);
	return 0;
}

static void end(void *ctx, const char *name UNUSED)
{
	struct boost *b = ctx;
	struct finding f = {
		.level = ANNOTATION_FAILURE,
		.title = b->name.data,
		.details = b->text.data,
		.path = b->path.data,
		.start_line = b->line,
	};

	buf_truncate(&b->name, b->lengths[--b->depth]);
	if (b->in_error > 0 && --b->in_error == 0)
		annotations_add(b->out, &f);
}

static void text(void *ctx, const char *data, size_t len)
{
	struct boost *b = ctx;

	if (b->in_error == 1)
		annotate_add(&b->text, data, len);
}

int annotate_boost(const char *data, size_t len, struct annotations *out,
		   struct error **err)
{
	struct boost b = {.out = out};
	const struct xml_reader reader = {begin, end, text, &b};
	int r;

	buf_init(&b.name, ANNOTATION_TITLE * 2);
	buf_init(&b.text, ANNOTATION_DETAILS * 2);
	buf_init(&b.path, ANNOTATION_PATH);
	r = xml_read(data, len, &reader, err);
	buf_clear(&b.name);
	buf_clear(&b.text);
	buf_clear(&b.path);
	return r;
}
