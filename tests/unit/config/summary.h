/* SPDX-License-Identifier: MIT */
/* Tasks as one line of text each, for tests to compare:
 *
 *	unit#1 {CIRRUS_OS=linux V=1} clone v(run $V) <0,2> [V:1] SKIPPED
 *
 * name and id, environment, instructions with their scripts, required ids,
 * unique labels. */
#ifndef CIRRUS_TESTS_UNIT_CONFIG_SUMMARY_H
#define CIRRUS_TESTS_UNIT_CONFIG_SUMMARY_H

#include <inttypes.h>

#include "parse.h"

static inline void add_list(struct buf *b, const char *const *list,
			    const char *between)
{
	for (size_t i = 0; list[i]; i++)
		buf_addf(b, "%s%s", i ? between : "", list[i]);
}

static inline void add_instruction(struct buf *b, const struct instruction *in)
{
	static const char *const when[] = {"", "!", "*", "@"};

	buf_addf(b, " %s%s", when[in->behaviour], in->name);
	if (in->step_image)
		buf_addf(b, "<%s>", in->step_image);
	if (in->kind == INSTRUCTION_SCRIPT ||
	    in->kind == INSTRUCTION_BACKGROUND_SCRIPT) {
		buf_addc(b, in->kind == INSTRUCTION_SCRIPT ? '(' : '&');
		add_list(b, in->scripts, "|");
		buf_addc(b, ')');
	} else if (in->kind == INSTRUCTION_CACHE) {
		buf_addc(b, '[');
		add_list(b, in->cache.folders, "|");
		buf_adds(b, in->cache.reupload_on_changes ? "]+" : "]");
	} else if (in->kind == INSTRUCTION_ARTIFACTS) {
		buf_addc(b, '[');
		add_list(b, in->artifacts.paths, "|");
		buf_addc(b, ']');
	} else if (in->kind == INSTRUCTION_FILE) {
		buf_addf(b, "[%s=%s%s]", in->file.destination_path,
			 in->file.from_contents ? "" : "$",
			 in->file.from_contents
				 ? in->file.from_contents
				 : in->file.from_environment_variable);
	}
}

static inline void add_task(struct buf *b, const struct task *t)
{
	struct pairs_walk env = pairs_walk(&t->environment);
	const struct pair *pair;
	const char *space = "";

	buf_addf(b, "%s#%" PRId64 " {", t->name, t->id);
	for (; (pair = pairs_next(&env)); space = " ")
		buf_addf(b, "%s%s=%s", space, pair->key, pair->value);
	buf_addc(b, '}');
	for (size_t i = 0; i < t->n_instructions; i++)
		add_instruction(b, &t->instructions[i]);
	for (size_t i = 0; i < t->n_required; i++)
		buf_addf(b, "%s%" PRId64 "%s", i ? "," : " <", t->required[i],
			 i + 1 == t->n_required ? ">" : "");
	if (t->labels[0]) {
		buf_adds(b, " [");
		add_list(b, t->labels, " ");
		buf_addc(b, ']');
	}
	if (t->skipped)
		buf_adds(b, " SKIPPED");
	buf_addc(b, '\n');
}

/* The tasks of a text that only_if keeps, or what is wrong with it. */
static inline const char *summary(const char *text)
{
	static char result[16384];
	AUTO_BUF struct buf b = BUF_INIT(sizeof(result) - 1);
	struct config_input in = {
		.text = text, .len = strlen(text), .path = "f"};
	AUTO_ERROR struct error *err = NULL;
	AUTO_TASKS struct tasks *tasks = NULL;

	if (config_parse(&in, &tasks, NULL, &err) < 0)
		buf_adds(&b, err->msg);
	for (size_t i = 0; tasks && i < tasks->len; i++)
		if (!tasks->v[i]->filtered)
			add_task(&b, tasks->v[i]);
	snprintf(result, sizeof(result), "%s", b.data);
	return result;
}

#define TASKS(text, want) ok_str(summary(text), (want))
#define WRONG(text, want) ok_str(parse_wrong(text), (want))

#endif
