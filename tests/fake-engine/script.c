/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tests/fake-engine/script.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/strv.h"

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : (tolower(c) - 'a') + 10;
}

/* In place; returns the length, for there may be NULs. */
static size_t unescape(char *s)
{
	char *out = s;
	char *start = s;

	while (*s) {
		if (s[0] != '\\' || !s[1]) {
			*out++ = *s++;
			continue;
		}
		if (s[1] == 'x' && isxdigit((unsigned char)s[2]) &&
		    isxdigit((unsigned char)s[3])) {
			*out++ = (char)(hex(s[2]) << 4 | hex(s[3]));
			s += 4;
			continue;
		}
		*out++ = s[1] == 'n'   ? '\n'
			 : s[1] == 'r' ? '\r'
			 : s[1] == 't' ? '\t'
				       : s[1];
		s += 2;
	}
	*out = '\0';
	return (size_t)(out - start);
}

/* Cuts the next word off *s. */
static char *word(char **s)
{
	char *start = *s + strspn(*s, " \t");
	size_t len = strcspn(start, " \t");

	*s = start + len;
	if (**s)
		*(*s)++ = '\0';
	return start;
}

static struct rule *parse_rule(char *rest)
{
	struct rule *r = xcalloc(1, sizeof(*r));

	r->method = xstrdup(word(&rest));
	r->pattern = xstrdup(word(&rest));
	r->once = strcmp(word(&rest), "once") == 0;
	return r;
}

static int parse_action(struct rule *r, const char *name, char *rest,
			struct error **err)
{
	const struct action_kind *k = action_kinds;
	struct action a = {0};

	if (strcmp(name, "early") == 0) {
		r->early = true;
		return 0;
	}
	while (k->name && strcmp(k->name, name) != 0)
		k++;
	if (!k->name)
		return error_set(err, ERR_CONFIG, "unknown action %s", name);
	a.run = k->run;
	if (k->number)
		a.number = strtol(word(&rest), NULL, 10);
	if (k->text) {
		a.text = xstrdup(rest);
		a.len = unescape(a.text);
	}
	action_vec_push(&r->actions, a);
	return 0;
}

static int parse_line(char *line, struct rule **first, struct rule **last,
		      struct error **err)
{
	char *rest = line;
	char *name = word(&rest);
	struct rule *r;

	if (name[0] == '\0' || name[0] == '#')
		return 0;
	if (strcmp(name, "on") != 0 && !*last)
		return error_set(err, ERR_CONFIG, "%s before any rule", name);
	if (strcmp(name, "on") != 0)
		return parse_action(*last, name, rest, err);
	r = parse_rule(rest);
	if (*last)
		(*last)->next = r;
	else
		*first = r;
	*last = r;
	return 0;
}

struct rule *script_load(const char *path, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_MESSAGE);
	AUTO_STRV struct strv lines = {0};
	struct rule *first = NULL;
	struct rule *last = NULL;

	if (file_read(path, &text, err) < 0)
		return NULL;
	strv_split(&lines, text.data, '\n');
	for (size_t i = 0; i < lines.len; i++) {
		if (parse_line(lines.v[i], &first, &last, err) < 0) {
			error_prefix(err, "%s:%zu", path, i + 1);
			return NULL;
		}
	}
	if (!first)
		error_set(err, ERR_CONFIG, "%s: no rules", path);
	return first;
}

/* Without "/v1.41" in front and the query behind. */
static char *plain_path(const char *path)
{
	if (path[0] == '/' && path[1] == 'v' &&
	    isdigit((unsigned char)path[2]) && strchr(path + 1, '/'))
		path = strchr(path + 1, '/');
	return xstrndup(path, strcspn(path, "?"));
}

struct rule *script_match(struct rule *rules, const char *method,
			  const char *path)
{
	AUTO_FREE char *plain = plain_path(path);
	struct rule *r;

	for (r = rules; r; r = r->next) {
		if (strcmp(r->method, method) != 0 ||
		    fnmatch(r->pattern, plain, 0) != 0)
			continue;
		if (!r->once || !atomic_exchange(&r->used, true))
			return r;
	}
	return NULL;
}
