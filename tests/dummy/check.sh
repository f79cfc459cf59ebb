# SPDX-License-Identifier: MIT
# The dummy backend passes the conformance suite, and the suite's own manners.
. "${srcdir:-.}/tests/lib.sh"

suite() {
	run sh "$srcdir/tests/dummy/suite.sh" "$@"
	[ "$status" -ne 77 ] || skip "$(cat "$ERR")"
}

passes_the_suite() {
	TIMEOUT=300
	suite
	assert_status 0
	assert_out_lacks '^not ok'
	# what cannot be checked without an engine, and nothing else
	sed -n 's/^ok [0-9]* - \([SL][0-9]*\) .* # SKIP /\1 /p' "$OUT" >skipped
	assert_same "$srcdir/tests/dummy/skips" skipped
}
check 'the dummy passes all that needs no engine' passes_the_suite

is_strict() {
	suite --strict --only=S1,L25
	assert_status 1
	assert_out_has '^ok 1 - S1'
	assert_out_has '^not ok 2 - L25'
	assert_out_has 'no MEMORY_LIMIT'
}
check '--strict turns a skip into a failure' is_strict

writes_json() {
	requires python3
	suite --json --only=S1,L3,L25
	assert_status 0
	python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
assert (r["passed"], r["failed"], r["skipped"]) == (2, 0, 1), r
assert [c["verdict"] for c in r["checks"]] == ["passed", "passed", "skipped"]
assert r["checks"][2]["reason"] == "no MEMORY_LIMIT"' "$OUT"
}
check '--json is JSON with a verdict for each check' writes_json

refuses_nonsense() {
	suite --only=L999
	assert_status 2
	assert_err_has 'no check L999'
	run cirrus-backend-check /no/such/plugin.so
	assert_status 2
	assert_err_has 'no plugin /no/such/plugin.so'
	run cirrus-backend-check
	assert_status 2
	run cirrus-backend-check --image
	assert_status 2
}
check 'wrong usage is status 2' refuses_nonsense

lists_checks() {
	run cirrus-backend-check --list
	assert_status 0
	assert_out_has '^S1	'
	assert_out_has '^L64	'
	assert_out_has '^L65	'
	[ "$(wc -l <"$OUT")" -eq 77 ] || fail 'not 77 checks'
}
check '--list names every check' lists_checks

rejects_garbage() {
	echo garbage >cirrus-garbage.so
	run cirrus-backend-check --only=S1,L1 ./cirrus-garbage.so
	assert_status 1
	assert_out_has '^not ok 1 - S1'
	assert_out_has 'file too short\|invalid ELF header'
}
check 'what is no plugin fails with the reason of the linker' rejects_garbage

leaves_nothing() {
	suite --only=L32,L55
	assert_status 0
	[ -z "$(ls "$TMPDIR")" ] || fail "left in $TMPDIR: $(ls "$TMPDIR")"
}
check 'nothing is left of a run' leaves_nothing

finish
