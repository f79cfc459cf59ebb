/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/owner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/compat.h"

#define LABEL_BOOT  "cirrus.boot"
#define LABEL_SPACE "cirrus.pid-namespace"
#define LABEL_PID   "cirrus.pid"
#define LABEL_START "cirrus.start"
#define LABEL_KEPT  "cirrus.kept"

/* A label's value may not be empty. */
static void or_none(char *text, size_t size)
{
	if (!*text)
		snprintf(text, size, "none");
}

void owner_self(struct owner *o, const char *run_id, bool kept)
{
	*o = (struct owner){0};
	compat_boot_id(o->boot, sizeof(o->boot));
	compat_pid_namespace(o->pid_namespace, sizeof(o->pid_namespace));
	or_none(o->boot, sizeof(o->boot));
	or_none(o->pid_namespace, sizeof(o->pid_namespace));
	snprintf(o->pid, sizeof(o->pid), "%ld", (long)getpid());
	snprintf(o->start, sizeof(o->start), "%llu",
		 (unsigned long long)compat_start_time(getpid()));
	o->labels[0] = (struct cirrus_kv){OWNER_LABEL_RUN, run_id};
	o->labels[1] = (struct cirrus_kv){LABEL_BOOT, o->boot};
	o->labels[2] = (struct cirrus_kv){LABEL_SPACE, o->pid_namespace};
	o->labels[3] = (struct cirrus_kv){LABEL_PID, o->pid};
	o->labels[4] = (struct cirrus_kv){LABEL_START, o->start};
	o->labels[5] = (struct cirrus_kv){LABEL_KEPT, kept ? "yes" : "no"};
}

const char *owner_label(const struct cirrus_kv *labels, size_t n,
			const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(labels[i].key, key) == 0)
			return labels[i].value;
	return NULL;
}

bool owner_is_kept(const struct cirrus_kv *labels, size_t n)
{
	const char *kept = owner_label(labels, n, LABEL_KEPT);

	return kept && strcmp(kept, "yes") == 0;
}

static bool is_former_boot(const char *boot, const char *const *boots)
{
	for (; boots && *boots; boots++)
		if (strcmp(boot, *boots) == 0)
			return true;
	return false;
}

enum owner_state owner_judge(const struct cirrus_kv *labels, size_t n,
			     const struct owner *self, const char *const *boots)
{
	const char *boot = owner_label(labels, n, LABEL_BOOT);
	const char *space = owner_label(labels, n, LABEL_SPACE);
	const char *pid = owner_label(labels, n, LABEL_PID);
	const char *start = owner_label(labels, n, LABEL_START);
	uint64_t now;

	if (!boot || !space || !pid || !start || strcmp(boot, "none") == 0)
		return OWNER_UNKNOWN;
	if (strcmp(boot, self->boot) != 0)
		return is_former_boot(boot, boots) ? OWNER_DEAD : OWNER_UNKNOWN;
	if (strcmp(space, self->pid_namespace) != 0)
		return OWNER_UNKNOWN;
	now = compat_start_time((pid_t)strtol(pid, NULL, 10));
	if (now == 0 || now != strtoull(start, NULL, 10))
		return OWNER_DEAD;
	return OWNER_ALIVE;
}
