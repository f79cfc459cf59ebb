#!/bin/sh
# SPDX-License-Identifier: MIT
# signals-live - Ctrl-C, SIGTERM and kill -9 at every stage of a run, on real
# engines that are stopped in the middle of a request: the status, the message, and
# that nothing is left.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
. "$srcdir/tests/plugins/hold.sh"
TIMEOUT=60

# A task with every stage that there is.
staged() {
	cat >.cirrus.yml <<-YAML
		container: {image: ${image:-$TEST_IMAGE}}
		a_task:
		  x_cache: {folder: v, fingerprint_key: k, populate_script: "mkdir -p v; echo made >v/f"}
		  run_script: echo made >out; echo "at" work; ${work:-true}
		  out_artifacts: {path: out}
		b_task: {depends_on: a, never_script: echo "nev"er}
	YAML
}
start() { # ENGINE WHERE [OPTION...]
	need "$1"
	engine=$1 where=$2
	shift 2
	staged
	held "$engine" "$where" cirrus run -o simple --artifacts-dir "$trash/own/artifacts" "$@"
}

# No container, no volume, no process, no half file; and what is known of the run
# can be read.
no_leftovers() { [ -z "$(leftovers)" ]; }
assert_nothing_is_left() {
	no_leftovers || fail "left behind: $(leftovers)"
	# its lock stays
	assert [ -z "$(find "$trash/own/tmp" ! -type d ! -path '*/http/runtime/lock')" ]
	assert [ -z "$(find "$trash/own/cache" -name 'tmp-*')" ]
	assert [ -z "$(find "$trash/own/artifacts" -name '.*')" ]
}
the_log_is_whole() {
	beyond cirrus logs --list
	assert_status 0
	assert_out_has "^  1 .* $1 "
}

tells_that_it_was_interrupted() {
	assert_err_has "^build $1$"
	assert_out_lacks '^never$'
	assert_out_has "^'a' task ${2:-aborted} in"
}

# What follows the answer of the engine, which comes late but comes.
answered() { # SIGNAL STATUS WORD
	await_held
	kill -"$1" "$pid"
	: >"$trash/held/release"
	ends_with "$2"
	tells_that_it_was_interrupted "$3"
	assert_nothing_is_left
	the_log_is_whole "$3"
}

# --- one signal -------------------------------------------------------------------------

signalled() { # SIGNAL STATUS WORD
	await_held
	kill -"$1" "$pid"
	ends_with "$2"
	tells_that_it_was_interrupted "$3"
	assert_nothing_is_left
	the_log_is_whole "$3"
}
INT() { signalled INT 130 interrupted; }
TERM() { signalled TERM 143 terminated; }

