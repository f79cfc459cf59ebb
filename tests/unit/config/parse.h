/* SPDX-License-Identifier: MIT */
/* What the tests of the configuration have in common: parse a text, look at the
 * tasks or at the error. */
#ifndef CIRRUS_TESTS_UNIT_CONFIG_PARSE_H
#define CIRRUS_TESTS_UNIT_CONFIG_PARSE_H

#include "base/buf.h"
#include "config/config.h"

#include "tap.h"

/* The tasks of a text; NULL, and a failed check that says why, otherwise. */
static inline UNUSED struct tasks *parse_text(const char *text)
{
	struct config_input in = {
		.text = text, .len = strlen(text), .path = ".cirrus.yml"};
	AUTO_ERROR struct error *err = NULL;
	struct tasks *tasks = NULL;

	if (config_parse(&in, &tasks, NULL, &err) < 0)
		ok_str(err->msg, NULL);
	return tasks;
}

/* The message of what is wrong with a text, without the path. */
static inline UNUSED const char *parse_wrong(const char *text)
{
	static char message[2048];
	struct config_input in = {
		.text = text, .len = strlen(text), .path = "f"};
	AUTO_ERROR struct error *err = NULL;
	AUTO_TASKS struct tasks *tasks = NULL;

	if (config_parse(&in, &tasks, NULL, &err) == 0)
		return "no error";
	snprintf(message, sizeof(message), "%s", err->msg + 2);
	return message;
}

static inline UNUSED const struct task *task_named(const struct tasks *tasks,
						   const char *name)
{
	for (size_t i = 0; i < tasks->len; i++)
		if (strcmp(tasks->v[i]->name, name) == 0)
			return tasks->v[i];
	return NULL;
}

#endif
