#!/bin/sh
# SPDX-License-Identifier: MIT
# Annotations: what artifacts with a format say, on the dummy backend.
. "${srcdir:-.}/tests/lib.sh"
CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND
XDG_STATE_HOME=$trash/state
export XDG_STATE_HOME

# config: .cirrus.yml from stdin, every task in a container.
config() {
	{ printf 'container:\n  image: debian:12\n'; cat; } >.cirrus.yml
}
W=/tmp/cirrus-ci/working-dir

# The report is a file of the project: the script only makes the sources.
a_project() {
	cat >junit.xml <<-'EOF'
	<testsuites><testsuite>
	<testcase classname="a.FooTest" name="adds"/>
	<testcase classname="a.FooTest" name="subs"><failure message="m">100% wrong
	at org.junit.Assert.fail(Assert.java:86)
	at a.FooTest.subs(FooTest.kt:12)</failure></testcase>
	</testsuite></testsuites>
	EOF
	config <<-'EOF'
	unit_task:
	  make_script: mkdir -p src/test/a; touch src/test/a/FooTest.kt; exit 3
	  always: {junit_artifacts: {path: "*.xml", type: text/xml, format: junit}}
	EOF
}

lines() {
	a_project
	run cirrus run -o simple
	assert_status 1
	assert_out_has '^Trying to parse annotations for junit format$'
	assert_out_has '^Reported 2 annotations!$'
	assert_out_has '^src/test/a/FooTest.kt:12: failure: a.FooTest.subs: 100% wrong$'
	assert_out_has "'junit' artifacts succeeded"
	assert_out_lacks 'FooTest.adds'
	assert_err_has "failed  *unit .* (1 failure)$"
	assert [ -z "$(find "$trash/state" -name 'reports-*')" ]
	run cirrus run -o simple --artifacts-dir "$trash/art"
	assert_out_has '^src/test/a/FooTest.kt:12: failure: a.FooTest.subs: 100% wrong$'
	assert cmp -s junit.xml "$trash/art/unit/junit/junit.xml"
}
check 'failed tests are told with their place, wherever artifacts go' lines

# Each on a line of its own, between the group's marks, nothing in it a newline.
github() {
	a_project
	run cirrus run -o github-actions
	assert_status 1
	sed -n "/Reported 2/,/##.endgroup/p" "$OUT" | sed 's/\x1b\[[0-9]*m//g; s/ in .*!$//' >"$trash/got"
	cat >"$trash/want" <<-'EOF'
	Reported 2 annotations!
	::notice title=a.FooTest.adds::a.FooTest.adds
	::error file=src/test/a/FooTest.kt,line=12,endLine=12,title=a.FooTest.subs::100%25 wrong%0Aat org.junit.Assert.fail(Assert.java:86)%0Aat a.FooTest.subs(FooTest.kt:12)
	'junit' artifacts succeeded
	##[endgroup]
	EOF
	assert_same "$trash/want" "$trash/got"
}
check 'GitHub gets a command for each, on its own line' github

json() {
	requires jq
	a_project
	run cirrus run -o json
	assert_status 1
	jq -c 'select(.event == "annotation") | del(.time, .details)' "$OUT" >"$trash/got"
	cat >"$trash/want" <<-'EOF'
	{"event":"annotation","task":0,"step":2,"level":"notice","title":"a.FooTest.adds"}
	{"event":"annotation","task":0,"step":2,"level":"failure","title":"a.FooTest.subs","path":"src/test/a/FooTest.kt","start_line":12,"end_line":12}
	EOF
	assert_same "$trash/want" "$trash/got"
	run cirrus logs
	assert_out_has '^src/test/a/FooTest.kt:12: failure: a.FooTest.subs: 100% wrong$'
	run cirrus logs --json
	assert [ "$(jq -c '.tasks[0].steps[2] | [.failures, .notices, .annotations[0].path]' "$OUT")" = '[1,1,"src/test/a/FooTest.kt"]' ]
}
check 'machines get an event for each, and they are kept' json

paths() {
	config <<-EOF
	a_task:
	  make_script:
	    - mkdir -p lib/x y .git/x 'we ird*'; touch lib/x/m.c y/m.c .git/x/git.c top.c "we ird*/it's [1].c"
	    - printf '{"level":"warning","message":"%s","path":"%s"}' 1 $W/lib/x/m.c 2 x/m.c 3 m.c 4 /elsewhere/y/m.c 5 top.c 6 git.c 7 /usr/include/stdio.h 8 "it's [1].c" 9 "\$PWD/top.c" >r
	  r_artifacts: {path: r, format: cirrus}
	EOF
	run cirrus run -o simple
	assert_status 0
	grep ': warning: [0-9]$' "$OUT" >"$trash/got"
	cat >"$trash/want" <<-'EOF'
	lib/x/m.c: warning: 1
	lib/x/m.c: warning: 2
	y/m.c: warning: 3
	y/m.c: warning: 4
	top.c: warning: 5
	git.c: warning: 6
	/usr/include/stdio.h: warning: 7
	we ird*/it's [1].c: warning: 8
	top.c: warning: 9
	EOF
	assert_same "$trash/want" "$trash/got"
}
check 'paths lead to the files of the project' paths

