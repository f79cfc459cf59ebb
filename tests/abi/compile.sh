#!/bin/sh
# SPDX-License-Identifier: MIT
# The public headers, each alone, in every language that plugins are written in.
# shellcheck source=tests/lib.sh
. "${srcdir:-.}/tests/lib.sh"
# shellcheck source=tests/abi/common.sh
. "$srcdir/tests/abi/common.sh"

strict='-Wall -Wextra -pedantic -Wshadow -Wundef -Wpadded -Werror'

# alone LANGUAGE STANDARD COMPILER...
alone() {
	language=$1 standard=$2
	shift 2
	[ $# -gt 0 ] || skip "no compiler for $language"
	for compiler in "$@"; do
		for name in backend.h sdk.h; do
			# shellcheck disable=SC2086 # a list of flags
			printf '#include <cirrus/%s>\n' $name |
				accepts "$compiler $standard $name" "$compiler" -x "$language" \
					-std="$standard" $strict -I"$srcdir/sdk/include" -fsyntax-only
		done
	done
	assert_empty "$OUT"
}

# Compilers are words without spaces.
# shellcheck disable=SC2046
c() { alone c "$1" $(c_compilers); }
# shellcheck disable=SC2046
cxx() { alone c++ "$1" $(cxx_compilers); }
c99() { c c99; }
c11() { c c11; }
c17() { c c17; }
cxx98() { cxx c++98; }
cxx11() { cxx c++11; }
cxx20() { cxx c++20; }

# accepts() must be able to say no.
wrong_code_is_refused() {
	echo '#include <cirrus/no-such.h>' |
		accepts bad "$(c_compilers | head -n 1)" -x c -I"$srcdir/sdk/include" -fsyntax-only
	assert_out_has '^bad$'
}

check 'backend.h and sdk.h compile as C99' c99
check 'backend.h and sdk.h compile as C11' c11
check 'backend.h and sdk.h compile as C17' c17
check 'backend.h and sdk.h compile as C++98' cxx98
check 'backend.h and sdk.h compile as C++11' cxx11
check 'backend.h and sdk.h compile as C++20' cxx20
check 'a header that does not compile is noticed' wrong_code_is_refused
finish
