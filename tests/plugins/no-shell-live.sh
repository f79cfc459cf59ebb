#!/bin/sh
# SPDX-License-Identifier: MIT
# no-shell-live - images from scratch, with programs in them but no shell.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=120

image=localhost/cirrus-test/no-shell-$mark

client() { # ENGINE   its own command, for us
	case $1 in
	docker) echo "env DOCKER_HOST=$TEST_DOCKER_HOST docker" ;;
	rootful) echo "$TEST_ENGINES as-root podman" ;;
	rootless) echo "$TEST_ENGINES as-rootless podman" ;;
	esac
}

# Each program is a BusyBox that goes by that name; the image knows no sh.
with_image() { # ENGINE
	need "$1"
	client=$(client "$1")
	mkdir -p root/bin root/etc
	cp /bin/busybox root/bin/cat
	for program in echo env false id ls sleep true; do
		ln root/bin/cat root/bin/$program
	done
	echo 'root:x:0:0:root:/:/none' >root/etc/passwd
	tar --owner=0 --group=0 -C root -cf image.tar .
	# shellcheck disable=SC2086 # words
	$client import --change 'ENV PATH=/bin' - "$image" <image.tar >"$trash/import" 2>&1 || fail "no image: $(cat "$trash/import")"
	rm -rf root image.tar
	cleanup "$client rmi -f $image >/dev/null 2>&1"
}

config() { # the tasks come from standard input
	{
		printf 'container:\n  image: %s\n' "$image"
		cat
	} >.cirrus.yml
	chmod -R a+rX .
}

nothing_is_left() {
	# shellcheck disable=SC2086 # words
	left=$($client ps -aq --filter "ancestor=$image")
	[ -z "$left" ] || fail "left: $left"
}

says_that_there_is_no_shell() {
	with_image "$1"
	config <<-'EOF'
	a_task: {script: echo hello}
	EOF
	on "$1" cirrus run -o simple
	assert_status 3
	assert_out_lacks '^hello'
	assert_out_has "image $image has no shell"
	assert_out_has 'hint: .*CIRRUS_SHELL: direct'
	nothing_is_left
}

runs_commands_directly() {
	with_image "$1"
	echo here >file
	mkdir sub && echo below >sub/file
	config <<-'EOF'
	env: {CIRRUS_SHELL: direct, WHO: world}
	a_task:
	  one_script: echo hello $WHO '$(id)'
	  two_script: cat file sub/file
	  three_script: env
	  four_script: ls -l /proc/1/exe
	  note_file: {path: new/note, variable_name: WHO}
	  five_script: cat new/note
	EOF
	on "$1" cirrus run -o simple
	assert_status 0
	assert_out_has '^hello world $(id)$'
	assert_out_has '^here$'
	assert_out_has '^below$'
	assert_out_has '^CIRRUS_TASK_NAME=a$'
	assert_out_has '^world'
	nothing_is_left
}

fails_as_its_command_does() {
	with_image "$1"
	config <<-'EOF'
	env: {CIRRUS_SHELL: direct}
	one_task:
	  bad_script: cat /no/such/file
	  never_script: echo never
	  always: {after_script: echo after all}
	two_task:
	  missing_script: no-such-program
	EOF
	on "$1" cirrus run -o simple
	assert_status 1
	assert_out_lacks '^never$'
	assert_out_has '^after all$'
	assert_out_has '^Exit status: 12[67]$'
	nothing_is_left
}

ends_commands_in_time() {
	with_image "$1"
	config <<-'EOF'
	env: {CIRRUS_SHELL: direct}
	a_task:
	  timeout_in: 3s
	  long_script: sleep 300
	  always: {after_script: echo after all}
	EOF
	on "$1" cirrus run -o simple
	assert_status 1
	assert_err_has 'timed out'
	assert_out_has '^after all$'
	nothing_is_left
}

refuses_background_scripts() {
	with_image "$1"
	config <<-'EOF'
	env: {CIRRUS_SHELL: direct}
	a_task:
	  server_background_script: sleep 300
	EOF
	on "$1" cirrus run -o simple
	assert [ "$status" -ne 0 ]
	assert_out_has "image $image has no shell"
	nothing_is_left
}

# The session is there for direct commands too, where a shell can hold it.
runs_directly_with_a_shell() {
	need "$1"
	image=$TEST_IMAGE
	config <<-'EOF'
	env: {CIRRUS_SHELL: direct}
	a_task: {one_script: ls -l /proc/1/exe}
	EOF
	on "$1" cirrus run -o simple
	assert_status 0
	assert_out_has 'busybox'
}

for engine in docker rootless rootful; do
	with() { "$function" "$engine"; }
	for function in says_that_there_is_no_shell runs_commands_directly fails_as_its_command_does \
		ends_commands_in_time refuses_background_scripts runs_directly_with_a_shell; do
		check "$engine, no shell: $(echo $function | tr _ ' ')" with
	done
done
finish
