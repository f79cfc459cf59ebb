/* SPDX-License-Identifier: MIT */
/* Containers that run beside that of the task. */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "config/instance.h"
#include "config/number.h"

VEC_DEFINE(additional_vec, struct additional_container);
VEC_DEFINE(port_vec, struct port_mapping);
VEC_DEFINE(word_vec, const char *);

struct additional_fields {
	struct additional_container c;
	struct vars env;
	const struct node *port;
	struct port_vec ports;
};

/* Letters of any alphabet: bytes beyond ASCII count as such. */
static bool only_letters(const char *name)
{
	for (; *name; name++)
		if (!isalpha((unsigned char)*name) &&
		    (unsigned char)*name < 128)
			return false;
	return true;
}

static int additional_name(struct draft *d, const struct node *n, void *at)
{
	struct additional_fields *f = at;

	if (field_string(d, n, &f->c.name) < 0)
		return -1;
	if (strcmp(f->c.name, "main") == 0)
		return fail(d->p, n,
			    "use of reserved name 'main' for an additional "
			    "container, please choose another one");
	if (!only_letters(f->c.name))
		return fail(d->p, n,
			    "additional container name '%s' is invalid, "
			    "please only use letters without special symbols",
			    f->c.name);
	return 0;
}

/* --- ports ------------------------------------------------------------------------ */

static int add_port(struct draft *d, const struct node *n, const char *text,
		    struct port_vec *out)
{
	const char *colon = strchr(text, ':'), *why = NULL;
	uint64_t host = 0, container;
	AUTO_FREE char *left =
		colon ? xstrndup(text, (size_t)(colon - text)) : NULL;

	if (left)
		why = number_uint(d->p->arena, left, UINT32_MAX, &host);
	if (!why)
		why = number_uint(d->p->arena, colon ? colon + 1 : text,
				  UINT32_MAX, &container);
	if (why)
		return fail(d->p, n, "failed to parse port: %s", why);
	port_vec_push(out, (struct port_mapping){(uint32_t)container,
						 (uint32_t)host});
	return 0;
}

static int additional_port(struct draft *d, const struct node *n, void *at)
{
	struct additional_fields *f = at;
	const char *text;

	f->port = n;
	if (field_string(d, n, &text) < 0)
		return -1;
	return add_port(d, n, text, &f->ports);
}

static int additional_ports(struct draft *d, const struct node *n, void *at)
{
	struct additional_fields *f = at;
	const char *const *texts = NULL;

	if (field_strings(d, n, &texts) < 0)
		return -1;
	for (; *texts; texts++)
		if (add_port(d, n, *texts, &f->ports) < 0)
			return -1;
	return 0;
}

/* --- environment ------------------------------------------------------------------ */

static int set_raw(struct draft *d, const struct node *at, const char *name,
		   const char *value, void *ctx)
{
	(void)at;
	vars_set(ctx, d->p->arena, name, value);
	return 0;
}

static int additional_env(struct draft *d, const struct node *n, void *at)
{
	struct additional_fields *f = at;

	return variables_each(d, n, set_raw, &f->env);
}

/* --- command ---------------------------------------------------------------------- */

struct splitter {
	const char *s;
	struct buf word;
	bool in_word;
};

/* Moves over a quoted piece; what is wrong, or NULL. */
static const char *take_quoted(struct splitter *sp)
{
	char quote = *sp->s++;

	sp->in_word = true;
	while (*sp->s && *sp->s != quote) {
		if (quote == '"' && *sp->s == '\\' && *++sp->s == '\0')
			return "EOF found after escape character";
		buf_addc(&sp->word, *sp->s++);
	}
	if (!*sp->s)
		return "EOF found when expecting closing quote";
	sp->s++;
	return NULL;
}

static const char *take_escaped(struct splitter *sp)
{
	sp->s++;
	if (!*sp->s)
		return "EOF found after escape character";
	sp->in_word = true;
	buf_addc(&sp->word, *sp->s++);
	return NULL;
}

static void end_word(struct splitter *sp, struct arena *a, struct word_vec *out)
{
	if (sp->in_word)
		word_vec_push(out, arena_strdup(a, sp->word.data));
	buf_reset(&sp->word);
	sp->in_word = false;
}

