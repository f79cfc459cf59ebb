#!/bin/bash
# SPDX-License-Identifier: MIT
# measure ENGINE WORKDIR - the comparisons of bench.sh with one engine, run as the
# user whose engine it is.
set -u
engine=$1 work=$2 image=$TEST_IMAGE
name=cirrus-bench-$$ socket=
[ "$engine" = docker ] || socket=$TEST_ROOTLESS_SOCKET

printf '\n%s\n%-34s %-6s %9s %9s %8s %8s\n' "$($engine --version)" '' '' 'wall ms' 'cpu ms' 'peak MiB' 'out MiB'

run() { # PROJECT [OPTIONS [VAR=VALUE]]
	echo "cd $work/$1 && exec env ${3-} cirrus run -q ${2-} --container-backend=$engine"
}

compare -n 10 -t 1.0 'one task, socket there' \
	"$(run one '' "${socket:+CIRRUS_CLI_PODMAN_HOST=$socket}")" \
	"$engine run --rm $image true"
[ $engine = docker ] || compare -n 10 -t 1.3 'one task, a service of our own' \
	"$(run one)" "$engine run --rm $image true"

# a hundred more: the added cost of each is the difference by a hundred, which is
# how much the first row exceeds the second
compare -n 10 -t '500 ms more' '101 instructions; one' "$(run steps)" "$(run one)"
$engine run -d --name $name $image sleep 3600 >/dev/null
compare -n 10 'one raw exec' "$engine exec $name true"
$engine rm -f -t 0 $name >/dev/null 2>&1 || $engine rm -f $name >/dev/null

compare -n 10 -t 1.1 'ten tasks, -j2; ten runs by twos' \
	"$(run ten -j2)" "seq 10 | xargs -P2 -I% $engine run --rm $image true"

compare -n 3 -t 1.0 '1 GiB of output' \
	"cd $work/output && exec cirrus run -o simple --container-backend=$engine" \
	"$engine run --rm $image sh -c 'yes 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde | head -c 1073741824'"

compare -n 3 -t 1.0 '20,000 files, 500 MB in' "$(run large)" "
	c=\$($engine create $image true) &&
	tar -C $work/large -cf - . | $engine cp - \$c:/tmp && $engine start -a \$c && $engine rm \$c"

# the raw engine once for all four: the others are to start at once
compare -n 3 -t 1.3 'the same, by four tasks' "$(run large '-f four.yml')" "
	c=\$($engine create $image true) &&
	tar -C $work/large -cf - . | $engine cp - \$c:/tmp && $engine start -a \$c && $engine rm \$c
	seq 3 | xargs -P2 -I% $engine run --rm $image true"

compare -n 10 -t '15 ms' 'cirrus --version' 'exec cirrus --version'
compare -n 10 'cirrus backends' 'exec cirrus backends'
