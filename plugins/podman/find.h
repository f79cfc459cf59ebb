/* SPDX-License-Identifier: MIT */
/* Finds a Podman that is there: a service that answers, or a program that can
 * start one. */
#ifndef CIRRUS_PODMAN_FIND_H
#define CIRRUS_PODMAN_FIND_H

#include <cirrus/backend.h>

#include "sdk/lib/endpoint.h"

/* The oldest Podman that was tried. */
#define PODMAN_MINIMUM "4.3"

struct found {
	struct endpoint service; /* url NULL: none, start one with: */
	char *program;           /* an absolute path */
};

void found_clear(struct found *f);
#define AUTO_FOUND __attribute__((__cleanup__(found_clear)))

/* In this order: the option host, $CONTAINER_HOST (these two need not answer),
 * the socket of the user's or, for root, the system's service if somebody
 * listens there, the program of the option program, podman in $PATH. */
int podman_find(const struct cirrus_config *config, struct found *out,
		struct error **err) MUST_CHECK;

/* The version that the program prints ("4.3.1"), remembered in cache_dir until
 * the program's file changes; an error where it is too old. */
int podman_check_version(const struct cirrus_call *call, const char *program,
			 const char *cache_dir, char version[64],
			 struct error **err) MUST_CHECK;
/* The same for a version that is known. */
int podman_judge_version(const char *version, struct error **err) MUST_CHECK;

#endif
