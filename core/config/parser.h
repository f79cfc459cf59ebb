/* SPDX-License-Identifier: MIT */
/* What the files of core/config share.  The way of a parse:
 *
 *	config.c      the steps in their order
 *	matrix.c      tree -> tree without `matrix`
 *	merge.c       what the root and a task say together
 *	tasklike.c    a task, pipe or docker_builder: names, conditions, defaults
 *	shared-env.c  the root's variables, once for all tasks
 *	fields.c      the table-driven parser of every map
 *	values.c      scalars, lists, numbers; vars.c variables
 *	condition.c   boolean expressions (lexer.c, functions.c, regex.c, glob.c)
 *	instructions.c, instance.c, worker.c, additional.c, pipe.c
 *	dependencies.c, labels.c, dockerfile.c, service.c: over all tasks
 *
 * A function that fails returns -1 and has put what is wrong into the parser;
 * everything it allocates lives in the arena of the result. */
#ifndef CIRRUS_CONFIG_PARSER_H
#define CIRRUS_CONFIG_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/vec.h"
#include "config/config.h"
#include "config/vars.h"
#include "model/node.h"
#include "model/task.h"

/* Limits that nobody's honest file comes near. */
#define MAX_TASKS        ((size_t)250000)  /* after matrix expansion */
#define MAX_MATRIX_WORK  ((size_t)1 << 28) /* nodes looked at to get there */
#define MAX_MATRICES     1000     /* `matrix` keys on the way to one task */
#define MAX_DEPENDENCIES 10000000 /* pairs of tasks */
#define MAX_EXPRESSION   200      /* levels of operators and parentheses */
#define MAX_MEMORY       ((size_t)4 << 30) /* bytes, for the whole result */
#define MAX_LINT         1000              /* unknown fields reported */

/* Why the parse failed. */
struct failure {
	const char *message; /* NULL: it has not */
	const char *hint;
	struct position at;
};

VEC_DEFINE(issue_vec, struct issue);
VEC_DEFINE(instruction_vec, struct instruction);
VEC_DEFINE(const_node_vec, const struct node *);
VEC_DEFINE(draft_vec, struct draft *);

/* Keys that are looked up on the task and on the root, in the order in which
 * they count. */
enum collectible {
	COLLECT_ENVIRONMENT,
	COLLECT_ENV,
	COLLECT_CONTAINER,
	COLLECT_ARM_CONTAINER,
	COLLECT_WINDOWS_CONTAINER,
	COLLECT_MACOS_INSTANCE,
	COLLECT_PERSISTENT_WORKER,
	COLLECT_SKIP,
	COLLECT_ALLOW_FAILURES,
	COLLECT_TIMEOUT_IN,
	COLLECT_ONLY_IF,
	/* only execution needs these */
	COLLECT_TRIGGER_TYPE,
	COLLECT_STATEFUL,
	COLLECT_EXPERIMENTAL,
	N_COLLECTIBLES
};

struct parser {
	const struct config_input *in;
	struct arena *arena;
	struct tasks *tasks;
	const struct node *root;
	struct vars outside; /* P of the language */
	const struct node *root_says[N_COLLECTIBLES];
	/* The root's variables, read once for the tasks that can share them:
	 * what root_says[shared_from] says; NULL: each task reads its own. */
	const struct pairs *shared_env;
	enum collectible shared_from;
	const struct node **root_instances; /* of kinds not known here */
	size_t n_root_instances;
	struct failure failure;
	struct issue_vec issues;
	struct draft_vec drafts;           /* by id */
	struct position lint_at[MAX_LINT]; /* where lint was reported */
	size_t n_lint;
	size_t n_enabled; /* also the next index within the build */
};

/* A task while it is made. */
struct draft {
	struct parser *p;
	struct task *task;
	const struct node *node;
	const struct kind *kind;   /* tasklike.c */
	const char *fallback_name; /* from the key */
	struct vars env;           /* T.env of the language */
	struct vars all;           /* env with P in front, while not stale */
	bool stale;
	struct vars properties;
	const char *only_if; /* the raw text; "" where there is none */
	const char *const *depends_on;
	struct position depends_at;
	const struct node *collected[N_COLLECTIBLES];
	struct instruction_vec instructions;
	enum behaviour behaviour; /* of the block that is being read */
	bool early;               /* what is read, the task expands once more */
	struct position dockerfile_at;
	const char *dockerfile_hash;
};

/* Most names differ in their first letter: no call then. */
static inline bool same_name(const char *a, const char *b)
{
	return a[0] == b[0] && strcmp(a, b) == 0;
}

/* --- diag.c --------------------------------------------------------------------- */

/* Returns -1, with the words as the parse's failure. */
int fail(struct parser *p, const struct node *at, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
int fail_at(struct parser *p, struct position at, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* What to try, for the failure that was just set.  Returns -1. */
int fail_hint(struct parser *p, const char *fmt, ...) PRINTF_LIKE(2, 3);
void warn(struct parser *p, struct position at, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* Whether lint was reported there, or is reported no more: then there is no need
 * to find out what was meant. */
bool lint_known(const struct parser *p, struct position at);
/* A warning of ours that the reference does not have; once for each place. */
void lint(struct parser *p, struct position at, const char *suggestion,
	  const char *fmt, ...) PRINTF_LIKE(4, 5);
/* A text in double quotes with what cannot be seen escaped. */
const char *quoted(struct parser *p, const char *text);

/* --- merge.c -------------------------------------------------------------------- */

/* What both nodes say, s before d where they disagree; d may be NULL. */
const struct node *merge(struct arena *arena, const struct node *d,
			 const struct node *s);
/* The node with each key once: the first place, the last value. */
const struct node *dedupe(struct arena *arena, const struct node *n);
/* What the root and the task say under this name, or NULL. */
const struct node *collect(struct arena *arena, const struct node *root_says,
			   const struct node *task, const char *name);
/* What a map says under a name, all occurrences merged, or NULL. */
const struct node *merge_all(struct arena *arena, const struct node *d,
			     const struct node *map, const char *name);

/* --- matrix.c ------------------------------------------------------------------- */

int matrix_expand(struct parser *p, const struct node *root,
		  const struct node **out);

/* --- tasklike.c ----------------------------------------------------------------- */

extern const char *const collectible_names[N_COLLECTIBLES + 1];
/* Whether the key of a root's child, or of an ancestor of a matrix, is that of a
 * task, pipe or docker_builder. */
bool is_tasklike(const char *key);
int tasklike_parse(struct parser *p, const struct node *n);
const char *stem(struct arena *arena, const char *key, const char *suffix,
		 const char *otherwise);
void draft_set_property(struct draft *d, const char *name, const char *value);
void draft_set_env(struct draft *d, const char *name, const char *value);
const struct vars *draft_vars(struct draft *d); /* L of the language */

/* --- shared-env.c ----------------------------------------------------------------- */

/* Once root_says is there. */
void shared_env_read(struct parser *p);
/* Whether root and task say of variables what they can say apart. */
bool shared_env_fits(const struct draft *d);
/* What the root says counts again. */
void shared_env_restore(struct draft *d);

/* --- over all tasks --------------------------------------------------------------- */

int dependencies_resolve(struct parser *p);
int dependencies_check(struct parser *p);
void dependencies_warn(struct parser *p);
int instructions_check_names(struct parser *p);
void instructions_imply_uploads(struct draft *d);
void instructions_add_clone(struct draft *d);
void labels_assign(struct parser *p);
int dockerfile_hash_all(struct parser *p);
void service_tasks_add(struct parser *p);
struct draft *draft_new(struct parser *p, const char *name);

#endif
