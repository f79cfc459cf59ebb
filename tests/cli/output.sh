# SPDX-License-Identifier: MIT
# What a run looks like in each format, durations aside.
. "${srcdir:-.}/tests/lib.sh"

CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND

a_project() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		lint_task:
		  a_script: echo before; exit 3
		  b_script: echo never
		  always:
		    c_script: echo always
		Other_task:
		  a_script: printf 'no newline'
	YAML
}

# Output without durations, and without what the preparation tells.
plain() {
	sed -e 's/in [0-9][0-9.:]*s*!/in T!/' -e '/^Preparing volume/d' "$1"
}

PREPARED="Started 'Preparing execution environment...'
'Preparing execution environment...' succeeded in T!"

simple_is_as_specified() {
	a_project
	run cirrus run -o simple -j 1
	assert_status 1
	plain "$OUT" >got
	cat >want <<-EOF
		Started 'lint' task
		$(echo "$PREPARED")
		Started 'a' script
		echo before; exit 3
		before

		Exit status: 3
		'a' script failed in T!
		Started 'b' script
		'b' script skipped in T!
		Started 'c' script
		echo always
		always
		'c' script succeeded in T!
		'lint' task failed in T!
		Started 'Other' Task
		$(echo "$PREPARED")
		Started 'a' script
		printf 'no newline'
		no newline
		'a' script succeeded in T!
		'Other' Task succeeded in T!
	EOF
	assert_same want got
	assert [ "$(head -n 1 "$ERR")" = 'build failed: task lint (0) failed' ]
	assert_err_has "^  failed  *lint .* 'a' script: Exit status: 3$"
	assert_err_has '^to run again what failed: cirrus run lint$'
}

success_says_nothing_on_stderr() {
	a_project
	run cirrus run other
	assert_status 0
	assert_empty "$ERR"
}

quiet_tells_only_failures() {
	a_project
	run cirrus run -q
	assert_status 1
	assert_out_has "^'lint' task failed"
	assert_out_lacks Other
	run cirrus run -q Other
	assert_status 0
	assert_empty "$OUT"
	assert_empty "$ERR"
}

groups_nest_and_never_interleave() {
	a_project
	run cirrus run -o github-actions
	assert_status 1
	awk '/^##\[group\]/ { depth++; if (depth > 2) exit 1 }
		/^##\[endgroup\]/ { depth--; if (depth < 0) exit 1 }
		/^##\[group\]/ && / [tT]ask$/ && depth != 1 { exit 1 }
		END { exit depth != 0 }' "$OUT" || fail 'groups are not nested'
	assert [ "$(grep -c '^##\[group\]' "$OUT")" -eq 8 ]
	run cirrus run -o travis other
	assert_out_has "^travis_fold:start:'Other' Task$"
	assert_out_has "^travis_fold:end:'Other' Task$"
	run cirrus run -o teamcity other
	assert_out_has "^##teamcity\[blockOpened name='|'Other|' Task'\]$"
	assert_out_has "^##teamcity\[blockClosed name='|'Other|' Task'\]$"
}

every_line_of_json_is_an_event() {
	requires python3
	a_project
	run cirrus run -o json
	assert_status 1
	assert python3 - "$OUT" <<-'PY'
		import json, sys
		events = [json.loads(line) for line in open(sys.argv[1])]
		kinds = [e["event"] for e in events]
		assert kinds[0] == "run_started" and events[0]["schema"] == 1
		assert kinds[-1] == "run_finished" and events[-1]["exit_status"] == 1
		names = {e["task"]: e["name"] for e in events if e["event"] == "task_started"}
		ends = {names[e["task"]]: e["status"] for e in events if e["event"] == "task_finished"}
		assert ends == {"lint": "failed", "Other": "succeeded"}, ends
		text = "".join(e["text"] for e in events if e["event"] == "output"
			and names[e["task"]] == "Other")
		assert text == "printf 'no newline'\nno newline", text
	PY
}

output_keeps_every_byte() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		bytes_task:
		  x_script: cat bytes
	YAML
	i=0
	while [ $i -lt 3000 ]; do
		printf '\377\000\001\033[31m%d\r\n\n \t' $i
		i=$((i + 1))
	done >bytes
	run cirrus run -o simple
	assert_status 0
	sed -n '/^cat bytes$/,$p' "$OUT" | tail -n +2 >got
	head -c "$(wc -c <bytes)" got >same
	assert cmp bytes same
}

