/* SPDX-License-Identifier: MIT */
/* Files out of a tar stream that is in memory. */
#ifndef CIRRUS_FILES_UNPACK_H
#define CIRRUS_FILES_UNPACK_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

/* Appends the bytes of the archive's first file to out, whose cap is the limit;
 * an archive without one is an error. */
int unpack_file(const void *tar, size_t len, struct buf *out,
		struct error **err) MUST_CHECK;

#endif
