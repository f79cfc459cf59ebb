/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "data/yaml.h"

#include "base/buf.h"

#include "tap.h"

static const char *const twice[] = {"env", "always", NULL};

/* A tree as text: {k@1:1 v, l@2:1 [@2:4 a]}; positions only where asked for. */
static void dump(const struct node *n, bool positions, struct buf *out)
{
	if (n->name[0])
		buf_adds(out, n->name);
	if (positions)
		buf_addf(out, "@%d:%d", n->at.line, n->at.column);
	if (n->name[0] || positions)
		buf_addc(out, ' ');
	if (n->kind == NODE_SCALAR) {
		buf_addf(out, "%s", n->text);
		return;
	}
	buf_addc(out, n->kind == NODE_MAP ? '{' : '[');
	for (size_t i = 0; i < n->n_children; i++) {
		if (i)
			buf_adds(out, ", ");
		dump(n->children[i], positions, out);
	}
	buf_addc(out, n->kind == NODE_MAP ? '}' : ']');
}

static const char *parse(const char *text, bool positions)
{
	static char result[8192];
	AUTO_BUF struct buf out = BUF_INIT(sizeof(result) - 1);
	AUTO_ARENA struct arena arena = {0};
	AUTO_ERROR struct error *err = NULL;
	struct yaml_source src = {.text = text,
				  .len = strlen(text),
				  .path = "f",
				  .merge_twice = twice};
	struct node *root;

	if (yaml_parse(&src, &arena, &root, NULL, &err) < 0)
		buf_adds(&out, err->msg);
	else if (!root)
		buf_adds(&out, "nothing");
	else
		dump(root, positions, &out);
	snprintf(result, sizeof(result), "%s", out.data);
	return result;
}

#define TREE(text, want)  ok_str(parse((text), false), "root " want)
#define PLACE(text, want) ok_str(parse((text), true), "root@" want)
#define WRONG(text, want) ok_str(parse((text), false), "f:" want)

TEST(scalars_keep_their_text)
{
	TREE("a: 1.10\nb: 0x10\nc: YES\nd: ~\ne:\nf: \"a\\tb\"\ng: !x y\n",
	     "{a 1.10, b 0x10, c YES, d ~, e , f a\tb, g y}");
	TREE("a: |\n  one\n  two\n", "{a one\ntwo\n}");
	TREE("a: !$FLAG\n", "{a }");
}

TEST(null_items_of_lists_are_dropped)
{
	TREE("a: [x, ~, null, \"\", \"null\"]", "{a [x, , null]}");
	TREE("a:\n- x\n-\n- !!null z\n- y\n", "{a [x, y]}");
	TREE("n: &n\na: [*n, b]", "{n , a [, b]}");
}

TEST(keys_must_be_strings)
{
	static const char *const bad[] = {
		"1: x",      "1.5: x",     "2024-01-01: x",
		"true: x",   "~: x",       "!!int \"5\": x",
		"!foo k: x", "? [a]\n: x", NULL};

	for (size_t i = 0; bad[i]; i++)
		WRONG(bad[i], "1:1: map key is not a string");
	TREE("\"1\": x", "{1 x}");
	TREE("!!str 1: x", "{1 x}");
	TREE("yes: x\non: y", "{yes x, on y}");
	WRONG("ok: x\nm:\n  good: 1\n  2: x\n", "3:3: map key is not a string");
	WRONG("a: &a k\n*a : x\n", "1:1: map key is not a string");
}

TEST(the_root_must_be_a_map)
{
	ok_str(parse("", false), "nothing");
	ok_str(parse("# only words\n\n", false), "nothing");
#define NO_MAP                                                                 \
	"YAML document should contain a mapping as it top-level element, but " \
	"found document"
	WRONG("- a\n", "1:1: " NO_MAP);
	WRONG("\n\nword\n", "3:1: " NO_MAP);
	WRONG("---\n", "1:1: " NO_MAP);
	TREE("{a: b}", "{a b}");
}

TEST(only_the_first_document_is_read)
{
	TREE("a: b\n---\n\tbroken: [\n", "{a b}");
	TREE("a: b\n...\n%%%\n", "{a b}");
}

TEST(positions_count_characters_from_one)
{
	PLACE("a: b\nc:\n  - d\n  - e: f\n",
	      "1:1 {a@1:1 b, c@2:1 [@3:5 d, @4:5 {e@4:5 f}]}");
	PLACE("\"\xc3\xa9\": {x: 1, y: 2}",
	      "1:1 {\xc3\xa9@1:1 {x@1:7 1, y@1:13 2}}");
	PLACE("a: &x {b: 1}\nc: *x\n",
	      "1:1 {a@1:1 {b@1:8 1}, c@0:0 {b@1:8 1}}");
	PLACE("l: [&x a]", "1:1 {l@1:1 [@1:5 a]}");
}

TEST(aliases_stand_for_the_latest_anchor)
{
	TREE("a: &x 1\nb: *x\nc: &x 2\nd: *x", "{a 1, b 1, c 2, d 2}");
	TREE("a: &o {i: &x 1, j: &o 2}\nb: *o\nc: *x",
	     "{a {i 1, j 2}, b 2, c 1}");
	WRONG("a: *nope\n", "1:4: yaml: unknown anchor 'nope' referenced");
	WRONG("a: &x [1, *x]\n", "1:11: recursive alias 'x'");
	WRONG("a: &x\n  b:\n    <<: *x\n", "3:9: recursive alias 'x'");
	/* the name alone counts, as it does in the reference */
	WRONG("a: &x {b: &x 1, c: *x}\n", "1:20: recursive alias 'x'");
	TREE("&k key: v\nother: *k\n", "{key v, other key}");
	TREE("&k a: {&k b: *k}\nc: *k\n", "{a {b b}, c b}");
}

