#!/bin/sh
# SPDX-License-Identifier: MIT
# faults-live - engines that die or have no room left while a task runs: one clear
# error, a hint, the right status, and nothing left behind for good.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
. "$srcdir/tests/plugins/private.sh"
. "$srcdir/tests/plugins/hold.sh"
TIMEOUT=120

nothing_to_remove() {
	private cirrus clean
	[ "$status" -eq 0 ] && grep -q '^nothing to remove$' "$OUT"
}

# --- an engine that is killed -------------------------------------------------------

dies_in_a_task() {
	need "$1"
	private_start "$1"
	project "$TEST_IMAGE" 'echo it "run"s; sleep 100'
	# shellcheck disable=SC2046
	$(private_words) cirrus run -o simple >"$OUT" 2>"$ERR" </dev/null &
	run_pid=$!
	cleanup "for p in \$(marked); do kill -KILL \$p; done"
	await 60 grep -q 'it runs' "$OUT"
	private_kill
	status=0
	wait $run_pid || status=$?
	assert_status 3
	assert_err_has 'connect'
	assert_out_has 'hint: .*start'
}

is_cleaned_up_after() {
	dies_in_a_task "$1"
	private_start "$1"
	private cirrus clean
	assert_status 0
	assert_out_has '^removed '
	assert nothing_to_remove
}

# Asked to end, Docker ends its containers first.
is_stopped_in_a_task() {
	need "$1"
	private_start "$1"
	project "$TEST_IMAGE" 'echo it "run"s; sleep 100'
	# shellcheck disable=SC2046
	$(private_words) cirrus run -o simple >"$OUT" 2>"$ERR" </dev/null &
	run_pid=$!
	cleanup "for p in \$(marked); do kill -KILL \$p; done"
	await 60 grep -q 'it runs' "$OUT"
	kill -TERM "$private_pid"
	status=0
	wait $run_pid || status=$?
	assert_status 3
	assert_out_has '^it runs$'
	assert_out_has '^the environment \(ended by itself, with status 1[34][37]\|was lost: .*\)'
	wait "$private_pid" 2>/dev/null || :
	private_start "$1"
	private cirrus clean
	assert_status 0
	assert nothing_to_remove
}

# The service that a run has started for itself.
its_own_service_dies() {
	need "$1"
	project "$TEST_IMAGE" 'echo it "run"s; sleep 100'
	# shellcheck disable=SC2046
	$(engine_words "$1") cirrus run -o simple >"$OUT" 2>"$ERR" </dev/null &
	run_pid=$!
	cleanup "for p in \$(marked); do kill -KILL \$p; done"
	await 60 grep -q 'it runs' "$OUT"
	for service in $(marked_as '^[^ ]*podman system service'); do kill -KILL "$service"; done
	status=0
	wait $run_pid || status=$?
	assert_status 3
	assert_out_has '^the environment was lost: '
	assert_out_has '^hint: '
	on "$1" cirrus clean
	assert_status 0
	assert_out_has '^removed '
}

# --- images that cannot be had --------------------------------------------------------

no_image_leaves_nothing() {
	need "$1"
	private_start "$1"
	for image in "$TEST_REGISTRY/cirrus-test/no-such-image:1" "$TEST_REGISTRY_AUTH/$TEST_IMAGE" 127.0.0.1:1/x:1; do
		project "$image" 'echo never'
		private cirrus run -o simple
		assert_status 3
		assert_err_has "cannot pull $image: "
		assert_out_has '^hint: '
		assert_out_lacks '^never$'
		private cirrus clean --all --dry-run
		assert_out_has '^nothing to remove$'
	done
}

# --- a disk that is full ---------------------------------------------------------------

a_script_fills_the_disk() {
	need "$1"
	private_disk "$1" 32m
	private_start "$1"
	cat >.cirrus.yml <<-YAML
		full_task:
		  container: {image: $TEST_IMAGE}
		  fill_script: dd if=/dev/zero of=/fill bs=64k
		  never_script: echo never
		  on_failure:
		    report_script: echo reported
		  always:
		    free_script: rm /fill && echo "AGAIN=there is room" >>\$CIRRUS_ENV
		    after_script: echo \$AGAIN
	YAML
	chmod -R a+rX .
	private cirrus run -o simple
	assert_status 1
	assert_out_has 'No space left on device'
	assert_out_lacks '^never$'
	assert_out_has '^reported$'
	assert_out_has '^there is room$'
	assert nothing_to_remove
}

the_project_has_no_room() {
	need "$1"
	private_disk "$1" 32m
	private_start "$1"
	head -c 64000000 /dev/zero >large
	head -c 1000000 /dev/zero >"$private_dir/reserve"
	project "$TEST_IMAGE" 'echo never'
	private cirrus run -o simple
	assert_status 3
	assert_out_lacks '^never$'
	assert_err_has 'cannot copy the project in: .*[Nn]o space left on device'
	assert_out_has 'hint: make room on the disk'
	# Podman has no room to write down that it removes something
	rm "$private_dir/reserve"
	private cirrus clean
	assert_status 0
	assert nothing_to_remove
}

