#!/bin/sh
# SPDX-License-Identifier: MIT
# shared-live - one copy of the project, mounted copy-on-write by the tasks of a run,
# on real engines.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=240
IMAGE=cirrus-test/shared:$$
once='the project is copied once, for all tasks that can share it'

cli() {
	engine=$1
	shift
	tool=podman
	[ "$engine" = docker ] && tool=docker
	# shellcheck disable=SC2046 # words
	$(engine_words "$engine") $tool "$@"
}

# owned ENGINE PID...: containers and volumes of those runs' processes.
owned() {
	engine=$1
	shift
	for pid; do
		cli "$engine" container ls -a -q --filter label=cirrus.pid="$pid"
		cli "$engine" volume ls -q --filter label=cirrus.pid="$pid"
	done
}

# files N
files() {
	truncate -s 135M blob
	i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		echo $i >f$i
	done
	mkdir -p dir/deep
	echo deep >dir/deep/file
	chmod 775 dir
	ln -s dir/deep/file link
	printf '#!/bin/sh\necho it runs\n' >program
	chmod 755 program
	touch -d '2001-02-03 04:05:06' f7 dir
}

config() {
	{ printf 'container: {image: %s}\n' "$1"; cat; } >.cirrus.yml
	chmod -R a+rX "$trash"
}

# An image whose processes are nobody's in particular, with a project of its own.
image() {
	{
		printf 'FROM %s\n' "$TEST_IMAGE"
		# shellcheck disable=SC2016 # for the engine
		echo 'RUN adduser -D -u 4321 builder 2>/dev/null || echo builder:x:4321:4321::/:/bin/sh >>/etc/passwd'
		echo 'RUN mkdir -p /srv/full/sub && echo image >/srv/full/sub/its-own && mkdir /srv/bare && chmod -R 777 /srv'
		echo "USER $2"
	} >"$trash/Containerfile"
	chmod a+rx "$trash" && chmod a+r "$trash/Containerfile"
	cli "$1" build -q -t "$IMAGE" -f "$trash/Containerfile" "$trash/tmp" >"$OUT" 2>"$ERR"
	cleanup on "$1" "$([ "$1" = docker ] && echo docker || echo podman)" rmi "$IMAGE"
}

apart() {
	need "$1"
	files 600
	config "$TEST_IMAGE" <<-'EOF'
	a_task:
	  a_script:
	    - cat f1 link; ./program; rm f2; echo of a >f1; mkdir made; echo x >dir/deep/file
	    - sleep 1; echo "a $(cat f1) $(ls | wc -l)"
	b_task:
	  a_script:
	    - cat f1 link; ./program; rm f2; echo of b >f1; mkdir made; echo x >dir/deep/file
	    - sleep 1; echo "b $(cat f1) $(ls | wc -l)"
	c_task:
	  depends_on: [a, b]
	  a_script:
	    - cat f1 f2 link; ls -d made || echo "c $(ls | wc -l)"
	    - stat -c '%n %u:%g %a %Y' f7 dir program . | sed 's/^\. \(.*\) [0-9]*$/top \1/'
	    - ls -l link
	    - grep -c '^[^ ]* /tmp/cirrus-ci/working-dir overlay ' /proc/mounts
	EOF
	on "$1" env TZ=UTC cirrus run -v -j2 -o simple
	assert_status 0
	assert [ "$(grep -c "$once" "$OUT")" -eq 1 ]
	assert [ "$(grep -cx 1 "$OUT")" -eq 4 ] # f1 in each task, and c's mount
	assert [ "$(grep -cx deep "$OUT")" -eq 3 ]
	assert [ "$(grep -cx 'it runs' "$OUT")" -eq 2 ]
	assert_out_has '^a of a 604$'
	assert_out_has '^b of b 604$'
	assert_out_has '^c 604$'
	assert_out_has '^f7 0:0 644 981173106$'
	assert_out_has '^dir 0:0 775 '
	assert_out_has '^program 0:0 755 '
	assert_out_has '^top 0:0 755$'
	assert_out_has 'link -> dir/deep/file$'
	assert [ "$(cat f1 f2 dir/deep/file)" = "$(printf '1\n2\ndeep')" ]
	assert [ ! -e made ]
	on "$1" cirrus logs --list
	id=$(grep -o '[0-9]\{8\}-[0-9]\{6\}-[0-9a-f]*' "$OUT" | head -n 1)
	assert [ -n "$id" ]
	assert [ -z "$(cli "$1" container ls -a -q --filter label=cirrus.run="$id")" ]
	assert [ -z "$(cli "$1" volume ls -q --filter label=cirrus.run="$id")" ]
}

