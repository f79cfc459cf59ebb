#!/bin/sh
# SPDX-License-Identifier: MIT
# Every case that tests/README.md names is there.
. "${srcdir:-.}/tests/lib.sh"

# "FILE CASE" for each of the page
named() {
	sed -n 's/^| .* | \(`.*\) |$/\1/p' "$srcdir/tests/README.md" | tr ';' '\n' | sed 's/([^)]*)//g' |
		while read -r file cases; do
			file=$(echo "$file" | tr -d '`,')
			echo "$cases" | tr ', ' '\n\n' | grep . | grep -v '`' | sed "s|^|$file |" | grep . || echo "$file"
		done
}

cases_are_there() {
	named >"$trash/named"
	assert [ "$(wc -l <"$trash/named")" -gt 50 ]
	while read -r file name; do
		[ -e "$srcdir/tests/$file" ] || { echo "no file: $file"; continue; }
		[ -z "$name" ] || grep -q "^$name() {" "$srcdir/tests/$file" || echo "no case: $file $name"
	done <"$trash/named" >"$OUT"
	assert_empty "$OUT"
}
check 'cases that the page of promises names are there' cases_are_there
finish