connecting() {
	start "$1" 'before GET */_ping*'
	await_held
	kill -INT "$pid"
	ends_with 130
	assert_out_lacks "^Started 'a' task"
	assert_nothing_is_left
	the_log_is_whole interrupted
}
# Podman's service goes on with a RUN, see cirrus-backend-podman(7).
building_an_image() {
	need "$1"
	printf 'FROM %s\nRUN sleep 20\n' "$TEST_IMAGE" >Dockerfile
	echo 'a_task: {container: {dockerfile: Dockerfile}, never_script: echo "nev"er}' >.cirrus.yml
	held "$1" 'after POST */build*' cirrus run -o simple
	await_held
	kill -TERM "$pid"
	ends_with 143
	assert_err_has '^build terminated$'
	assert_nothing_is_left
	the_log_is_whole terminated
}
# The service of our own ends with the run, and the RUN before it.
building_with_its_own_service() {
	need "$1"
	requires pgrep
	own=localhost/cirrus-signals-$mark
	"$TEST_ENGINES" "as-$1" podman tag "docker.io/$TEST_IMAGE" "$own"
	cleanup "$TEST_ENGINES as-$1 podman untag $own $own"
	printf 'FROM %s\nRUN echo "at" work; sleep 100; : %s\n' "$own" "$own" >Dockerfile
	echo 'a_task: {container: {dockerfile: Dockerfile}, never_script: echo "nev"er}' >.cirrus.yml
	own_folders
	# shellcheck disable=SC2046,SC2016
	$(engine_words "$1") XDG_STATE_HOME="$trash/own/state" \
		sh -c 'echo $$ >"$0"; exec "$@"' "$trash/held/pid" cirrus run -o simple >"$OUT" 2>"$ERR" </dev/null &
	starter=$!
	await 60 grep -q '^at work' "$OUT"
	kill -"$2" "$(cat "$trash/held/pid")"
	ends_with "$3"
	nothing_builds() { ! "$TEST_ENGINES" "as-$built" podman ps -a --external --format '{{.Names}}' | grep -q "cirrus-signals-$mark"; }
	built=$1
	await 20 nothing_builds
	! pgrep -f "sleep 100; : $own" >/dev/null || fail 'its RUN goes on'
}
building_alone() { building_with_its_own_service "$1" TERM 143; }
killed_while_building_alone() { building_with_its_own_service "$1" KILL 137; }
looking_for_the_image() { start "$1" 'before GET */images/*/json*' && INT; }
pulling() { image=127.0.0.1:1/none:1 start "$1" 'before POST */images/create*' --pull=always && TERM; }
copying() { hold_at=tcp start "$1" 'before PUT */archive*' && INT; }
having_copied() { hold_at=tcp start "$1" 'after PUT */archive*' && TERM; }
attaching() { start "$1" 'before POST */attach*' && INT; }
starting() { start "$1" 'before POST */start' && TERM; }
having_started() { start "$1" 'after POST */start' && INT; }
running() {
	work='sleep 100' start "$1" never
	await 60 grep -q '^at work' "$OUT"
	: >"$trash/held/held"
	TERM
	! runs '^cirrus' || fail 'a process is left'
}
collecting_artifacts() { hold_at=tcp start "$1" 'before GET */archive*out' && INT; }
receiving_artifacts() { hold_at=tcp start "$1" 'after GET */archive*out' && TERM; }
uploading_a_cache() { hold_at=tcp start "$1" 'before GET */archive*v%2F.' && INT; }
receiving_a_cache() { hold_at=tcp start "$1" 'after GET */archive*v%2F.' && TERM; }

creating() { start "$1" 'before POST */containers/create*' && answered INT 130 interrupted; }
having_created() { start "$1" 'after POST */containers/create*' && answered TERM 143 terminated; }
deleting() {
	start "$1" 'before DELETE */containers/*'
	await_held
	kill -INT "$pid"
	: >"$trash/held/release"
	ends_with 130
	tells_that_it_was_interrupted interrupted succeeded
	assert_nothing_is_left
}

# A pipe has a volume of its own.
piped() {
	cat >.cirrus.yml <<-YAML
		a_pipe:
		  steps:
		    - {image: $TEST_IMAGE, one_script: echo one}
		    - {image: $TEST_IMAGE, two_script: echo "nev"er}
	YAML
}
creating_a_volume() {
	need "$1"
	piped
	held "$1" 'before POST */volumes/create*' cirrus run -o simple
	answered INT 130 interrupted
}
between_the_steps_of_a_pipe() {
	need "$1"
	piped
	held "$1" 'before DELETE */containers/*' cirrus run -o simple
	answered TERM 143 terminated
}
waiting_for_a_service() {
	need "$1"
	cat >.cirrus.yml <<-YAML
		a_task:
		  container:
		    image: $TEST_IMAGE
		    additional_containers: [{name: db, image: $TEST_IMAGE, port: 5432, command: sleep 1000}]
		  never_script: echo "nev"er
	YAML
	held "$1" 'after POST */start' cirrus run -o simple
	await_held
	: >"$trash/held/release"
	: >"$trash/held/held"
	INT
}

# A key in the shell is the shell's; a signal ends all.
the_shell_is_open() {
	need "$1"
	requires script mkfifo
	own_folders
	echo "a_task: {container: {image: $TEST_IMAGE}, a_script: exit 7}" >.cirrus.yml
	mkfifo "$trash/typed"
	held_engine=$1
	words=$(socket_words "$1" "unix://$(engine_socket "$1")" | tr '\n' ' ')
	script -qec "stty rows 30 cols 100; NO_COLOR=1 $words sh -c 'echo \$\$ >$trash/held/pid; exec cirrus run -o simple --shell-on-failure'" \
		/dev/null <"$trash/typed" >"$OUT" 2>&1 &
	starter=$!
	exec 9>"$trash/typed"
	await 60 grep -q 'this is a shell' "$OUT"
	echo 'echo re"ad"y; sleep 1000' >&9
	await 30 grep -q '^ready' "$OUT"
	printf '\003' >&9
	echo 'echo al"iv"e' >&9
	await 30 grep -q '^alive' "$OUT"
	kill -TERM "$(cat "$trash/held/pid")"
	ends_with 143
	exec 9>&-
	assert_out_has '^build terminated'
	assert_nothing_is_left
	the_log_is_whole terminated
}

