# SPDX-License-Identifier: MIT
# Working with failures: shells, what is kept, what is not started any more.
. "${srcdir:-.}/tests/lib.sh"

CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND

# terminal CMD...   runs it on a terminal of its own in the background; what it
# shows is in $OUT.  type_in LINE... types; ended waits and sets $status.
terminal() {
	requires script mkfifo
	mkfifo typed
	script -qec "stty rows 30 cols 100; $*" /dev/null <typed >"$OUT" 2>&1 &
	terminal_pid=$!
	cleanup "kill $terminal_pid"
	exec 9>typed
}
type_in() { printf '%s\n' "$@" >&9; }
shows() { await 30 grep -q -e "$1" "$OUT"; }
ended() {
	exec 9>&-
	status=0
	wait "$terminal_pid" || status=$?
}

a_failing_task() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		unit_task:
		  env: {GREETING: hello there}
		  a_script: echo PLACE=kitchen >>"$CIRRUS_ENV"; echo trace >left-behind
		  b_script: exit 7
		  always:
		    c_script: echo always
	YAML
}

a_shell_opens_where_a_task_failed() {
	a_failing_task
	terminal NO_COLOR=1 cirrus run -o simple --shell-on-failure
	shows "this is a shell in the task's environment"
	type_in 'echo "<$GREETING|$PLACE|$(cat left-behind)|$(stty size)|$TERM>"'
	shows '<hello there|kitchen|trace|30 100|'
	type_in 'exit 9'
	ended
	assert_status 1
	tr -d '\r' <"$OUT" >plain
	# after all instructions, before the end of the task
	sed -n '/this is a shell/,$p' plain >after
	assert grep -q "^'unit' task failed in" after
	assert grep -q "to run again what failed: cirrus run unit" after
	grep -q "^'c' script" after && fail 'the shell opened too early'
	assert grep -q "'b' script: Exit status: 7" plain
}

no_shell_where_nothing_failed() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		ok_task: {x_script: echo fine}
	YAML
	terminal cirrus run --shell-on-failure
	ended
	assert_status 0
	assert_out_lacks 'this is a shell'
}

a_shell_needs_a_terminal() {
	a_failing_task
	run cirrus run --shell-on-failure
	assert_status 2
	assert_err_has '^--shell-on-failure needs a terminal'
	assert_err_has '^hint: --keep'
	assert_empty "$OUT"
}

the_terminal_is_given_back() {
	a_failing_task
	terminal 'stty -g; cirrus run --shell-on-failure >/dev/tty; stty -g'
	shows 'this is a shell'
	type_in exit
	ended
	tr -d '\r' <"$OUT" | grep -x '[0-9a-f:]\{20,\}' | sort -u >modes
	assert [ "$(wc -l <modes)" -eq 1 ]
}

a_signal_ends_the_shell() {
	a_failing_task
	terminal 'stty -g; echo pid-$$; exec sh -c "cirrus run -o simple --shell-on-failure; echo status-\$?; stty -g"'
	shows 'this is a shell'
	pid=$(tr -d '\r' <"$OUT" | sed -n 's/^pid-//p')
	kill -TERM "$(pgrep -P "$pid" -x cirrus)"
	shows '^status-143'
	ended
	assert_out_has '^build terminated'
	tr -d '\r' <"$OUT" | grep -x '[0-9a-f:]\{20,\}' | sort -u >modes
	assert [ "$(wc -l <modes)" -eq 1 ]
}

two_shells_never_at_once() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		a_task: {x_script: exit 2}
		b_task: {x_script: exit 3}
	YAML
	terminal cirrus run -j 2 -o simple --shell-on-failure
	shows 'this is a shell'
	type_in 'echo one-$((1 + 1)); exit'
	shows 'one-2'
	await 30 sh -c "[ \$(grep -c 'this is a shell' '$OUT') -eq 2 ]"
	type_in 'echo two-$((2 + 2)); exit'
	shows 'two-4'
	ended
	assert_status 1
}

what_is_kept_is_told() {
	a_failing_task
	for option in --keep --debug-no-cleanup; do
		run cirrus run $option
		assert_status 1
		assert_out_has '^to enter the environment of task "unit": cd '
		assert_out_has '^the environment of task "unit" is left behind: --keep$'
		assert_out_has '^hint: to remove it: rm -rf '
		dir=$(sed -n "s/^hint: to remove it: rm -rf '\(.*\)'$/\1/p" "$OUT")
		assert [ -d "$dir" ]
		run cirrus run
		assert_status 1
		[ -d "$dir" ] || fail 'the next run has removed it'
		run cirrus clean --dry-run
		assert_out_has 'left by --keep'
		run cirrus clean
		assert [ ! -d "$dir" ]
	done
}

