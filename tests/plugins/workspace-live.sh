#!/bin/sh
# SPDX-License-Identifier: MIT
# workspace-live - the project inside of real containers.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=180
USER_IMAGE=cirrus-test/workspace-user:$$

# The command line of an engine, to build images with.
engine_cli() {
	case $1 in
	docker) echo docker ;;
	*) echo podman ;;
	esac
}

# user_image ENGINE: an image whose processes are nobody's.
user_image() {
	printf 'FROM %s\nRUN adduser -D -u 4321 builder 2>/dev/null || echo builder:x:4321:4321::/:/bin/sh >>/etc/passwd\nUSER 4321\n' \
		"$TEST_IMAGE" >"$trash/Containerfile"
	chmod a+rx "$trash" && chmod a+r "$trash/Containerfile"
	on "$1" "$(engine_cli "$1")" build -q -t "$USER_IMAGE" -f "$trash/Containerfile" "$trash/tmp"
	assert_status 0
	# shellcheck disable=SC2046 # words
	cleanup $(engine_words "$1") "$(engine_cli "$1")" rmi "$USER_IMAGE"
}

config() {
	{ printf 'container: {image: %s}\n' "$1"; cat; } >.cirrus.yml
	chmod -R a+rX "$trash"
}

unprivileged() {
	need "$1"
	user_image "$1"
	mkdir sub && echo text >sub/file && chmod 644 sub/file && mkdir sub/shut && chmod 755 sub/shut
	config "$USER_IMAGE" <<-'EOF'
	a_task:
	  who_script: id -u
	  write_script: echo more >>sub/file; cat sub/file; echo new >sub/shut/new; echo top >top && rm sub/file && echo written
	  c_cache: {folder: made, populate_script: "mkdir made; echo cached >made/f"}
	  f_file: {path: deep/f, from_contents: "from a file"}
	  read_script: cat made/f deep/f
	  artifacts: {path: top}
	EOF
	mkdir -m 777 "$trash/art"
	on "$1" cirrus run -o simple --artifacts-dir "$trash/art"
	assert_status 0
	assert_out_has '^4321$'
	assert_out_has '^more$'
	assert_out_has '^written$'
	assert_out_has '^cached$'
	assert [ "$(cat "$trash/art/a/binary/top")" = top ]
	assert [ "$(cat sub/file)" = text ]
}

moved() {
	need "$1"
	echo text >file
	config "$TEST_IMAGE" <<-'EOF'
	a_task:
	  env: {CIRRUS_WORKING_DIR: /srv/a b/work}
	  a_script: pwd; cat file; echo inside >made
	EOF
	chmod 777 .
	on "$1" cirrus run -o simple
	assert_status 0
	assert_out_has '^/srv/a b/work$'
	assert_out_has '^text$'
	assert [ ! -e made ]
	on "$1" cirrus run -o simple --dirty
	assert_status 0
	assert_out_has '^/srv/a b/work$'
	assert [ "$(cat made)" = inside ]
}

ignored() {
	need "$1"
	requires git
	git init -q .
	mkdir sub
	printf '*.o\n!keep.o\nsub/*\n' >.gitignore
	echo '!seen' >sub/.gitignore
	echo x >a.o && echo x >keep.o && echo x >tracked.o && echo x >sub/seen && echo x >sub/gone
	echo info.txt >.git/info/exclude && echo x >info.txt
	ln -s keep.o link && ln -s nowhere broken
	git add -f tracked.o
	config "$TEST_IMAGE" <<-'EOF'
	a_task: {script: "ls -a . sub; readlink link; readlink broken"}
	EOF
	on "$1" cirrus run -o simple
	assert_out_lacks '^a.o$'
	for name in .git keep.o tracked.o seen link broken nowhere; do assert_out_has "^$name\$"; done
	for name in gone info.txt; do assert_out_lacks "^$name\$"; done
	on "$1" cirrus run -o simple --no-gitignore
	assert_out_has '^a.o$'
}

# The project belongs to somebody who is not root, as does all in it in the end.
leaves_to_the_owner() {
	need "$1"
	owner=4321
	[ "$1" != rootless ] || owner=$(id -u "$TEST_ROOTLESS_USER")
	echo text >file
	config "$TEST_IMAGE" <<-'EOF'
	a_task:
	  a_script: echo x >made; mkdir -p deep/er; ln -s nowhere link; echo y >"deep/er/a b"; echo more >>file
	  b_script: exit 1
	EOF
	chown -R "$owner:$owner" .
	on "$1" cirrus run -o simple --dirty
	assert_status 1
	assert [ -e deep/er/'a b' ]
	assert [ -z "$(find . ! -user "$owner")" ]
}

for engine in docker rootless rootful; do
	without_rights() { unprivileged $engine; }
	elsewhere() { moved $engine; }
	with_ignored() { ignored $engine; }
	dirty_files() { leaves_to_the_owner $engine; }
	check "$engine: an image that is not root's works in the project" without_rights
	check "$engine: CIRRUS_WORKING_DIR moves the project, also the real one" elsewhere
	check "$engine: what git ignores comes when asked for" with_ignored
	check "$engine: with --dirty, what a task makes belongs to the project's owner" dirty_files
done
finish
