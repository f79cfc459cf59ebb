/* SPDX-License-Identifier: MIT */
/* What an artifacts instruction means by its paths: asked of the environment's
 * own shell, for it alone knows where its links lead. */
#ifndef CIRRUS_RUN_ARTIFACT_FIND_H
#define CIRRUS_RUN_ARTIFACT_FIND_H

#include "base/vec.h"
#include "run/instructions.h"

enum found_kind { FOUND_FILE, FOUND_FOLDER, FOUND_OTHER };

/* Owned by struct pattern. */
struct found {
	enum found_kind kind;
	char *path; /* absolute, as the pattern has it */
	char *real; /* without links; of a file */
};

VEC_DEFINE(found_vec, struct found);

struct pattern {
	char *text;             /* absolute, for people */
	struct found_vec found; /* sorted by path, none twice */
};

/* One of an instruction's paths, with its variables replaced.  SESSION_DONE and
 * no *err: it is resolved. */
enum session_state pattern_find(struct performance *p, const char *path,
				struct pattern *out,
				struct error **err) MUST_CHECK;
void pattern_clear(struct pattern *p);
#define AUTO_PATTERN __attribute__((__cleanup__(pattern_clear)))

#endif
