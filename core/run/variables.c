/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/variables.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/strv.h"
#include "files/git.h"

static char *escape(const char *text, bool all);

/* A version 4 UUID. */
static char *new_uuid(void)
{
	char h[33];

	random_hex(h, 16);
	h[12] = '4';
	h[16] = "89ab"[h[16] & 3];
	return xasprintf("%.8s-%.4s-%.4s-%.4s-%.12s", h, h + 8, h + 12, h + 16,
			 h + 20);
}

static void add_fact(void *env, const char *name, const char *value)
{
	environment_set(env, name, value);
}

void variables_base(struct environment *env, const char *project_dir,
		    bool with_git)
{
	static const struct pair constants[] = {
		{"CI", "true"},
		{"CONTINUOUS_INTEGRATION", "true"},
		{"CIRRUS_CI", "true"},
		{"CIRRUS_ENVIRONMENT", "CLI"},
		{"CIRRUS_USER_COLLABORATOR", "true"},
		{"CIRRUS_USER_PERMISSION", "write"},
	};
	AUTO_FREE char *uuid = new_uuid();
	AUTO_FREE char *build = xasprintf("CLI-%s", uuid);

	for (size_t i = 0; i < ARRAY_LEN(constants); i++)
		environment_set(env, constants[i].key, constants[i].value);
	environment_set(env, "CIRRUS_BUILD_ID", build);
	if (with_git)
		git_facts(project_dir, add_fact, env);
}

static void set_number(struct environment *env, const char *name, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	environment_set(env, name, text);
}

/* Git looks at who owns a checkout; in an environment that is always somebody
 * else. */
static void trust_checkout(struct environment *env)
{
	if (environment_get(env, "GIT_CONFIG_COUNT"))
		return;
	environment_set(env, "GIT_CONFIG_COUNT", "1");
	environment_set(env, "GIT_CONFIG_KEY_0", "safe.directory");
	environment_set(env, "GIT_CONFIG_VALUE_0", "*");
}

/* A commit's message may have dollar signs, and means them. */
static void merge_data(struct environment *env, const struct environment *from)
{
	for (size_t i = 0; i < from->len; i++) {
		AUTO_FREE char *value = escape(from->vars[i].value, true);

		environment_set(env, from->vars[i].name, value);
	}
}

void variables_layers(struct environment *env, const struct variables_input *in)
{
	struct pairs_walk own = pairs_walk(&in->task->environment);
	const struct pair *pair;

	environment_set(env, "CIRRUS_WORKING_DIR", in->working_dir);
	merge_data(env, in->base);
	set_number(env, "CI_NODE_INDEX", in->task->id);
	set_number(env, "CI_NODE_TOTAL", (int64_t)in->n_tasks);
	environment_set(env, "CIRRUS_TASK_NAME", in->task->name);
	set_number(env, "CIRRUS_TASK_ID", in->task->id);
	while ((pair = pairs_next(&own)))
		environment_set(env, pair->key, pair->value);
	if (in->user)
		environment_merge(env, in->user);
	environment_set(env, "CIRRUS_OS", in->os);
	environment_set(env, "CIRRUS_ARCH", in->arch);
	trust_checkout(env);
}

/* --- expansion --------------------------------------------------------------- */

struct resolver {
	const struct environment *env, *image;
	char **done;   /* of env->vars, by index; NULL: not yet */
	size_t *stack; /* of those being resolved, the innermost last */
	size_t depth;
	bool *circular; /* of env->vars: leads back to itself */
	bool defer;     /* what is not known here, an image may bring */
	bool unknown;
};

static void expand(struct resolver *r, const char *text, const char *self,
		   struct buf *out);

/* Whether it is being resolved; all that have led from it to itself are told. */
static bool is_busy(struct resolver *r, size_t i)
{
	size_t first = 0;

	while (first < r->depth && r->stack[first] != i)
		first++;
	for (size_t k = first; k < r->depth; k++)
		r->circular[r->stack[k]] = true;
	return first < r->depth;
}

