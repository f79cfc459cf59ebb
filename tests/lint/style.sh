#!/bin/sh
# SPDX-License-Identifier: MIT
# style - what a machine can check of how our C and our shell look.
. "${srcdir:-.}/tests/lib.sh"

sources() {
	find "$srcdir/core" "$srcdir/sdk" "$srcdir/plugins" "$srcdir/tests" -name '*.[ch]' \
		! -path '*/tests/abi/draft/*' | sort
}

scripts() {
	find "$srcdir/tests" -name '*.sh' | sort
}

is_formatted() {
	requires clang-format
	case $(clang-format --version) in *' 14.'*) ;; *) skip 'clang-format is not version 14' ;; esac
	sources | while read -r file; do
		clang-format "$file" | cmp -s - "$file" || echo "$file"
	done >"$OUT"
	assert_empty "$OUT"
}

every_file_names_its_licence() {
	sources | while read -r file; do
		sed 3q "$file" | grep -q 'SPDX-License-Identifier: MIT' || echo "$file"
	done >"$OUT"
	assert_empty "$OUT"
}

# config.h brings what must come before every system header; plugins of strangers
# have none.
every_source_begins_with_config_h() {
	sources | grep '\.c$' | grep -v -e /sdk/template/ -e /tests/abi/ -e /plugins-bad/ | while read -r file; do
		[ "$(grep -m 1 '^#include' "$file")" = '#include "config.h"' ] || echo "$file"
	done >"$OUT"
	assert_empty "$OUT"
}

# A room with two jobs may not be long; the contract is one thing, in one file.
no_file_is_longer_than_500_lines() {
	sources | grep -v -e /tests/ -e /include/cirrus/backend.h | xargs wc -l | awk '$1 > 500 && $2 != "total"' >"$OUT"
	assert_empty "$OUT"
}

every_header_compiles_alone() {
	requires cc
	for header in $(sources | grep '\.h$' | grep -v -e /tests/ -e /sdk/template/); do
		printf '#include "config.h"\n#include "%s"\n' "$header" >alone.c
		cc -fsyntax-only -Wall -Werror -I"$builddir" -I"$srcdir" -I"$srcdir/core" \
			-I"$srcdir/sdk/include" $(pkg-config --cflags libcjson 2>/dev/null) alone.c >>"$OUT" 2>&1 || true
	done
	assert_empty "$OUT"
}

cppcheck_is_content() {
	requires cppcheck
	TIMEOUT=900
	run cppcheck --quiet --error-exitcode=1 --inline-suppr --enable=warning,portability,performance \
		--suppress=missingIncludeSystem --suppress=varFuncNullUB --std=c11 -j2 \
		-DBACKENDDIR='""' -DBINDIR='""' -DPACKAGE_VERSION='""' \
		-I"$srcdir/core" -I"$srcdir/sdk/include" -I"$srcdir" \
		"$srcdir/core" "$srcdir/sdk/lib" "$srcdir/sdk/check" "$srcdir/plugins"
	assert_status 0
}

shellcheck_is_content() {
	requires shellcheck
	run shellcheck -x -S warning -e SC1090,SC1091,SC2034,SC2044,SC2046,SC2120,SC2148,SC2154,SC2164 \
		$(scripts)
	assert_status 0
}

man_pages_are_sound() {
	requires mandoc
	find "$srcdir" -name '*.[1-9]' -path '*/[cps]*' ! -path '*/.*' ! -path '*/autom4te.cache/*' | while read -r page; do
		mandoc -T lint -W warning "$page"
	done >"$OUT" 2>&1 || true
	assert_empty "$OUT"
}

check 'clang-format has nothing to change' is_formatted
check 'every source names its licence' every_file_names_its_licence
check 'every source includes config.h first' every_source_begins_with_config_h
check 'no source is longer than 500 lines' no_file_is_longer_than_500_lines
check 'every header compiles alone' every_header_compiles_alone
check 'cppcheck has nothing to say' cppcheck_is_content
check 'shellcheck has nothing to say' shellcheck_is_content
check 'mandoc has nothing to say' man_pages_are_sound
finish
