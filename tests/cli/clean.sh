#!/bin/sh
# SPDX-License-Identifier: MIT
# What is left of a run that ended well, was interrupted, or died.
. "${srcdir:-.}/tests/lib.sh"
CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND

# start: a run in the background whose script waits; sets $run.
start() {
	env --default-signal=INT true 2>/dev/null || skip "no env --default-signal"
	cat >.cirrus.yml <<-'EOF'
	container: {image: "debian:12"}
	a_task: {script: echo begun; sleep 20}
	b_task: {depends_on: a, script: echo b ran}
	EOF
	# a shell without job control has its children ignore SIGINT
	env --default-signal=INT cirrus run -o simple "$@" >"$OUT" 2>"$ERR" </dev/null &
	run=$!
	cleanup kill -9 $run
	await 20 grep -q '^begun' "$OUT"
}

# ended: waits for the run; sets $status.
ended() {
	status=0
	wait $run || status=$?
}

# instances: how many environments the dummy has.
instances() {
	find "$HOME" -path '*/i/*' -name spec | wc -l
}

leaves_nothing() {
	cat >.cirrus.yml <<-'EOF'
	container: {image: "debian:12"}
	a_task: {script: exit 1}
	EOF
	run cirrus run -o simple
	assert_status 1
	assert [ "$(instances)" -eq 0 ]
}
check 'a run that ended leaves nothing' leaves_nothing

interrupted() {
	start
	assert [ "$(instances)" -eq 1 ]
	kill -INT $run
	ended
	assert_status 130
	assert_out_lacks '^b ran'
	assert [ "$(instances)" -eq 0 ]
}
check 'Ctrl-C ends the run, removes its environment, status 130' interrupted

terminated() {
	start
	kill -TERM $run
	ended
	assert_status 143
	assert [ "$(instances)" -eq 0 ]
}
check 'SIGTERM likewise, status 143' terminated

next_run_clears_up() {
	start
	kill -9 $run
	ended
	assert [ "$(instances)" -eq 1 ]
	cat >.cirrus.yml <<-'EOF'
	container: {image: "debian:12"}
	c_task: {script: sleep 0.2}
	EOF
	run cirrus run -o simple
	assert_status 0
	assert [ "$(instances)" -eq 0 ]
}
check 'what a killed run left is removed by the next' next_run_clears_up

clean_clears_up() {
	start
	kill -9 $run
	ended
	run cirrus clean --dry-run
	assert_status 0
	assert_out_has 'its run has ended'
	assert [ "$(instances)" -eq 1 ]
	run cirrus clean
	assert_status 0
	assert [ "$(instances)" -eq 0 ]
	run cirrus clean
	assert_status 0
}
check 'what a killed run left is removed by cirrus clean' clean_clears_up

leaves_others_alone() {
	start
	run cirrus clean --all
	assert_status 0
	assert [ "$(instances)" -eq 1 ]
	kill -INT $run
	ended
}
check 'a run that goes on is left alone' leaves_others_alone

twice() {
	start
	kill -INT $run
	kill -INT $run
	ended
	assert_status 130
}
check 'a second Ctrl-C ends at once' twice
keeps() {
	cat >.cirrus.yml <<-'EOF'
	container: {image: "debian:12"}
	a_task: {script: "true"}
	EOF
	run cirrus run -o simple --keep
	assert_status 0
	cat "$ERR" >>"$OUT"
	assert_out_has 'the environment of task "a" is left behind: --keep'
	assert_out_has 'to remove it: '
	assert [ "$(instances)" -eq 1 ]
	run cirrus clean
	assert [ "$(instances)" -eq 0 ]
}
check '--keep leaves the environment, and says how to remove it' keeps
finish
