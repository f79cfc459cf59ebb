/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/dockerfile.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/strv.h"

struct stage {
	const char *name;               /* AS name, or "" */
	const char *base;               /* after substitution */
	struct docker_line *from, *end; /* its lines, `end` excluded */
	struct vars env; /* ENV at its end, for stages on top of it */
	bool is_needed;
};
VEC_DEFINE(stage_vec, struct stage);

struct analysis {
	struct arena *a;
	char escape;
	const struct pairs *arguments;
	struct vars globals; /* ARG before the first FROM */
	struct stage_vec stages;
	struct words sources;
	bool whole_context;
};

static const char *wrong(struct analysis *an, const struct docker_line *l,
			 const char *why)
{
	return arena_printf(an->a, "dockerfile parse error on line %d: %s",
			    l->number, why);
}

static const char *substitute(struct analysis *an, const char *text,
			      const struct vars *vars, const char **out)
{
	return dockerfile_word(an->a, text, an->escape, vars, out);
}

/* --- ARG and ENV ------------------------------------------------------------------ */

/* ARG NAME[=DEFAULT]...; in a stage, whose ENV is there and wins, what the global
 * ARG said is the last resort. */
static const char *apply_arg(struct analysis *an, const struct docker_line *l,
			     struct vars *vars, const struct vars *env)
{
	struct words names = {0};
	const char *why = NULL;

	dockerfile_split(an->a, l->args, &names);
	for (size_t i = 0; i < names.len && !why; i++) {
		const char *equals = strchr(names.ptr[i], '='), *value = NULL;
		char *name =
			arena_memdup0(an->a, names.ptr[i],
				      equals ? (size_t)(equals - names.ptr[i])
					     : strlen(names.ptr[i]));

		if (equals)
			why = substitute(an, equals + 1, vars, &value);
		if (pairs_get(an->arguments, name))
			value = pairs_get(an->arguments, name);
		if (!value && env)
			value = vars_get(&an->globals, name);
		if (value && !(env && vars_get(env, name)))
			vars_set(vars, an->a, name, value);
	}
	words_clear(&names);
	return why;
}

/* The words of "A=1 B='x y'", kept together by quotes. */
static void split_quoted(struct analysis *an, const char *s, struct words *out)
{
	while (*s) {
		const char *start = s += strspn(s, " \t");
		char quote = 0;

		for (; *s && (quote || !strchr(" \t", *s)); s++) {
			if (*s == an->escape && s[1])
				s++;
			else if (quote && *s == quote)
				quote = 0;
			else if (!quote && (*s == '"' || *s == '\''))
				quote = *s;
		}
		if (s > start)
			words_push(out, arena_memdup0(an->a, start,
						      (size_t)(s - start)));
	}
}

static const char *set_env(struct analysis *an, struct vars *vars,
			   struct vars *env, const char *name, size_t len,
			   const char *text)
{
	char *key = arena_memdup0(an->a, name, len);
	const char *value = "", *why;

	why = substitute(an, text, vars, &value);
	vars_set(vars, an->a, key, value);
	vars_set(env, an->a, key, value);
	return why;
}

/* ENV A=1 B=2, or the old ENV A the rest. */
static const char *apply_env(struct analysis *an, const struct docker_line *l,
			     struct vars *vars, struct vars *env)
{
	struct words words = {0};
	size_t len = strcspn(l->args, " \t=");
	const char *why = NULL;

	if (l->args[len] != '=')
		return set_env(an, vars, env, l->args, len,
			       l->args + len + strspn(l->args + len, " \t"));
	split_quoted(an, l->args, &words);
	for (size_t i = 0; i < words.len && !why; i++) {
		const char *equals = strchr(words.ptr[i], '=');

		if (!equals)
			why = wrong(an, l,
				    "Syntax error - can't find = in "
				    "ENV. Must be of the form: "
				    "name=value");
		else
			why = set_env(an, vars, env, words.ptr[i],
				      (size_t)(equals - words.ptr[i]),
				      equals + 1);
	}
	words_clear(&words);
	return why;
}

