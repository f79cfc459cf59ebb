#!/bin/sh
# SPDX-License-Identifier: MIT
. "${srcdir:-.}/tests/lib.sh"

completion=$(cd "$srcdir/core/cli/completion" && pwd)/cirrus

# completes WORDS...: what bash offers for the last of them, one a line
completes() {
	requires bash
	bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cirrus; printf "%s\n" "${COMPREPLY[@]}"' \
		bash "$completion" "$@" >"$OUT" 2>"$ERR" </dev/null
}

commands() {
	completes cirrus va
	echo validate >want
	assert_same want "$OUT"
	completes cirrus ''
	assert_out_has '^run$'
	assert_out_has '^list$'
}
check 'commands' commands

options() {
	completes cirrus list --gr
	echo --graph >want
	assert_same want "$OUT"
}
check 'options of the command' options

tasks() {
	printf 'unit_task: {alias: tests, script: x}\nlong_task: {name: "Long name", script: x}\n' >.cirrus.yml
	completes cirrus run ''
	printf 'unit\ntests\nLong\\ name\n' >want
	assert_same want "$OUT"
	completes cirrus list un
	echo unit >want
	assert_same want "$OUT"
}
check 'tasks and aliases' tasks

finish
