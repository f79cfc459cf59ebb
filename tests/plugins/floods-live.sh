#!/bin/sh
# SPDX-License-Identifier: MIT
# floods-live - too much output, and a clock that jumps, on real engines.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
. "$srcdir/tests/plugins/flood-cases.sh"
TIMEOUT=120

endless() { a_line_without_an_end "$1" simple; }
for engine in ${ENGINES:-docker rootless}; do
	with() { "$function" "$engine"; }
	for function in ${CASES:-endless bytes_of_all_kinds eight_write_at_once the_clock_jumps}; do
		check "$engine: $(echo "$function" | tr _ ' ')" with
	done
done
finish
