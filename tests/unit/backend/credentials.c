/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "backend/credentials.h"
#include "tap.h"

TEST(registries_are_named_as_images_name_them)
{
	struct credentials c = {0};
	const char *user = NULL, *password = NULL;

	/* me:s:ecret */
	need(credentials_parse(&c,
			       "{\"auths\": {\"https://index.docker.io/v1/\": "
			       "{\"auth\": \"bWU6czplY3JldA==\"},"
			       "\"r.example:5000\": {\"username\": \"u\", "
			       "\"password\": \"p\"}, \"empty.example\": {}}}",
			       NULL) == 0);
	ok_int(c.registries.len, 2);
	ok(credentials_find(&c, "docker.io", &user, &password));
	ok_str(user, "me");
	ok_str(password, "s:ecret");
	ok(credentials_find(&c, "r.example:5000", &user, &password));
	ok_str(user, "u");
	ok_str(password, "p");
	ok(!credentials_find(&c, "r.example", &user, &password));
	ok(!credentials_find(&c, "empty.example", &user, &password));
	credentials_clear(&c);
}

TEST(what_is_no_such_text_is_an_error)
{
	static const char *const texts[] = {
		"",
		"nonsense",
		"[]",
		"{}",
		"{\"auths\":{\"x\":{\"auth\":\"?\"}}}",
		"{\"auths\":{\"x\":{\"auth\":\"bm9jb2xvbg==\"}}}"};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct credentials c = {0};
		AUTO_ERROR struct error *err = NULL;

		ok(credentials_parse(&c, texts[i], &err) < 0 && err);
		credentials_clear(&c);
	}
}

/* --- as a map ----------------------------------------------------------------- */

static char *expand(void *ctx, const char *text)
{
	const char *word = ctx;

	return xstrdup(strcmp(text, "$WORD") == 0 ? word : text);
}

static bool is_absent(void *ctx, const char *text)
{
	(void)ctx;
	return str_starts(text, "ENCRYPTED");
}

#define MAX_NODES 8

/* Maps of maps, built from the inside out. */
struct tree {
	struct node nodes[MAX_NODES];
	struct node *children[MAX_NODES];
	size_t len;
};

static struct node *scalar(struct tree *t, const char *name, const char *text)
{
	struct node *n = &t->nodes[t->len];

	*n = (struct node){.kind = NODE_SCALAR, .name = name, .text = text};
	t->children[t->len++] = n;
	return n;
}

static struct node *map(struct tree *t, const char *name, size_t from, size_t n)
{
	struct node *m = &t->nodes[t->len];

	*m = (struct node){.kind = NODE_MAP,
			   .name = name,
			   .text = "",
			   .children = &t->children[from],
			   .n_children = n};
	t->children[t->len++] = m;
	return m;
}

static int read_map(struct credentials *c, const char *password,
		    const char *word, struct error **err)
{
	struct tree t = {.len = 0};
	char *copy = xstrdup(word);
	const struct credentials_texts texts = {copy, expand, is_absent};
	int r;

	scalar(&t, "username", "me");
	scalar(&t, "password", password);
	map(&t, "r.example:5000", 0, 2);
	map(&t, "auths", 2, 1);
	r = credentials_read(c, map(&t, "registry_config", 3, 1), &texts, err);
	free(copy);
	return r;
}

TEST(a_map_says_the_same)
{
	struct credentials c = {0};
	const char *user = NULL, *password = NULL;

	ok_int(read_map(&c, "$WORD", "sesame", NULL), 0);
	ok(credentials_find(&c, "r.example:5000", &user, &password));
	ok_str(user, "me");
	ok_str(password, "sesame");
	credentials_clear(&c);
}

TEST(a_text_of_a_map_may_be_absent)
{
	struct credentials c = {0};

	ok_int(read_map(&c, "ENCRYPTED[!abc!]", "", NULL), 1);
	ok_int(c.registries.len, 0);
	credentials_clear(&c);
}

TEST(a_map_without_auths_is_an_error)
{
	const struct credentials_texts texts = {NULL, expand, is_absent};
	struct tree t = {.len = 0};
	struct credentials c = {0};
	AUTO_ERROR struct error *err = NULL;

	scalar(&t, "auth", "x");
	ok(credentials_read(&c, map(&t, "registry_config", 0, 1), &texts,
			    &err) < 0 &&
	   err);
}

TAP_MAIN()
