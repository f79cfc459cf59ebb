/* SPDX-License-Identifier: MIT */
/* `flutter test --machine`: a line for each event, and what else the tool has to
 * say in between.  A test is told of by its number: it starts, may have errors,
 * and is done. */
#include "config.h"

#include "annotate/parse.h"

#include <stdlib.h>
#include <string.h>

/* Tests are numbered from 1 as they start. */
#define TESTS_MAX 1000000

struct test {
	char *name, *path, *error;
	int line, column;
};

VEC_DEFINE(test_vec, struct test *);

struct flutter {
	struct test_vec tests; /* by number; NULL: not known, or done */
	struct annotations *out;
};

static void test_free(struct test *t)
{
	if (!t)
		return;
	free(t->name);
	free(t->path);
	free(t->error);
	free(t);
}

static struct test **find(struct flutter *p, const struct cJSON *o,
			  const char *key)
{
	int64_t id = json_get_int(o, key, -1);

	if (id < 0 || id >= TESTS_MAX)
		return NULL;
	while (p->tests.len <= (size_t)id)
		test_vec_push(&p->tests, NULL);
	return &p->tests.ptr[id];
}

static bool is_file(const char *url)
{
	return url && strncmp(url, "file://", 7) == 0;
}

/* Where the test is written down: root_url, where url is a library that helps. */
static void locate(struct test *t, const struct cJSON *o)
{
	const char *root = json_get_str(o, "root_url");
	const char *url = json_get_str(o, "url");
	bool is_root = is_file(root);

	if (!is_root && !is_file(url))
		return;
	t->path = annotate_file_url(is_root ? root : url);
	t->line = annotate_number(o, is_root ? "root_line" : "line");
	t->column = annotate_number(o, is_root ? "root_column" : "column");
}

static void on_start(struct flutter *p, const struct cJSON *o)
{
	const struct cJSON *test = json_get(o, "test");
	struct test **t = find(p, test, "id");

	if (!t || *t)
		return;
	*t = xcalloc(1, sizeof(**t));
	(*t)->name = xstrdup_or_null(json_get_str(test, "name"));
	locate(*t, test);
}

/* One behind the other. */
static void on_error(struct flutter *p, const struct cJSON *o)
{
	AUTO_BUF struct buf b = BUF_INIT(ANNOTATION_DETAILS);
	const char *text = json_get_str(o, "error");
	struct test **t = find(p, o, "testID");

	if (!t || !*t || !text)
		return;
	if (!(*t)->error) {
		(*t)->error = xstrndup(text, ANNOTATION_DETAILS);
		return;
	}
	buf_addf(&b, "%s\n%s", (*t)->error, text);
	if (b.overflow)
		return;
	free((*t)->error);
	(*t)->error = buf_steal(&b);
}

static void end(struct flutter *p, struct test **t, bool failed)
{
	struct finding f = {
		.level = ANNOTATION_FAILURE,
		.title = (*t)->name,
		.details = (*t)->error,
		.path = (*t)->path,
		.start_line = (*t)->line,
		.start_column = (*t)->column,
	};

	if (failed)
		annotations_add(p->out, &f);
	test_free(*t);
	*t = NULL;
}

static void on_done(struct flutter *p, const struct cJSON *o)
{
	const char *result = json_get_str(o, "result");
	struct test **t = find(p, o, "testID");

	if (t && *t)
		end(p, t, result && strcmp(result, "success") != 0);
}

static void on_event(struct flutter *p, const struct cJSON *o)
{
	const char *type = json_get_str(o, "type");

	if (!type)
		return;
	if (strcmp(type, "testStart") == 0)
		on_start(p, o);
	else if (strcmp(type, "error") == 0)
		on_error(p, o);
	else if (strcmp(type, "testDone") == 0)
		on_done(p, o);
}

static int on_line(struct flutter *p, const char *line, size_t len,
		   struct error **err)
{
	AUTO_JSON struct cJSON *o = NULL;

	if (len == 0 || *line != '{')
		return 0;
	o = annotate_value(line, len, ANNOTATE_OBJECT, err);
	if (!o)
		return -1;
	on_event(p, o);
	return 0;
}

/* "1:7: why" of a line's own text becomes "LINE:7: why". */
static int fail(size_t number, const struct error *why, struct error **err)
{
	const char *colon = strchr(why->msg, ':');

	return error_set(err, why->code, "%zu%s", number,
			 colon ? colon : ":1: this is no JSON");
}

static int read_lines(struct flutter *p, const char *text, size_t len,
		      struct error **err)
{
	const char *end_of_text = text + len;

	for (size_t number = 1; text < end_of_text; number++) {
		AUTO_ERROR struct error *why = NULL;
		const char *newline =
			memchr(text, '\n', (size_t)(end_of_text - text));
		const char *next = newline ? newline : end_of_text;

		if (on_line(p, text, (size_t)(next - text), &why) < 0)
			return fail(number, why, err);
		text = next + 1;
	}
	return 0;
}

int annotate_flutter(const char *text, size_t len, struct annotations *out,
		     struct error **err)
{
	struct flutter p = {.out = out};
	int r = read_lines(&p, text, len, err);

	/* of those that were never done, the ones that had errors failed */
	for (size_t i = 0; i < p.tests.len; i++)
		if (p.tests.ptr[i])
			end(&p, &p.tests.ptr[i], p.tests.ptr[i]->error != NULL);
	test_vec_clear(&p.tests);
	return r;
}
