/* SPDX-License-Identifier: MIT */
/* Whose objects these are: every container, volume and so on carries the run's
 * id and the process that made it, so that what a dead run left can be told
 * from what a living one uses. */
#ifndef CIRRUS_RUN_OWNER_H
#define CIRRUS_RUN_OWNER_H

#include <cirrus/backend.h>
#include <stdbool.h>
#include <stddef.h>

#define OWNER_LABEL_RUN "cirrus.run"
#define OWNER_LABELS    6

struct owner {
	char boot[48], pid_namespace[24], pid[24], start[24];
	struct cirrus_kv labels[OWNER_LABELS]; /* of this very struct */
};

/* This process, and its run's id, which is kept by reference.  kept: somebody
 * wants to find its objects after the run (--keep). */
void owner_self(struct owner *o, const char *run_id, bool kept);
bool owner_is_kept(const struct cirrus_kv *labels, size_t n);

enum owner_state {
	OWNER_ALIVE,
	OWNER_DEAD,    /* surely */
	OWNER_UNKNOWN, /* another machine, another name space, no label */
};
/* `boots` are the boot ids this machine had before, NULL-terminated or NULL. */
enum owner_state owner_judge(const struct cirrus_kv *labels, size_t n,
			     const struct owner *self,
			     const char *const *boots);
const char *owner_label(const struct cirrus_kv *labels, size_t n,
			const char *key);

#endif
