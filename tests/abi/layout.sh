#!/bin/sh
# SPDX-License-Identifier: MIT
# The layout lock: no member moves, no number changes, in any data model.
#
# layout/MODEL is what layout.awk finds; what was appended to the header is added
# with:  srcdir=. tests/abi/layout.sh --write
# shellcheck source=tests/lib.sh
. "${srcdir:-.}/tests/lib.sh"
# shellcheck source=tests/abi/common.sh
. "$srcdir/tests/abi/common.sh"

# layout FLAG...: what the compiler makes of today's header.
layout() {
	awk -f "$abi/layout.awk" "$header" >layout.c
	# shellcheck disable=SC2086 # CC may be "ccache gcc"
	$CC "$@" -ffreestanding -DBACKEND_H="\"$header\"" -S -o - layout.c |
		sed -n 's/.*"->\(.*\)".*/\1/p' | tr -d '$#' | LC_ALL=C sort
}

can() { echo 'int x;' | $CC "$@" -x c -S -o /dev/null - 2>/dev/null; }

# holds MODEL FLAG...
holds() {
	model=$1
	shift
	can "$@" || skip "$CC cannot generate code for $model"
	layout "$@" >now
	[ "$(wc -l <now)" -gt 400 ] || fail 'the layout was not understood'
	LC_ALL=C comm -23 "$abi/layout/$model" now >"$OUT"
	[ ! -s "$OUT" ] || fail 'these have moved or gone'
	LC_ALL=C comm -13 "$abi/layout/$model" now >"$OUT"
	[ ! -s "$OUT" ] || fail "these are new: add them to tests/abi/layout/$model"
}

lp64() { holds lp64 -m64; }
ilp32() { holds ilp32 -m32; }
ilp32_align8() { holds ilp32-align8 -m32 -malign-double; }

# The lock is of no use if it does not see what it guards against.
a_moved_member_is_seen() {
	can -m64 || skip "$CC cannot generate code for lp64"
	sed 's/^\tint32_t cancel_fd;.*/\tint64_t cancel_fd;/' "$header" >moved.h
	! cmp -s "$header" moved.h || fail 'nothing was changed'
	header=$PWD/moved.h
	layout -m64 >now
	LC_ALL=C comm -23 "$abi/layout/lp64" now >"$OUT"
	assert_out_has '^cirrus_call.cancel_fd 4 4$'
	assert_out_has '^cirrus_call.deadline_ns 8 8$'
}

if [ "${1:-}" = --write ]; then
	abi=$(cd "$abi" && pwd)
	header=$(cd "$srcdir" && pwd)/sdk/include/cirrus/backend.h
	layout -m64 >"$abi/layout/lp64"
	layout -m32 >"$abi/layout/ilp32"
	layout -m32 -malign-double >"$abi/layout/ilp32-align8"
	rm -f layout.c
	exit
fi
check 'the layout with 64-bit pointers holds' lp64
check 'the layout with 32-bit pointers holds' ilp32
check 'the layout with 32-bit pointers and 64-bit alignment holds' ilp32_align8
check 'a member that moves is noticed' a_moved_member_is_seen
finish
