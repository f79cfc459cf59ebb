/* SPDX-License-Identifier: MIT */
/* What a task takes of the machine while it runs.  Pure. */
#ifndef CIRRUS_RUN_DEMAND_H
#define CIRRUS_RUN_DEMAND_H

#include <stdint.h>

#include "base/strv.h"
#include "model/task.h"

/* The memory that the file states for it and for the containers beside it, in
 * bytes; 0: none.  `override` stands for what the task's own container states;
 * 0: nothing does. */
int64_t demand_memory(const struct task *t, int64_t override);

/* The ports of this machine that it listens on, as "port 8080". */
void demand_ports(const struct task *t, struct strv *out);

#endif
