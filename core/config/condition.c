/* SPDX-License-Identifier: MIT */
/* A parser by precedence climbing that evaluates as it reads.  Values are text.
 *
 * A wrong operand that depends on nothing but constants and variables is known
 * while reading and ends it; what a function gets wrong comes to light only when
 * the whole expression turned out to be well formed, so it travels upwards in
 * the value. */
#include "config.h"

#include "config/condition.h"

#include <string.h>
#include <strings.h>

#include "config/lexer.h"
#include "config/regex.h"

#define PREFIX   "internal boolevator error: "
#define MAX_ARGS 256

struct value {
	const char *text;
	const char *error; /* of a function, or NULL */
	bool is_constant;
};

struct condition {
	struct parser *p;
	const struct vars *vars;
	const char *source;
	struct position at;
	struct lexer lexer;
	struct token token; /* the next one */
	int depth;
};

static const char *const truths[] = {"1",    "t",    "T", "TRUE",
				     "true", "True", NULL};
static const char *const lies[] = {"0",     "f",     "F", "FALSE",
				   "false", "False", NULL};

static bool is_one_of(const char *const *words, const char *text)
{
	for (; *words; words++)
		if (strcmp(*words, text) == 0)
			return true;
	return false;
}

static void next(struct condition *c)
{
	c->token = lexer_next(&c->lexer);
}

/* --- what is wrong ---------------------------------------------------------------- */

static void hint(struct condition *c)
{
	static const struct {
		const char *wrong, *right;
	} slips[] = {
		{"=", "=="},      {"&", "&&"},        {"|", "||"},
		{"and", "&&"},    {"or", "||"},       {"not", "!"},
		{"yes", "true"},  {"no", "false"},    {"on", "true"},
		{"off", "false"}, {"contains", "in"},
	};
	AUTO_FREE char *word = xstrndup(c->token.start, c->token.len);

	for (size_t i = 0; i < ARRAY_LEN(slips); i++)
		if (strcmp(word, slips[i].wrong) == 0)
			fail_hint(c->p, "did you mean %s?", slips[i].right);
	if (!*c->source)
		fail_hint(c->p, "the expression is empty; one that begins with "
				"! has to stand in quotes");
	if (c->token.kind == TOKEN_BROKEN)
		fail_hint(c->p, "the closing quote is missing");
}

/* Ends the parse at the token that is next. */
static int broken(struct condition *c, const char *detail)
{
	fail_at(c->p, c->at, PREFIX "parsing error: %s\t:%d:%d - %d:%d %s",
		c->source, c->token.line, c->token.column, c->lexer.line,
		c->lexer.column, detail);
	hint(c);
	return -1;
}

static int unexpected(struct condition *c, const char *scanning)
{
	char words[16];
	AUTO_FREE char *detail =
		xasprintf("unexpected %s while scanning %s",
			  token_describe(&c->token, words), scanning);

	return broken(c, detail);
}

/* An operand that an operator cannot take. */
static int wrong_operand(struct condition *c, struct value *v,
			 const char *detail)
{
	if (v->is_constant)
		return broken(c, detail);
	v->error = detail;
	return 0;
}

static const char *no_bool(struct condition *c, const char *text)
{
	return arena_printf(c->p->arena,
			    "strconv.ParseBool: parsing %s: invalid syntax",
			    quoted(c->p, text));
}

/* --- operators -------------------------------------------------------------------- */

static const char *truth(bool yes)
{
	return yes ? "true" : "false";
}

/* What is wrong with text as a truth value, or NULL. */
static const char *to_bool(struct condition *c, const char *text, bool *out)
{
	*out = is_one_of(truths, text);
	if (*out || is_one_of(lies, text))
		return NULL;
	return no_bool(c, text);
}

/* Each operator takes texts and returns what is wrong, or NULL. */
typedef const char *(*operator_fn)(struct condition *c, const char *a,
				   const char *b, const char **out);

static const char *op_equal(struct condition *c, const char *a, const char *b,
			    const char **out)
{
	(void)c;
	*out = truth(strcmp(a, b) == 0);
	return NULL;
}

static const char *op_unequal(struct condition *c, const char *a, const char *b,
			      const char **out)
{
	(void)c;
	*out = truth(strcmp(a, b) != 0);
	return NULL;
}

static const char *op_in(struct condition *c, const char *a, const char *b,
			 const char **out)
{
	(void)c;
	*out = truth(strstr(b, a) != NULL);
	return NULL;
}

static const char *op_and(struct condition *c, const char *a, const char *b,
			  const char **out)
{
	bool x, y;
	const char *why = to_bool(c, a, &x);

	why = why ? why : to_bool(c, b, &y);
	if (!why)
		*out = truth(x && y);
	return why;
}

