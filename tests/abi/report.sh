#!/bin/sh
# SPDX-License-Identifier: MIT
# What abidiff says about the newest released header and today's.  A report: its
# status is the same for a harmless append as for a break, so layout.sh decides.
# shellcheck source=tests/lib.sh
. "${srcdir:-.}/tests/lib.sh"
# shellcheck source=tests/abi/common.sh
. "$srcdir/tests/abi/common.sh"

# module HEADER OUTPUT: something whose debug information has the whole table.
module() {
	printf '#include "%s"\nstruct cirrus_backend backend;\n' "$1" |
		$CC -x c -g -shared -fPIC -o "$2" -
}

abidiff_reports() {
	requires abidiff
	module "$abi/draft/backend.h" old.so
	module "$header" new.so
	run abidiff old.so new.so
	show "$OUT"
	# bits 0 and 1: it could not compare, or was used wrongly
	[ $((status & 3)) -eq 0 ] || fail 'abidiff failed'
}

check 'abidiff compares with the newest frozen header' abidiff_reports
finish
