# SPDX-License-Identifier: MIT
# For measurements of one step of a run: sourced with $work, $engine and
# $run_options set.

now_ms() { echo $(($(date +%s%N) / 1000000)); }

timed() { # CMD: its time in ms
	sync
	began=$(now_ms)
	sh -c "$1" >/dev/null 2>&1 || echo "failed: $1" >&2
	echo $(($(now_ms) - began))
}

# The time in ms that a run's step took: its number by title, then its end.
step_ms() { # TITLE
	sync
	# shellcheck disable=SC2086,SC2154 # words, and the sourcing script's
	cirrus run $run_options -o json --container-backend="$engine" 2>/dev/null >"$work/events"
	number=$(sed -n "/\"step_started\"/{/\"name\":\"$1\"/s/.*\"step\":\([0-9]*\).*/\1/p}" "$work/events")
	sed -n "/\"step_finished\"/{/\"step\":$number,/s/.*\"duration_ms\":\([0-9]*\).*/\1/p}" "$work/events"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

report() { # NAME TARGET   from lines "RAW CIRRUS"
	awk '{ print $1 }' "$work/pairs" | median >"$work/raw"
	awk '{ print $2 }' "$work/pairs" | median >"$work/cirrus"
	ratio=$(awk '{ print $2 / $1 }' "$work/pairs" | median)
	printf '%-34s %6d ms %6d ms %8.2f (target %s)\n' "$1" "$(cat "$work/raw")" "$(cat "$work/cirrus")" "$ratio" "$2"
}
