#!/bin/sh
# SPDX-License-Identifier: MIT
# The contract page and the header speak of the same things.
# shellcheck source=tests/lib.sh
. "${srcdir:-.}/tests/lib.sh"
# shellcheck source=tests/abi/common.sh
. "$srcdir/tests/abi/common.sh"
page=$srcdir/sdk/man/cirrus-backend.3

every_operation_is_described_in_its_place() {
	sed -n '/^struct cirrus_backend {/,/^}/s/.*(\*\([a-z_]*\))(.*/\1/p' "$header" >want
	[ "$(wc -l <want)" -gt 25 ] || fail 'the table was not understood'
	sed -n 's/^\.It Fn \([a-z_]*\)$/\1/p' "$page" | sort >got
	sort want >want.sorted
	assert_same want.sorted got
}

each_says_all_there_is_to_say() {
	awk '/^\.It Fn / { name = $3; order[++n] = name }
		/^\.It (Called|Beside|Owns|Errors|Dv NULL)$/ && name { said[name]++ }
		END { for (i = 1; i <= n; i++) if (said[order[i]] != 5) print order[i] }' \
		"$page" >"$OUT"
	assert_empty "$OUT"
}

signatures_are_the_header_s() {
	awk '/^(cirrus_status|void|int32_t) \(\*[a-z_]*\)\($/, /;$/' "$page" |
		tr -d ' \t\n' | tr ';' '\n' | sort >got
	sed -n '/^struct cirrus_backend {/,/^}/p' "$header" |
		sed -e 's|/\*.*\*/||' -e '/^\t\/\*/,/\*\//d' | tr -d ' \t\n' | tr ';' '\n' |
		grep '(\*' | sort >want
	[ "$(wc -l <want)" -gt 25 ] || fail 'the table was not understood'
	assert_same want got
}

every_name_exists() {
	grep -o 'CIRRUS_[A-Z_]*[A-Z]' "$page" | sort -u |
		grep -v -e '^CIRRUS_CLI_' -e '^CIRRUS_OPT$' >names
	while read -r name; do
		cat "$srcdir"/sdk/include/cirrus/*.h | grep -qw "$name" || echo "$name"
	done <names >"$OUT"
	assert_empty "$OUT"
}

check 'every operation is described, and no other' every_operation_is_described_in_its_place
check 'each paragraph answers the five questions' each_says_all_there_is_to_say
check 'the signatures are those of the header' signatures_are_the_header_s
check 'every constant that is named exists' every_name_exists
finish
