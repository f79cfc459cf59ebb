#!/bin/sh
# SPDX-License-Identifier: MIT
# A plugin in C++ is found by the name of its entry, not only compiled.
# shellcheck source=tests/lib.sh
. "${srcdir:-.}/tests/lib.sh"
# shellcheck source=tests/abi/common.sh
. "$srcdir/tests/abi/common.sh"

# found STANDARD
found() {
	set -- "$1" "$(cxx_compilers | head -n 1)"
	[ -n "$2" ] || skip 'no C++ compiler'
	"$2" -std="$1" -shared -fPIC -fvisibility=hidden -Wall -Wextra -pedantic -Werror \
		-I"$srcdir/sdk/include" "$abi/plugin.cc" -o cirrus-cxx.so
	run "$builddir/tests/abi/lookup" "$PWD/cirrus-cxx.so" cxx
	assert_status 0
	cat >want <<-'END'
		name cxx
		abi 0.1
		same table 1
		error -8 no engine 1
		open -8
	END
	grep -v '^struct_size' "$OUT" >got
	assert_same want got
	assert_out_has '^struct_size [1-9][0-9]*$'
}

cxx98() { found c++98; }
cxx20() { found c++20; }

an_entry_of_another_name_is_not_found() {
	compiler=$(cxx_compilers | head -n 1)
	[ -n "$compiler" ] || skip 'no C++ compiler'
	"$compiler" -shared -fPIC -I"$srcdir/sdk/include" "$abi/plugin.cc" -o cirrus-other.so
	run "$builddir/tests/abi/lookup" "$PWD/cirrus-other.so" other
	assert_status 1
	assert_err_has 'cirrus_other_LTX_cirrus_backend_entry_v0'
}

check 'the entry of a plugin in C++98 is found and works' cxx98
check 'the entry of a plugin in C++20 is found and works' cxx20
check 'an entry is found by its own name only' an_entry_of_another_name_is_not_found
finish
