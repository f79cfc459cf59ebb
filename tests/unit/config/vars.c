/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/vars.h"

#include "summary.h"

static const char *expand(const char *text)
{
	static char result[256];
	AUTO_ARENA struct arena a = {0};
	struct vars vars = {0};
	const char *e;

	vars_set(&vars, &a, "A", "x");
	vars_set(&vars, &a, "AB", "y");
	vars_set(&vars, &a, "ABC", "$A$AB");
	vars_set(&vars, &a, "E", "");
	vars_set(&vars, &a, "CI", "true");
	vars_set(&vars, &a, "LOOP", "<$LOOP>");
	e = vars_expand(&vars, &a, text);
	snprintf(result, sizeof(result), "%s", e);
	return result;
}

TEST(references_are_replaced_longest_name_first)
{
	ok_str(expand("$A $AB ${ABC} %AB%"), "x y xy y");
	ok_str(expand("$$A"), "$x");
	ok_str(expand("$NOPE ${A:-z} ${E}."), "$NOPE ${A:-z} .");
	ok_str(expand("$CIRRUS_TASK_NAME"), "trueRRUS_TASK_NAME");
	ok_str(expand("100% $"), "100% $");
	ok_str(expand("%A%%AB%"), "xy");
}

TEST(what_the_task_expands_once_more_keeps_its_names)
{
	AUTO_ARENA struct arena a = {0};
	struct vars vars = {0};

	vars_set(&vars, &a, "CI", "true");
	vars_set(&vars, &a, "CIRRUS_TAG", "v1");
	vars_set(&vars, &a, "D", "$CIRRUS_TASK_ID");
	ok_str(vars_expand_early(&vars, &a, "$CI-$CIRRUS_TASK_NAME-$CIdoc"),
	       "true-$CIRRUS_TASK_NAME-truedoc");
	ok_str(vars_expand_early(&vars, &a,
				 "$D/$CIRRUS_TAG/$CI_NODE_INDEX/%CI%_"),
	       "$CIRRUS_TASK_ID/v1/$CI_NODE_INDEX/true_");
}

TEST(a_variable_that_names_itself_stops_after_ten_rounds)
{
	ok_str(expand("$LOOP"), "<<<<<<<<<<$LOOP>>>>>>>>>>");
}

TEST(what_grows_without_end_is_an_error)
{
	AUTO_ARENA struct arena a = {0};
	struct vars vars = {0};

	vars_set(&vars, &a, "B",
		 "$B$B$B$B$B$B$B$B$B$B$B$B$B$B$B$B$B$B$B$B$B$B$B$B");
	ok(!vars_expand(&vars, &a, "$B"));
	WRONG("a_task: {env: {B: $B$B$B$B$B$B$B$B}, name: $B}",
	      "1:38: expands to more than 1048576 bytes");
}

TEST(an_overlay_prefers_what_is_above)
{
	AUTO_ARENA struct arena a = {0};
	struct vars base = {0}, over = {0}, both;

	vars_set(&base, &a, "b", "1");
	vars_set(&base, &a, "a", "1");
	vars_set(&over, &a, "b", "2");
	vars_set(&over, &a, "c", "2");
	both = vars_overlay(&a, &base, &over);
	ok_str(vars_get(&both, "a"), "1");
	ok_str(vars_get(&both, "b"), "2");
	ok_str(vars_expand(&both, &a, "$a$b$c"), "122");
	vars_set(&both, &a, "d", "3");
	ok_str(vars_get(&both, "d"), "3");
	ok_str(vars_get(&over, "d"), NULL);
	vars_unset(&both, &a, "a");
	vars_unset(&both, &a, "d");
	ok_str(vars_get(&both, "a"), NULL);
	ok_str(vars_get(&both, "d"), NULL);
	ok_str(vars_expand(&both, &a, "$a$b$c$d"), "$a22$d");
	ok_str(vars_get(&base, "a"), "1");
}

TEST(levels_are_walked_as_one)
{
	struct pair low[] = {{"a", "1"}, {"c", "1"}, {"e", "1"}};
	struct pair high[] = {{"b", "2"}, {"c", NULL}, {"e", "2"}, {"f", "2"}};
	const struct pairs base = {low, ARRAY_LEN(low), NULL};
	const struct pairs all = {high, ARRAY_LEN(high), &base};
	struct pairs_walk w = pairs_walk(&all);
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	const struct pair *pair;

	while ((pair = pairs_next(&w)))
		buf_addf(&b, "%s%s ", pair->key, pair->value);
	ok_str(b.data, "a1 b2 e2 f2 ");
	ok_str(pairs_get(&all, "a"), "1");
	ok_str(pairs_get(&all, "c"), NULL);
	ok_str(pairs_get(&all, "e"), "2");
}

