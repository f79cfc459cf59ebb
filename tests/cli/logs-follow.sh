# SPDX-License-Identifier: MIT
# cirrus logs --follow: a run that goes on elsewhere.
. "${srcdir:-.}/tests/lib.sh"

CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND
RUNS=home/.local/state/cirrus/runs

# A run whose first script waits for the gate; its pid is in $pid.
a_run_that_waits() {
	mkdir "$trash/gate"
	cat >.cirrus.yml <<-YAML
		container: {image: any, volumes: ["$trash/gate:/gate"]}
		slow_task:
		  a_script: |
		    echo one
		    until [ -e /gate/go ]; do sleep 0.05; done
		    printf 'two, no newline'
		  b_script: echo three
		  mac_background_script: "true"
	YAML
	timeout -k 5 "$TIMEOUT" cirrus run -q >run.out 2>&1 &
	pid=$!
	await 30 sh -c "grep -qs '^one' $trash/$RUNS/*/*/*a.log"
	await 30 sh -c "grep -qs '\"name\".*\"a\"' $trash/$RUNS/*/run.json"
}

# follow FILE ARGUMENT... in the background; its pid is in $follower.
follow() {
	file=$1
	shift
	timeout -k 5 "$TIMEOUT" cirrus logs --follow "$@" >"$file" 2>"$file.err" &
	follower=$!
}

it_goes_on_until_the_run_is_over() {
	a_run_that_waits
	follow got
	await 30 grep -q '^one$' got
	assert [ "$(grep -c two got)" -le 1 ] # the command
	assert kill -0 "$follower"
	touch "$trash/gate/go"
	assert wait "$follower"
	assert wait "$pid"
	assert grep -q "^Started 'slow' task$" got
	assert grep -q '^two, no newline$' got
	assert grep -q '^three$' got
	assert grep -q "^'slow' task succeeded in" got
	assert_empty got.err
	# once it is over, it is as if it was not followed
	cirrus logs -f >again
	assert grep -q '^two, no newline$' again
	assert [ "$(grep -c '^one$' got)" -eq 1 ]
}

an_instruction_is_followed_byte_by_byte() {
	a_run_that_waits
	follow got SLOW a
	one=$follower
	follow later slow b
	await 30 grep -q '^one$' got
	assert kill -0 "$follower"
	touch "$trash/gate/go"
	assert wait "$one"
	assert wait "$follower"
	assert wait "$pid"
	cirrus logs slow a >want
	assert cmp want got
	cirrus logs slow b >want
	assert cmp want later
}

it_ends_when_its_reader_goes() {
	a_run_that_waits
	assert timeout 30 sh -c 'cirrus logs -f | head -n 1 >first'
	assert grep -q '^Started' first
	assert kill -0 "$pid"
	touch "$trash/gate/go"
	assert wait "$pid"
}

a_run_that_was_killed_ends_it() {
	a_run_that_waits
	follow got
	await 30 grep -q '^one$' got
	kill -9 "$(pgrep -P "$pid")"
	assert wait "$follower"
	assert grep -q '^run .* died$' got.err
	touch "$trash/gate/go"
	wait "$pid" || :
	run cirrus clean
}

what_never_came_is_told() {
	a_run_that_waits
	follow got nobody
	touch "$trash/gate/go"
	wait "$follower" && fail 'followed a task that is not there'
	assert grep -q '^no task "nobody" in run ' got.err
	wait "$pid"
	for other in --list --json --path; do
		run cirrus logs --follow $other
		assert_status 2
		assert_err_has "^--follow shows output: not with $other\$"
	done
}

check 'it goes on until the run is over' it_goes_on_until_the_run_is_over
check 'an instruction is followed byte by byte' an_instruction_is_followed_byte_by_byte
check 'it ends when its reader goes' it_ends_when_its_reader_goes
check 'a run that was killed ends it' a_run_that_was_killed_ends_it
check 'what never came is told' what_never_came_is_told
finish
