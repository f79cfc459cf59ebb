/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "data/json.h"

#include "data/json-node.h"

#include "tap.h"

static const char *print(const struct cJSON *v, enum json_style style)
{
	static char text[4096];
	AUTO_BUF struct buf b = BUF_INIT(sizeof(text) - 1);

	json_print(v, style, &b);
	snprintf(text, sizeof(text), "%s", b.data);
	return text;
}

TEST(prints_nested_values_on_one_line)
{
	AUTO_JSON struct cJSON *o = json_object();
	struct cJSON *list = json_add(o, "list", json_array());

	json_add_int(list, NULL, 1);
	json_add_bool(list, NULL, true);
	json_add_str(list, NULL, NULL);
	json_add(o, "empty", json_object());
	ok_str(print(o, JSON_LINE), "{\"list\":[1,true,null],\"empty\":{}}");
}

TEST(prints_two_spaces_a_level)
{
	const char *const words[] = {"a", "b", NULL};
	AUTO_JSON struct cJSON *o = json_object();

	json_add(o, "words", json_strings(words));
	json_add(o, "none", json_array());
	ok_str(print(o, JSON_PRETTY),
	       "{\n  \"words\": [\n    \"a\",\n    \"b\"\n"
	       "  ],\n  \"none\": []\n}\n");
}

TEST(escapes_what_json_forbids_and_repairs_broken_utf8)
{
	AUTO_JSON struct cJSON *a = json_array();

	json_add_str(a, NULL, "\"\\\n\t\x01<&>");
	json_add_str(a, NULL, "\xc3\xa9 \xf0\x9f\x98\x80");
	json_add_str(a, NULL, "\xff \xc3( \xed\xa0\x80 \xc0\x80");
	ok_str(print(a, JSON_LINE),
	       "[\"\\\"\\\\\\n\\t\\u0001<&>\",\"\xc3\xa9 \xf0\x9f\x98\x80\","
	       "\"\\ufffd \\ufffd( \\ufffd\\ufffd\\ufffd \\ufffd\\ufffd\"]");
}

TEST(numbers_keep_their_value_with_few_digits)
{
	AUTO_JSON struct cJSON *a = json_array();

	json_add_float(a, NULL, 1.3F);
	json_add_float(a, NULL, 0.5F);
	json_add_double(a, NULL, 0.1);
	json_add_double(a, NULL, 1e300 * 1e300);
	json_add_int(a, NULL, 9007199254740993);
	json_add_int(a, NULL, -42);
	ok_str(print(a, JSON_LINE),
	       "[1.3,0.5,0.1,\"Infinity\",9007199254740993,-42]");
}

TEST(sorts_keys_at_all_depths_but_no_lists)
{
	AUTO_ERROR struct error *err = NULL;
	const char *text = "{\"b\":[{\"z\":1,\"y\":2},3],\"a\":0,\"B\":1}";
	AUTO_JSON struct cJSON *v = json_parse(text, strlen(text), &err);

	need(v);
	json_sort(v);
	ok_str(print(v, JSON_LINE),
	       "{\"B\":1,\"a\":0,\"b\":[{\"y\":2,\"z\":1},3]}");
	/* still a list to which one can add */
	json_add_int(v, "c", 4);
	ok_int(json_get_int(v, "c", -1), 4);
	ok_int((long long)json_len(v), 4);
}

TEST(reads_values_of_the_expected_type_only)
{
	const char *text = "{\"s\":\"x\",\"n\":7,\"t\":true,\"z\":null}";
	AUTO_JSON struct cJSON *v = json_parse(text, strlen(text), NULL);

	need(v);
	ok_str(json_get_str(v, "s"), "x");
	ok_str(json_get_str(v, "n"), NULL);
	ok_str(json_get_str(v, "S"), NULL);
	ok_int(json_get_int(v, "n", -1), 7);
	ok_int(json_get_int(v, "s", -1), -1);
	ok(json_get_bool(v, "t", false));
	ok(json_get_bool(v, "s", true));
	ok(json_is_null(json_get(v, "z")));
	ok_str(json_key(json_first(v)), "s");
	ok_str(json_key(json_next(json_first(v))), "n");
}

TEST(refuses_what_is_no_json)
{
	static const char *const bad[] = {"",     "{",    "[1,]",
					  "{} x", "nope", NULL};

	for (size_t i = 0; bad[i]; i++) {
		AUTO_ERROR struct error *err = NULL;

		ok(!json_parse(bad[i], strlen(bad[i]), &err));
		ok(err);
	}
}

TEST(equality_ignores_the_order_of_keys)
{
	const char *a = "{\"x\":1,\"y\":[1,2]}", *b = "{\"y\":[1,2],\"x\":1}",
		   *c = "{\"y\":[2,1],\"x\":1}";
	AUTO_JSON struct cJSON *va = json_parse(a, strlen(a), NULL);
	AUTO_JSON struct cJSON *vb = json_parse(b, strlen(b), NULL);
	AUTO_JSON struct cJSON *vc = json_parse(c, strlen(c), NULL);

	ok(json_equal(va, vb));
	ok(!json_equal(va, vc));
}

TEST(tells_where_each_part_of_a_tree_stands)
{
	struct node a = {.kind = NODE_SCALAR, .name = "a/b~", .text = "old"};
	struct node again = {.kind = NODE_SCALAR,
			     .at = {2, 3},
			     .name = "a/b~",
			     .text = "new"};
	struct node item = {
		.kind = NODE_SCALAR, .at = {4, 5}, .name = "", .text = "x"};
	struct node list = {.kind = NODE_LIST,
			    .at = {3, 1},
			    .name = "l",
			    .children = (struct node *[]){&item},
			    .n_children = 1};
	struct node map = {.kind = NODE_MAP,
			   .children = (struct node *[]){&a, &again, &list},
			   .n_children = 3};
	AUTO_JSON struct cJSON *tree = json_of_node(&map);
	AUTO_JSON struct cJSON *at = json_of_positions(&map);

	ok_str(print(tree, JSON_LINE), "{\"a/b~\":\"new\",\"l\":[\"x\"]}");
	ok_str(print(at, JSON_LINE), "{\"/a~1b~0\":{\"line\":2,\"column\":3},"
				     "\"/l\":{\"line\":3,\"column\":1},"
				     "\"/l/0\":{\"line\":4,\"column\":5}}");
}

TAP_MAIN()