static const char *split_words(struct splitter *sp, struct arena *a,
			       struct word_vec *out)
{
	const char *why = NULL;

	while (*sp->s && !why) {
		if (strchr(" \t\r\n", *sp->s)) {
			end_word(sp, a, out);
			sp->s++;
		} else if (*sp->s == '#' && !sp->in_word) {
			sp->s += strcspn(sp->s, "\n");
		} else if (*sp->s == '\'' || *sp->s == '"') {
			why = take_quoted(sp);
		} else if (*sp->s == '\\') {
			why = take_escaped(sp);
		} else {
			sp->in_word = true;
			buf_addc(&sp->word, *sp->s++);
		}
	}
	end_word(sp, a, out);
	return why;
}

static int additional_command(struct draft *d, const struct node *n, void *at)
{
	struct additional_fields *f = at;
	struct splitter sp = {.word = BUF_INIT(EXPAND_MAX)};
	struct word_vec words = {0};
	const char **list, *why;

	if (field_string(d, n, &sp.s) < 0)
		return -1;
	why = split_words(&sp, d->p->arena, &words);
	list = arena_alloc(d->p->arena, (words.len + 1) * sizeof(*list));
	if (words.len)
		memcpy(list, words.ptr, words.len * sizeof(*list));
	f->c.command = list;
	word_vec_clear(&words);
	buf_clear(&sp.word);
	return why ? fail(d->p, n, "failed to tokenize command: %s", why) : 0;
}

/* --- the list --------------------------------------------------------------------- */

static const struct field additional_table[] = {
	FIELD_WHOLE("name", additional_name, 0),
	FIELD_MUST("image", field_string, struct additional_fields, c.image),
	FIELD_WHOLE("port", additional_port, 0),
	FIELD_WHOLE("ports", additional_ports, 0),
	FIELD_WHOLE("environment", additional_env, 0),
	FIELD_WHOLE("env", additional_env, 0),
	FIELD("cpu", field_float, struct additional_fields, c.cpu),
	FIELD("memory", field_memory, struct additional_fields, c.memory_mib),
	FIELD_WHOLE("command", additional_command, 0),
	FIELD("readiness_command", field_raw_strings, struct additional_fields,
	      c.readiness_command),
	FIELD("privileged", field_bool, struct additional_fields, c.privileged),
	{NULL},
};

static int parse_one(struct draft *d, const struct node *n,
		     struct additional_fields *f)
{
	static const char *const none[] = {NULL};

	f->c.at = n->at;
	f->c.command = f->c.readiness_command = none;
	if (map_parse(d, n, "an additional container", additional_table, f) < 0)
		return -1;
	if (f->port && f->ports.len != 1)
		return fail(d->p, n, "please only use \"ports\" field");
	if (f->c.cpu == 0)
		f->c.cpu = 0.5F;
	f->c.has_memory = f->c.memory_mib != 0;
	if (!f->c.has_memory)
		f->c.memory_mib = 512;
	f->c.environment = vars_pairs(&f->env);
	f->c.n_ports = f->ports.len;
	f->c.ports = arena_alloc(d->p->arena,
				 (f->ports.len + 1) * sizeof(*f->c.ports));
	if (f->ports.len)
		memcpy(f->c.ports, f->ports.ptr,
		       f->ports.len * sizeof(*f->c.ports));
	return 0;
}

static int add_one(struct draft *d, const struct node *n,
		   struct additional_vec *out)
{
	struct additional_fields f = {0};
	int r = parse_one(d, n, &f);

	port_vec_clear(&f.ports);
	additional_vec_push(out, f.c);
	return r;
}

int container_additional(struct draft *d, const struct node *n, void *at)
{
	struct container *c = at;
	struct additional_vec all = {0};
	int r = 0;

	for (size_t i = 0; i < n->n_children && r == 0; i++)
		r = add_one(d, n->children[i], &all);
	c->n_additional = all.len;
	c->additional = arena_alloc(d->p->arena,
				    (all.len + 1) * sizeof(*c->additional));
	if (all.len)
		memcpy(c->additional, all.ptr,
		       all.len * sizeof(*c->additional));
	additional_vec_clear(&all);
	return r;
}
