/* SPDX-License-Identifier: MIT */
/* What sidecars.c and sidecars-ready.c share. */
#ifndef CIRRUS_RUN_SIDECAR_H
#define CIRRUS_RUN_SIDECAR_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/strv.h"
#include "run/platform.h"
#include "run/sidecars.h"

struct sidecar {
	struct sidecars *all;
	const struct additional_container *c;
	struct container image; /* what images.h looks at */
	struct cirrus_instance_spec spec;
	struct strv env, command;
	struct cirrus_port *ports; /* that the host shall see */
	const struct cirrus_port **port_list;
	struct platform_spec platform;
	struct member *member;
	pthread_t watcher;
	bool watched;
	struct cirrus_exit end; /* once `ended` */
	atomic_bool ended;
};

struct sidecars {
	struct scope *scope;
	struct environment env; /* of the task */
	struct sidecar *v;
	size_t len;
	int halt[2]; /* halt[1] closed: watchers return */
};

/* Returns once all are ready. */
int sidecars_await(struct sidecars *s, struct member *main,
		   struct error **err) MUST_CHECK;
/* "status 1", "signal 9", "out of memory". */
char *sidecar_ending(const struct sidecar *c);

#endif
