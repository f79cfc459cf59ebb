/* SPDX-License-Identifier: MIT */
/* What a container's block asks for that only running it cares about: the
 * parser keeps it as it stands in the file. */
#ifndef CIRRUS_RUN_WANTS_H
#define CIRRUS_RUN_WANTS_H

#include <cirrus/backend.h>

#include "base/error.h"
#include "base/strv.h"
#include "model/environment.h"
#include "model/task.h"
#include "run/context.h"

struct wants {
	bool privileged, kvm, memory_disk;
	struct cirrus_mount *mounts; /* volumes; their strings are in texts */
	size_t n_mounts;
	struct strv texts;
};

/* env: variables for what the block says, or NULL. */
int wants_read(const struct task *t, const struct environment *env,
	       struct wants *out, struct error **err) MUST_CHECK;
void wants_clear(struct wants *w);
/* `registry_config`, of the container or the task: what it holds is for the scope's
 * calls from now on, as long as *out is there. */
int wants_credentials(struct scope *scope, const struct task *t,
		      const struct environment *env, struct credentials *out,
		      struct error **err) MUST_CHECK;
/* All of it, for a task that is about to start. */
int wants_all(struct scope *scope, const struct task *t,
	      const struct environment *env, struct wants *wants,
	      struct credentials *credentials, struct error **err) MUST_CHECK;

#endif
