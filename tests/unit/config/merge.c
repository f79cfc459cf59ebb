/* SPDX-License-Identifier: MIT */
/* The tree before tasks are parsed: matrix, merge keys, root and task. */
#include "config.h"

#include "summary.h"

TEST(a_map_has_one_alternative_per_key_and_a_list_one_per_item)
{
	TASKS("t_task: {env: {matrix: {V: a, V: b}}}",
	      "t#0 {V=a} clone\nt#1 {V=b} clone\n");
}

TEST(the_first_matrix_is_the_outermost_loop)
{
	TASKS("t_task:\n"
	      "  a_script: {matrix: [{x: 1}]}\n",
	      "f:2:3: expected a scalar value or a list with scalar values");
	TASKS("t_task:\n  matrix: [{env: {A: x}}, {env: {A: y}}]\n"
	      "  matrix: {s_script: 1, s_script: 2}\n  container: {}\n",
	      "t#0 {A=x CIRRUS_OS=linux} clone s(1) [A:x]\n"
	      "t#1 {A=x CIRRUS_OS=linux} clone s(2) [A:x]\n"
	      "t#2 {A=y CIRRUS_OS=linux} clone s(1) [A:y]\n"
	      "t#3 {A=y CIRRUS_OS=linux} clone s(2) [A:y]\n");
}

TEST(a_matrix_within_an_alternative_multiplies_only_that)
{
	TASKS("x_task:\n  matrix:\n"
	      "    - env: {OS: a, matrix: {K: p, K: q}}\n"
	      "    - env: {OS: b}\n",
	      "x#0 {K=p OS=a} clone\nx#1 {K=q OS=a} clone\n"
	      "x#2 {OS=b} clone\n");
}

TEST(an_empty_matrix_takes_the_task_away)
{
	TASKS("a_task: {matrix: []}\nb_task:\nc_task: {matrix: {}}\n"
	      "d_task: {matrix: [~, ~]}",
	      "b#0 {} clone\n");
}

TEST(a_matrix_replaces_itself_in_place)
{
	TASKS("t_task: {a_script: 1, matrix: {b_script: 2}, c_script: 3}",
	      "t#0 {} clone a(1) b(2) c(3)\n");
	TASKS("t_task: {matrix: {script: x, script: y}, script: z}",
	      "t#0 {} clone main(z)\nt#1 {} clone main(z)\n");
}

TEST(the_nearest_task_above_a_matrix_is_copied)
{
	TASKS("a_task: {sub_task: {matrix: [{x: 1}, {x: 2}]}, script: s}",
	      "a#0 {} clone main(s)\n");
	TASKS("pipe: {steps: [{image: {matrix: {i: a}}}]}",
	      "f:1:17: not a scalar value");
}

TEST(a_matrix_needs_a_task_and_a_collection)
{
	WRONG("matrix: {a: b}",
	      "1:1: matrix can be defined only under a task, docker_builder or "
	      "pipe");
	WRONG(".t:\n  matrix: {a: b}",
	      "2:3: matrix can be defined only under a task, docker_builder or "
	      "pipe");
	WRONG("a_task:\n  matrix: [{a: b}, c]",
	      "2:20: matrix with a list can only contain maps as it's items");
	WRONG("a_task:\n  matrix:", "2:3: matrix should contain a collection");
}

TEST(a_list_in_an_anchor_can_be_merged_into_a_matrix)
{
	TASKS("x: &x [{env: {A: \"1\"}}, {env: {A: \"2\"}}]\n"
	      "t_task: {matrix: {<<: *x}}\nu_task: {matrix: *x}",
	      "t#0 {A=1} clone\nt#1 {A=2} clone\n"
	      "u#2 {A=1} clone\nu#3 {A=2} clone\n");
}

TEST(explicit_keys_win_over_merged_ones_and_env_is_merged)
{
	TASKS("x: &x {env: {A: \"1\"}, lint_script: one}\n"
	      "a_task:\n  <<: *x\n  env: {B: \"2\"}\n  lint_script: two\n",
	      "a#0 {A=1 B=2} clone lint(two)\n");
	TASKS("x: &x {always: {a_script: 1}}\ny: &y {always: {b_script: 2}}\n"
	      "t_task: {<<: [*x, *y]}",
	      "t#0 {} clone *a(1) *b(2)\n");
}

