#!/bin/sh
# SPDX-License-Identifier: MIT
# Artifacts: which files are taken, where they go, on the dummy backend.
. "${srcdir:-.}/tests/lib.sh"
CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND

# config: .cirrus.yml from stdin, every task in a container.
config() {
	{ printf 'container:\n  image: debian:12\n'; cat; } >.cirrus.yml
}
cirrus_run() { run cirrus run -o simple "$@"; }
W=/tmp/cirrus-ci/working-dir

# found: relative paths of all that is in the directory of artifacts
found() { (cd "${1:-$trash/art}" && find . -type f -print0 | tr '\n' '?' | tr '\000' '\n' | sort); }

layout() {
	config <<-'EOF'
	a_task:
	  make_script:
	    - mkdir -p dist/sub
	    - echo app >dist/app.tar; touch dist/empty; echo deep >dist/sub/deep
	    - chmod 751 dist/app.tar
	  dist_artifacts: {path: "dist/*"}
	  artifacts: {paths: ["dist/sub/deep", "none/*"]}
	EOF
	cirrus_run --artifacts-dir "$trash/art"
	assert_status 0
	cat >"$trash/want" <<-'EOF'
	./a/binary/dist/sub/deep
	./a/dist/dist/app.tar
	./a/dist/dist/empty
	EOF
	found >"$trash/got"
	assert_same "$trash/want" "$trash/got"
	assert [ "$(stat -c %a "$trash/art/a/dist/dist/app.tar")" = 751 ]
	assert [ ! -s "$trash/art/a/dist/dist/empty" ]
	assert_out_has "^Uploading 3 artifacts for $W/dist/\*$"
	assert_out_has "^Skipping uploading of '$W/dist/sub' because it's a folder$"
	assert_out_has "^Uploaded $W/dist/app.tar$"
	assert_out_has "^Uploading 0 artifacts for $W/none/\*$"
	assert_out_lacks 'Failed\|Unimplemented\|not kept'
	assert_out_has "'dist' artifacts succeeded"
}
check 'files go to DIR/TASK/NAME/PATH, empty ones and modes too' layout

globs() {
	config <<-'EOF'
	a_task:
	  env: {WHAT: rep}
	  make_script:
	    - mkdir -p reports/a/b 'sp ace' .hidden
	    - touch reports/1.xml reports/a/2.xml reports/a/b/3.xml reports/a/b/3.txt
	    - touch "sp ace/it's [1].log" .hidden/.dot.log '$dollar.log' "$(printf 'new\nline.log')"
	  deep_artifacts: {path: "${WHAT}orts/**/*.xml"}
	  all_artifacts: {path: "reports/**"}
	  logs_artifacts: {path: "**/*.log"}
	  brace_artifacts: {path: "reports/{1.xml,a/b/*.t?t}"}
	  class_artifacts: {path: "reports/[0-9].xml"}
	  name_artifacts: {path: "sp ace/it's [1].log"}
	EOF
	cirrus_run --artifacts-dir "$trash/art"
	assert_status 0
	cat >"$trash/want" <<-'EOF'
	./a/all/reports/1.xml
	./a/all/reports/a/2.xml
	./a/all/reports/a/b/3.txt
	./a/all/reports/a/b/3.xml
	./a/brace/reports/1.xml
	./a/brace/reports/a/b/3.txt
	./a/class/reports/1.xml
	./a/deep/reports/1.xml
	./a/deep/reports/a/2.xml
	./a/deep/reports/a/b/3.xml
	./a/logs/$dollar.log
	./a/logs/.hidden/.dot.log
	./a/logs/new?line.log
	./a/logs/sp ace/it's [1].log
	./a/name/sp ace/it's [1].log
	EOF
	found >"$trash/got"
	assert_same "$trash/want" "$trash/got"
}
check 'globs mean what they say, whatever names look like' globs

