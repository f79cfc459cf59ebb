#!/bin/bash
# SPDX-License-Identifier: MIT
# caches ENGINE WORKDIR [ROUNDS] - saving and restoring a cache of 1 GB, half of
# it compressible, in 1,000 and in 10,000 files, beside tar and zstd on the host.
#
# Run as the user whose engine it is.  What counts of cirrus is the step's own
# time; pairs alternate, the ratio is the median of theirs, 1.2 is hoped for.
set -u
engine=$1 work=$2/caches-$1 rounds=${3:-3}
export XDG_CACHE_HOME=$work/cache
run_options=--dirty
bench=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$work"
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

make_data() { # FILES
	rm -rf "$work/data" && mkdir -p "$work/data" && cd "$work/data" || exit 1
	half=$((1073741824 / $1 / 2))
	head -c $((half * $1)) /dev/urandom | split -b $half -a 5 -d - f
	yes 'a line of text that compresses well, as sources and logs do' | head -c $half >"$work/text"
	for file in f*; do cat "$work/text" >>"$file"; done
	cd "$work" || exit 1
}

# shellcheck source=tests/bench/lib.sh
. "$bench/lib.sh"

cat >"$work/.cirrus.yml" <<EOF
container:
  image: $TEST_IMAGE
a_task:
  x_cache:
    folder: /opt/v
    fingerprint_key: k
    populate_script: mkdir -p /opt/v; cp -r data/. /opt/v/; sync
EOF

printf '\n%-34s %9s %9s\n' "caches with $engine" 'tar|zstd' cirrus
for files in 1000 10000; do
	make_data $files
	: >"$work/save" && : >"$work/restore"
	for _ in $(seq "$rounds"); do
		rm -rf "$work/x.zst" "$work/out" "$work/cache"
		host=$(timed "tar -C '$work/data' -cf - . | zstd -q -o '$work/x.zst'")
		echo "$host $(step_ms "Upload 'x' cache")" >>"$work/save"
		mkdir "$work/out"
		host=$(timed "zstd -dc '$work/x.zst' | tar -C '$work/out' -xf -")
		rm -rf "$work/out"
		echo "$host $(step_ms x)" >>"$work/restore"
	done
	for what in save restore; do
		mv "$work/$what" "$work/pairs"
		report "$what 1 GB in $files files" 1.2
	done
done
