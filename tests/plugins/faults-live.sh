#!/bin/sh
# SPDX-License-Identifier: MIT
# faults-live - engines that die or have no room left while a task runs: one clear
# error, a hint, the right status, and nothing left behind for good.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
. "$srcdir/tests/plugins/private.sh"
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


with() { "$function" "$engine"; }
for engine in rootless rootful; do
	function=its_own_service_dies
	check "$engine: $(echo $function | tr _ ' ')" with
done
for engine in docker rootless rootful; do
	for function in is_cleaned_up_after no_image_leaves_nothing a_script_fills_the_disk the_project_has_no_room; do
		check "$engine: $(echo $function | tr _ ' ')" with
	done
done
finish
