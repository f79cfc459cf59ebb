#!/bin/sh
# SPDX-License-Identifier: MIT
# copy-live - the project as it arrives in a container of each engine.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=120

# Build tools compare times: a second is coarse for them.  Podman rounds to
# microseconds.
times_arrive_exactly() { # ENGINE FRACTION
	need "$1"
	mkdir directory
	echo text >file
	: >directory/empty
	ln -s file link
	touch -h -d "2001-02-03 04:05:06.$2 UTC" file link directory/empty
	touch -d '1999-12-31 23:59:59 UTC' whole
	touch -d "2004-05-06 07:08:09.$2 UTC" directory
	project "$TEST_IMAGE" "stat -c '%n %y' file link directory/empty directory whole"
	on "$1" cirrus run -o simple
	assert_status 0
	for name in file link directory/empty; do
		assert_out_has "^$name 2001-02-03 04:05:06.$2"
	done
	assert_out_has "^directory 2004-05-06 07:08:09.$2"
	assert_out_has '^whole 1999-12-31 23:59:59.000000000'
}

# Names are bytes, also where they need more than a header has room for.
names_arrive_exactly() {
	need "$1"
	long=$(printf '%0120d' 7)
	mkdir -p "$long/$long"
	echo found >"$long/$long/$(printf 'gr\303\274n')"
	echo found >"$(printf 'not\377utf8')"
	ln -s "$(printf 'not\377utf8')" "$(printf 'to\376it')"
	project "$TEST_IMAGE" 'cat */*/gr* not* to*'
	on "$1" cirrus run -o simple
	assert_status 0
	assert [ "$(grep -c '^found$' "$OUT")" -eq 3 ]
}

with() { "$function" "$engine" "$fraction"; }
for engine in docker rootless rootful; do
	fraction=789012000
	[ $engine != docker ] || fraction=789012345
	function=times_arrive_exactly
	check "$engine: times below a second arrive" with
	function=names_arrive_exactly
	check "$engine: names of any bytes and lengths arrive" with
done
finish
