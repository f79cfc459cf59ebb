#!/bin/sh
# SPDX-License-Identifier: MIT
# execution-live - instructions and their ends in real containers.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=180

config() {
	{ printf 'container: {image: %s}\n' "$TEST_IMAGE"; cat; } >.cirrus.yml
	chmod -R a+rX .
}

timeouts() {
	need "$1"
	config <<-'EOF'
	a_task:
	  timeout_in: 2s
	  slow_script: setsid sleep 998 & sleep 999
	  never_script: echo never ran
	  on_failure: {f_script: echo after the failure}
	  on_timeout: {t_script: echo after the timeout}
	  always: {left_script: "ps | grep -c '[s]leep 99'"}
	EOF
	on "$1" cirrus run -o simple
	assert_status 1
	assert_out_has '^Timed out!$'
	assert_out_lacks '^never ran$'
	assert_out_has '^after the failure$'
	assert_out_has '^after the timeout$'
	assert_out_has '^0$'
	assert_err_has 'build failed: task a (0) timed out'
}

leftovers() {
	need "$1"
	config <<-'EOF'
	a_task:
	  one_script: sleep 997 & setsid sleep 998 & setsid sleep 999 >/dev/null 2>&1 & sleep 0.2
	  two_script: ps | grep '[s]leep 99' | sed 's/.*sleep/left/'
	EOF
	on "$1" cirrus run -o simple
	assert_status 0
	assert_out_has '^left 999$'
	assert_out_lacks '^left 99[78]$'
	on "$1" cirrus run -o simple -e CIRRUS_ESCAPING_PROCESSES=
	assert_out_has '^left 997$'
	assert_out_has '^left 998$'
}

backgrounds() {
	need "$1"
	config <<-'EOF'
	a_task:
	  web_background_script:
	    - echo background says $CIRRUS_TASK_NAME
	    - (while :; do sleep 1; done) &
	    - mkdir www; echo hello >www/f; echo up >www/up; while :; do sleep 1; done
	  use_script: while [ ! -e www/up ]; do sleep 0.1; done; cat www/f
	  fail_background_script: exit 3
	  end_script: sleep 0.3
	EOF
	on "$1" cirrus run -o simple
	assert_status 0
	assert_out_has '^hello$'
	assert_out_has '^background says a$'
	assert_out_has "'web' background script succeeded"
	assert_out_has "'fail' background script failed"
}

shells() {
	need "$1"
	config <<-'EOF'
	direct_task:
	  env: {CIRRUS_SHELL: direct, A: one two}
	  a_script:
	    - printf '<%s>' $A "$A" ;
	    - sh -c 'echo; exit 7'
	    - echo never
	  always:
	    b_script: sh -c 'echo MORE=x >>$CIRRUS_ENV'
	    c_script: echo $MORE $$
	sh_task: {env: {CIRRUS_SHELL: sh -x}, script: echo traced}
	stamp_task: {env: {CIRRUS_LOG_TIMESTAMP: "true"}, script: echo stamped}
	EOF
	on "$1" cirrus run -o simple
	assert_status 1
	assert_out_has '^<one><two><one two><;>$'
	assert_out_has '^Exit status: 7$'
	assert_out_lacks '^never$'
	assert_out_has '^x \$\$$'
	assert_out_has '^+ echo traced$'
	assert_out_has '^\[[0-9:.]*\] stamped$'
}

variables() {
	need "$1"
	config <<-'EOF'
	a_task:
	  env: {KEEP: 'a\$HOME', PATH: "/opt/x:$PATH", MY_TOKEN: "two\nlines of it", BLANKS: "  x  "}
	  one_script:
	    - printf 'A=1\n\nB=$A/b\nC<<END\nl 1\n\nl=3\nEND\nEMPTY=\nLATE_PASSWORD=hush hush\n' >>$CIRRUS_ENV
	  two_script: printf '%s|' "$KEEP" "$A" "$B" "$C" "[$EMPTY]" "$BLANKS" "${PATH%%:*}"; ls /bin/sh
	  three_script: echo "$LATE_PASSWORD"; printf 'two\nli'; sleep 0.2; printf 'nes of it\n'; printf '%s|%s\n' "$MY_TOKEN" end
	  four_script: printf 'CIRRUS_ENV_SENSITIVE=\nPLAIN=nobody sees this\n' >>$CIRRUS_ENV
	  five_script: echo "$PLAIN"
	  f_file: {path: "deep/er/${CIRRUS_TASK_NAME}.txt", variable_name: KEEP}
	  six_script: cat deep/er/a.txt; echo; echo "$CIRRUS_OS $CIRRUS_CI $CIRRUS_TASK_ID $CI_NODE_TOTAL $FROM_E"
	  seven_script: echo "$CIRRUS_ARCH is $(uname -m), $CIRRUS_BRANCH"
	EOF
	printf '# comment\nFROM_FILE=file\nFROM_E=file\n' >vars
	chmod a+r vars
	on "$1" cirrus run -o simple --env-file vars -e NO_SUCH_VARIABLE -e FROM_E=cli \
		-e CIRRUS_OS=plan9 -e CIRRUS_ARCH=pdp11 -e CIRRUS_BRANCH=mine
	assert_status 0
	assert_out_has '^a$HOME|1|1/b|l 1$'
	assert_out_has '^l=3|\[\]|  x  |/opt/x|/bin/sh$'
	assert_out_lacks '^hush hush$'
	assert_out_lacks '^lines of it'
	assert_out_has '^HIDDEN-BY-CIRRUS-CI|end$'
	assert_out_lacks '^nobody sees this$'
	assert_out_has '^a$HOME$'
	assert_out_has '^linux true 0 1 cli$'
	assert_out_has '^amd64 is x86_64, mine$\|^arm64 is aarch64, mine$'
}

worktrees() {
	need "$1"
	requires git
	git() { command git -c user.name=a -c user.email=a@b "$@"; }
	mkdir main && cd main && git init -q .
	config <<-'EOF'
	a_task:
	  repo_script: cat .git/HEAD; ls .git/objects/[0-9a-f][0-9a-f]/* | wc -l; cat .git/config | grep -c worktree
	  write_script: echo x >.git/refs/heads/new && echo written
	EOF
	git add . && git commit -qm one
	git worktree add -q -b other ../wt && cd ../wt
	chmod -R a+rX "$trash"
	on "$1" cirrus run -o simple
	assert_out_has '^ref: refs/heads/other$'
	assert_out_has '^3$'
	assert_out_has '^0$'
	sed -i 's/ | grep -c worktree/ | grep -c bare/; s/; cat/; ! cat/' .cirrus.yml
	on "$1" cirrus run -o simple
	assert_status 0
	assert_out_has '^written$'
	assert [ ! -e ../main/.git/refs/heads/new ]
}

for engine in docker rootless rootful; do
	time_out() { timeouts $engine; }
	leave() { leftovers $engine; }
	background() { backgrounds $engine; }
	shell() { shells $engine; }
	variable() { variables $engine; }
	worktree() { worktrees $engine; }
	check "$engine: a linked worktree has its repository inside" worktree
	check "$engine: a task that takes too long is stopped, then always and on_timeout run" time_out
	check "$engine: leftovers are killed unless they are to escape" leave
	check "$engine: background scripts run beside the others and end with the task" background
	check "$engine: CIRRUS_SHELL, direct, and times in the log" shell
	check "$engine: variables, those handed on, those that are secret" variable
done
finish
