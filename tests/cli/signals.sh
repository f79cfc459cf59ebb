# SPDX-License-Identifier: MIT
# Ctrl-C and friends.
. "${srcdir:-.}/tests/lib.sh"

CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND

# Starts a run of a long task in the background, as $pid, and waits until its
# script is at work.
start_long_run() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		long_task:
		  x_script: echo at work; sleep 60
		next_task:
		  depends_on: long
		  x_script: echo never
	YAML
	cirrus run -o simple >"$OUT" 2>"$ERR" </dev/null &
	pid=$!
	cleanup "kill -9 $pid"
	await 20 grep -q '^at work' "$OUT"
}

ends_with() {
	status=0
	wait $pid || status=$?
	assert_status "$1"
}

# What a shell starts in the background ignores SIGINT, so it is set back.
interrupts_are_obeyed() {
	requires python3
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		long_task:
		  x_script: echo at work; sleep 60
	YAML
	python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp("cirrus", ["cirrus", "run", "-o", "simple"])' >"$OUT" 2>"$ERR" </dev/null &
	pid=$!
	cleanup "kill -9 $pid"
	await 20 grep -q '^at work' "$OUT"
	kill -INT $pid
	ends_with 130
	assert_out_has "^'long' task aborted in"
	assert_err_has '^build interrupted$'
	assert_nothing_is_left
}

assert_nothing_is_left() {
	run cirrus clean --dry-run
	assert_status 0
	assert_out_has '^nothing to remove$'
}

termination_is_obeyed() {
	start_long_run
	kill -TERM $pid
	ends_with 143
	assert_out_has "^'long' task aborted in"
	assert_out_lacks never
	assert_nothing_is_left
}

what_a_kill_leaves_is_cleaned_up() {
	start_long_run
	kill -KILL $pid
	ends_with 137
	run cirrus clean --dry-run
	assert_status 0
	assert_out_has '^would remove dummy '
	run cirrus clean
	assert_status 0
	assert_out_has '^removed dummy '
	assert_nothing_is_left
}

check 'SIGINT ends a run and removes what it made' interrupts_are_obeyed
check 'SIGTERM ends a run and removes what it made' termination_is_obeyed
check 'clean removes what a killed run left' what_a_kill_leaves_is_cleaned_up
finish
