/* SPDX-License-Identifier: MIT */
/* What fuzz targets share.  Each is one function over arbitrary bytes:
 *
 *	configure CC=clang --enable-fuzzing --with-sanitizers=address,undefined
 *	make tests/fuzz/config.fuzz
 *	tests/fuzz/config.fuzz -max_total_time=1200 NEW-INPUTS SEEDS
 */
#ifndef CIRRUS_TESTS_FUZZ_FUZZ_H
#define CIRRUS_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

__attribute__((__visibility__("default"))) int LLVMFuzzerTestOneInput(
	const uint8_t *data, size_t size);

#endif
