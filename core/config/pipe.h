/* SPDX-License-Identifier: MIT */
/* What is particular to pipes and docker_builders. */
#ifndef CIRRUS_CONFIG_PIPE_H
#define CIRRUS_CONFIG_PIPE_H

#include "config/fields.h"

void pipe_begin(struct draft *d);
int pipe_steps(struct draft *d, const struct node *n, void *at);
int pipe_resources(struct draft *d, const struct node *n, void *at);

void builder_begin(struct draft *d);
int builder_platform(struct draft *d, const struct node *n, void *at);
int builder_os_version(struct draft *d, const struct node *n, void *at);

#endif
