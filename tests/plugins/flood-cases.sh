# SPDX-License-Identifier: MIT
# Output that is too long, too odd or too much at once, and a clock that jumps: the
# same cases for the dummy backend and for real engines.  Sourced after what gives
# need, on and TEST_IMAGE, as tests/plugins/live.sh does.
MEBI=1048576

# Folders of the case's own, also where another user runs.
flood() { # ENGINE CMD...
	mkdir -p "$trash/state" "$trash/cache"
	chmod 777 "$trash/state" "$trash/cache"
	chmod -R a+rX .
	flood_engine=$1
	shift
	on "$flood_engine" env XDG_STATE_HOME="$trash/state" XDG_CACHE_HOME="$trash/cache" "$@"
}
the_log() { find "$trash/state" -name "*$1*.log"; }

# The most memory that cirrus had, in KiB, goes to the file peak.
measured() { # ENGINE ARG...
	measured_engine=$1
	shift
	# shellcheck disable=SC2016 # for the other shell
	flood "$measured_engine" sh -c '
		cirrus "$@" &
		pid=$!
		while grep -q "^VmHWM" /proc/$pid/status 2>/dev/null; do
			peak=$(sed -n "s/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p" /proc/$pid/status 2>/dev/null)
			[ -z "$peak" ] || echo "$peak" >"$0"
			sleep 0.05
		done
		wait $pid' "$trash/state/peak" "$@"
	peak=$(cat "$trash/state/peak")
}
# What a sanitizer needs for itself is not ours.
assert_little_memory() {
	[ -n "${ASAN_OPTIONS:-}${TSAN_OPTIONS:-}" ] || [ "$peak" -lt 65536 ] || fail "cirrus took $peak KiB"
}

a_line_without_an_end() { # ENGINE FORMAT...
	need "$1"
	engine=$1
	shift
	# the command is told as well, and has none of them
	printf 'a_task:\n  container: {image: %s}\n  big_script: head -c %d /dev/zero | tr "\\0" "\\043"\n' \
		"$TEST_IMAGE" $((64 * MEBI)) >.cirrus.yml
	for format in "$@"; do
		rm -rf "$trash/state"
		measured "$engine" run -o "$format"
		assert_status 0
		assert [ "$(tr -cd '#' <"$(the_log big)" | wc -c)" -eq $((64 * MEBI)) ]
		# what passed is folded there
		[ "$format" = noemoji ] || assert [ "$(sed 's/##\[[a-z]*\]//; s/^##team//' "$OUT" | tr -cd '#' | wc -c)" -eq $((64 * MEBI)) ]
		assert_little_memory
	done
}

# Every byte that there is, whatever stands beside it.
bytes_of_all_kinds() {
	need "$1"
	requires python3
	echo "a_task: {container: {image: $TEST_IMAGE}, bytes_script: cat bytes}" >.cirrus.yml
	head -c $((2 * MEBI)) /dev/urandom >bytes
	i=0
	while [ $i -lt 256 ]; do
		# shellcheck disable=SC2059 # that is the point
		printf "\\$(printf %o $i)"
		i=$((i + 1))
	done >>bytes
	for format in simple json noemoji; do
		rm -rf "$trash/state"
		flood "$1" cirrus run -o $format
		assert_status 0
		tail -c "$(wc -c <bytes)" "$(the_log bytes)" >got
		assert cmp bytes got
		rm got
	done
	flood "$1" cirrus run -o simple
	sed -n '/^cat bytes$/,$p' "$OUT" | tail -n +2 | head -c "$(wc -c <bytes)" >got
	assert cmp bytes got
	rm got
	flood "$1" cirrus run -o json
	assert python3 -c 'import json, sys
for line in open(sys.argv[1], "rb"):
    json.loads(line.decode("utf-8"))' "$OUT"
}

# Eight tasks, each with 12,500 writes of one line, as fast as they can.
eight_write_at_once() {
	need "$1"
	cat >.cirrus.yml <<-YAML
		container: {image: $TEST_IMAGE, memory: 128Mb}
		task:
		  matrix: [{name: t1}, {name: t2}, {name: t3}, {name: t4}, {name: t5}, {name: t6}, {name: t7}, {name: t8}]
		  w_script: i=0; while [ \$i -lt 12500 ]; do echo "\$CIRRUS_TASK_NAME \$i"; i=\$((i + 1)); done
	YAML
	flood "$1" cirrus run -j 8 -o simple
	assert_status 0
	# within a task in order, and tasks are not mixed
	assert awk '/^t[1-8] [0-9]+$/ {
			if ($2 != n[$1]++) { print "lost before: " $0; exit bad = 1 }
			if ($1 != task && $2 != 0) { print "mixed: " $0; exit bad = 1 }
			task = $1
		}
		END { for (t in n) if (n[t] == 12500) whole++; exit bad || whole != 8 }' "$OUT"
	for t in 1 2 3 4 5 6 7 8; do
		assert [ "$(find "$trash/state" -name '*w*.log' -exec cat {} + | grep -c "^t$t [0-9]")" -eq 12500 ]
	done
	requires python3
	flood "$1" cirrus run -j 8 -o json
	assert_status 0
	assert python3 - "$OUT" <<-'PY'
		import json, sys
		names, texts = {}, {}
		for line in open(sys.argv[1]):
		    e = json.loads(line)
		    if e["event"] == "task_started":
		        names[e["task"]] = e["name"]
		    elif e["event"] == "output":
		        texts[e["task"]] = texts.get(e["task"], "") + e["text"]
		assert len(names) == 8, names
		for task, name in names.items():
		    wanted = "".join("%s %d\n" % (name, i) for i in range(12500))
		    assert wanted in texts[task], name
	PY
}

# Nothing but what is told to people looks at the clock on the wall.
the_clock_jumps() {
	need "$1"
	jumping=$builddir/tests/cli/.libs/clock-jump.so
	[ -e "$jumping" ] || skip 'no shared libraries in this build'
	[ -z "${ASAN_OPTIONS:-}${TSAN_OPTIONS:-}" ] || skip 'a sanitized program takes no other library in front'
	cat >.cirrus.yml <<-YAML
		container: {image: $TEST_IMAGE}
		quick_task:
		  timeout_in: 1h
		  x_cache: {folder: v, fingerprint_key: k, populate_script: "mkdir -p v; echo made >v/f"}
		  y_script: cat v/f; sleep 1
		slow_task:
		  timeout_in: 2s
		  z_script: echo be"gun"; sleep 100
		  always: {after_script: echo after"wards"}
	YAML
	for found in miss hit; do
		flood "$1" env LD_PRELOAD="$jumping" cirrus run -o simple -j 1 --report "$trash/state/r.html" --junit "$trash/state/j.xml"
		assert_status 1
		assert_out_has "^Cache $found for k!"
		assert_out_has '^made$'
		assert_out_has "^'quick' task succeeded in"
		assert_out_has '^begun$'
		assert_out_has '^Timed out!$'
		assert_out_has '^afterwards$'
		assert_out_has '^timed out after 2.0s$'
		# no hours, let alone days
		assert_out_lacks ' in [0-9]*:[0-9]*:'
		assert_err_has 'build failed: task slow (1) timed out'
	done
	# both are there, whatever their ids have become
	flood "$1" env LD_PRELOAD="$jumping" cirrus logs --list
	assert [ "$(wc -l <"$OUT")" -eq 2 ]
	flood "$1" env LD_PRELOAD="$jumping" cirrus clean --dry-run
	assert_status 0
	for id in "$trash"/state/cirrus/runs/*; do assert_out_lacks "${id##*/}"; done
}