static const char *resolve_at(struct resolver *r, size_t i)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);
	const char *value = r->env->vars[i].value;

	if (r->done[i])
		return r->done[i];
	if (is_busy(r, i))
		return NULL;
	r->stack[r->depth++] = i;
	expand(r, value, r->env->vars[i].name, &out);
	r->depth--;
	if (r->circular[i])
		r->done[i] = escape(value, false);
	else
		r->done[i] = out.overflow ? xstrdup(value) : buf_steal(&out);
	return r->done[i];
}

/* The value of a name, or NULL. */
static const char *look_up(struct resolver *r, const char *name,
			   const char *self)
{
	const char *value = NULL;

	if (!self || strcmp(name, self) != 0)
		for (size_t i = 0; i < r->env->len; i++)
			if (strcmp(r->env->vars[i].name, name) == 0)
				return resolve_at(r, i);
	if (r->image)
		value = environment_get(r->image, name);
	if (!value)
		r->unknown = true;
	return value;
}

static size_t name_length(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || p[n] == '_')
		n++;
	return isdigit((unsigned char)*p) ? 0 : n;
}

/* A reference at the front of text: how long it is, 0 for none. */
struct reference {
	size_t len, name_at, name_len;
	const char *fallback; /* ${NAME:fallback}, or NULL */
	size_t fallback_len;
};

static struct reference find_percent(const char *p)
{
	size_t n = name_length(p + 1);

	if (n == 0 || p[1 + n] != '%')
		return (struct reference){0};
	return (struct reference){n + 2, 1, n, NULL, 0};
}

static struct reference find_dollar(const char *p)
{
	size_t open = p[1] == '{' ? 2 : 1, n = name_length(p + open), end;

	if (n == 0)
		return (struct reference){0};
	if (open == 1)
		return (struct reference){1 + n, 1, n, NULL, 0};
	if (p[2 + n] == '}')
		return (struct reference){3 + n, 2, n, NULL, 0};
	end = strcspn(p, "}");
	if (p[2 + n] != ':' || p[end] != '}')
		return (struct reference){0};
	return (struct reference){end + 1, 2, n, p + 3 + n, end - n - 3};
}

static struct reference find_reference(const char *p)
{
	return *p == '$'   ? find_dollar(p)
	       : *p == '%' ? find_percent(p)
			   : (struct reference){0};
}

static void expand_one(struct resolver *r, const char *p,
		       const struct reference *ref, const char *self,
		       struct buf *out)
{
	AUTO_FREE char *name = xmemdup0(p + ref->name_at, ref->name_len);
	const char *value = look_up(r, name, self);

	if (value)
		buf_adds(out, value);
	else if (ref->fallback && !r->defer)
		buf_add(out, ref->fallback, ref->fallback_len);
	else
		buf_add(out, p, ref->len);
}

/* A backslash in front of a reference: it stays one for good, see
 * variables_literal. */
static size_t find_escaped(const char *p)
{
	size_t len = *p == '\\' ? find_reference(p + 1).len : 0;

	return len > 0 ? 1 + len : 0;
}

/* The text with a backslash in front of each reference; of those that have one
 * only where all is data. */
static char *escape(const char *text, bool all)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);

	for (const char *p = text; *p;) {
		size_t plain = all ? 0 : find_escaped(p);
		size_t len = plain > 0 ? 0 : find_reference(p).len;

		if (len > 0)
			buf_addc(&out, '\\');
		plain = plain + len > 0 ? plain + len : 1;
		buf_add(&out, p, plain);
		p += plain;
	}
	return buf_steal(&out);
}

static void expand(struct resolver *r, const char *text, const char *self,
		   struct buf *out)
{
	for (const char *p = text; *p;) {
		size_t plain = strcspn(p, "$%\\");
		struct reference ref;
		size_t escaped = find_escaped(p + plain);

		buf_add(out, p, plain + escaped);
		p += plain + escaped;
		if (escaped > 0)
			continue;
		ref = find_reference(p);
		if (ref.len > 0)
			expand_one(r, p, &ref, self, out);
		else if (*p)
			buf_addc(out, *p);
		p += ref.len > 0 ? ref.len : *p != '\0';
	}
}

