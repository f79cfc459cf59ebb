#!/bin/sh
# SPDX-License-Identifier: MIT
# output-live - what a run shows in each line format, on each engine, to the byte.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=120

# Durations differ; the rest does not.
timeless() { sed 's/ in [0-9][0-9.:]*s\{0,1\}!/ in T!/; s/ in [0-9.:]*s: / in T: /; s/  *[0-9.][0-9.]*s\(  \|$\)/ T\1/'; }

a_bit_of_everything() {
	cat >.cirrus.yml <<-EOF
	container: {image: $TEST_IMAGE}
	lint_task:
	  a_script: echo before; exit 3
	  b_script: echo never
	  on_failure: {c_script: echo on failure}
	  always: {d_script: "printf 'no newline'"}
	  e_script: exit 1
	Other_task: {web_background_script: touch up; sleep 100, "it's [x|y]_script": "until ls up 2>/dev/null; do sleep 0.05; done"}
	mac_task: {macos_instance: {image: x}, script: x}
	EOF
	chmod -R a+rX .
}

# of the listing, with @ for escape sequences' ESC
simple_transcript() {
	printf '%s\n' "@[33mStarted 'mac' task@[0m" 'unsupported instance type: no backend here provides macOS machines' \
		"@[33m'mac' task skipped in T!@[0m" "@[33mStarted 'lint' task@[0m"
	prepared
	printf '%s\n' "@[33mStarted 'a' script@[0m" 'echo before; exit 3' before '' 'Exit status: 3' \
		"@[31m'a' script failed in T!@[0m" "@[33mStarted 'b' script@[0m" "@[33m'b' script skipped in T!@[0m" \
		"@[33mStarted 'c' script@[0m" 'echo on failure' 'on failure' "@[32m'c' script succeeded in T!@[0m" \
		"@[33mStarted 'd' script@[0m" "printf 'no newline'" 'no newline' "@[32m'd' script succeeded in T!@[0m" \
		"@[33mStarted 'e' script@[0m" "@[33m'e' script skipped in T!@[0m" \
		"@[31m'lint' task failed in T!@[0m" "@[33mStarted 'Other' Task@[0m"
	prepared
	printf '%s\n' "@[33mStarted 'it's [x|y]' script@[0m" 'until ls up 2>/dev/null; do sleep 0.05; done' up "@[32m'it's [x|y]' script succeeded in T!@[0m" \
		"@[33mStarted 'web' background script@[0m" 'touch up; sleep 100' "@[32m'web' background script succeeded in T!@[0m" \
		"@[32m'Other' Task succeeded in T!@[0m"
}
prepared() {
	printf '%s\n' "@[33mStarted 'Preparing execution environment...'@[0m" 'Preparing volume to work with...' \
		"@[32m'Preparing execution environment...' succeeded in T!@[0m"
}

runs() { # ENGINE FORMAT: into $trash/$FORMAT
	on "$1" env CLICOLOR_FORCE=1 cirrus run -j1 -o "$2"
	assert_status 1
	timeless <"$OUT" | tr '\033' @ >"$trash/$2"
}

is_as_specified() {
	need "$1"
	a_bit_of_everything
	runs "$1" simple
	simple_transcript >"$trash/want"
	assert_same "$trash/want" "$trash/simple"
	sed 1q "$ERR" >"$trash/first"
	echo 'build failed: task lint (0) failed' | assert_same - "$trash/first"
	assert [ "$(grep -c 'build failed' "$ERR")" -eq 1 ]
}

# Groups: each title of an opening line closes again, the innermost first.
groups_close_what_they_open() {
	need "$1"
	a_bit_of_everything
	simple_transcript >"$trash/want"
	for format in travis teamcity github-actions; do
		runs "$1" $format
		grep -v '^travis_fold:\|^##teamcity\[\|^##\[\(end\)\{0,1\}group\]' "$trash/$format" >"$trash/rest"
		assert_same "$trash/want" "$trash/rest"
		sed -n "s/^travis_fold:start:/+/p; s/^travis_fold:end:/-/p
			s/^##teamcity\[blockOpened name='\(.*\)'\]\$/+\1/p; s/^##teamcity\[blockClosed name='\(.*\)'\]\$/-\1/p
			s/^##\[group\]/+/p; s/^##\[endgroup\]\$/-/p" "$trash/$format" >"$trash/groups"
		assert [ "$(wc -l <"$trash/groups")" -eq 24 ]
		awk '{ title = substr($0, 2) }
			/^\+/ { open[++n] = title; next }
			{ if (title != "" && title != open[n]) exit 1; n-- }
			END { exit n != 0 }' "$trash/groups" || fail "$format: groups do not nest"
	done
	assert grep -q "^##teamcity\[blockOpened name='|'it|'s |\[x||y|\]|' script'\]$" "$trash/teamcity"
	assert grep -q "^travis_fold:end:'a' script$" "$trash/travis"
}

