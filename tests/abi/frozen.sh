#!/bin/sh
# SPDX-License-Identifier: MIT
# The contract changes only on purpose.
# shellcheck source=tests/lib.sh
. "${srcdir:-.}/tests/lib.sh"
# shellcheck source=tests/abi/common.sh
. "$srcdir/tests/abi/common.sh"

newest_copy_is_the_header() {
	assert_same "$abi/draft/backend.h" "$header"
}

last_reason_is_for_the_draft() {
	sum=$(cksum <"$abi/draft/backend.h" | cut -d' ' -f1)
	tail -n 1 "$abi/draft/REASONS" >"$OUT"
	say "cksum of draft/backend.h: $sum"
	assert_out_has "^$sum .* .* "
}

# Released copies are named by version, and the script of the release adds them.
every_copy_is_of_its_version() {
	for copy in "$abi"/[0-9]*/backend.h; do
		[ -e "$copy" ] || continue
		version=$(sed -n 's/^#define CIRRUS_ABI_M[AIJNOR]* //p' "$copy" | paste -sd.)
		[ "$version" = "$(basename "$(dirname "$copy")")" ] || echo "$copy" >>"$OUT"
	done
	assert_empty "$OUT"
}

check 'the header is the newest of the frozen ones' newest_copy_is_the_header
check 'each change of the draft has a reason' last_reason_is_for_the_draft
check 'each frozen header is of the version it is kept as' every_copy_is_of_its_version
finish