static const char *op_or(struct condition *c, const char *a, const char *b,
			 const char **out)
{
	bool x, y;
	const char *why = to_bool(c, a, &x);

	why = why ? why : to_bool(c, b, &y);
	if (!why)
		*out = truth(x || y);
	return why;
}

static const char *match(struct condition *c, const char *text,
			 const char *pattern, bool *matches, bool *is_broken)
{
	const char *anchored = arena_printf(c->p->arena, "^%s$", pattern);

	return regex_match(c->p->arena, anchored, REGEX_DOTALL | REGEX_CASELESS,
			   text, matches, is_broken);
}

static const char *op_match(struct condition *c, const char *a, const char *b,
			    const char **out)
{
	bool matches, is_broken;
	const char *why = match(c, a, b, &matches, &is_broken);

	if (!why)
		*out = truth(matches);
	return why;
}

/* A pattern that is none gives the empty text, as ever. */
static const char *op_mismatch(struct condition *c, const char *a,
			       const char *b, const char **out)
{
	bool matches, is_broken;
	const char *why = match(c, a, b, &matches, &is_broken);

	if (why && !is_broken)
		return why;
	*out = why ? "" : truth(!matches);
	return NULL;
}

struct operator_info {
	const char *text;
	int precedence;
	operator_fn apply;
};

static const struct operator_info *binary_operator(const struct token *t)
{
	static const struct operator_info operators[] = {
		{"in", 10, op_in},       {"==", 8, op_equal},
		{"!=", 8, op_unequal},   {"=~", 8, op_match},
		{"!=~", 8, op_mismatch}, {"&&", 4, op_and},
		{"||", 3, op_or},
	};

	for (size_t i = 0; i < ARRAY_LEN(operators); i++)
		if (token_is(t, operators[i].text))
			return &operators[i];
	return NULL;
}

/* a := a OP b */
static int apply(struct condition *c, operator_fn op, struct value *a,
		 const struct value *b)
{
	const char *out = "", *why;

	a->is_constant = a->is_constant && b->is_constant;
	a->error = a->error ? a->error : b->error;
	if (a->error)
		return 0;
	why = op(c, a->text, b->text, &out);
	a->text = out;
	return why ? wrong_operand(c, a, why) : 0;
}

/* --- operands --------------------------------------------------------------------- */

static int parse_binary(struct condition *c, int min, struct value *out);

/* The text between the quotes, as it stands; several pairs come off. */
static struct value string_value(struct condition *c)
{
	const char *s = c->token.start;
	size_t len = c->token.len;

	while (len >= 2 && s[0] == s[len - 1] && (*s == '"' || *s == '\'')) {
		s++;
		len -= 2;
	}
	return (struct value){arena_memdup0(c->p->arena, s, len), NULL, true};
}

static int parse_variable(struct condition *c, struct value *out)
{
	AUTO_FREE char *name = NULL;
	const char *value;
	bool braces;

	next(c);
	braces = token_is(&c->token, "{");
	if (braces)
		next(c);
	if (c->token.kind == TOKEN_END)
		return unexpected(c, "extensions");
	name = xstrndup(c->token.start, c->token.len);
	next(c);
	if (braces && c->token.kind != TOKEN_END)
		next(c);
	value = vars_get(c->vars, name);
	if (value)
		value = vars_expand(c->vars, c->p->arena, value);
	else
		value = "";
	if (!value)
		return broken(c, "the variable grows too long");
	*out = (struct value){value, NULL, true};
	return 0;
}

static int parse_arguments(struct condition *c, struct value *args, size_t *n)
{
	next(c);
	if (token_is(&c->token, ")")) {
		next(c);
		return 0;
	}
	for (;;) {
		if (*n == MAX_ARGS)
			return broken(c, "too many arguments");
		if (parse_binary(c, 0, &args[*n]) < 0)
			return -1;
		++*n;
		if (token_is(&c->token, ")"))
			break;
		if (!token_is(&c->token, ","))
			return unexpected(c,
					  "arguments expected \",\" or \")\"");
		next(c);
	}
	next(c);
	return 0;
}

/* The error of a call, or NULL and the text. */
static const char *call(struct condition *c, bool only,
			const struct value *args, size_t n, const char **out)
{
	const char *globs[MAX_ARGS], *why;
	size_t matching, total;

	if (n == 0)
		return "no arguments provided";
	for (size_t i = 0; i < n; i++) {
		if (args[i].error)
			return "argument should be a string";
		globs[i] = vars_expand(c->vars, c->p->arena, args[i].text);
		if (!globs[i])
			return "an argument grows too long";
	}
	why = functions_count(c->p, globs, n, &matching, &total);
	*out = truth(matching && (!only || matching == total));
	return why;
}