keeps_every_byte() {
	need "$1"
	cat >.cirrus.yml <<-EOF
	container: {image: $TEST_IMAGE}
	a_task:
	  dots_script: for i in 1 2 3 4 5; do printf .; sleep 0.02; done; printf '\rgone\033[31mred\033[0m'; printf '\n\n'
	  long_script: head -c 3000000 /dev/zero | tr '\0' x; echo; head -c 300000 /dev/urandom >random; cat random; md5sum random >sum
	  sum_script: cat sum
	EOF
	chmod -R a+rX . && mkdir -m 777 "$trash/state"
	on "$1" env XDG_STATE_HOME="$trash/state" cirrus run -o simple
	assert_status 0
	tr '\r\033' '<@' <"$OUT" | grep -aqx '\.\.\.\.\.<gone@\[31mred@\[0m' || fail 'the line of dots is not whole'
	assert [ "$(LC_ALL=C grep -acx 'x\{30000\}x*' "$OUT")" -eq 1 ]
	sum=$(grep -a '  random$' "$OUT" | cut -c1-32)
	on "$1" env XDG_STATE_HOME="$trash/state" cirrus logs a long
	assert_status 0
	head -1 "$OUT" >"$trash/echoed"
	tail -c +$(($(wc -c <"$trash/echoed") + 3000002)) "$OUT" | head -c 300000 | md5sum >"$trash/sum"
	assert [ "$(cut -c1-32 <"$trash/sum")" = "$sum" ]
}

# What one script did shows before the next is done.
tells_at_once() {
	need "$1"
	mkdir -m 777 "$trash/shared"
	printf 'a_task: {container: {image: %s, volumes: ["%s:/s"]}, one_script: echo one, two_script: "until [ -e /s/go ]; do sleep 0.05; done"}\n' \
		"$TEST_IMAGE" "$trash/shared" >.cirrus.yml
	chmod -R a+rX .
	# shellcheck disable=SC2046
	timeout $TIMEOUT $(engine_words "$1") cirrus run -o simple >"$OUT" 2>"$ERR" &
	pid=$!
	await 60 grep -q "^'one' script succeeded" "$OUT"
	assert_out_lacks "'two' script succeeded"
	touch "$trash/shared/go"
	assert wait $pid
	assert_out_has "^'two' script succeeded"
}

# The environment decides, the terminal and what it can do.
chooses_format_and_colour() {
	need "$1"
	requires script
	printf 'a_task: {container: {image: %s}, script: echo hi}\n' "$TEST_IMAGE" >.cirrus.yml
	chmod -R a+rX .
	on "$1" cirrus run
	assert_out_has "^Started 'a' task$"
	on "$1" env TRAVIS=true cirrus run
	assert_out_has "^travis_fold:start:'a' task$"
	on "$1" env GITHUB_ACTIONS=true NO_COLOR=1 cirrus run
	assert_out_has "^##\[group\]'a' task$"
	assert_out_has "^Started 'a' task$"
	on "$1" env TEAMCITY_VERSION=1 cirrus run
	assert_out_has '^##teamcity\[blockOpened'
	on "$1" env CI=true cirrus run
	assert_out_has '^.\[33mStarted'
	on "$1" script -qec "stty cols 60; env TERM=xterm cirrus run" /dev/null
	assert_out_has '✅'
	assert_out_lacks 'Started'
	on "$1" cirrus run -o fancy
	assert_status 2
	assert_err_has 'simple'
}

sums_up() {
	need "$1"
	cat >.cirrus.yml <<-EOF
	container: {image: $TEST_IMAGE}
	a_task: {script: echo last of a; exit 4}
	b_task: {script: echo last of b; exit 5}
	c_task: {script: "true"}
	EOF
	chmod -R a+rX .
	on "$1" cirrus run -j1 -o simple
	assert_status 1
	assert_err_has '^3 tasks in .*: 1 succeeded, 2 failed$'
	for line in "  failed      a .*'main' script: Exit status: 4" "  failed      b .*'main' script: Exit status: 5" '    last of a' '    last of b' \
		'to run again what failed: cirrus run a' ' *cirrus run b'; do
		assert_err_has "^$line\$"
	done
}

for engine in docker rootless; do
	with() { "$function" "$engine"; }
	for function in ${CASES:-is_as_specified groups_close_what_they_open keeps_every_byte tells_at_once chooses_format_and_colour \
		sums_up}; do
		check "$engine: $(echo "$function" | tr _ ' ')" with
	done
done
finish
