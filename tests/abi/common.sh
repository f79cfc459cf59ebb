# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154
# Sourced by the tests of the ABI, after tests/lib.sh.
CC=${CC:-cc}
header=$srcdir/sdk/include/cirrus/backend.h
abi=$srcdir/tests/abi

# Compilers by language; those that are not there are left out.
c_compilers() { for c in cc gcc clang; do command -v "$c"; done | sort -u; }
cxx_compilers() { for c in c++ g++ clang++; do command -v "$c"; done | sort -u; }

# accepts WHAT FLAGS...: compiles standard input, remembers what fails.
accepts() {
	what=$1
	shift
	cat >source.tmp
	"$@" - <source.tmp >>"$ERR" 2>&1 || echo "$what" >>"$OUT"
}
