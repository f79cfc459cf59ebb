/* SPDX-License-Identifier: MIT */
/* What all parts of one run share. */
#ifndef CIRRUS_RUN_CONTEXT_H
#define CIRRUS_RUN_CONTEXT_H

#include <pthread.h>

#include "backend/backend.h"
#include "backend/credentials.h"
#include "files/project.h"
#include "run/images.h"
#include "run/owner.h"
#include "run/plan.h"
#include "run/pump.h"
#include "run/run.h"
#include "run/tell.h"
#include "store/cache.h"
#include "store/runs.h"

struct run {
	const struct run_options *o;
	char id[RUN_ID];
	struct owner owner;
	struct teller teller;
	struct conn *conn;
	struct run_logs *logs;
	struct pump *pump;
	struct images *images;
	struct workspaces *workspaces;
	struct http_cache *http_cache; /* guarded by lock; NULL: nobody asked */
	struct cache_dir *caches;      /* NULL: there is no place for any */
	struct plan plan;
	pthread_mutex_t scan_lock; /* guards the next two */
	bool scanned;
	struct project project; /* as the first task to need it found it */
	pthread_mutex_t lock;   /* guards what follows */
	pthread_t sweeper;      /* where sweeping */
	bool sweeping;
	int exit;
	struct place *places; /* that are up */
	bool told_artifacts;  /* that nobody keeps them */
};

/* Something happened that asks for this exit status; the worst one counts. */
void run_count_exit(struct run *run, int exit);
/* What dead runs left goes now, on a thread of its own: once a task is under
 * way, so that no task waits for it. */
void run_begin_sweep(struct run *run);

/* Whom a call into a plugin is made for: what the plugin tells meanwhile
 * belongs to that task and step. */
struct scope {
	struct run *run;
	int64_t task;
	int step;                              /* changes between calls only */
	const struct credentials *credentials; /* of registries; or NULL */
};

/* Deadlines, in milliseconds.  Fetching and copying have none of their own:
 * how long they take is the network's and the project's matter, and progress
 * shows. */
enum {
	QUICK_MS = 60 * 1000,  /* inspect, info */
	START_MS = 300 * 1000, /* create, start: engines under load */
	CLEAN_MS = 30 * 1000,  /* stop, delete */
};

#endif
