#!/bin/sh
# SPDX-License-Identifier: MIT
# run-fallback - what a task needs of a backend that cannot hold a session in the
# usual way: one long exec, or one exec for each instruction, does the same.
. "${srcdir:-.}/tests/lib.sh"
CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND

long=START_STDIO
late=COPY_STOPPED,COPY_RUNNING
early=COPY_RUNNING
each=START_STDIO,EXEC_STDIN

config() {
	{ printf 'container:\n  image: debian:12\n'; cat; } >.cirrus.yml
}
cirrus_run() { # ARGS...   of a backend without $without
	run cirrus run -o simple --backend-option "dummy.without=$without" "$@"
}

runs_scripts() {
	echo hello >greeting
	config <<-'EOF'
	env: {WHO: "wor'ld"}
	hello_task:
	  one_script:
	    - echo hello $WHO
	    - echo to stderr >&2
	    - cd /
	    - pwd
	  two_script: echo "$PWD $(cat greeting) $CI"
	  three_script: printf 'no newline'
	EOF
	cirrus_run
	assert_status 0
	assert_out_has "^hello wor'ld\$"
	assert_out_has '^to stderr$'
	assert_out_has '^/$'
	assert_out_has '^/tmp/cirrus-ci/working-dir hello true$'
	assert_out_has '^no newline'
	assert_out_has "'hello' task succeeded"
}

hands_variables_on() {
	config <<-'EOF'
	a_task:
	  one_script: echo "FOUND=it is" >>$CIRRUS_ENV
	  two_script: echo "two sees $FOUND"; [ ! -s $CIRRUS_ENV ] && echo emptied; echo MORE=more >>$CIRRUS_ENV
	  three_script: echo "three sees $FOUND $MORE"; rm $CIRRUS_ENV
	  four_script: echo "four sees $FOUND $MORE"; echo FOUND=again >$CIRRUS_ENV
	  five_script: echo "five sees $FOUND $MORE"
	EOF
	cirrus_run
	assert_status 0
	assert_out_has '^two sees it is$'
	assert_out_has '^emptied$'
	assert_out_has '^three sees it is more$'
	assert_out_has '^four sees it is more$'
	assert_out_has '^five sees again more$'
}

fails_with_its_script() {
	config <<-'EOF'
	a_task:
	  bad_script: echo before; echo WHY=because >>$CIRRUS_ENV; exit 3; echo after
	  never_script: echo never
	  on_failure: {report_script: 'echo failed $WHY'}
	EOF
	cirrus_run
	assert_status 1
	assert_out_has '^Exit status: 3$'
	assert_out_has "'never' script skipped"
	assert_out_lacks '^never$'
	assert_out_has '^failed because$'
}

keeps_to_the_time() {
	config <<-'EOF'
	a_task:
	  timeout_in: 2s
	  long_script: echo begun; sleep 300; echo ended
	  always: {after_script: echo after all}
	EOF
	cirrus_run
	assert_status 1
	assert_out_has '^begun$'
	assert_out_lacks '^ended$'
	assert_out_has '^after all$'
	assert_err_has 'timed out after 2'
}

writes_files() {
	config <<-'EOF'
	a_task:
	  env: {TEXT: "it's\nhere"}
	  note_file: {path: /tmp/new/dir/note, variable_name: TEXT}
	  read_script: cat /tmp/new/dir/note
	EOF
	cirrus_run
	assert_status 0
	assert_out_has '^Created file /tmp/new/dir/note!$'
	assert_out_has "^it's\$"
	assert_out_has '^here$'
}

knows_the_image() {
	config <<-'EOF'
	a_task:
	  env: {PATH: "/nowhere/bin:$PATH"}
	  one_script: echo "$PATH"
	EOF
	cirrus_run
	assert_status 0
	assert_out_has '^/nowhere/bin:/usr/local/sbin:/usr'
}

runs_directly() {
	config <<-'EOF'
	a_task:
	  env: {CIRRUS_SHELL: direct, WHO: world}
	  one_script: printf '<%s>' "hello $WHO" '$(id)'
	  two_script: /no/such/program
	EOF
	cirrus_run
	assert_status 1
	assert_out_has '^<hello world><$(id)>'
	assert_out_has '^Exit status: 127$'
}

takes_another_shell() {
	config <<-'EOF'
	a_task:
	  env: {CIRRUS_SHELL: /bin/sh -eu}
	  one_script: echo "flags $-"
	EOF
	cirrus_run
	assert_status 0
	assert_out_has '^flags .*u'
}

cases() { # HOW CAPABILITIES
	without=$2
	check "$1: scripts run in order" runs_scripts
	check "$1: CIRRUS_ENV hands variables on" hands_variables_on
	check "$1: a script that fails fails the task" fails_with_its_script
	check "$1: a script that takes too long is ended, and what follows runs" keeps_to_the_time
	check "$1: files are written" writes_files
	check "$1: what the image defines can be referred to" knows_the_image
	check "$1: CIRRUS_SHELL: direct runs commands" runs_directly
	check "$1: CIRRUS_SHELL is taken" takes_another_shell
}
cases 'one long exec' "$long"
cases 'files before the start' "$early"
cases 'files after the start' "$late"
cases 'one exec each' "$each"

# What the other ways do with a process group of their own is the backend's here.
ends_leftovers() {
	config <<-'EOF'
	a_task:
	  one_script: sleep 299 & echo "left $!" >left; echo started
	  two_script: read -r word pid <left; sleep 1; kill -0 $pid 2>/dev/null && echo alive || echo gone
	EOF
	cirrus_run
	assert_status 0
	assert_out_has '^gone$'
}
check 'one exec each: what a script leaves behind is ended' ends_leftovers

has_no_background() {
	config <<-'EOF'
	a_task:
	  server_background_script: sleep 100
	EOF
	cirrus_run
	assert_status 1
	assert_out_has 'backend dummy cannot run background scripts: it lacks EXEC_STDIN'
}
check 'one exec each: background scripts are refused, with the reason' has_no_background

is_interrupted() {
	config <<-'EOF'
	a_task:
	  long_script: echo begun; sleep 300
	EOF
	cirrus run -o simple --backend-option "dummy.without=$without" >"$OUT" 2>"$ERR" &
	pid=$!
	await 30 grep -q '^begun$' "$OUT"
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	assert_status 143
}
check 'one exec each: a signal ends the script' is_interrupted

admits_what_it_lacks() {
	config <<-'EOF'
	a_task: {script: "true"}
	EOF
	run cirrus run --backend-option dummy.without=NONSENSE
	assert_err_has 'cannot be without "NONSENSE"'
}
check 'the dummy knows what it can be without' admits_what_it_lacks
finish