TEST(the_last_of_duplicate_scripts_runs)
{
	TASKS("t_task: {a_script: 1, a_script: 2}", "t#0 {} clone a(2)\n");
	TASKS("t_task: {<<: {a_script: q}}", "t#0 {} clone\n");
	TASKS("a_task: {script: x}\na_task: {script: y}",
	      "a#0 {} clone main(x)\na#1 {} clone main(y)\n");
}

TEST(instances_merge_deeply_and_scalars_are_replaced)
{
	AUTO_TASKS struct tasks *t =
		parse_text("container:\n  image: a\n  cpu: 4\n"
			   "  additional_containers:\n"
			   "    - {name: db, image: pg, memory: 1G}\n"
			   "    - {name: mq, image: rabbit}\n"
			   "a_task:\n  container:\n    memory: 2G\n"
			   "    additional_containers: [{memory: 3G}]\n"
			   "b_task:\n  container:\n");
	const struct container *c;

	need(t && t->len == 2);
	c = &t->v[0]->instance.container;
	ok_str(c->image, "a");
	ok(c->cpu == 4);
	ok_int(c->memory_mib, 2048);
	need(c->n_additional == 2);
	ok_str(c->additional[0].image, "pg");
	ok_int(c->additional[0].memory_mib, 3072);
	ok_str(c->additional[1].name, "mq");
	/* an empty one replaces the whole map */
	ok_str(t->v[1]->instance.container.image, NULL);
	ok_int(t->v[1]->instance.kind, INSTANCE_CONTAINER);
}

TEST(duplicates_in_a_collected_map_keep_the_first_place)
{
	AUTO_TASKS struct tasks *t = NULL;

	/* F is to be built, but there is none */
	WRONG("a_task: {container: {image: a, dockerfile: F, image: z}}",
	      "1:32: failed to retrieve \"F\": no such file or directory");
	t = parse_text("b_task: {container: {dockerfile: F, image: z}}");
	need(t);
	ok_str(t->v[0]->instance.container.image, "z");
	ok_str(t->v[0]->instance.container.dockerfile, NULL);
}

TEST(keys_beginning_with_task_are_suspicious)
{
	AUTO_TASKS struct tasks *t = parse_text("task_lint: {script: x}");

	need(t && t->n_issues == 1);
	ok_str(t->issues[0].message, "you've probably meant lint_task");
	ok_int(t->len, 0);
}

TEST(names_come_from_keys)
{
	TASKS("task: {}\nsubtask: {}\na__task: {}\nx_task: {name: \"y $A\", "
	      "env: {A: z}}\npipe: {steps: []}\nb_docker_builder: {}",
	      "main#0 {} clone\nsub#1 {} clone\na_#2 {} clone\n"
	      "y z#3 {A=z} clone\nmain#4 {CIRRUS_OS=linux} clone [CIRRUS_OS:linux pipe]\n"
	      "b#5 {CIRRUS_OS=linux} clone\n");
	TASKS("\"a\\nb_task\": {script: x}", "");
}

TEST(a_hundred_by_a_hundred_is_ten_thousand)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);
	AUTO_TASKS struct tasks *t = NULL;

	buf_adds(&b, "t_task:\n  container: {image: x}\n  script: make\n"
		     "  env:\n    matrix:\n");
	for (int i = 0; i < 100; i++)
		buf_addf(&b, "      - A: %d\n", i);
	buf_adds(&b, "  matrix:\n");
	for (int i = 0; i < 100; i++)
		buf_addf(&b, "    - env: {B: %d}\n", i);
	t = parse_text(b.data);
	need(t && t->len == 10000);
	ok_str(pairs_get(&t->v[9999]->environment, "A"), "99");
	ok_str(pairs_get(&t->v[9998]->environment, "B"), "98");
	ok(t->arena.used < 200u << 20);
}

TEST(a_matrix_without_end_names_the_limit)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);
	char item[] = "[{}, {}, {}, {}, {}, {}, {}, {}, {}, {}]";

	buf_adds(&b, "t_task:\n");
	for (int i = 0; i < 6; i++)
		buf_addf(&b, "  matrix: %s\n", item);
	WRONG(b.data, "1:1: matrix expands to more than 250000 tasks");
}

TAP_MAIN()