# --- more of them -----------------------------------------------------------------------

# The engine does not answer in time: what may be there is told, and can be removed.
creating_all_too_slowly() {
	start "$1" 'before POST */containers/create*'
	await_held
	kill -INT "$pid"
	ends_with 130
	assert_out_has 'the engine did not tell whether it made container cirrus-.*; `cirrus clean` removes it$'
	await 20 [ -e "$trash/held/done" ]
	is_cleaned
}
is_cleaned() {
	beyond cirrus clean
	assert_status 0
	await 20 no_leftovers
	assert_nothing_is_left
}

# A second signal does not wait for the engine.
deleting_twice() {
	start "$1" 'before DELETE */containers/*'
	await_held
	kill -INT "$pid"
	kill -TERM "$pid"
	ends_with 130
	assert_out_has '^the environment of task "a" is left behind: interrupted twice$'
	assert_out_has '^hint: to remove it: [a-z]* rm -f -v cirrus-'
	await 20 [ -e "$trash/held/done" ]
	is_cleaned
}

# --- no warning at all -------------------------------------------------------------------

killed() {
	await_held
	kill -KILL "$pid"
	ends_with 137
	[ ! -e "$trash/held/at" ] || await 30 [ -e "$trash/held/done" ]
	beyond cirrus logs --list
	assert_out_has '^  1 .* died '
	${then:-is_cleaned}
}
# The next run of anybody here clears up.
next_run_cleans() {
	echo "a_task: {container: {image: $TEST_IMAGE}, a_script: 'true'}" >.cirrus.yml
	beyond env XDG_STATE_HOME="$trash/own/tmp" cirrus run -o simple
	assert_status 0
	rm -r "$trash/own/tmp/cirrus"
	await 20 no_leftovers
	assert_nothing_is_left
}
killed_while_pulling() { image=127.0.0.1:1/none:1 start "$1" 'before POST */images/create*' --pull=always && killed; }
killed_while_creating() { start "$1" 'before POST */containers/create*' && killed; }
killed_while_copying() { hold_at=tcp start "$1" 'before PUT */archive*' && killed; }
killed_while_starting() { start "$1" 'before POST */start' && killed; }
killed_while_running() {
	work='sleep 100' start "$1" never
	await 60 grep -q '^at work' "$OUT"
	: >"$trash/held/held"
	then=next_run_cleans killed
}
killed_while_receiving_artifacts() { hold_at=tcp start "$1" 'after GET */archive*out' && killed; }
killed_while_receiving_a_cache() { hold_at=tcp start "$1" 'after GET */archive*v%2F.' && killed; }
killed_while_deleting() { start "$1" 'before DELETE */containers/*' && killed; }
killed_between_the_steps_of_a_pipe() {
	need "$1"
	piped
	held "$1" 'after DELETE */containers/*' cirrus run -o simple
	then=next_run_cleans killed
}

signals='connecting building_an_image looking_for_the_image pulling creating having_created copying having_copied attaching starting having_started
	running collecting_artifacts receiving_artifacts uploading_a_cache receiving_a_cache deleting
	creating_a_volume between_the_steps_of_a_pipe waiting_for_a_service the_shell_is_open creating_all_too_slowly deleting_twice'
kills='pulling creating copying starting running receiving_artifacts receiving_a_cache deleting between_the_steps_of_a_pipe'
for engine in ${ENGINES:-docker rootless}; do
	with() { "$function" "$engine"; }
	# what comes after is of this side alone
	[ "$engine" = docker ] || signals='connecting pulling creating having_created copying attaching starting having_started running
		receiving_artifacts receiving_a_cache deleting between_the_steps_of_a_pipe waiting_for_a_service the_shell_is_open deleting_twice building_alone'
	[ "$engine" = docker ] || kills='creating starting running receiving_a_cache deleting building_alone'
	for function in ${SIGNALS-$signals}; do
		check "$engine: a signal while $(echo "$function" | tr _ ' ')" with
	done
	for function in ${KILLS-$kills}; do
		function=killed_while_$function
		[ "$function" != killed_while_between_the_steps_of_a_pipe ] || function=killed_between_the_steps_of_a_pipe
		check "$engine: $(echo "$function" | tr _ ' ')" with
	done
done
finish