colours_are_for_terminals() {
	a_project
	esc=$(printf '\033')
	run cirrus run Other
	assert_out_lacks "$esc"
	CLICOLOR_FORCE=1 run cirrus run Other
	assert_out_has "^$esc\[33mStarted 'Other' Task$esc\[0m$"
	CLICOLOR_FORCE=1 NO_COLOR=1 run cirrus run Other
	assert_out_lacks "$esc"
	CI=true run cirrus run Other
	assert_out_has "$esc\[32m'Other' Task succeeded"
}

auto_knows_where_it_is() {
	a_project
	GITHUB_ACTIONS=true run cirrus run Other
	assert_out_has '^##\[group\]'
	TRAVIS=true run cirrus run Other
	assert_out_has '^travis_fold:'
	TEAMCITY_VERSION=1 run cirrus run Other
	assert_out_has '^##teamcity'
	run cirrus run -o auto Other
	assert_out_has "^Started 'Other' Task"
}

interactive_folds_what_passed() {
	a_project
	run cirrus run -o noemoji -j 1
	assert_status 1
	assert_out_has "^- 'lint' task"
	assert_out_has "^  - 'a' script"
	assert_out_has '^    Exit status: 3$'
	assert_out_has "^+ 'Other' Task [0-9]"
	assert_out_lacks 'no newline'
	assert_out_lacks "$(printf '\033')"
}

interactive_draws_on_a_terminal() {
	requires script
	a_project
	run script -qec 'stty cols 100 rows 30; cirrus run Other' /dev/null
	assert_status 0
	assert_out_has "✅ .*'Other' Task"
	# the cursor was hidden, and is back
	assert_out_has "$(printf '\033')\[?25l"
	tail -c 40 "$OUT" | grep -q '\[?25h' || fail 'the cursor stays hidden'
}

# screen ROWS COLUMNS CMD...   on a terminal whose picture screen_has looks at
screen() {
	requires tmux
	TMUX_TMPDIR=$trash LC_ALL=C.UTF-8
	export TMUX_TMPDIR LC_ALL
	cleanup 'tmux kill-server'
	screen_rows=$1 screen_columns=$2
	shift 2
	tmux -f /dev/null new-session -d -y "$screen_rows" -x "$screen_columns" "$*; exec sleep 600"
}
screen_has() { tmux capture-pane -p | tee "$OUT" | grep -q -e "$1"; }

many_tasks_stay_readable() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		task:
		  matrix:
		    - name: one 日本語
		    - name: two
		    - name: three
		    - name: four
		    - name: five
		    - name: six
		  x_script: echo 日本語-日本語-日本語-日本語; echo "at work on it and a very long line that no terminal of 40 columns holds"; sleep 30
	YAML
	screen 30 40 cirrus run -j 6
	await 30 screen_has '0 of 6 tasks done'
	await 30 sh -c "[ \$(tmux capture-pane -p | grep -c 'at work on it') -eq 6 ]"
	screen_has . && grep -q '日本語-日本語' "$OUT" || fail 'wide characters are gone'
	# more tasks than rows: one line each, and how many are not to be seen
	tmux resize-window -y 5 -x 40
	await 30 screen_has '^\.\.\. and 3 more running, 0 of 6'
	assert [ "$(grep -c . "$OUT")" -eq 4 ]
	# room again
	tmux resize-window -y 30 -x 60
	await 30 sh -c "[ \$(tmux capture-pane -p | grep -c 'at work on it') -eq 6 ]"
	assert [ "$(tmux capture-pane -p | grep -c '0 of 6 tasks done')" -eq 1 ]
	tmux send-keys C-c
	await 30 screen_has '^build interrupted'
}

a_full_disk_is_told() {
	[ -e /dev/full ] || skip 'no /dev/full'
	a_project
	run sh -c 'cirrus run Other >/dev/full'
	assert_status 1
	assert_err_has '^cannot write the output: No space left on device$'
}

a_reader_that_leaves_is_no_error() {
	a_project
	run sh -c 'cirrus run Other | head -n 1'
	assert_out_has "^Started 'Other' Task$"
	assert_empty "$ERR"
}

check 'simple is as specified' simple_is_as_specified
check 'success says nothing on stderr' success_says_nothing_on_stderr
check '-q tells only failures' quiet_tells_only_failures
check 'groups nest and never interleave' groups_nest_and_never_interleave
check 'every line of json is an event' every_line_of_json_is_an_event
check 'output keeps every byte' output_keeps_every_byte
check 'colours are for terminals and CI systems' colours_are_for_terminals
check 'auto knows where it is' auto_knows_where_it_is
check 'noemoji folds what passed' interactive_folds_what_passed
check 'interactive draws on a terminal' interactive_draws_on_a_terminal
check 'many tasks stay readable, whatever the size' many_tasks_stay_readable
check 'a full disk is told' a_full_disk_is_told
check 'a reader that leaves is no error' a_reader_that_leaves_is_no_error
finish