broken() {
	config <<-'EOF'
	a_task:
	  make_script:
	    - mkdir out; printf '<testsuite>\n  <testcase></x>' >out/bad.xml
	    - echo '<testsuite><testcase name="n" file="f" line="2"><error/></testcase></testsuite>' >out/good.xml
	    - touch out/empty.xml; truncate -s 65M out/large.xml
	  x_artifacts: {path: "out/*.xml", format: JUnit}
	  later_script: echo later
	EOF
	for how in '' "--artifacts-dir=$trash/art"; do
		run cirrus run -o simple $how
		assert_status 1
		assert_out_has '^Failed to parse annotations: out/bad.xml:2:15: mismatched tag$'
		assert_out_has '^Failed to parse annotations: out/large.xml: it is larger than 64 MiB$'
		assert [ "$(grep -c '^Failed' "$OUT")" -eq 2 ]
		assert [ "$(grep -c '^Trying' "$OUT")" -eq 4 ]
		assert_out_has '^Reported 1 annotations!$'
		assert_out_has '^f:2: failure: n$'
		assert_out_has "'x' artifacts failed"
		assert_out_has "'later' script skipped"
	done
	assert [ -z "$(find "$trash/state" -name 'reports-*')" ]
}
check 'a report that is broken fails the instruction, and says where' broken

formats() {
	config <<-'EOF'
	a_task:
	  make_script: echo '[]' >r
	  near_artifacts: {path: r, format: es-lint}
	  far_artifacts: {path: r, format: something}
	  none_artifacts: {path: "nothing*", format: eslint}
	EOF
	run cirrus run -o simple
	assert_status 0
	assert_out_has '^no annotations are read: the format "es-lint" is not known$'
	assert_out_has '^hint: did you mean eslint?$'
	assert_out_has '^hint: known formats: junit, rspec, rubocop, eslint, golangci, android-lint, xclogparser, flutter, qodana, boost, buf, swiftformat, cirrus$'
	assert [ "$(grep -c '^Reported 0 annotations!$' "$OUT")" -eq 1 ]
	assert_out_lacks '^Trying'
}
check 'a format that is not known is told, and nothing fails' formats

secrets() {
	config <<-'EOF'
	a_task:
	  env: {MY_TOKEN: hunter2hunter2}
	  make_script: |
	    printf '{"level":"failure","message":"a %s","raw_details":"b %s","path":"c/%s"}' $MY_TOKEN $MY_TOKEN $MY_TOKEN >r
	  r_artifacts: {path: r, format: cirrus}
	EOF
	for format in simple json github-actions; do
		run cirrus run -o $format
		assert_status 0
		assert_out_lacks hunter2
		assert_out_has 'c/HIDDEN-BY-CIRRUS-CI.*a HIDDEN-BY-CIRRUS-CI\|a HIDDEN-BY-CIRRUS-CI.*c/HIDDEN-BY-CIRRUS-CI'
	done
	assert [ -z "$(grep -r hunter2 "$trash/state")" ]
}
check 'no secret leaves in an annotation' secrets

hostile() {
	config <<-'EOF'
	a_task:
	  make_script: |
	    printf '{"level":"failure","message":"a\\u001b[2Jb\\n::error::c","path":"x\\u001b]0;y\\u0007"}' >"$(printf 'r\n\033[2J.json')"
	    printf '<!DOCTYPE a [<!ENTITY x SYSTEM "/etc/passwd">]><testsuite><testcase name="t"><failure>&x;</failure></testcase></testsuite>' >e.xml
	  r_artifacts: {path: "r*", format: cirrus}
	  e_artifacts: {path: "e.xml", format: junit}
	EOF
	run cirrus run -o github-actions
	assert_status 1
	assert_out_has '^::error file=x\]0;y?,title=ab %3A%3Aerror%3A%3Ac::ab ::error::c$'
	assert_out_has '^Failed to parse annotations: e.xml:1:45: it declares an entity of its own$'
	assert_out_lacks 'root:x:0'
	assert_out_lacks '^::error::c'
}
check 'nothing in a report is obeyed' hostile

many() {
	config <<-'EOF'
	a_task:
	  make_script: |
	    { echo '<testsuite>'; i=0; while [ $i -lt 3000 ]; do echo "<testcase name='t$i' file='d/f$i.c' line='$i'><failure>no</failure></testcase>"; i=$((i+1)); done; echo '</testsuite>'; } >r.xml
	    mkdir -p s/d; i=0; while [ $i -lt 3000 ]; do : >s/d/f$i.c; i=$((i+500)); done
	  r_artifacts: {path: "r.xml", format: junit}
	EOF
	TIMEOUT=120
	run cirrus run -o simple
	assert_status 0
	assert_out_has '^Reported 3000 annotations!$'
	assert [ "$(grep -c ': failure: t' "$OUT")" -eq 3000 ]
	assert_out_has '^s/d/f500.c:500: failure: t500: no$'
	assert_out_has '^d/f501.c:501: failure: t501: no$'
}
check 'thousands are told, each file looked up once' many
finish
