/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "data/yaml.h"

#include <stdbool.h>
#include <string.h>

#include "base/fd.h"
#include "base/suggest.h"
#include "data/yaml-tree.h"

/* The character at a mark, or 0. */
static char char_at(const struct yaml_tree *b, yaml_mark_t m)
{
	return m.index < b->src->len ? b->src->text[m.index] : '\0';
}

static void hint_syntax(struct yaml_tree *b, struct error **err)
{
	const yaml_parser_t *p = &b->parser;

	if (char_at(b, p->problem_mark) == '\t')
		error_hint(err, "indent with spaces: YAML takes no tabs there");
	else if (p->problem &&
		 strcmp(p->problem, "did not find expected key") == 0)
		error_hint(err, "is the line indented like the others of its "
				"block?");
	else if (p->context && strstr(p->context, "scanning a tag"))
		error_hint(err, "put a value that begins with ! in quotes");
}

/* Where a byte of the text stands. */
static struct position place_of(const struct yaml_source *src, size_t offset)
{
	struct position at = {1, 1};

	for (size_t i = 0; i < offset && i < src->len; i++) {
		if (src->text[i] == '\n')
			at = (struct position){at.line + 1, 1};
		else if (((unsigned char)src->text[i] & 0xc0) != 0x80)
			at.column++;
	}
	return at;
}

/* The text is no YAML: says what libyaml says, at the true place. */
static int syntax_error(struct yaml_tree *b, struct position *at,
			struct error **err)
{
	const yaml_parser_t *p = &b->parser;

	*at = p->error == YAML_READER_ERROR
		      ? place_of(b->src, p->problem_offset)
		      : yaml_tree_place(p->problem_mark);
	node_error(err, b->src->path, *at, "yaml: %s",
		   p->problem ? p->problem : "cannot be read");
	hint_syntax(b, err);
	return -1;
}

static int unknown_anchor(struct yaml_tree *b, const yaml_event_t *e,
			  struct position *at, struct error **err)
{
	const char *name = (const char *)e->data.alias.anchor, *nearest;
	const char **names =
		arena_alloc(b->arena, (b->anchors.len + 1) * sizeof(*names));

	*at = yaml_tree_place(e->start_mark);
	node_error(err, b->src->path, *at,
		   "yaml: unknown anchor '%s' referenced", name);
	for (size_t i = 0; i < b->anchors.len; i++)
		names[i] = b->anchors.ptr[i].name;
	nearest = suggest(name, names);
	if (nearest)
		error_hint(err, "did you mean *%s?", nearest);
	return -1;
}

/* 1: go on; 0: the document is complete. */
static int on_event(struct yaml_tree *b, const yaml_event_t *e,
		    struct position *at, struct error **err)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		b->document = yaml_tree_place(e->start_mark);
		return 1;
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return 0;
	case YAML_ALIAS_EVENT:
		if (!yaml_tree_anchor(b, (const char *)e->data.alias.anchor))
			return unknown_anchor(b, e, at, err);
		break;
	default:
		break;
	}
	yaml_tree_add(b, e);
	return 1;
}

static int read_document(struct yaml_tree *b, struct position *at,
			 struct error **err)
{
	int more = 1;

	while (more > 0) {
		yaml_event_t e;

		if (!yaml_parser_parse(&b->parser, &e))
			return syntax_error(b, at, err);
		more = on_event(b, &e, at, err);
		yaml_event_delete(&e);
	}
	return more;
}

static int finish(struct yaml_tree *b, struct node **root, struct position *at,
		  struct error **err)
{
	if (b->document.line && !b->root_is_map)
		yaml_tree_wrong(
			b, b->document,
			"YAML document should contain a mapping as it top-level "
			"element, but found document");
	if (b->wrong) {
		*at = b->wrong_at;
		if (err && !*err)
			*err = STEAL_PTR(b->wrong);
		return -1;
	}
	*root = b->stack.len ? b->stack.ptr[0] : NULL;
	if (*root) {
		(*root)->name = "root";
		(*root)->at = b->document;
	}
	return 0;
}

static int build(struct yaml_tree *b, struct node **root, struct position *at,
		 struct error **err)
{
	frame_vec_push(&b->frames, (struct frame){0});
	yaml_parser_set_encoding(&b->parser, YAML_ANY_ENCODING);
	yaml_parser_set_input_string(
		&b->parser, (const unsigned char *)b->src->text, b->src->len);
	if (read_document(b, at, err) < 0)
		return -1;
	return finish(b, root, at, err);
}

int yaml_parse(const struct yaml_source *src, struct arena *arena,
	       struct node **root, struct position *at, struct error **err)
{
	struct yaml_tree b = {.src = src, .arena = arena};
	struct position nowhere = {0, 0};
	int r;

	at = at ? at : &nowhere;
	*at = nowhere;
	if (src->len > YAML_MAX_BYTES)
		return node_error(err, src->path, *at,
				  "larger than %u MiB, the most that is read",
				  YAML_MAX_BYTES >> 20);
	if (!yaml_parser_initialize(&b.parser))
		return error_set(err, ERR_SYSTEM, "out of memory");
	r = build(&b, root, at, err);
	yaml_parser_delete(&b.parser);
	frame_vec_clear(&b.frames);
	anchor_vec_clear(&b.anchors);
	node_vec_clear(&b.stack);
	error_free(b.wrong);
	return r;
}

int yaml_read_file(const char *path, struct arena *arena, struct node **root,
		   struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT(YAML_MAX_BYTES);
	AUTO_ERROR struct error *failure = NULL;
	struct yaml_source src = {.path = path};

	*root = NULL;
	if (file_read(path, &text, &failure) < 0) {
		if (failure->code == ERR_NOTFOUND)
			return 0;
		return error_pass(err, &failure, "settings");
	}
	src.text = text.data;
	src.len = text.len;
	return yaml_parse(&src, arena, root, NULL, err);
}