outside() {
	config <<-'EOF'
	a_task:
	  make_script: mkdir dist; echo x >dist/x; touch ../next
	  up_artifacts: {path: "dist/../../next"}
	b_task:
	  make_script: mkdir dist; echo x >dist/x
	  never_artifacts: {path: "/no/such/*.log"}
	  x_artifacts: {path: "../working-dir/dist/x"}
	EOF
	mkdir "$trash/art"
	cirrus_run --artifacts-dir "$trash/art"
	assert_status 1
	assert_out_has "^Failed to upload artifacts: path is outside of CIRRUS_WORKING_DIR: path /tmp/cirrus-ci/next should be relative to $W$"
	assert_out_has "'up' artifacts failed"
	assert_out_has "'b' task succeeded"
	assert [ "$(found)" = ./b/x/dist/x ]
}
check 'a path outside of the working directory fails, one that finds nothing does not' outside

links() {
	config <<-'EOF'
	a_task:
	  make_script:
	    - mkdir real elsewhere; echo app >real/app; chmod 700 real/app
	    - ln -s app real/same; ln real/app real/hard; ln -s nowhere real/broken
	    - ln -s real dir; ln -s ../real real/loop; mkfifo real/fifo
	  real_artifacts: {path: "real/**"}
	  dir_artifacts: {path: "dir/*"}
	  one_artifacts: {path: "dir/same"}
	EOF
	cirrus_run --artifacts-dir "$trash/art"
	assert_status 0
	cat >"$trash/want" <<-'EOF'
	./a/dir/dir/app
	./a/dir/dir/hard
	./a/dir/dir/same
	./a/one/dir/same
	./a/real/real/app
	./a/real/real/hard
	./a/real/real/same
	EOF
	found >"$trash/got"
	assert_same "$trash/want" "$trash/got"
	assert [ -z "$(find "$trash/art" -type l)" ]
	assert [ "$(cat "$trash/art/a/one/dir/same")" = app ]
	assert_out_has "^Skipping uploading of '$W/real/broken' because it's not a file$"
	assert_out_has "^Skipping uploading of '$W/real/fifo' because it's not a file$"
}
check 'links become the files they lead to, and nothing else' links

hostile_links() {
	config <<-'EOF'
	a_task:
	  make_script: mkdir d; echo new >d/f
	  x_artifacts: {path: d/f}
	EOF
	mkdir -p "$trash/art/a/x" "$trash/victim"
	ln -s "$trash/victim" "$trash/art/a/x/d"
	cirrus_run --artifacts-dir "$trash/art"
	assert_status 3
	assert_out_has '^Failed to upload artifacts: cannot write .*/art/a/x/d/f: Not a directory$'
	assert [ -z "$(ls "$trash/victim")" ]
}
check 'a link that lies below DIR is not followed' hostile_links

many_tasks() {
	config <<-'EOF'
	unit_task:
	  matrix:
	    - env: {V: "1.0/a"}
	    - env: {V: two}
	  make_script: echo $V >v
	  v_artifacts: {path: v}
	"a.b (c)/d_task":
	  make_script: echo strange >v
	  artifacts: {name: "../up", path: v}
	EOF
	cirrus_run --artifacts-dir "$trash/art"
	assert_status 0
	cat >"$trash/want" <<-'EOF'
	./a.b (c)%2Fd/..%2Fup/v
	./unit (V:1.0%2Fa)/v/v
	./unit (V:two)/v/v
	EOF
	found >"$trash/got"
	assert_same "$trash/want" "$trash/got"
	assert [ "$(cat "$trash/art/unit (V:two)/v/v")" = two ]
	assert [ "$(cat "$trash/art/unit (V:1.0%2Fa)/v/v")" = 1.0/a ]
}
check 'tasks do not overwrite each other, whatever their names are' many_tasks

not_kept() {
	config <<-'EOF'
	a_task:
	  make_script: touch one two
	  x_artifacts: {path: "*o*"}
	  y_artifacts: {path: "one"}
	  none_artifacts: {path: "nothing"}
	b_task:
	  artifacts: {name: empty}
	  x_artifacts: {path: "*.xml"}
	EOF
	cirrus_run
	assert_status 0
	assert_out_has '^Found 2 artifacts for .*o\*$'
	assert_out_has '^artifacts "x": 2 files are not kept$'
	assert_out_has '^artifacts "y": 1 file is not kept$'
	assert [ "$(grep -c 'not kept' "$OUT")" -eq 2 ]
	assert [ "$(grep -c '^hint: --artifacts-dir DIR says' "$OUT")" -eq 1 ]
	assert_out_lacks 'Uploading'
	assert_out_lacks '^Uploaded'
	assert_out_has '^Skipping artifacts upload because there are no paths specified\.\.\.$'
}
check 'without --artifacts-dir it is said that nothing is kept' not_kept

