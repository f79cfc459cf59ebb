#!/bin/bash
# SPDX-License-Identifier: MIT
# bench - how fast cirrus is, beside the raw engine, in the same run.
#
#	bench.sh [docker|rootless]...
#
# Needs the engines of tests/engines.  Figures, never a verdict: medians of
# alternating rounds and ratios to what the engine's own CLI takes.
set -u
srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
builddir=${builddir:-$srcdir}
[ -n "${TEST_ENGINES:-}" ] || {
	echo 'bench: no engines; eval "$(tests/engines/engines env)" first' >&2
	exit 1
}
export CIRRUS_CLI_BACKEND_DIR=$builddir/plugins/docker:$builddir/plugins/podman
export PATH=$builddir:$builddir/tests/bench:$PATH

# The unprivileged user has to reach it.
work=$(mktemp -d /var/tmp/cirrus-bench.XXXXXX)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

project() { # NAME: a project whose tasks come from standard input
	mkdir -p "$work/$1"
	{
		printf 'container:\n  image: %s\n' "$TEST_IMAGE"
		cat
	} >"$work/$1/.cirrus.yml"
}

# 20,000 files in 200 folders, 500 MB, of bytes that do not compress.
make_files() {
	mkdir -p "$1" && cd "$1" || exit 1
	for i in $(seq -w 0 199); do
		mkdir "d$i" && head -c 2500000 /dev/urandom | split -b 25000 -a 3 -d - "d$i/f"
	done
	cd "$work" || exit 1
}

echo 'task: {a_script: "true"}' | project one
{
	echo 'task:'
	for i in $(seq 101); do echo "  s${i}_script: 'true'"; done
} | project steps
for i in $(seq 10); do echo "t${i}_task: {a_script: 'true'}"; done | project ten
line=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde
# `yes` dies of its pipe, which scripts notice
echo "task: {a_script: \"yes $line | head -c 1073741824 || true\"}" | project output
echo 'task: {a_script: "true"}' | project large
make_files "$work/large/files"
# in the same folder, so that the files are there once
{
	printf 'container:\n  image: %s\n' "$TEST_IMAGE"
	for i in 1 2 3 4; do echo "t${i}_task: {a_script: 'true'}"; done
} >"$work/large/four.yml"

nproc=$(nproc) memory=$(awk '/MemTotal/ { printf "%d GiB", $2 / 1048576 }' /proc/meminfo)
echo "cirrus $(cirrus --version), $nproc processors, $memory, $(date -u +%F)"
[ $# -gt 0 ] || set -- docker rootless
for engine; do
	case $engine in
	docker)
		export DOCKER_HOST=$TEST_DOCKER_HOST
		bash "$srcdir/tests/bench/measure.sh" docker "$work"
		bash "$srcdir/tests/bench/caches.sh" docker "$work"
		bash "$srcdir/tests/bench/execution.sh" docker "$work"
		;;
	rootless)
		"$TEST_ENGINES" as-rootless env "PATH=$PATH" bash "$srcdir/tests/bench/measure.sh" podman "$work"
		mkdir -m 777 "$work/shared"
		"$TEST_ENGINES" as-rootless env "PATH=$PATH" bash "$srcdir/tests/bench/caches.sh" podman "$work/shared"
		"$TEST_ENGINES" as-rootless env "PATH=$PATH" bash "$srcdir/tests/bench/execution.sh" podman "$work/shared"
		;;
	esac
done