static void resolver_init(struct resolver *r, const struct environment *env,
			  const struct environment *image)
{
	*r = (struct resolver){.env = env, .image = image};
	r->done = xcalloc(env->len + 1, sizeof(*r->done));
	r->stack = xcalloc(env->len + 1, sizeof(*r->stack));
	r->circular = xcalloc(env->len + 1, sizeof(*r->circular));
}

static void resolver_clear(struct resolver *r)
{
	for (size_t i = 0; i < r->env->len; i++)
		free(r->done[i]);
	free(r->done);
	free(r->stack);
	free(r->circular);
}

bool variables_expand(struct environment *env, const struct environment *image)
{
	struct resolver r;

	resolver_init(&r, env, image);
	r.defer = !image;
	for (size_t i = 0; i < env->len; i++)
		resolve_at(&r, i);
	for (size_t i = 0; i < env->len; i++) {
		free(env->vars[i].value);
		env->vars[i].value = STEAL_PTR(r.done[i]);
	}
	resolver_clear(&r);
	return r.unknown;
}

char *variables_expand_text(const char *text, const struct environment *env,
			    const struct environment *image)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);
	struct resolver r;

	resolver_init(&r, env, image);
	expand(&r, text, NULL, &out);
	resolver_clear(&r);
	return variables_literal(out.data);
}

char *variables_literal(const char *value)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);

	for (const char *p = value; *p;) {
		size_t plain = strcspn(p, "\\"), escaped;

		buf_add(&out, p, plain);
		p += plain;
		escaped = find_escaped(p);
		if (escaped > 0)
			buf_add(&out, p + 1, escaped - 1);
		else if (*p)
			buf_addc(&out, *p);
		p += escaped > 0 ? escaped : *p != '\0';
	}
	return buf_steal(&out);
}

/* --- the CIRRUS_ENV file -------------------------------------------------------- */

struct lines {
	const char *at, *end;
	int number;
};

static bool next_line(struct lines *l, const char **line, size_t *len)
{
	const char *newline;

	if (l->at >= l->end)
		return false;
	newline = memchr(l->at, '\n', (size_t)(l->end - l->at));
	*line = l->at;
	*len = (size_t)((newline ? newline : l->end) - l->at);
	l->at = newline ? newline + 1 : l->end;
	l->number++;
	return true;
}

static int take_block(struct lines *l, const char *name, const char *delimiter,
		      struct environment *out, struct error **err)
{
	AUTO_BUF struct buf value = BUF_INIT(BUF_FILE);
	const char *line;
	size_t len, want = strlen(delimiter);
	int began = l->number;

	while (next_line(l, &line, &len)) {
		if (len == want && memcmp(line, delimiter, len) == 0) {
			environment_set(out, name, value.data);
			return 0;
		}
		if (value.len > 0 || l->number > began + 1)
			buf_addc(&value, '\n');
		buf_add(&value, line, len);
	}
	return error_set(err, ERR_CONFIG,
			 "CIRRUS_ENV, line %d: no line \"%s\" ends %s", began,
			 delimiter, name);
}

static int take_line(struct lines *l, const char *line, struct environment *out,
		     struct error **err)
{
	const char *equals = strchr(line, '='), *block = strstr(line, "<<");
	AUTO_FREE char *name = NULL;

	if (block && block > line && (!equals || block < equals)) {
		name = xstrndup(line, (size_t)(block - line));
		return take_block(l, name, block + 2, out, err);
	}
	if (!equals || equals == line)
		return error_set(err, ERR_CONFIG,
				 "CIRRUS_ENV, line %d: neither NAME=VALUE nor "
				 "NAME<<DELIMITER",
				 l->number);
	name = xstrndup(line, (size_t)(equals - line));
	environment_set(out, name, equals + 1);
	return 0;
}

int variables_parse(const char *text, size_t len, struct environment *out,
		    struct error **err)
{
	struct lines l = {text, text + len, 0};
	AUTO_ENVIRONMENT struct environment found = {0};
	const char *line;
	size_t n;

	while (next_line(&l, &line, &n)) {
		AUTO_FREE char *copy = xmemdup0(line, n);

		if (n > 0 && take_line(&l, copy, &found, err) < 0)
			return -1;
	}
	environment_merge(out, &found);
	return 0;
}
