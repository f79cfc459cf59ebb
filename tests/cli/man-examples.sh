#!/bin/sh
# SPDX-License-Identifier: MIT
# Every literal block of cirrus.yml(5) is a configuration without fault.
. "${srcdir:-.}/tests/lib.sh"

page=$(cd "$srcdir/core/cli/man" && pwd)/cirrus.yml.5
number=0

extract() {
	awk -v want="$number" '
		/^\.Bd -literal/ { n++; on = n == want; next }
		/^\.Ed/ { on = 0 }
		on { sub(/^\\&/, ""); gsub(/\\e/, "\\"); print }
	' "$page" >.cirrus.yml
}

example_is_valid() {
	extract
	assert test -s .cirrus.yml
	run cirrus validate --strict -e CIRRUS_BRANCH=main
	assert_status 0
	assert_empty "$ERR"
	run cirrus list --json -e CIRRUS_BRANCH=main --affected-files docs/x
	assert_out_has '"commands"'
}

total=$(grep -c '^\.Bd -literal' "$page")
while [ "$number" -lt "$total" ]; do
	number=$((number + 1))
	check "example $number" example_is_valid
done
finish
