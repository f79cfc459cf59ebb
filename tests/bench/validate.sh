#!/bin/sh
# SPDX-License-Identifier: MIT
# What reading a configuration costs, in time and peak memory: generated files
# of 1,000, 10,000 and 100,000 tasks, a matrix of 100 x 100, and the largest of
# the shared real files, where they are.
#
#	tests/bench/validate.sh [CIRRUS]
cirrus=${1:-./cirrus}
shared=${CIRRUS_TEST_SHARED:-$(dirname "$0")/../../../shared}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

tasks() {
	awk -v n="$1" 'BEGIN {
		print "container: {image: x}"
		for (i = 0; i < n; i++)
			printf "t%d_task:\n  env: {A: %d}\n  build_script: [make, make check]\n  depends_on: %s\n",
				i, i, i ? "t" i - 1 : "[]"
	}'
}

matrix() {
	awk 'BEGIN {
		print "t_task:\n  container: {image: x}\n  script: make\n  env:\n    matrix:"
		for (i = 0; i < 100; i++) printf "      - A: %d\n", i
		print "  matrix:"
		for (i = 0; i < 100; i++) printf "    - env: {B: %d}\n", i
	}'
}

# Seconds of wall clock and of processor, and KiB at the peak; best of five.
measure() {
	for round in 1 2 3 4 5; do
		/usr/bin/time -f '%e s, %U s cpu, %M KiB' -o "$dir/time.$round" \
			"$cirrus" validate --no-git-facts -f "$dir/$1.yml" 2>"$dir/said" ||
			{ cat "$dir/said" && exit 1; }
	done
	printf '%-16s %s\n' "$1" "$(sort -n "$dir"/time.* | head -1)"
}

for n in 1000 10000 100000; do
	tasks $n >"$dir/$n-tasks.yml"
done
matrix >"$dir/matrix-100x100.yml"
largest=$(find "$shared/corpus" -name '*.y*ml' -exec ls -S {} + 2>/dev/null | head -1)
[ -z "$largest" ] || cp "$largest" "$dir/largest.yml"
for name in ${largest:+largest} 1000-tasks 10000-tasks 100000-tasks matrix-100x100; do
	measure "$name"
done
