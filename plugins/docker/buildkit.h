/* SPDX-License-Identifier: MIT */
/* Builds by BuildKit, through Docker's own client as a child process. */
#ifndef CIRRUS_DOCKER_BUILDKIT_H
#define CIRRUS_DOCKER_BUILDKIT_H

#include "base/error.h"
#include "plugins/docker/client.h"

/* As image_build, without the image's facts: the first tag names it. */
cirrus_status buildkit_build(const struct client *client,
			     const struct cirrus_call *call,
			     const struct cirrus_build_spec *spec,
			     const struct cirrus_reader *context,
			     const struct cirrus_writer *log,
			     struct error **err) MUST_CHECK;

#endif
