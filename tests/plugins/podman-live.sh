#!/bin/sh
# SPDX-License-Identifier: MIT
# podman-live - a Podman that nobody has started, as an ordinary user and as
# root: one service of our own, and nothing left of it.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=120

# Containers that a cirrus with that pid made.
containers_of() { # ENGINE PID
	# shellcheck disable=SC2046
	$(engine_words "$1") podman ps -aq --filter "label=cirrus.pid=$2"
}
has_containers() { [ -n "$(containers_of "$1" "$2")" ]; }
has_none() { [ -z "$(containers_of "$1" "$2")" ]; }
nothing_runs() { [ -z "$(marked)" ]; }
# What a container needs (its network's process) lives as long as it does.
nothing_serves() { [ -z "$(marked_as '^[^ ]*podman\|watcher\|^cirrus')" ]; }

# Starts a run in the background and waits until its script runs; $cirrus_pid.
begin_run() { # ENGINE
	project "$TEST_IMAGE" 'echo it "run"s; sleep 60'
	# what a shell starts behind & ignores SIGINT, and what it starts too
	# shellcheck disable=SC2046
	$(engine_words "$1") env --default-signal=INT cirrus run -o simple >"$OUT" 2>"$ERR" </dev/null &
	starter_pid=$!
	cleanup "for p in \$(marked); do kill -KILL \$p; done"
	await 60 grep -q 'it runs' "$OUT"
	cirrus_pid=$(marked_as '^cirrus run')
	assert [ -n "$cirrus_pid" ]
}

# The status of the background run.
end_run() {
	status=0
	wait "$starter_pid" || status=$?
}

an_ordinary_user_needs_no_option() {
	need rootless
	[ ! -e /var/run/docker.sock ] || skip 'a Docker is there, which comes first'
	project "$TEST_IMAGE" 'echo hello from $(cat /proc/self/uid_map | tr -s " ")'
	run env TEST_MARK="$mark" "$TEST_ENGINES" as-rootless cirrus run -o simple
	assert_status 0
	# a user namespace: inside, 0 is somebody else outside
	assert_out_has 'hello from'
	assert_out_lacks 'hello from 0 0'
	assert nothing_runs
}

during_a_run_there_is_one_service() {
	need "$1"
	begin_run "$1"
	[ "$(marked_as '^[^ ]*podman system service' | wc -l)" -ge 1 ] || fail 'no service'
	[ "$(marked_as 'cirrus-podman-watcher' | wc -l)" -eq 1 ] || fail 'not one watcher'
	kill -TERM "$cirrus_pid"
	end_run
	assert_status 143
	await 10 nothing_runs
	assert has_none "$1" "$cirrus_pid"
}

ctrl_c_leaves_nothing() {
	need "$1"
	begin_run "$1"
	kill -INT "$cirrus_pid"
	end_run
	assert_status 130
	await 10 nothing_runs
	assert has_none "$1" "$cirrus_pid"
}

what_a_killed_run_left() { # ENGINE
	need "$1"
	begin_run "$1"
	kill -KILL "$cirrus_pid"
	end_run
	# the service and its watcher see to themselves
	await 10 nothing_serves
	assert has_containers "$1" "$cirrus_pid"
}

the_next_run_removes() {
	what_a_killed_run_left "$1"
	project "$TEST_IMAGE" true
	on "$1" cirrus run -o simple
	assert_status 0
	await 10 has_none "$1" "$cirrus_pid"
}

clean_removes() {
	what_a_killed_run_left "$1"
	on "$1" cirrus clean
	assert_status 0
	assert has_none "$1" "$cirrus_pid"
	await 10 nothing_runs
}

a_service_that_is_there_is_used() {
	need rootless
	on rootless env CONTAINER_HOST="$TEST_ROOTLESS_SOCKET" cirrus backends
	assert_out_has "podman .*ready.*Podman [0-9].* at $TEST_ROOTLESS_SOCKET"
	project "$TEST_IMAGE" 'echo fine'
	on rootless env CONTAINER_HOST="$TEST_ROOTLESS_SOCKET" PATH="$builddir:/usr/bin:/bin" cirrus run -o simple
	assert_status 0
	assert_out_has fine
}

a_dead_socket_is_named() {
	need rootless
	project "$TEST_IMAGE" true
	on rootless env CONTAINER_HOST=unix:///no/such.sock cirrus run -o simple
	assert_status 3
	assert_err_has 'unix:///no/such.sock'
	assert_err_has 'hint: .*podman.socket'
}

a_missing_podman_is_named() {
	need rootless
	project "$TEST_IMAGE" true
	on rootless cirrus run -o simple --backend-option podman.program=/no/such/podman
	assert_status 3
	assert_err_has '/no/such/podman: no such program'
	assert_err_has 'hint: install'
}

a_service_that_cannot_start_says_why() {
	need rootless
	project "$TEST_IMAGE" true
	on rootless env CONTAINERS_STORAGE_CONF=/no/such.conf cirrus run -o simple
	assert_status 3
	assert_err_has "cannot start podman's service: .*/no/such.conf"
	await 10 nothing_runs
}

# Monitors of containers note it where their service was started.  A rootless
# engine has no limits everywhere.
no_memory_leaves_no_file() {
	need rootful
	project "$TEST_IMAGE" "x=\$(head -c 100000000 /dev/zero | tr '\\0' a)"
	sed 's/image:.*/&\n    memory: 20Mb/' .cirrus.yml >new && mv new .cirrus.yml
	on rootful cirrus run -o simple
	assert_status 1
	[ ! -e oom ] || fail 'there is a file "oom" in the project'
}

for engine in rootless rootful; do
	with() { "$function" "$engine"; }
	for function in during_a_run_there_is_one_service ctrl_c_leaves_nothing the_next_run_removes clean_removes; do
		check "$engine: $(echo $function | tr _ ' ')" with
	done
done
check 'rootful: a task without memory leaves no file in the project' no_memory_leaves_no_file
check 'an ordinary user needs no option and no Docker' an_ordinary_user_needs_no_option
check 'a service that is there is used' a_service_that_is_there_is_used
check 'a dead socket is named, with what to try' a_dead_socket_is_named
check 'a podman that is not there is named' a_missing_podman_is_named
check 'a service that cannot start says why' a_service_that_cannot_start_says_why
finish