# --- somebody else at the same engine --------------------------------------------------

# METHOD PATH of the container that runs
meddle() {
	curl -sf -o /dev/null -X "$1" --unix-socket "$(engine_socket "$held_engine")" "http://d/containers/cirrus-$(run_id)-0$2" ||
		fail "the engine refuses $1 $2"
}

runs_in_a_container() {
	need "$1"
	project "$TEST_IMAGE" 'echo it "run"s; sleep 100'
	printf '  always: {after_script: echo "nev"er}\n' >>.cirrus.yml
	held "$1" never cirrus run -o simple
	await 60 grep -q '^it runs$' "$OUT"
}

is_over() {
	ends_with 3
	assert_out_has "$1"
	assert_out_lacks '^never$'
	assert_err_has 'build failed: task live (0): the environment'
	assert [ -z "$(leftovers)" ]
}

is_killed_from_outside() {
	runs_in_a_container "$1"
	meddle POST /kill
	is_over '^the environment ended by itself, with status 137'
}

is_removed_from_outside() {
	runs_in_a_container "$1"
	meddle DELETE '?force=1'
	is_over '^the environment \(was lost: \|ended by itself\)'
}

# --- no memory ---------------------------------------------------------------------------

runs_out_of_memory() {
	need "$1"
	cat >.cirrus.yml <<-YAML
		full_task:
		  container: {image: $TEST_IMAGE, memory: 64Mb}
		  eat_script: head -c 200000000 /dev/zero | tail
		  never_script: echo "nev"er
		  always: {after_script: echo "af"ter}
		b_task:
		  depends_on: full
		  container: {image: $TEST_IMAGE}
		  b_script: echo "nev"er
	YAML
	chmod -R a+rX .
	on "$1" cirrus run -o simple
	# an ordinary user of cgroup v1 has no limits, which is told
	! grep -q '^podman cannot limit .*memory here: ' "$OUT" || return 0
	assert_status 1
	assert_out_has '^out of memory: a process was killed, as the limit is 64 MiB$'
	assert_out_has '^hint: .*--memory$'
	assert_out_lacks '^never$'
	assert_out_has '^after$'
}

# --- two at once ---------------------------------------------------------------------------

two_runs_at_once() {
	need "$1"
	own_folders
	cat >.cirrus.yml <<-YAML
		container: {image: $TEST_IMAGE}
		a_task:
		  x_cache: {folder: v, fingerprint_key: k, populate_script: "mkdir -p v; head -c 3000000 /dev/urandom >v/f; md5sum <v/f >v/sum"}
		  use_script: md5sum <v/f | cmp - v/sum && echo \$RUN is fine; head -c 3000000 /dev/urandom >out; md5sum <out >sum
		  out_artifacts: {paths: [out, sum]}
		b_task: {depends_on: a, b_script: echo "\$RUN is over"}
	YAML
	chmod -R a+rX .
	words=$(socket_words "$1" "unix://$(engine_socket "$1")")
	for n in 1 2; do
		# shellcheck disable=SC2086 # words
		timeout "$TIMEOUT" $words cirrus run -o simple -e RUN=$n --artifacts-dir "$trash/own/artifacts" >"$trash/run.$n" 2>&1 &
		eval "pid$n=\$!"
	done
	for n in 1 2; do
		cp "$trash/run.$n" "$OUT"
		eval "wait \$pid$n" || fail "run $n failed"
		cp "$trash/run.$n" "$OUT"
		assert_out_has "^$n is fine$"
		assert_out_has "^$n is over$"
	done
	# an artifact is of one of them, and whole
	cd "$trash/own/artifacts/a/out"
	assert [ "$(stat -c %s out)" -eq 3000000 ]
	assert [ "$(find . -type f | wc -l)" -eq 2 ]
	assert [ "$(ls "$trash/own/state/cirrus/runs" | wc -l)" -eq 2 ]
	assert [ -z "$(find "$trash/own" -name 'tmp-*')" ]
	held_engine=$1
	for id in "$trash"/own/state/cirrus/runs/*; do
		beyond cirrus logs "${id##*-}"
		assert_out_has 'is fine$'
		assert_out_has 'is over$'
	done
}

with() { "$function" "$engine"; }
for engine in rootless rootful; do
	function=its_own_service_dies
	check "$engine: $(echo $function | tr _ ' ')" with
done
engine=docker function=is_stopped_in_a_task
check 'docker: is stopped in a task' with
for engine in docker rootless; do
	for function in is_killed_from_outside is_removed_from_outside runs_out_of_memory two_runs_at_once; do
		check "$engine: $(echo $function | tr _ ' ')" with
	done
done
for engine in docker rootless rootful; do
	for function in is_cleaned_up_after no_image_leaves_nothing a_script_fills_the_disk the_project_has_no_room; do
		check "$engine: $(echo $function | tr _ ' ')" with
	done
done
finish
