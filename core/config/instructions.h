/* SPDX-License-Identifier: MIT */
/* Instructions: what a task does. */
#ifndef CIRRUS_CONFIG_INSTRUCTIONS_H
#define CIRRUS_CONFIG_INSTRUCTIONS_H

#include "config/fields.h"

/* Fields of the language, each taking the whole struct draft. */
int instruction_background_script(struct draft *d, const struct node *n,
				  void *at);
int instruction_script(struct draft *d, const struct node *n, void *at);
int instruction_cache(struct draft *d, const struct node *n, void *at);
int instruction_upload_caches(struct draft *d, const struct node *n, void *at);
int instruction_artifacts(struct draft *d, const struct node *n, void *at);
int instruction_file(struct draft *d, const struct node *n, void *at);
int instruction_behaviour(struct draft *d, const struct node *n, void *at);

/* The rows that a task, a behaviour block and (from the second on) a step of a
 * pipe have in common, in the order in which they match. */
#define INSTRUCTION_BACKGROUND                                          \
	FIELD_WHOLE("background_script", instruction_background_script, \
		    FIELD_SUFFIX)
#define INSTRUCTION_FIELDS                                                     \
	FIELD_WHOLE("script", instruction_script, FIELD_SUFFIX),               \
		FIELD_WHOLE("cache", instruction_cache, FIELD_SUFFIX),         \
		FIELD_WHOLE("upload_caches", instruction_upload_caches,        \
			    FIELD_REPEATS),                                    \
		FIELD_WHOLE("artifacts", instruction_artifacts, FIELD_SUFFIX), \
		FIELD_WHOLE("file", instruction_file, FIELD_SUFFIX)
#define INSTRUCTION_BEHAVIOURS                                           \
	FIELD_WHOLE("on_success", instruction_behaviour, FIELD_REPEATS), \
		FIELD_WHOLE("on_failure", instruction_behaviour,         \
			    FIELD_REPEATS),                              \
		FIELD_WHOLE("on_timeout", instruction_behaviour,         \
			    FIELD_REPEATS),                              \
		FIELD_WHOLE("always", instruction_behaviour, FIELD_REPEATS)

#endif
