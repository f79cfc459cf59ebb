/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/script.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "config/fields.h"

VEC_DEFINE(line_vec, const char *);

struct script {
	struct draft *d;
	struct line_vec lines;
};

static void add_text(struct script *s, const char *text)
{
	for (;;) {
		size_t len = strcspn(text, "\n");

		if (!text[len]) {
			line_vec_push(&s->lines, text);
			return;
		}
		line_vec_push(&s->lines,
			      arena_memdup0(s->d->p->arena, text, len));
		text += len + 1;
	}
}

/* --- PowerShell ------------------------------------------------------------------- */

static void add_utf16(struct buf *out, uint32_t c)
{
	buf_addc(out, (char)(c & 0xff));
	buf_addc(out, (char)(c >> 8 & 0xff));
}

/* Decodes one character; what is no UTF-8 becomes U+FFFD. */
static const unsigned char *decode(const unsigned char *s, uint32_t *c)
{
	int more = *s >= 0xf0 ? 3 : *s >= 0xe0 ? 2 : *s >= 0xc0 ? 1 : 0;

	*c = more ? *s & (0x3f >> more) : *s;
	if (*s >= 0x80 && !more)
		*c = 0xfffd;
	for (s++; more; more--, s++) {
		if ((*s & 0xc0) != 0x80) {
			*c = 0xfffd;
			break;
		}
		*c = *c << 6 | (*s & 0x3f);
	}
	return s;
}

static void to_utf16(const char *text, struct buf *out)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s) {
		uint32_t c;

		s = decode(s, &c);
		if (c < 0x10000) {
			add_utf16(out, c);
		} else {
			add_utf16(out, 0xd800 + ((c - 0x10000) >> 10 & 0x3ff));
			add_utf16(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
		}
	}
}

static void add_base64(const struct buf *in, struct buf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmno"
				     "pqrstuvwxyz0123456789+/";
	const unsigned char *s = (const unsigned char *)in->data;

	for (size_t i = 0; i < in->len; i += 3) {
		size_t left = in->len - i;
		uint32_t group = (uint32_t)s[i] << 16;

		if (left > 1)
			group |= (uint32_t)s[i + 1] << 8;
		if (left > 2)
			group |= s[i + 2];
		buf_addc(out, digits[group >> 18]);
		buf_addc(out, digits[group >> 12 & 63]);
		buf_addc(out, left > 1 ? digits[group >> 6 & 63] : '=');
		buf_addc(out, left > 2 ? digits[group & 63] : '=');
	}
}

static int add_powershell(struct script *s, const struct node *n)
{
	AUTO_BUF struct buf utf16 = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf line = BUF_INIT(2 * (size_t)BUF_FILE);
	const char *text = scalar_text(s->d, n);

	if (!text)
		return -1;
	to_utf16(text, &utf16);
	buf_adds(&line, "powershell.exe -OutputFormat Text -NoLogo "
			"-EncodedCommand ");
	add_base64(&utf16, &line);
	line_vec_push(&s->lines, arena_strdup(s->d->p->arena, line.data));
	return 0;
}

/* --- lists ------------------------------------------------------------------------ */

/* "- echo \"TODO: fix\"" reads as a map to YAML; it was meant as a command. */
static int add_map(struct script *s, const struct node *map)
{
	const struct node *ps = node_get(map, "ps");

	if (ps)
		return add_powershell(s, ps);
	for (size_t i = 0; i < map->n_children; i++) {
		const struct node *n = map->children[i];

		if (n->kind != NODE_SCALAR)
			return fail(s->d->p, n, "unsupported script syntax");
		line_vec_push(&s->lines, arena_printf(s->d->p->arena, "%s: %s",
						      n->name, n->text));
	}
	return 0;
}

static int add_items(struct script *s, const struct node *list)
{
	for (size_t i = 0; i < list->n_children; i++) {
		const struct node *n = list->children[i];

		if (n->kind == NODE_SCALAR)
			add_text(s, n->text);
		else if (n->kind == NODE_MAP && add_map(s, n) < 0)
			return -1;
		else if (n->kind == NODE_LIST)
			lint(s->d->p, n->at, NULL,
			     "a list within a script is ignored");
	}
	return 0;
}

static int read_lines(struct script *s, const struct node *n)
{
	if (n->kind == NODE_MAP) {
		fail(s->d->p, n,
		     "expected a scalar value or a list with scalar values");
		return fail_hint(s->d->p, "write the commands as a list, each "
					  "behind a dash");
	}
	if (n->kind == NODE_LIST)
		return add_items(s, n);
	add_text(s, n->text);
	return 0;
}

int script_parse(struct draft *d, const struct node *n,
		 const char *const **lines)
{
	struct script s = {.d = d};
	int r = read_lines(&s, n);
	const char **list =
		arena_alloc(d->p->arena, (s.lines.len + 1) * sizeof(*list));

	if (s.lines.len)
		memcpy(list, s.lines.ptr, s.lines.len * sizeof(*list));
	line_vec_clear(&s.lines);
	*lines = list;
	return r;
}