/* --- stages ----------------------------------------------------------------------- */

static bool is_number(const char *s)
{
	return *s && s[strspn(s, "0123456789")] == '\0';
}

/* A stage among the first n by its name, or its number where that may be. */
static struct stage *stage_find(struct analysis *an, const char *name, size_t n)
{
	for (size_t i = n; i > 0; i--)
		if (*an->stages.ptr[i - 1].name &&
		    strcasecmp(an->stages.ptr[i - 1].name, name) == 0)
			return &an->stages.ptr[i - 1];
	return NULL;
}

/* The shape of an image's name: lower case but for the tag. */
static bool is_reference(const char *s)
{
	const char *slash = strrchr(s, '/');
	size_t tag = strcspn(slash ? slash : s, ":@") +
		     (size_t)((slash ? slash : s) - s);

	if (!isalnum((unsigned char)*s))
		return false;
	for (size_t i = 0; s[i]; i++) {
		if (!isalnum((unsigned char)s[i]) && !strchr("._-/:@+", s[i]))
			return false;
		/* a registry's host may hold capitals */
		if (i < tag && isupper((unsigned char)s[i]) &&
		    !(strchr(s, '/') && i < (size_t)(strchr(s, '/') - s)))
			return false;
	}
	return true;
}

static const char *add_stage(struct analysis *an, struct docker_line *l)
{
	struct words words = {0};
	struct stage s = {.name = "", .base = "", .from = l};
	const char *why = NULL;

	dockerfile_split(an->a, l->args, &words);
	if (words.len == 3 && strcasecmp(words.ptr[1], "AS") == 0)
		s.name = words.ptr[2];
	else if (words.len != 1)
		why = wrong(an, l,
			    "FROM requires either one or three "
			    "arguments");
	if (!why)
		why = substitute(an, words.ptr[0], &an->globals, &s.base);
	if (!why && !*s.base)
		why = arena_printf(an->a, "base name (%s) should not be blank",
				   words.ptr[0]);
	if (!why && !stage_find(an, s.base, an->stages.len) &&
	    !is_reference(s.base))
		why = arena_printf(an->a,
				   "failed to parse stage name \"%s\": invalid "
				   "reference format",
				   s.base);
	if (an->stages.len)
		an->stages.ptr[an->stages.len - 1].end = l;
	stage_vec_push(&an->stages, s);
	words_clear(&words);
	return why;
}

static const char *read_stages(struct analysis *an, struct docker_line *first)
{
	const char *why = NULL;

	for (struct docker_line *l = first; l && !why; l = l->next) {
		if (strcmp(l->name, "FROM") == 0)
			why = add_stage(an, l);
		else if (!an->stages.len && strcmp(l->name, "ARG") == 0)
			why = apply_arg(an, l, &an->globals, NULL);
		else if (!an->stages.len)
			why = wrong(an, l, "no build stage in current context");
	}
	if (!why && !an->stages.len)
		why = "no build stage in current context";
	return why;
}

/* --- what a stage reads ------------------------------------------------------------ */

/* Marks the stage that --from or from= names; other names are images. */
static const char *need_stage(struct analysis *an, size_t current,
			      const char *name)
{
	struct stage *s;
	size_t index;

	if (is_number(name)) {
		index = strtoul(name, NULL, 10);
		if (index >= current)
			return arena_printf(an->a, "invalid stage index %s",
					    name);
		s = &an->stages.ptr[index];
	} else {
		s = stage_find(an, name, current);
		if (!s && stage_find(an, name, an->stages.len))
			return arena_printf(
				an->a,
				"circular dependency detected on stage: %s",
				name);
	}
	if (s)
		s->is_needed = true;
	return NULL;
}

