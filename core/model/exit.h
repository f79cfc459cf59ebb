/* SPDX-License-Identifier: MIT */
/* What the program's exit status says, in one place. */
#ifndef CIRRUS_MODEL_EXIT_H
#define CIRRUS_MODEL_EXIT_H

#include "base/error.h"

enum exit_status {
	EXIT_OK = 0,          /* everything that ran succeeded */
	EXIT_TASK_FAILED = 1, /* or timed out */
	EXIT_USAGE = 2,       /* wrong usage or wrong configuration */
	EXIT_BACKEND = 3,     /* no usable backend, or it failed */
	EXIT_DEFECT = 4,      /* in cirrus itself */
	EXIT_INTERRUPTED = 130,
	EXIT_TERMINATED = 143
};

/* The one that counts where two apply. */
int exit_worse(int a, int b);
/* The one that a failure of this kind ends the program with. */
int exit_of_error(enum error_code code);

#endif