static const char *unknown_name(struct condition *c, const char *name)
{
	if (vars_get(c->vars, name))
		fail_hint(c->p, "did you mean $%s?", name);
	else if (strcasecmp(name, "true") == 0 ||
		 strcasecmp(name, "false") == 0)
		fail_hint(c->p, "write true or false in lower case");
	return arena_printf(c->p->arena, "unknown parameter %s", name);
}

static int parse_name(struct condition *c, struct value *out)
{
	static const char *const names[] = {"changesInclude",
					    "changesIncludeOnly", NULL};
	struct value args[MAX_ARGS];
	size_t n = 0;
	bool is_call;
	AUTO_FREE char *name = xstrndup(c->token.start, c->token.len);

	*out = (struct value){"", NULL, true};
	if (is_one_of((const char *const[]){"true", "false", NULL}, name)) {
		out->text = truth(*name == 't');
		next(c);
		return 0;
	}
	out->is_constant = false;
	hint(c);
	next(c);
	is_call = token_is(&c->token, "(");
	if (is_call && parse_arguments(c, args, &n) < 0)
		return -1;
	if (is_one_of(names, name))
		out->error = call(c, strcmp(name, names[1]) == 0, args, n,
				  &out->text);
	else if (is_call)
		out->error = arena_printf(
			c->p->arena,
			"could not call function: unknown parameter %s", name);
	else
		out->error = unknown_name(c, name);
	return 0;
}

static int parse_operand(struct condition *c, struct value *out);

static int parse_not(struct condition *c, struct value *out)
{
	const char *why;
	bool yes;

	next(c);
	if (parse_operand(c, out) < 0)
		return -1;
	if (out->error)
		return 0;
	why = to_bool(c, out->text, &yes);
	out->text = truth(!yes);
	return why ? wrong_operand(c, out, why) : 0;
}

static int parse_parentheses(struct condition *c, struct value *out)
{
	next(c);
	if (parse_binary(c, 0, out) < 0)
		return -1;
	if (!token_is(&c->token, ")"))
		return unexpected(c, "parentheses expected \")\"");
	next(c);
	return 0;
}

static int parse_any_operand(struct condition *c, struct value *out)
{
	if (c->token.kind == TOKEN_STRING) {
		*out = string_value(c);
		next(c);
		return 0;
	}
	if (token_is(&c->token, "!"))
		return parse_not(c, out);
	if (token_is(&c->token, "("))
		return parse_parentheses(c, out);
	if (token_is(&c->token, "$"))
		return parse_variable(c, out);
	if (c->token.kind == TOKEN_NAME)
		return parse_name(c, out);
	return unexpected(c, "extensions");
}

static int parse_operand(struct condition *c, struct value *out)
{
	int r;

	if (c->depth == MAX_EXPRESSION)
		return broken(c, "nested deeper than 200 levels");
	c->depth++;
	r = parse_any_operand(c, out);
	c->depth--;
	return r;
}

static int parse_binary(struct condition *c, int min, struct value *out)
{
	const struct operator_info *op;

	if (parse_operand(c, out) < 0)
		return -1;
	while ((op = binary_operator(&c->token)) && op->precedence >= min) {
		struct value right;

		next(c);
		if (parse_binary(c, op->precedence + 1, &right) < 0 ||
		    apply(c, op->apply, out, &right) < 0)
			return -1;
	}
	return 0;
}

static int finish(struct condition *c, const struct value *v, bool *out)
{
	const char *why, *said = c->p->failure.hint;

	if (v->error)
		fail_at(c->p, c->at, PREFIX "can not evaluate %s: %s",
			c->source, v->error);
	why = v->error ? NULL : to_bool(c, v->text, out);
	if (why)
		fail_at(c->p, c->at, PREFIX "%s", why);
	if (!why && !v->error)
		return 0;
	c->p->failure.hint = said;
	return -1;
}

int condition_evaluate(struct parser *p, const struct vars *vars,
		       const char *expression, struct position at, bool *out)
{
	struct condition c = {
		.p = p, .vars = vars, .source = expression, .at = at};
	struct value v = {"", NULL, true};

	p->failure.hint = NULL;
	lexer_init(&c.lexer, expression);
	next(&c);
	if (parse_binary(&c, 0, &v) < 0)
		return -1;
	if (c.token.kind != TOKEN_END)
		return unexpected(&c, "operator");
	return finish(&c, &v, out);
}