TEST(duplicate_keys_all_stay)
{
	TREE("a: 1\nb: 2\na: 3", "{a 1, b 2, a 3}");
}

TEST(merged_maps_give_what_is_not_there_yet)
{
	TREE("x: &x {a: 1, b: 2, env: e}\n"
	     "t: {b: 3, env: f, <<: *x, a: 4}\n",
	     "{x {a 1, b 2, env e}, t {b 3, env f, a 1, env e, a 4}}");
	TREE("x: &x {a: 1, a: 2}\nt: {<<: *x}", "{x {a 1, a 2}, t {a 1}}");
	TREE("x: &x {always: 1, always: 2}\nt: {<<: *x}",
	     "{x {always 1, always 2}, t {always 1, always 2}}");
	TREE("x: &x {a: 1}\ny: &y {a: 2, b: 2}\nt: {<<: [*x, *y, {c: 3}]}",
	     "{x {a 1}, y {a 2, b 2}, t {a 1, b 2, c 3}}");
	TREE("x: &x {a: 1}\ny: &y {b: 2}\nt:\n  <<: *x\n  <<: *y\n",
	     "{x {a 1}, y {b 2}, t {a 1, b 2}}");
	TREE("x: &x {a: 1}\n<<: *x\n", "{x {a 1}, a 1}");
	TREE("x: &x {a: 1}\nt: {\"<<\": *x}", "{x {a 1}, t {<< {a 1}}}");
}

TEST(a_merged_list_replaces_the_map)
{
	TREE("x: &x [{a: 1}, {b: 2}]\nt: {c: 3, <<: *x, d: 4}",
	     "{x [{a 1}, {b 2}], t [{a 1}, {b 2}, d 4]}");
}

TEST(inline_values_of_merge_keys_are_ignored)
{
	TREE("t: {<<: {a: 1}, b: 2}\nu: {<<: , c: 3}", "{t {b 2}, u {c 3}}");
}

TEST(merge_keys_take_maps_and_lists_of_maps)
{
	WRONG("x: &x s\nt:\n  <<: *x\n",
	      "3:3: merge key should either be associated with a mapping or a "
	      "sequence");
	WRONG("x: &x {a: 1}\nt:\n  <<: [*x, s]\n",
	      "3:3: got a sequence as a merge key's value, but not all of it's "
	      "entries are mappings (as required per spec)");
}

TEST(text_that_is_no_yaml_is_the_greater_news)
{
	WRONG("1: x\nb: [\n", "3:1: yaml: did not find expected node content");
	WRONG("a: b\nc: @d\n",
	      "2:4: yaml: found character that cannot start any token");
	WRONG("skip: !changesInclude('a', 'b')\n",
	      "1:26: yaml: did not find expected whitespace or line break");
}

TEST(deep_nesting_names_the_limit)
{
	char text[4 * YAML_MAX_DEPTH];
	size_t n = YAML_MAX_DEPTH + 10;

	memset(text, '[', n);
	memset(text + n, ']', n);
	text[2 * n] = '\0';
	memcpy(text, "a: ", 3);
	text[2 * n - 3] = '\0';
	WRONG(text, "1:502: nested deeper than 500 levels");
}

TEST(aliases_that_explode_name_the_limit)
{
	AUTO_BUF struct buf b = BUF_INIT(4096);
	char want[] = "7:";

	buf_adds(&b, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 9; i++)
		buf_addf(&b,
			 "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, "
			 "*a%d, *a%d, *a%d]\n",
			 i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1,
			 i - 1, i - 1, i - 1);
	ok(strstr(parse(b.data, false), want) != NULL ||
	   strstr(parse(b.data, false), "f:6:") != NULL);
	ok(strstr(parse(b.data, false),
		  "aliases stand for more than 1000000 nodes") != NULL);
}

TEST(bytes_that_are_no_text_have_a_place)
{
	WRONG("a: 1\n\xc3\xa9: [x, \xff]\n",
	      "2:8: yaml: invalid leading UTF-8 octet");
	WRONG("a: 1\nb: \x01\n",
	      "2:4: yaml: control characters are not allowed");
}

TEST(a_value_cannot_hold_a_nul)
{
	WRONG("a: \"x\\0y\"", "1:4: a NUL character cannot be part of a value");
	WRONG("\"x\\0y\": a", "1:1: a NUL character cannot be part of a value");
}

TEST(settings_that_do_not_exist_are_no_error)
{
	AUTO_ARENA struct arena arena = {0};
	AUTO_ERROR struct error *err = NULL;
	struct node *root;

	ok_int(yaml_read_file("/nonexistent/config.yml", &arena, &root, &err),
	       0);
	ok(!root);
}

TEST(unknown_settings_name_the_nearest)
{
	static const char *const known[] = {"backend", "jobs", NULL};
	const char *text = "jobs: 2\nbakend: x\n";
	AUTO_ARENA struct arena arena = {0};
	AUTO_ERROR struct error *err = NULL;
	struct yaml_source src = {.text = text, .len = 18, .path = "c.yml"};
	struct node *root;

	need(yaml_parse(&src, &arena, &root, NULL, &err) == 0);
	ok_str(node_get(root, "jobs")->text, "2");
	ok_int(node_check_keys(root, known, "c.yml", &err), -1);
	ok_str(err->msg, "c.yml:2:1: unknown key \"bakend\"");
	ok_str(err->hint, "did you mean \"backend\"?");
}

TAP_MAIN()