unprivileged() {
	need "$1"
	image "$1" "$2"
	files 600
	config "$IMAGE" <<-'EOF'
	env: {HOME: /tmp}
	a_task:
	  a_script: id -u; echo more >>dir/deep/file; rm f1 dir/deep/file; mkdir dir/new; echo top >top && echo "a wrote"
	b_task:
	  a_script: id -u; cat f1 link; stat -c '%n %u' . f1 dir link; echo top >top && echo "b wrote"
	EOF
	on "$1" cirrus run -v -o simple
	assert_status 0
	assert [ "$(grep -c "$once" "$OUT")" -eq 1 ]
	assert [ "$(grep -cx 4321 "$OUT")" -eq 2 ]
	assert_out_has '^a wrote$'
	assert_out_has '^b wrote$'
	for name in '\.' f1 dir link; do assert_out_has "^$name 4321\$"; done
}

# An image with this machine's git, and all it takes to run.
git_image() {
	mkdir -p "$trash/context/bin"
	for file in $(command -v git) $(ldd "$(command -v git)" | grep -o '/[^ ]*'); do
		cp -L --parents "$file" "$trash/context"
	done
	rmdir "$trash/context/bin" 2>/dev/null
	printf 'FROM %s\nADD . /\n' "$TEST_IMAGE" >"$trash/Containerfile"
	chmod -R a+rX "$trash"
	cli "$1" build -q -t "$IMAGE" -f "$trash/Containerfile" "$trash/context" >"$OUT" 2>"$ERR"
	cleanup on "$1" "$([ "$1" = docker ] && echo docker || echo podman)" rmi "$IMAGE"
}

versioned() {
	need "$1"
	requires git
	requires ldd
	git_image "$1"
	mkdir main && cd main || return
	git init -q .
	files 600
	git add . && git -c user.name=a -c user.email=a@b commit -qm all
	git worktree add -q ../linked 2>/dev/null
	cd ../linked || return
	echo more >>f1
	config "$IMAGE" <<-'EOF'
	a_task:
	  a_script:
	    - git status --short -- f1; git checkout -q f1; git status --short -- f1; echo checked out
	    - git -c user.name=a -c user.email=a@b commit -q --allow-empty -m of-a; git log --format=%s
	  b_script: git mv f2 g2 && git status --short -- f2 g2
	b_task:
	  a_script: git log --format=b-%s; git diff --stat; git status --short | grep -v cirrus.yml
	EOF
	on "$1" cirrus run -v -o simple
	assert_status 0
	assert [ "$(grep -c "$once" "$OUT")" -eq 1 ]
	assert [ "$(grep -c '^ M f1$' "$OUT")" -eq 2 ]
	assert_out_has '^checked out$'
	assert_out_has '^of-a$'
	assert_out_has '^R  f2 -> g2$'
	assert_out_has '^b-all$'
	assert_out_lacks '^b-of-a$'
	assert_out_has ' f1 | 1 +'
	assert [ "$(git -C ../main log --format=%s)" = all ]
}

elsewhere() {
	need "$1"
	image "$1" 0
	files 600
	{
		for dir in /srv/new/place /srv/bare /srv/full "/srv/a:b c"; do
			cat <<-EOF
			task:
			  name: at $dir
			  env: {CIRRUS_WORKING_DIR: "$dir"}
			  a_script: pwd; echo "\$(cat f1) \$(cat sub/its-own 2>/dev/null) \$(ls f* | wc -l)"; rm f1
			  art_artifacts: {path: f2}
			  c_cache: {folder: kept, populate_script: "mkdir kept; echo cached >kept/f"}
			  b_script: cat kept/f
			EOF
		done
	} | config "$IMAGE"
	mkdir -m 777 "$trash/art"
	on "$1" cirrus run -v -j1 -o simple --artifacts-dir "$trash/art"
	assert_status 0
	assert [ "$(grep -c "$once" "$OUT")" -eq 1 ]
	for dir in /srv/new/place /srv/bare /srv/full '/srv/a:b c'; do assert_out_has "^$dir\$"; done
	assert [ "$(grep -cx '1  600' "$OUT")" -eq 3 ]
	assert_out_has '^1 image 600$'
	assert [ "$(grep -cx cached "$OUT")" -eq 4 ]
	assert [ "$(grep -c 'something else is in its CIRRUS_WORKING_DIR' "$OUT")" -eq 1 ]
	# Podman cannot spell it
	[ "$1" = docker ] || assert_out_has 'the project is copied for this task alone: .*/srv/a:b c'
	assert [ "$(cat "$trash"/art/*/art/f2 | sort -u)" = 2 ]
}

