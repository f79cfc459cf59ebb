/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "parse.h"

TEST(a_task_has_defaults_of_the_root_and_its_own)
{
	AUTO_TASKS struct tasks *t =
		parse_text("container: {image: \"gcc:13\", cpu: 4}\n"
			   "env: {MODE: debug}\n"
			   "build_task:\n"
			   "  container: {memory: 6}\n"
			   "  env: {MODE: release}\n"
			   "  script: make $MODE\n"
			   "  always:\n"
			   "    log_artifacts: {path: \"*.log\"}\n");
	const struct task *b;

	need(t && t->len == 1);
	b = t->v[0];
	ok_str(b->name, "build");
	ok_str(pairs_get(&b->environment, "MODE"), "release");
	ok_str(pairs_get(&b->environment, "CIRRUS_OS"), "linux");
	ok_int(b->instance.kind, INSTANCE_CONTAINER);
	ok_str(b->instance.container.image, "gcc:13");
	ok(b->instance.container.cpu == 4);
	ok_int(b->instance.container.memory_mib, 6144);
	need(b->n_instructions == 3);
	ok_str(b->instructions[0].name, "clone");
	ok_str(b->instructions[1].name, "main");
	ok_str(b->instructions[1].scripts[0], "make $MODE");
	ok_int(b->instructions[2].kind, INSTRUCTION_ARTIFACTS);
	ok_int(b->instructions[2].behaviour, BEHAVIOUR_ALWAYS);
}

TEST(dependencies_become_ids)
{
	AUTO_TASKS struct tasks *t =
		parse_text("a_task: {script: x}\n"
			   "b_task: {depends_on: [a], script: x}\n"
			   "c_task: {depends_on: [b, a], script: x}\n");

	need(t && t->len == 3);
	ok_int(t->v[0]->n_required, 0);
	need(t->v[2]->n_required == 2);
	ok_int(t->v[2]->required[0], 0);
	ok_int(t->v[2]->required[1], 1);
}

TEST(a_dependency_that_is_no_task_is_named)
{
	ok_str(parse_wrong("a_task: {depends_on: b}\n"),
	       "1:10: there's no task 'b', but task 'a' depends on it");
}

TEST(tasks_that_wait_for_each_other_are_named)
{
	ok_str(parse_wrong("a_task: {depends_on: b}\nb_task: {depends_on: a}\n"
			   "c_task:\n"),
	       "1:10: error in dependencies between tasks: a, b");
}

TEST(an_empty_text_has_no_tasks)
{
	AUTO_TASKS struct tasks *t = parse_text("");

	need(t);
	ok_int(t->len, 0);
}

TAP_MAIN()
