#!/bin/sh
# SPDX-License-Identifier: MIT
. "${srcdir:-.}/tests/lib.sh"

# says TEXT < lines: stderr holds exactly these lines
says() {
	cat >"$trash/wanted"
	assert_same "$trash/wanted" "$ERR"
}

good_file_says_nothing() {
	printf 'container: {image: x}\na_task: {script: make}\n' >.cirrus.yml
	run cirrus validate
	assert_status 0
	assert_empty "$OUT"
	assert_empty "$ERR"
}
check 'a good file: status 0 and not a word' good_file_says_nothing

error_has_a_place() {
	printf 'a_task:\n  script: {a: b}\n' >.cirrus.yml
	run cirrus validate
	assert_status 2
	says <<-'END'
	.cirrus.yml:2:3: expected a scalar value or a list with scalar values
	    1 | a_task:
	    2 |   script: {a: b}
	      |   ^
	hint: write the commands as a list, each behind a dash
	END
}
check 'an error names file, line and column, with the lines and a caret' error_has_a_place

warning_suggests() {
	printf 'a_task:\n  scirpt: make\n' >.cirrus.yml
	run cirrus validate
	assert_status 0
	says <<-'END'
	.cirrus.yml:2:3: warning: unknown field "scirpt" in a_task
	    1 | a_task:
	    2 |   scirpt: make
	      |   ^
	hint: did you mean "script"?
	END
	run cirrus validate --strict
	assert_status 2
}
check 'an unknown field is a warning with a suggestion, and fails with --strict' warning_suggests

says_it_once() {
	cat >.cirrus.yml <<-'END'
	a_task: {only_if: "true || false"}
	b_task: {only_if: "true && true"}
	c_task:
	  container: text
	  depends_on: [a, b]
	END
	run cirrus validate
	assert_status 0
	says <<-'END'
	.cirrus.yml:4:3: warning: expected a map, found scalar
	    2 | b_task: {only_if: "true && true"}
	    3 | c_task:
	    4 |   container: text
	      |   ^
	.cirrus.yml:3:1: warning: task "c" depends on task "a", but their only_if conditions are different
	    1 | a_task: {only_if: "true || false"}
	    2 | b_task: {only_if: "true && true"}
	    3 | c_task:
	      | ^
	.cirrus.yml:3:1: warning: task "c" depends on task "b", but their only_if conditions are different
	END
	run cirrus validate -o github-actions
	assert_status 0
	assert [ "$(wc -l <"$OUT")" -eq 3 ]
}
check 'nothing is said twice, and the lines of a place are shown once' says_it_once

reads_stdin() {
	printf 'a_task: {env: }\n' | cirrus validate -f - >"$OUT" 2>"$ERR" && status=0 || status=$?
	assert_status 2
	assert_err_has '^<stdin>:1:10: expected a map or a list of maps'
}
check '-f - reads standard input' reads_stdin

reads_named_file() {
	printf 'a_task: {script: x}\n' >other.yml
	run cirrus validate -f other.yml -p
	assert_status 0
	assert_out_has '^a_task: {script: x}$'
	run cirrus validate -f other.txt
	assert_status 2
	assert_err_has '^validate failed: other.txt is no configuration'
	run cirrus validate -f other.star
	assert_status 2
	assert_err_has 'cannot evaluate Starlark'
	run cirrus validate -f absent.yml
	assert_status 2
}
check '-f reads another file, -p prints it' reads_named_file

json_for_machines() {
	printf 'a_task:\n  skip: $X\n' >.cirrus.yml
	run cirrus validate --json
	assert_status 2
	assert_empty "$ERR"
	cat >want <<-'END'
	{
	  "path": ".cirrus.yml",
	  "valid": false,
	  "diagnostics": [
	    {
	      "level": "error",
	      "line": 2,
	      "column": 3,
	      "message": "internal boolevator error: strconv.ParseBool: parsing \"\": invalid syntax"
	    }
	  ]
	}
	END
	assert_same want "$OUT"
	run cirrus validate --json -e X=true
	assert_status 0
	assert_out_has '"valid": true'
}
check '--json tells machines, -e sets variables' json_for_machines

annotations() {
	printf 'a_task:\n  scirpt: "100%%"\n' >.cirrus.yml
	run cirrus validate -o github-actions
	assert_status 0
	assert_out_has '^::warning file=.cirrus.yml,line=2,col=3::unknown field "scirpt" in a_task%0Adid you mean "script"?$'
}
check '-o github-actions writes annotations' annotations

starlark_beside() {
	printf 'a_task: {script: x}\n' >.cirrus.yml
	echo 'def main(): pass' >.cirrus.star
	run cirrus validate
	assert_status 2
	assert_err_has '^hint: --ignore-star reads .cirrus.yml alone'
	run cirrus validate --ignore-star
	assert_status 0
}
check 'a .cirrus.star beside it is an error that names the way out' starlark_beside

dockerfile_context() {
	mkdir -p ci/sub
	echo one >ci/b
	echo two >ci/sub/a
	printf 'FROM x\nCOPY ci /ci\n' >Dockerfile
	printf 'container: {dockerfile: Dockerfile}\na_task: {script: x}\n' >.cirrus.yml
	run cirrus list --json
	assert_status 0
	hash=$( (cat Dockerfile ci/b ci/sub/a) | sha256sum | cut -d' ' -f1)
	assert_out_has "\"dockerfile_hash\": \"$hash\""
	ln -s /etc ci/out
	run cirrus list --json
	assert_status 0
	assert_out_has "\"dockerfile_hash\": \"$hash\""
	printf 'container: {dockerfile: ../up}\na_task: {script: x}\n' >.cirrus.yml
	run cirrus validate
	assert_status 2
	assert_err_has '^.cirrus.yml:1:13: failed to retrieve "../up"'
}
check 'a Dockerfile is hashed with what it copies, but not from outside the project' dockerfile_context

finish
