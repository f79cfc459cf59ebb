/* SPDX-License-Identifier: MIT */
/* Running tasks: the one entrance for cli/.
 *
 *	plan -> connect -> schedule -> per task: environment, project, session,
 *	instructions -> clean up
 *
 * Whatever happens becomes an event in `events`; nothing here prints. */
#ifndef CIRRUS_RUN_RUN_H
#define CIRRUS_RUN_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/queue.h"
#include "model/environment.h"
#include "model/task.h"
#include "run/selection.h"

struct backend_choice;

/* Lends a person's terminal to a shell in a failed task's environment: one at a
 * time, and nothing else is written meanwhile. */
struct shell_terminal {
	int in, out, control; /* as in struct cirrus_exec_spec */
	uint16_t rows, columns;
};
struct shell_host {
	void *ctx;
	/* Waits for its turn; -1: there is none any more. */
	int (*begin)(void *ctx, int64_t task, struct shell_terminal *out);
	void (*end)(void *ctx);
};

enum pull_policy { PULL_MISSING, PULL_ALWAYS, PULL_NEVER };

/* What such an image is called where nobody says; %s is its hash. */
#define PREBUILD_TEMPLATE "gcr.io/cirrus-ci-community/%s:latest"

struct run_options {
	const struct tasks *tasks;  /* the whole configuration */
	struct selection selection; /* of its tasks */
	const char *project_dir;    /* absolute: the configuration's folder */
	const struct environment *base_env; /* variables_base */
	const struct environment *user_env; /* --env-file, then -e */
	const struct backend_choice *backend;
	enum pull_policy pull;
	const char *artifacts_dir; /* NULL: artifacts are not kept */
	bool dirty;
	bool no_gitignore; /* what git ignores is copied, too */
	bool dry_run;      /* plan, tell it as events, start nothing */
	bool strict;
	bool keep; /* leave environments behind, and say where */
	bool fail_fast;
	const struct shell_host *shell; /* for tasks that fail; NULL: none */
	int jobs;                       /* 0: the machine's processors */
	int64_t cpu_override_nano,
		memory_override_bytes; /* 0: as the file says */
	const char *image_template; /* of images from Dockerfiles; NULL: ours */
	bool image_push;
	int64_t ready_ns; /* how long additional containers may take */
	int cancel_fd;    /* readable: the first Ctrl-C; see cli/signals */
	int abandon_fd;   /* readable: the second */
	/* The exit status for what cancel_fd tells of, 130 or 143; 0: nothing
	 * was told.  NULL: 130. */
	int (*interrupted)(void);
	struct queue *events; /* of struct event */
};

/* Runs; the result is an exit status of architecture.md section 6.  *err tells
 * what kept the run from starting at all (usage, configuration, no backend).
 * Once abandon_fd fired, threads may still use *o and all it points to: the
 * caller tells what there is to tell and ends by _exit. */
int run_tasks(const struct run_options *o, struct error **err);

/* Removes what dead runs left.  Told per object through `found`. */
struct clean_options {
	const struct backend_choice *backend;
	bool dry_run, all;
	int64_t older_than_ns; /* 0: any age */
	int cancel_fd;
	void (*found)(void *ctx, const char *backend, const char *type,
		      const char *name, const char *why, bool removed);
	void *ctx;
};
int run_clean(const struct clean_options *o, struct error **err) MUST_CHECK;

#endif