/* "/a/./b/../c" -> "a/c"; "" is the context itself. */
static const char *clean(struct arena *a, const char *path)
{
	AUTO_STRV struct strv parts = {0}, kept = {0};
	const char *out = "";

	strv_split(&parts, path, '/');
	for (size_t i = 0; i < parts.len; i++) {
		if (strcmp(parts.v[i], "..") == 0) {
			if (kept.len)
				free(kept.v[--kept.len]);
		} else if (*parts.v[i] && strcmp(parts.v[i], ".") != 0) {
			strv_push(&kept, parts.v[i]);
		}
	}
	for (size_t i = 0; i < kept.len; i++)
		out = arena_printf(a, "%s%s%s", out, *out ? "/" : "",
				   kept.v[i]);
	return out;
}

const char *dockerfile_join(struct arena *a, const char *dir, const char *path)
{
	const char *whole = arena_printf(a, "%s/%s", dir, path);

	return arena_printf(a, "%s%s", *whole == '/' ? "/" : "",
			    clean(a, whole));
}

static void add_source(struct analysis *an, const char *path)
{
	const char *normal = clean(an->a, path);

	if (*normal)
		words_push(&an->sources, normal);
	else
		an->whole_context = true;
}

static bool is_remote(const char *source)
{
	return str_starts(source, "http://") || str_starts(source, "https://");
}

static const char *read_copy(struct analysis *an, const struct docker_line *l,
			     const struct vars *vars)
{
	struct words args = {0};
	bool is_add = strcmp(l->name, "ADD") == 0;
	const char *why = NULL;

	dockerfile_split(an->a, l->args, &args);
	if (args.len < 2)
		why = wrong(an, l,
			    arena_printf(an->a,
					 "%s requires at least two arguments, "
					 "but only one was provided. "
					 "Destination could not be determined",
					 l->name));
	for (size_t i = 0; i + 1 < args.len && !why; i++) {
		const char *source;

		if (l->heredocs && str_starts(args.ptr[i], "<<"))
			continue;
		why = substitute(an, args.ptr[i], vars, &source);
		if (!why && !(is_add && is_remote(source)))
			add_source(an, source);
	}
	words_clear(&args);
	return why;
}

/* The value of a key in "type=bind,source=x,from=y", in the arena, or NULL. */
static const char *mount_option(struct arena *a, const char *mount,
				const char *key)
{
	size_t len = strlen(key);

	for (const char *s = mount; *s;) {
		size_t part = strcspn(s, ",");

		if (part > len && strncmp(s, key, len) == 0 && s[len] == '=')
			return arena_memdup0(a, s + len + 1, part - len - 1);
		s += part + (s[part] == ',');
	}
	return NULL;
}

static const char *read_mount(struct analysis *an, size_t current,
			      const char *mount, const struct vars *vars)
{
	const char *type = mount_option(an->a, mount, "type");
	const char *from = mount_option(an->a, mount, "from");
	const char *source = mount_option(an->a, mount, "source"), *why;

	if (!source)
		source = mount_option(an->a, mount, "src");
	if (from) {
		why = substitute(an, from, vars, &from);
		return why ? why : need_stage(an, current, from);
	}
	if (type && strcmp(type, "tmpfs") == 0)
		an->whole_context = true;
	if (type && strcmp(type, "bind") != 0)
		return NULL;
	why = substitute(an, source ? source : "/", vars, &source);
	if (!why)
		add_source(an, source);
	return why;
}

static const char *read_run(struct analysis *an, size_t current,
			    const struct docker_line *l,
			    const struct vars *vars)
{
	const char *why = NULL;

	for (size_t i = 0; i < l->flags.len && !why; i++)
		if (str_starts(l->flags.ptr[i], "mount="))
			why = read_mount(an, current, l->flags.ptr[i] + 6,
					 vars);
	return why;
}

