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

now_ms() { echo $(($(date +%s%N) / 1000000)); }

timed() { # CMD: its time in ms
	sync
	began=$(now_ms)
	sh -c "$1" >/dev/null 2>&1 || echo "failed: $1" >&2
	echo $(($(now_ms) - began))
}

# The time in ms that a run's step took: its number by title, then its end.
step() { # TITLE
	sync
	cirrus run --dirty -o json --container-backend="$engine" 2>/dev/null >"$work/events"
	number=$(sed -n "/\"step_started\"/{/\"name\":\"$1\"/s/.*\"step\":\([0-9]*\).*/\1/p}" "$work/events")
	sed -n "/\"step_finished\"/{/\"step\":$number,/s/.*\"duration_ms\":\([0-9]*\).*/\1/p}" "$work/events"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

report() { # NAME   from lines "HOST CIRRUS"
	awk '{ print $1 }' "$work/pairs" | median >"$work/host"
	awk '{ print $2 }' "$work/pairs" | median >"$work/cirrus"
	ratio=$(awk '{ print $2 / $1 }' "$work/pairs" | median)
	printf '%-34s %6d ms %6d ms %8.2f (target 1.2)\n' "$1" "$(cat "$work/host")" "$(cat "$work/cirrus")" "$ratio"
}

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
		echo "$host $(step "Upload 'x' cache")" >>"$work/save"
		mkdir "$work/out"
		host=$(timed "zstd -dc '$work/x.zst' | tar -C '$work/out' -xf -")
		rm -rf "$work/out"
		echo "$host $(step x)" >>"$work/restore"
	done
	for what in save restore; do
		mv "$work/$what" "$work/pairs"
		report "$what 1 GB in $files files"
	done
done