behaviours() {
	config <<-'EOF'
	a_task:
	  make_script: touch core; exit 4
	  on_failure: {core_artifacts: {path: core}}
	  always: {all_artifacts: {path: core}}
	  never_artifacts: {path: core}
	EOF
	cirrus_run --artifacts-dir "$trash/art"
	assert_status 1
	found >"$trash/got"
	printf './a/all/core\n./a/core/core\n' >"$trash/want"
	assert_same "$trash/want" "$trash/got"
	assert_out_has "'never' artifacts skipped"
}
check 'artifacts of a task that failed are taken where on_failure and always say so' behaviours

slow_looking() {
	config <<-'EOF'
	a_task:
	  timeout_in: 2s
	  env: {PATH: "$CIRRUS_WORKING_DIR/bin:$PATH"}
	  make_script: mkdir bin; printf '#!/bin/sh\nsleep 100\n' >bin/find; chmod +x bin/find
	  x_artifacts: {path: "b*/*"}
	  always:
	    end_script: echo the end
	    y_artifacts: {path: bin/find}
	EOF
	TIMEOUT=30
	cirrus_run --artifacts-dir "$trash/art"
	assert_status 1
	assert_out_has "'x' artifacts failed"
	assert_out_has '^the end$'
	assert_out_has "'end' script succeeded"
	assert [ "$(found)" = ./a/y/bin/find ]
}
check 'looking for artifacts takes no longer than the task may' slow_looking

trouble_with_the_directory() {
	config <<-'EOF'
	a_task:
	  make_script: touch f; echo it ran
	  x_artifacts: {path: f}
	EOF
	: >"$trash/file"
	cirrus_run --artifacts-dir "$trash/file/art"
	assert_status 2
	assert_err_has "^--artifacts-dir: cannot make directory .*/file: Not a directory$"
	assert_out_lacks '^it ran$'
	[ "$(id -u)" -ne 0 ] || return 0
	mkdir -m 555 "$trash/shut"
	cirrus_run --artifacts-dir "$trash/shut"
	assert_status 2
	assert_err_has '^--artifacts-dir: cannot write to .*/shut: Permission denied$'
}
check 'a directory that cannot be used is told before anything runs' trouble_with_the_directory

full_disk() {
	requires mount
	mkdir "$trash/small"
	mount -t tmpfs -o size=1m none "$trash/small" 2>/dev/null || skip 'no file system can be mounted here'
	cleanup "umount $trash/small"
	config <<-'EOF'
	a_task:
	  make_script: head -c 100000 /dev/zero >a; head -c 3000000 /dev/zero | tr '\0' x >b
	  x_artifacts: {paths: [a, b]}
	  later_script: echo later
	  always: {end_script: echo the end}
	EOF
	cirrus_run --artifacts-dir "$trash/small"
	assert_status 3
	assert_out_has '^Failed to upload artifacts: cannot write .*/small/a/x/b: No space left on device$'
	assert_out_has '^the end$'
	assert_out_lacks '^later$'
	assert [ "$(found "$trash/small")" = ./a/x/a ]
}
check 'a full disk is told, and leaves no half file' full_disk

many_files() {
	config <<-'EOF'
	a_task:
	  make_script:
	    - mkdir -p tree/x; cd tree; i=0; while [ $i -lt 500 ]; do echo $i >x/$i.txt; echo $i >$i.bin; i=$((i+1)); done
	    - ln x/7.txt seven.hard
	  x_artifacts: {path: "tree/**/*.txt"}
	  y_artifacts: {path: "tree/*.{hard,bin}"}
	EOF
	cirrus_run --artifacts-dir "$trash/art"
	assert_status 0
	assert [ "$(found | grep -c txt)" -eq 500 ]
	assert [ "$(found | grep -c bin)" -eq 500 ]
	assert [ "$(cat "$trash/art/a/y/tree/seven.hard")" = 7 ]
	assert [ "$(cat "$trash/art/a/x/tree/x/499.txt")" = 499 ]
}
check 'many files come, also under a name that the engine calls a link' many_files
finish
