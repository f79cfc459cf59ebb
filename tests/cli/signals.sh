# SPDX-License-Identifier: MIT
# Ctrl-C and friends.
. "${srcdir:-.}/tests/lib.sh"

CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND

# Starts a run of a long task in the background, as $pid, and waits until its
# script is at work.
start_long_run() { # OPTION...
	[ $# -gt 0 ] || set -- -o simple
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		long_task:
		  x_script: echo at work; sleep 60
		next_task:
		  depends_on: long
		  x_script: echo never
	YAML
	cirrus run "$@" >"$OUT" 2>"$ERR" </dev/null &
	pid=$!
	cleanup "kill -9 $pid"
	await 20 grep -q '^at work\|\\nat work\|"text":"at work' "$OUT"
}

ends_with() {
	status=0
	wait $pid || status=$?
	assert_status "$1"
}

# The one status that there is stands in the last event as well.
the_events_tell_the_same() {
	start_long_run -o json
	kill -TERM $pid
	ends_with 143
	assert_out_has '"event":"run_finished".*"exit_status":143'
}

# A second signal leaves at once: what is left is told, and so is the status.
a_second_signal_is_obeyed() {
	start_long_run -o json --backend-option dummy.mutant=slow-cancel \
		--backend-option dummy.without=START_STDIO
	kill -TERM $pid
	sleep 0.2
	kill -TERM $pid
	ends_with 143
	assert_out_has "the environment of task .*long.* is left behind: interrupted twice"
	assert_out_has '"event":"run_finished".*"exit_status":143'
	await 20 cleans_up
}
cleans_up() { cirrus clean >"$OUT" 2>"$ERR" && grep -q '^nothing to remove$' "$OUT"; }

# Nobody reads, as behind Ctrl-S: the first one ends the tasks all the same, and the
# third does not wait for the reader.
a_third_signal_waits_for_nobody() {
	requires mkfifo
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		long_task:
		  x_script: head -c 1000000 /dev/zero | tr '\0' x; sleep 60
	YAML
	mkfifo "$trash/fifo"
	exec 8<>"$trash/fifo"
	cirrus run -o simple >"$trash/fifo" 2>"$ERR" </dev/null 8<&- &
	pid=$!
	cleanup "kill -9 $pid"
	all_is_written() { [ -n "$(find "$XDG_STATE_HOME" -name '*x*.log' -size +976k)" ]; }
	await 20 all_is_written
	kill -TERM $pid
	await 20 is_clean
	assert kill -0 $pid
	kill -HUP $pid
	kill -TERM $pid
	ends_with 143
}
is_clean() { cirrus clean --dry-run >"$OUT" 2>&1 && grep -q '^nothing to remove$' "$OUT"; }

# It cannot be made to come back, so the error is all that a person gets.
a_second_signal_drops_no_error() {
	hanging=$builddir/tests/cli/plugins-bad/.libs/cirrus-hang-open.so
	[ -e "$hanging" ] || skip 'no shared libraries in this build'
	echo 'a_task: {container: {image: any}, x_script: "true"}' >.cirrus.yml
	cp "$hanging" "$trash/"
	cirrus run -o json --container-backend="$trash/cirrus-hang-open.so" >"$OUT" 2>"$ERR" </dev/null &
	pid=$!
	cleanup "kill -9 $pid"
	await 20 grep -q '"event":"run_started"' "$OUT"
	kill -TERM $pid
	sleep 0.2
	kill -TERM $pid
	ends_with 143
	assert_err_has '^backend hang-open does not answer: its open hangs$'
	assert_err_has '^hint: choose another with --container-backend=NAME$'
}

# Nothing was started, so one signal is enough.
loads_until_a_signal() { # PLUGIN COMMAND
	hanging=$builddir/tests/cli/plugins-bad/.libs/cirrus-$1.so
	[ -e "$hanging" ] || skip 'no shared libraries in this build'
	echo 'a_task: {container: {image: any}, x_script: "true"}' >.cirrus.yml
	cp "$hanging" "$trash/"
	cirrus "$2" --container-backend="$trash/cirrus-$1.so" >"$OUT" 2>"$ERR" </dev/null &
	pid=$!
	cleanup "kill -9 $pid"
	await 20 grep -q "$1" /proc/$pid/maps
	kill -TERM $pid
	ends_with 143
	assert_err_has "^backend $1 does not answer: loading $trash/cirrus-$1.so hangs$"
	assert_err_has '^hint: choose another with --container-backend=NAME$'
}

a_signal_ends_a_load() {
	loads_until_a_signal hang-load run
	loads_until_a_signal hang-entry run
	loads_until_a_signal hang-load clean
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
check 'the events tell the status that the program ends with' the_events_tell_the_same
check 'a signal ends a run whose backend hangs while it is loaded' a_signal_ends_a_load
check 'a second signal leaves at once, and tells what is left' a_second_signal_is_obeyed
check 'a third signal waits for nobody' a_third_signal_waits_for_nobody
check 'a second signal drops no error' a_second_signal_drops_no_error
check 'clean removes what a killed run left' what_a_kill_leaves_is_cleaned_up
finish
