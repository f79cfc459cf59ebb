/* SPDX-License-Identifier: MIT */
/* What this process holds: its descriptors, threads, children, memory. */
#ifndef CIRRUS_SDK_CHECK_PROC_H
#define CIRRUS_SDK_CHECK_PROC_H

#include <stdint.h>
#include <sys/types.h>

struct proc_counts {
	int fds, threads, children; /* -1: cannot be told here */
	int64_t output;             /* bytes in what 1 and 2 lead to */
	int64_t resident;           /* bytes of memory; 0: unknown */
};
void proc_count(struct proc_counts *out);

#endif