TEST(many_variables_of_the_root_and_many_tasks_cost_their_sum)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	AUTO_TASKS struct tasks *t = NULL;

	buf_adds(&b, "env:\n");
	for (int i = 0; i < 2000; i++)
		buf_addf(&b, "  ROOT_%d: value\n", i);
	for (int i = 0; i < 2000; i++)
		buf_addf(&b, "t%d_task: {env: {OWN: %d, ROOT_7: own}}\n", i, i);
	t = parse_text(b.data);
	need(t && t->len == 2000);
	ok_str(pairs_get(&t->v[1999]->environment, "ROOT_1999"), "value");
	ok_str(pairs_get(&t->v[1999]->environment, "ROOT_7"), "own");
	ok_str(pairs_get(&t->v[1999]->environment, "OWN"), "1999");
	/* a byte for each variable of each task would be as much */
	ok(t->arena.used < 2000u * 2000);
}

TEST(labels_know_of_shared_variables)
{
	TASKS("env: {A: r, B: r}\n"
	      "a_task: {name: x, env: {A: t}, container: {image: i}}\n"
	      "b_task: {name: x, container: {image: i}}",
	      "x#0 {A=t B=r CIRRUS_OS=linux} clone [A:t]\n"
	      "x#1 {A=r B=r CIRRUS_OS=linux} clone [A:r]\n");
	/* a worker without isolation has no CIRRUS_OS */
	TASKS("env: {A: r, CIRRUS_OS: r}\na_task: {persistent_worker: {}}",
	      "a#0 {A=r} clone\n");
	/* what has no label of any kind has none in common with the others */
	TASKS("env: {A: r}\n"
	      "a_task: {name: x, freebsd_instance: {image_family: f}}\n"
	      "b_task: {name: x, container: {image: i}}",
	      "x#0 {A=r} clone\n"
	      "x#1 {A=r CIRRUS_OS=linux} clone [A:r CIRRUS_OS:linux container:i]\n");
	/* what is no map counts in place of the root's */
	TASKS("env: {A: r}\n"
	      "a_task: {name: x, env: text, env: {B: t}, container: {image: "
	      "i}}\n"
	      "b_task: {name: x, container: {image: i}}",
	      "x#0 {B=t CIRRUS_OS=linux} clone [B:t]\n"
	      "x#1 {A=r CIRRUS_OS=linux} clone [A:r]\n");
}

TEST(env_is_a_map_or_a_list_of_maps)
{
	TASKS("env: [{A: \"1\"}, {B: [x, y]}]\na_task: {env: {A: \"2\", C: }}",
	      "a#0 {A=2 B=x\ny C=} clone\n");
	WRONG("a_task: {env: }", "1:10: expected a map or a list of maps");
	WRONG("a_task: {env: [x]}", "1:16: expected a map");
	WRONG("a_task: {env: {A: [{b: c}]}}",
	      "1:20: list should only contain scalar values");
	WRONG("a_task: {env: {A: {b: c}}}",
	      "1:16: expected a scalar value or a list with scalar values");
}

TEST(environment_and_env_count_by_the_place_in_the_task)
{
	TASKS("environment: {A: r1}\nenv: {A: r2}\na_task: {}\n"
	      "b_task: {environment: {A: t1}}\n"
	      "c_task: {env: {A: t2}, environment: {A: t1}}",
	      "a#0 {A=r2} clone\nb#1 {A=t1} clone\nc#2 {A=t1} clone\n");
}

TEST(the_instance_sets_CIRRUS_OS_unless_the_task_says_it_again)
{
	TASKS("env: {CIRRUS_OS: mine}\ncontainer: {}\na_task: {}\n"
	      "b_task: {env: {X: \"1\"}}\n"
	      "c_task: {env: {X: \"1\"}, container: {image: i}}",
	      "a#0 {CIRRUS_OS=linux} clone\n"
	      "b#1 {CIRRUS_OS=mine X=1} clone\n"
	      "c#2 {CIRRUS_OS=linux X=1} clone\n");
	TASKS("container: {}\na_task: {persistent_worker: {}}",
	      "a#0 {} clone\n");
}

TEST(variables_from_outside_win)
{
	AUTO_ENVIRONMENT struct environment env = {0};
	const char *text = "a_task: {env: {N: inner}, name: \"x $N\"}";
	struct config_input in = {
		.text = text, .len = strlen(text), .path = "f", .env = &env};
	AUTO_TASKS struct tasks *t = NULL;

	environment_set(&env, "N", "outer");
	need(config_parse(&in, &t, NULL, NULL) == 0);
	ok_str(t->v[0]->name, "x outer");
	ok_str(pairs_get(&t->v[0]->environment, "N"), "inner");
}

TAP_MAIN()
