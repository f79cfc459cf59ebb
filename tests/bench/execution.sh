#!/bin/bash
# SPDX-License-Identifier: MIT
# execution ENGINE WORKDIR [ROUNDS] - a task of 20 instructions, 50 tasks with
# -j8, artifacts of 1 GB, and what cirrus itself costs while a task sleeps and
# while it writes: each beside the raw engine.
#
# Run as the user whose engine it is.
set -u
engine=$1 work=$2/execution-$1 rounds=${3:-3} image=$TEST_IMAGE
name=cirrus-bench-execution-$$
run_options="--artifacts-dir $work/kept"
bench=$(cd "$(dirname "$0")" && pwd)
# podman waits for a process that ignores SIGTERM unless it is told not to
remove="$engine rm -f"
[ "$engine" = docker ] || remove="$engine rm -f -t 0"
mkdir -p "$work" && cd "$work" || exit 1
trap '$remove $name >/dev/null 2>&1; rm -rf "$work"' EXIT
# shellcheck source=tests/bench/lib.sh
. "$bench/lib.sh"

project() { # NAME: its tasks come from standard input
	mkdir -p "$work/$1"
	{ printf 'container:\n  image: %s\n' "$image" && cat; } >"$work/$1/.cirrus.yml"
}

run() { echo "cd $work/$1 && exec cirrus run -q $2 --container-backend=$engine"; }

printf '\n%-34s %-6s %9s %9s %8s %8s\n' "execution with $engine" '' 'wall ms' 'cpu ms' 'peak MiB' 'out MiB'
{
	echo 'task:'
	for i in $(seq 20); do echo "  s${i}_script: 'true'"; done
} | project steps
compare -n "$rounds" -t 1.0 '20 instructions; run and 20 execs' "$(run steps '')" \
	"$engine run -d --name $name $image sleep 3600 && for i in \$(seq 20); do $engine exec $name true; done; $remove $name"

for i in $(seq 50); do echo "t${i}_task: {a_script: 'true'}"; done | project fifty
compare -n "$rounds" -t 1.1 '50 tasks, -j8; 50 runs by eights' "$(run fifty -j8)" \
	"seq 50 | xargs -P8 -I% $engine run --rm $image true"

# --- artifacts ----------------------------------------------------------------

make_files='mkdir out; for i in $(seq 1000); do head -c 1073742 /dev/urandom >out/f$i; done; sync'
printf 'a_task:\n  make_script: %s\n  y_artifacts: {path: "out/*"}\n' "'$make_files'" | project artifacts
cd "$work/artifacts" || exit 1
"$engine" run -d --name "$name" "$image" sleep 3600 >/dev/null
"$engine" exec "$name" sh -c "mkdir /v; cd /v; $make_files"
: >"$work/pairs"
for _ in $(seq "$rounds"); do
	mkdir raw-files
	raw=$(timed "$engine cp $name:/v/out raw-files")
	rm -rf raw-files
	echo "$raw $(step_ms y)" >>"$work/pairs"
	rm -rf "$work/kept"
done
$remove "$name" >/dev/null
printf '\n%-34s %9s %9s\n' '' "$engine cp" cirrus
report 'artifacts of 1 GB, 1,000 files' 1.0

# --- what it costs while it has nothing to do, and much -------------------------

# Processor time in ms of the process and of what it waited for, and its memory.
usage() { # PID
	awk '{ sub(/.*\) /, ""); printf "%d ", ($12 + $13 + $14 + $15) * 10 }' "/proc/$1/stat"
	awk '/^VmRSS/ { printf "%.1f\n", $2 / 1024 }' "/proc/$1/status"
}

# Over ten seconds, once what it starts has started.
watch_it() { # LABEL CMD...
	label=$1
	shift
	"$@" >/dev/null 2>&1 </dev/null &
	pid=$!
	sleep 5
	before=$(usage $pid)
	sleep 10
	after=$(usage $pid)
	echo "$before $after" | awk -v label="$label" '{ printf "%-34s %10.1f %9.1f\n", label, ($3 - $1) / 10, $4 }'
	kill $pid 2>/dev/null
	wait $pid 2>/dev/null
}

prints='for i in $(seq 3000); do echo a line of output; sleep 0.01; done'
for i in $(seq 8); do echo "t${i}_task: {a_script: sleep 30}"; done | project idle
for i in $(seq 8); do echo "t${i}_task: {a_script: '$prints'}"; done | project busy
printf '\n%-34s %10s %9s\n' 'of the process itself' 'cpu ms/s' 'MiB'
cd "$work/idle" && watch_it 'eight tasks sleep: cirrus' cirrus run -o simple -j8 --container-backend="$engine"
watch_it "one container sleeps: $engine" "$engine" run --rm --name "$name" "$image" sleep 30
$remove "$name" >/dev/null 2>&1
cd "$work/busy" && watch_it 'eight tasks print 100/s: cirrus' cirrus run -o simple -j8 --container-backend="$engine"
watch_it "one prints 100/s: $engine" "$engine" run --rm --name "$name" "$image" sh -c "$prints"
