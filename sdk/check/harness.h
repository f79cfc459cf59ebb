/* SPDX-License-Identifier: MIT */
/* Runs one check in a process of its own. */
#ifndef CIRRUS_SDK_CHECK_HARNESS_H
#define CIRRUS_SDK_CHECK_HARNESS_H

#include "check.h"

enum verdict { PASSED, FAILED, SKIPPED };
struct result {
	enum verdict verdict;
	char *text; /* why it failed or was skipped; more lines may follow */
	int64_t took_ns;
};

/* Readable once the run is to be broken off; -1: it never is. */
extern int harness_interrupt_fd;
/* Memory that the processes of all checks share. */
struct ledger *ledger_new(void);
void harness_run(const struct settings *set, const struct check *check,
		 const char *run, struct ledger *ledger, struct result *out);
/* Removes what the run's label finds; a text for people where something was
 * left, for free(), or NULL. */
char *harness_sweep(const struct settings *set, const char *run,
		    struct ledger *ledger);

#endif
