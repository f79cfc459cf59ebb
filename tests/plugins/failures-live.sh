# SPDX-License-Identifier: MIT
# Working with failures on real engines: a shell where a task failed, and an
# environment that is kept.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"

a_failing_task() {
	cat >.cirrus.yml <<-YAML
		live_task:
		  container: {image: $TEST_IMAGE}
		  env: {GREETING: hello there}
		  a_script: echo PLACE=kitchen >>"\$CIRRUS_ENV"; echo trace >left-behind
		  b_script: exit 7
	YAML
	chmod -R a+rX .
}

type_in() { printf '%s\n' "$@" >&9; }
shows() { await 60 grep -q -e "$1" "$OUT"; }

a_shell() {
	need "$1"
	requires script mkfifo
	a_failing_task
	mkfifo typed
	script -qec "stty rows 30 cols 100; NO_COLOR=1 $(engine_words "$1") cirrus run -o simple --shell-on-failure" \
		/dev/null <typed >"$OUT" 2>&1 &
	pid=$!
	exec 9>typed
	shows "this is a shell in the task's environment"
	type_in 'echo "<$GREETING|$PLACE|$(cat left-behind)|$(stty size)>"; tty'
	shows '<hello there|kitchen|trace|30 100>'
	shows '^/dev/pts/'
	type_in 'exit 9'
	exec 9>&-
	status=0
	wait $pid || status=$?
	assert_status 1
	assert_out_has "'live' task failed in"
}

a_resize_arrives() {
	need "$1"
	requires tmux
	a_failing_task
	cleanup "tmux -L cirrus-$mark kill-server"
	tmux -L "cirrus-$mark" new-session -d -x 100 -y 30 \
		"NO_COLOR=1 $(engine_words "$1") cirrus run -o simple --shell-on-failure; sleep 600"
	screen_has() { tmux -L "cirrus-$mark" capture-pane -p | tee "$OUT" | grep -q -e "$1"; }
	await 60 screen_has 'this is a shell'
	tmux -L "cirrus-$mark" resize-window -x 80 -y 25
	tmux -L "cirrus-$mark" send-keys 'until [ "$(stty size)" = "25 80" ]; do sleep 0.1; done; echo "size=$(stty size)"' Enter
	await 30 screen_has '^size=25 80'
	tmux -L "cirrus-$mark" send-keys exit Enter
	await 60 screen_has '^to run again what failed: cirrus run live'
}

what_is_kept() {
	need "$1"
	a_failing_task
	on "$1" cirrus run --keep
	assert_status 1
	enter=$(sed -n 's/^to enter the environment of task "live": //p' "$OUT")
	remove=$(sed -n 's/^hint: to remove it: //p' "$OUT")
	assert [ -n "$enter" ]
	assert [ -n "$remove" ]
	words=$(engine_words "$1")
	cleanup "$words sh -c '$remove'"
	cp "$OUT" told
	# a person has a terminal
	on "$1" sh -c "$(echo "$enter" | sed 's/ -it / -i /') -c 'cat \"\$0\"/left-behind; . \"\$1\"; echo \"<\$GREETING>\"' /tmp/cirrus-ci/working-dir /tmp/cirrus-ci/session/environment"
	assert_status 0
	assert_out_has '^trace$'
	assert_out_has '^<hello there>$'
	on "$1" sh -c "$remove"
	assert_status 0
	on "$1" sh -c "$(echo "$enter" | sed 's/ -it / -i /') -c true"
	assert [ "$status" -ne 0 ]
}

for engine in docker rootless rootful; do
	eval "shell_on_$engine() { a_shell $engine; }
		resize_on_$engine() { a_resize_arrives $engine; }
		kept_on_$engine() { what_is_kept $engine; }"
	check "$engine: a shell opens where a task failed" "shell_on_$engine"
	check "$engine: the shell learns of a resize" "resize_on_$engine"
	check "$engine: what is kept can be entered and removed" "kept_on_$engine"
done
finish