# A run whose two tasks are under way; sets $run and $id.
begin() {
	files 600
	config "$TEST_IMAGE" <<-'EOF'
	a_task: {a_script: echo begun >f1; cat f1; sleep 60}
	b_task: {a_script: sleep 60}
	EOF
	# shellcheck disable=SC2046 # words
	env --default-signal=INT $(engine_words "$1") cirrus run -v -j1 -o simple >"$OUT" 2>"$ERR" </dev/null &
	run=$!
	cleanup kill -9 $run
	await 60 grep -q '^begun' "$OUT"
	cirrus=$(marked_as 'cirrus run')
	assert_out_has "$once"
}

interrupted() {
	need "$1"
	begin "$1"
	assert [ -n "$(owned "$1" $cirrus)" ]
	for pid in $cirrus; do kill -INT "$pid"; done
	wait $run || :
	assert [ -z "$(owned "$1" $cirrus)" ]
}

died() {
	need "$1"
	begin "$1"
	for pid in $cirrus; do kill -9 "$pid"; done
	wait $run || :
	assert [ -n "$(owned "$1" $cirrus)" ]
	on "$1" cirrus clean
	assert_status 0
	assert_out_has 'volume .*-project0'
	assert [ -z "$(owned "$1" $cirrus)" ]
}

kept() {
	need "$1"
	files 600
	config "$TEST_IMAGE" <<-'EOF'
	a_task: {a_script: echo of a >f1}
	b_task: {a_script: echo of b >f1}
	EOF
	on "$1" cirrus run -o simple --keep
	assert_status 0
	assert_out_has 'volume .*-project0 is left behind: --keep'
	name=$(sed -n 's/.*volume \(cirrus-.*\)-project0 is left.*/\1/p' "$OUT")
	assert [ "$(cli "$1" exec "$name-0" cat /tmp/cirrus-ci/working-dir/f1)" = 'of a' ]
	assert [ "$(cli "$1" exec "$name-1" cat /tmp/cirrus-ci/working-dir/f1)" = 'of b' ]
	on "$1" cirrus clean
	assert_status 0
	assert [ -z "$(cli "$1" volume ls -q --filter name="$name")" ]
}

# Docker's own overlays rename what lies below them.
renames() {
	need docker
	files 600
	config "$TEST_IMAGE" <<-'EOF'
	a_task: {a_script: mv dir other; stat -c '%n %a %Y' other; cat other/deep/file}
	b_task: {a_script: cat dir/deep/file}
	EOF
	on docker cirrus run -v -o simple
	assert_status 0
	assert_out_has "$once"
	assert_out_has '^other 775 981173106$'
	assert [ "$(grep -cx deep "$OUT")" -eq 2 ]
}

for engine in docker rootless rootful; do
	tasks_apart() { apart $engine; }
	numbered_user() { unprivileged $engine 4321; }
	named_user() { unprivileged $engine builder; }
	with_git() { versioned $engine; }
	other_places() { elsewhere $engine; }
	ctrl_c() { interrupted $engine; }
	killed() { died $engine; }
	with_keep() { kept $engine; }
	check "$engine: tasks share a copy, and see nothing of each other" tasks_apart
	check "$engine: it is a user's by number" numbered_user
	check "$engine: it is a user's by name" named_user
	check "$engine: git works in it, of a linked worktree too" with_git
	check "$engine: elsewhere; where the image has something, nothing is hidden" other_places
	check "$engine: Ctrl-C leaves nothing" ctrl_c
	check "$engine: what kill -9 leaves, cirrus clean removes" killed
	check "$engine: --keep leaves it to the environments" with_keep
done
check 'docker: a directory can be renamed' renames
finish