what_may_fail_is_not_why() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		a_task: {allow_failures: true, x_script: exit 2}
		b_task: {x_script: exit 3}
	YAML
	run cirrus run -j 1
	assert_status 1
	assert_err_has '^build failed: task b (1) failed$'
	assert_err_has '^  failed *a .*(may fail)$'
	assert_err_lacks '^  failed *b .*(may fail)$'
	run cirrus run -j 1 -o json a
	assert_status 0
	assert_out_has '"event":"task_finished".*"allowed":true'
}

fail_fast_starts_no_more() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		a_task: {x_script: exit 2}
		b_task: {x_script: echo b}
	YAML
	run cirrus run -j 1 --fail-fast
	assert_status 1
	assert_out_has '^task "a" did not succeed, and --fail-fast was given$'
	assert_out_has "^'b' task skipped"
	for option in -k --keep-going; do
		run cirrus run -j 1 --fail-fast $option
		assert_status 1
		assert_out_has "^'b' task succeeded"
	done
}

locks_hold() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		unit_task:
		  matrix: [{name: a}, {name: b}, {name: c}]
		  env: {DEVICE: one}
		  execution_lock: $DEVICE
		  x_script: sleep 0.1
	YAML
	run cirrus run -j 3 -o json
	assert_status 0
	# not one of them began while another was at work
	assert awk '/"event":"task_started"/ && ++n > 1 { exit 1 }
		/"event":"task_finished"/ { n-- }' "$OUT"
}

dependents_are_skipped_with_the_reason() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		a_task: {x_script: exit 2}
		b_task: {depends_on: a, x_script: echo b}
		c_task: {depends_on: b, x_script: echo c}
	YAML
	run cirrus run
	assert_status 1
	assert_out_has '^task "a", which it depends on, did not succeed$'
	assert_out_has '^task "b", which it depends on, did not succeed$'
	assert_err_has '^  skipped  *c .*task "b", which it depends on'
}

last_lines_come_at_the_end() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		a_task:
		  x_script: for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $i; done; exit 2
		b_task: {x_script: echo b}
	YAML
	run cirrus run
	assert_status 1
	assert_err_has "^'a' task: 'x' script: Exit status: 2$"
	assert_err_has '^    line 12$'
	assert_err_has '^    line 3$'
	assert_err_lacks '^    line 2$'
	assert_err_has '^    \.\.\.$'
	assert_err_has '^to run again what failed: cirrus run a$'
	command=$(sed -n 's/^to see all of its output: //p' "$ERR")
	run sh -c "$command"
	assert_status 0
	assert_out_has '^line 1$'
	# of a single task they stand right above
	run cirrus run a
	assert_err_lacks line
}

what_to_type_has_the_options() {
	mkdir sub
	cat >"sub/my file.yml" <<-'YAML'
		container: {image: any}
		a_task:
		  x_script: test "$A" = "b c" && exit 2
	YAML
	THE_TOKEN=secret-1 run cirrus run -f 'sub/my file.yml' -e 'A=b c' \
		-e OTHER_TOKEN=secret-2 -e THE_TOKEN --dirty -o simple
	assert_status 1
	command=$(sed -n 's/^to run again what failed: //p' "$ERR")
	assert [ "$command" = "cirrus run '--file=sub/my file.yml' '--env=A=b c' --env=OTHER_TOKEN --env=THE_TOKEN --dirty a" ]
	assert_err_lacks 'secret-'
	THE_TOKEN=1 OTHER_TOKEN=2 run sh -c "$command"
	assert_status 1
	assert_out_has "^'a' task failed"
}

check 'what to type has the options that matter' what_to_type_has_the_options
check 'a shell opens where a task failed' a_shell_opens_where_a_task_failed
check 'no shell where nothing failed' no_shell_where_nothing_failed
check 'a shell needs a terminal' a_shell_needs_a_terminal
check 'the terminal is given back as it was' the_terminal_is_given_back
check 'a signal ends the shell and gives the terminal back' a_signal_ends_the_shell
check 'two shells are never open at once' two_shells_never_at_once
check 'what is kept is told, with how to enter and remove it' what_is_kept_is_told
check 'a task that may fail is not named as why the build failed' what_may_fail_is_not_why
check '--fail-fast starts no more, --keep-going takes it back' fail_fast_starts_no_more
check 'an execution_lock holds within the run' locks_hold
check 'dependents are skipped with the reason' dependents_are_skipped_with_the_reason
check 'the last lines of what failed come at the end' last_lines_come_at_the_end
finish
