#!/bin/sh
# SPDX-License-Identifier: MIT
# The project, read once and shared by the tasks of a run.
. "${srcdir:-.}/tests/lib.sh"
CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND
once='the project is copied once, for all tasks that can share it'
each='the project is copied for each task'
cirrus_run() { run cirrus run -v -o simple "$@"; }
dummy() { cirrus_run --backend-option "dummy.$1"; }

# files N: the project has so many, small ones; from 100 on, and one that is large.
files() {
	[ "$1" -lt 100 ] || truncate -s 135M blob
	i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		echo $i >f$i
	done
}

# tasks N: that each write what no other may see.
tasks() {
	echo 'container: {image: "debian:12"}' >.cirrus.yml
	i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		cat >>.cirrus.yml <<-EOF
		t${i}_task:
		  a_script: cat f1 f2; rm f2; echo of $i >f1; mkdir made; sleep 0.3; echo "\$(cat f1) \$(ls | wc -l)"
		EOF
	done
}

# nothing_shows N FILES: each task saw the project alone, which is as it was.
nothing_shows() {
	assert_status 0
	assert [ "$(grep -cx 1 "$OUT")" -eq "$1" ]
	assert [ "$(grep -cx 2 "$OUT")" -eq "$1" ]
	i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		assert_out_has "^of $i $2\$"
	done
	assert [ "$(cat f1 f2)" = "$(printf '1\n2')" ]
	assert [ ! -e made ]
	assert [ -z "$(left)" ]
}

# left: environments and volumes of the dummy.
left() { find "$HOME" \( -path '*/i/*' -o -path '*/v/*' \) -prune -print; }
says() { assert [ "$(grep -c "$1" "$OUT")" -eq "$2" ]; }

shares() {
	files 600
	tasks 3
	cirrus_run -j3
	nothing_shows 3 601
	says "$once" 1
}
check 'a large project is copied once, for all tasks' shares

by_running() {
	files 600
	tasks 2
	dummy without=COPY_STOPPED
	nothing_shows 2 601
	says "$once" 1
	dummy without=COPY_RUNNING
	nothing_shows 2 601
	says "$once" 1
}
check 'be it copied into an environment that runs or one that does not' by_running

clones() {
	files 600
	tasks 3
	dummy without=MOUNT_COW
	nothing_shows 3 601
	says "$once" 1
}
check 'it is cloned where there are clones and no copy-on-write mounts' clones

copies() {
	files 600
	tasks 2
	dummy without=MOUNT_COW,VOLUME_CLONE
	nothing_shows 2 601
	says "$once" 0
	says "$each: this engine has no copy-on-write mounts" 1
	dummy without=COPY_STOPPED,COPY_RUNNING
	nothing_shows 2 601
	says "$once" 0
	run cirrus run -o simple --backend-option dummy.without=MOUNT_COW,VOLUME_CLONE
	assert_out_lacks 'project is copied'
}
check 'it is copied for each task where there is neither, which only -v tells' copies

small() {
	files 20
	tasks 2
	cirrus_run
	nothing_shows 2 20
	says 'project is copied' 0
}
check 'a small project is copied for each task' small

counted() {
	i=0
	mkdir d
	while [ $i -lt 2010 ]; do
		i=$((i + 1))
		: >d/$i
	done
	files 2
	tasks 3
	cirrus_run
	nothing_shows 3 3
	says "$once" 1
	cirrus_run t1 t2
	assert_status 0
	says 'project is copied' 0
}
check 'many small files are shared when enough tasks want them' counted

alone() {
	files 600
	tasks 2
	cirrus_run t1
	assert_status 0
	assert_out_has '^of 1 601$'
	says 'project is copied' 0
	cat >>.cirrus.yml <<-'EOF'
	x_pipe: {steps: [{image: "one:1", p_script: ls | wc -l}]}
	EOF
	cirrus_run t1 x
	assert_status 0
	assert_out_has '^601$'
	says 'project is copied' 0
}
check 'one task alone has its own copy' alone

