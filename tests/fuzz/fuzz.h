/* SPDX-License-Identifier: MIT */
/* What fuzz targets share.  Each is one function over arbitrary bytes:
 *
 *	configure CC=clang --enable-fuzzing --with-sanitizers=address,undefined
 *	make fuzz FUZZ_SECONDS=1200
 *
 * or fuzz-NAME for one; what it finds new stays below fuzz-new/. */
#ifndef CIRRUS_TESTS_FUZZ_FUZZ_H
#define CIRRUS_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

__attribute__((__visibility__("default"))) int LLVMFuzzerTestOneInput(
	const uint8_t *data, size_t size);

#endif
