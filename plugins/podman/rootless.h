/* SPDX-License-Identifier: MIT */
/* What an ordinary user's Podman needs from the system before it can start
 * anything, so that what is missing is said in words a person can act on. */
#ifndef CIRRUS_PODMAN_ROOTLESS_H
#define CIRRUS_PODMAN_ROOTLESS_H

#include "base/error.h"

struct rootless {
	const char *user;  /* NULL: unknown */
	unsigned long uid; /* entries may name it instead */
	const char *root;  /* in front of /etc and /proc: "" but in tests */
	const char *path;  /* $PATH */
	const char *runtime_dir; /* $XDG_RUNTIME_DIR; NULL: Podman finds one */
};

/* The user this process runs as; strings live as long as the process. */
void rootless_self(struct rootless *r);

/* Fails where Podman cannot work, with a hint; 0 and *warning set (for free())
 * where some images will not. */
int rootless_check(const struct rootless *r, char **warning,
		   struct error **err) MUST_CHECK;

#endif
