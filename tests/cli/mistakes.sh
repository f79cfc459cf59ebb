#!/bin/sh
# SPDX-License-Identifier: MIT
# mistakes/NAME.yml holds what a newcomer may mistype; NAME.out what validate
# says then, to the last character, and its status.
. "${srcdir:-.}/tests/lib.sh"

mistakes=$(cd "$srcdir/tests/cli/mistakes" && pwd)

explained() {
	cp "$mistakes/$mistake.yml" .
	run cirrus validate --no-git-facts -f "$mistake.yml"
	{
		cat "$ERR"
		echo "status $status"
	} >got
	assert_same "$mistakes/$mistake.out" got
	assert_empty "$OUT"
}

for mistake in "$mistakes"/*.yml; do
	mistake=$(basename "$mistake" .yml)
	check "$mistake" explained
done
finish
