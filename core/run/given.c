/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/given.h"

#include <stdlib.h>
#include <string.h>

#include "backend/backend.h"
#include "backend/block.h"
#include "run/task-variables.h"
#include "run/variables.h"

static const struct cirrus_option *const *options_of(const struct conn *conn,
						     const char *kind)
{
	const struct cirrus_kind *const *k = conn_table(conn)->kinds;

	for (; *k; k++)
		if (strcmp((*k)->name, kind) == 0)
			return (*k)->options;
	return NULL;
}

static char *at(struct position at, const char *why)
{
	return xasprintf("line %d, column %d: %s", at.line, at.column, why);
}

static char *unknown(const struct conn *conn, const struct block *b,
		     const struct node *key)
{
	AUTO_FREE char *why = xasprintf("backend %s takes no \"%s\" for \"%s\"",
					conn_name(conn), key->name, b->kind);

	return at(key->at, why);
}

static char *lacks(const struct conn *conn, const struct block *b,
		   const char *option)
{
	AUTO_FREE char *why = xasprintf("backend %s needs \"%s\" for \"%s\"",
					conn_name(conn), option, b->kind);

	return at(b->at, why);
}

static char *expand(void *ctx, const char *text)
{
	return variables_expand_text(text, ctx, NULL);
}

static char *read_key(const struct conn *conn, const struct node *key,
		      const struct cirrus_option *option,
		      struct environment *env, struct given *out)
{
	char *text = block_value(key, option, expand, env);
	AUTO_FREE char *wrong = block_wrong(key, option, text);
	AUTO_FREE char *why = NULL;

	if (!wrong) {
		strv_push_steal(&out->texts, text);
		out->kv =
			xreallocarray(out->kv, out->len + 1, sizeof(*out->kv));
		out->kv[out->len++] = (struct cirrus_kv){option->name, text};
		return NULL;
	}
	free(text);
	why = xasprintf("backend %s: %s", conn_name(conn), wrong);
	return at(key->at, why);
}

char *given_read(const struct run *run, const struct task *t, struct given *out)
{
	AUTO_ENVIRONMENT struct environment env = {0};
	AUTO_ARENA struct arena arena = {0};
	const struct cirrus_option *const *options;
	const struct node *key;
	const char *missing;
	struct block b;
	size_t i = 0;
	char *why = NULL;

	*out = (struct given){0};
	block_of_task(t, &arena, &b);
	if (!b.kind)
		return NULL;
	options = options_of(run->conn, conn_kind(run->conn));
	missing = block_missing(&b, options);
	if (missing)
		return lacks(run->conn, &b, missing);
	while (!why && (key = block_next(&b, &i))) {
		const struct cirrus_option *option =
			block_option(options, key->name);

		if (!option)
			return unknown(run->conn, &b, key);
		if (env.len == 0) {
			task_variables(run, t, NULL, &env);
			variables_expand(&env, NULL);
		}
		why = read_key(run->conn, key, option, &env, out);
	}
	return why;
}

void given_clear(struct given *g)
{
	strv_clear(&g->texts);
	free(g->kv);
	*g = (struct given){0};
}
