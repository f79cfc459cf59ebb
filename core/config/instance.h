/* SPDX-License-Identifier: MIT */
/* Where a task runs. */
#ifndef CIRRUS_CONFIG_INSTANCE_H
#define CIRRUS_CONFIG_INSTANCE_H

#include "config/fields.h"

/* Collectibles: each makes n the instance of the task. */
int instance_container(struct draft *d, const struct node *n, void *at);
int instance_arm_container(struct draft *d, const struct node *n, void *at);
int instance_windows_container(struct draft *d, const struct node *n, void *at);
int instance_macos(struct draft *d, const struct node *n, void *at);
int instance_persistent_worker(struct draft *d, const struct node *n,
			       void *at); /* worker.c */
/* A kind that is known to plugins at most: kept as it stands. */
void instance_other(struct draft *d, const struct node *n);

/* The instance of the task, emptied, with what all kinds have. */
struct instance *instance_new(struct draft *d, const struct node *n,
			      enum instance_kind kind);

/* Parts that several kinds share, as parsers of fields. */
int container_image(struct draft *d, const struct node *n, void *at);
int container_dockerfile(struct draft *d, const struct node *n, void *at);
int container_additional(struct draft *d, const struct node *n,
			 void *at); /* additional.c */
void container_defaults(struct container *c);

/* linux, windows or darwin in any case; false: none of them. */
bool platform_find(const char *text, enum platform *out);

#endif