dirty() {
	files 600
	tasks 2
	printf 'container: {image: "debian:12"}\na_task: {a_script: echo more >new}\nb_task: {a_script: ls | wc -l}\n' >.cirrus.yml
	cirrus_run --dirty
	assert_status 0
	assert [ -e new ]
	says 'project is copied' 0
}
check 'with --dirty there is no copy' dirty

falls_back() {
	files 600
	tasks 3
	cirrus_run -j1 --backend-option dummy.mutant=cow-fails
	nothing_shows 3 601
	says 'the project is copied for this task alone: .*no overlays' 3
}
check 'a mount that fails is done without' falls_back

elsewhere() {
	files 600
	{
		echo 'container: {image: "debian:12"}'
		for dir in /srv/work/here /tmp /tmp/cirrus-ci/session/x; do
			cat <<-EOF
			t_task:
			  name: $dir
			  env: {CIRRUS_WORKING_DIR: $dir}
			  a_script: echo "\$PWD \$(cat f1) \$(ls f* | grep -c '^f[0-9]')"; rm f1
			EOF
		done
	} >.cirrus.yml
	cirrus_run
	assert_status 0
	assert_out_has '^/srv/work/here 1 600$'
	assert_out_has '^/tmp 1 600$'
	assert_out_has '^/tmp/cirrus-ci/session/x 1 600$'
	says "$once" 1
	says "something else is in its CIRRUS_WORKING_DIR" 2
}
check 'what lies in the working directory already is not hidden' elsewhere

with_volume() {
	files 600
	mkdir "$trash/vol" && echo mounted >"$trash/vol/file"
	cat >.cirrus.yml <<-EOF
	a_task:
	  container: {image: "debian:12", volumes: ["$trash/vol:/tmp/cirrus-ci/working-dir/vol"]}
	  a_script: cat vol/file f1
	b_task:
	  container: {image: "debian:12"}
	  a_script: cat f2
	EOF
	cirrus_run
	assert_status 0
	assert_out_has '^mounted$'
	says 'something else is in its CIRRUS_WORKING_DIR' 1
}
check 'nor is a volume that the task mounts there' with_volume

keep() {
	files 600
	tasks 2
	cirrus_run --keep
	assert_status 0
	assert_out_has 'volume .*-project0 is left behind: --keep'
	run cirrus clean
	assert_status 0
	assert_out_has 'volume .*-project0'
	assert [ -z "$(left)" ]
}
check 'with --keep the copy stays, until cirrus clean' keep

died() {
	files 600
	printf 'container: {image: "debian:12"}\na_task: {a_script: echo begun; sleep 30}\nb_task: {a_script: sleep 30}\n' >.cirrus.yml
	cirrus run -j1 -o simple >"$OUT" 2>"$ERR" </dev/null &
	run=$!
	cleanup kill -9 $run
	await 20 grep -q '^begun' "$OUT"
	kill -9 $run
	wait $run || :
	assert [ -n "$(left)" ]
	run cirrus clean
	assert_status 0
	assert [ -z "$(left)" ]
}
check 'what kill -9 leaves of it, cirrus clean removes' died

interrupted() {
	env --default-signal=INT true 2>/dev/null || skip "no env --default-signal"
	files 600
	printf 'container: {image: "debian:12"}\na_task: {a_script: echo begun; sleep 30}\nb_task: {a_script: sleep 30}\n' >.cirrus.yml
	env --default-signal=INT cirrus run -j1 -o simple >"$OUT" 2>"$ERR" </dev/null &
	run=$!
	cleanup kill -9 $run
	await 20 grep -q '^begun' "$OUT"
	kill -INT $run
	status=0
	wait $run || status=$?
	assert_status 130
	assert [ -z "$(left)" ]
}
check 'Ctrl-C leaves nothing of it' interrupted

finish