static const char *read_line(struct analysis *an, size_t current,
			     const struct docker_line *l, struct vars *vars,
			     struct vars *env)
{
	const char *from = dockerfile_flag(l, "from"), *why;

	if (strcmp(l->name, "ARG") == 0)
		return apply_arg(an, l, vars, env);
	if (strcmp(l->name, "ENV") == 0)
		return apply_env(an, l, vars, env);
	if (strcmp(l->name, "RUN") == 0)
		return read_run(an, current, l, vars);
	if (strcmp(l->name, "COPY") == 0 && from) {
		why = substitute(an, from, vars, &from);
		return why ? why : need_stage(an, current, from);
	}
	if (strcmp(l->name, "COPY") == 0 || strcmp(l->name, "ADD") == 0)
		return read_copy(an, l, vars);
	return NULL;
}

/* The ENV of a stage is visible to those built on it; its ARGs are not. */
static const char *read_stage(struct analysis *an, size_t i, bool only_env)
{
	struct stage *s = &an->stages.ptr[i];
	const struct stage *base = stage_find(an, s->base, i);
	const struct docker_line *l = s->from->next;
	struct vars vars = {0};
	const char *why = NULL;

	s->env = (struct vars){0};
	for (size_t k = 0; base && k < base->env.len; k++) {
		vars_set(&s->env, an->a, base->env.v[k].key,
			 base->env.v[k].value);
		vars_set(&vars, an->a, base->env.v[k].key,
			 base->env.v[k].value);
	}
	for (; l && l != s->end && !why; l = l->next) {
		bool is_env = strcmp(l->name, "ENV") == 0 ||
			      strcmp(l->name, "ARG") == 0;

		if (is_env || !only_env)
			why = read_line(an, i, l, &vars, &s->env);
	}
	return why;
}

static const char *read_needed(struct analysis *an)
{
	const char *why = NULL;
	size_t n = an->stages.len;

	for (size_t i = 0; i < n && !why; i++)
		why = read_stage(an, i, true);
	an->stages.ptr[n - 1].is_needed = true;
	/* a stage needs only stages above it */
	for (size_t i = n; i > 0 && !why; i--) {
		struct stage *s = &an->stages.ptr[i - 1];
		struct stage *base = stage_find(an, s->base, i - 1);

		if (!s->is_needed)
			continue;
		if (base)
			base->is_needed = true;
		why = read_stage(an, i - 1, false);
	}
	return why;
}

static void set_platform(struct analysis *an)
{
	static const struct pair known[] = {
		{"TARGETPLATFORM", "linux/amd64"},
		{"TARGETOS", "linux"},
		{"TARGETARCH", "amd64"},
		{"BUILDPLATFORM", "linux/amd64"},
		{"BUILDOS", "linux"},
		{"BUILDARCH", "amd64"},
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		vars_set(&an->globals, an->a, known[i].key, known[i].value);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *const *unique(struct analysis *an)
{
	size_t n = an->whole_context ? 0 : an->sources.len, len = 0;
	const char **list = arena_alloc(an->a, (n + 1) * sizeof(*list));

	if (n)
		qsort(an->sources.ptr, n, sizeof(*an->sources.ptr), by_text);
	for (size_t i = 0; i < n; i++)
		if (!len || strcmp(list[len - 1], an->sources.ptr[i]) != 0)
			list[len++] = an->sources.ptr[i];
	return list;
}

const char *dockerfile_sources(struct arena *a, const char *text,
			       const struct pairs *arguments,
			       const char *const **sources)
{
	struct analysis an = {.a = a, .arguments = arguments};
	const char *why;
	struct docker_line *lines = dockerfile_lines(a, text, &an.escape, &why);

	set_platform(&an);
	if (!why)
		why = read_stages(&an, lines);
	if (!why)
		why = read_needed(&an);
	*sources = unique(&an);
	dockerfile_lines_clear(lines);
	words_clear(&an.sources);
	stage_vec_clear(&an.stages);
	return why;
}
