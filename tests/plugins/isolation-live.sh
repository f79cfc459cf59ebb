#!/bin/sh
# SPDX-License-Identifier: MIT
# isolation-live - what a run makes on an engine and on this machine, and what of
# both its tasks get to see; on each engine.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=120

config() {
	{ printf 'container: {image: %s}\n' "$TEST_IMAGE"; cat; } >.cirrus.yml
	chmod -R a+rX "$trash"
}

# engine ENGINE ARGS: its own command line, the output on stdout
engine() {
	case $1 in
	docker) cli=docker ;;
	*) cli=podman ;;
	esac
	words=$(engine_words "$1")
	shift
	# shellcheck disable=SC2086
	$words "$cli" "$@"
}

# begin ENGINE WORDS: a run whose script has said "it runs"; $run is its id.
begin() {
	with=$1
	shift
	# what a shell starts behind & ignores SIGINT, and what it starts too
	# shellcheck disable=SC2046
	$(engine_words "$with") env --default-signal=INT XDG_STATE_HOME="$trash/state" TMPDIR="$trash/t" "$@" cirrus run -o json \
		>"$OUT" 2>"$ERR" </dev/null &
	begun=$!
	cleanup "for p in \$(marked); do kill -KILL \$p; done"
	await 30 grep -q 'it runs\\n"' "$OUT" || fail 'it does not run'
	run_id=$(sed -n 's/.*"event":"run_started".*"run":"\([^"]*\)".*/\1/p; s/.*"run":"\([^"]*\)".*"event":"run_started".*/\1/p' "$OUT")
	assert [ -n "$run_id" ]
}
of_this_run() { engine "$1" "$2" ls $3 --format "$4" --filter "label=cirrus.run=$run_id"; }
end() { # SIGNAL
	kill -"$1" $(marked_as '^cirrus run')
	status=0
	wait $begun || status=$?
}

# One container, nothing else; confined, with nothing on its command line.
makes_little() {
	need "$1"
	mkdir -m 777 "$trash/state" "$trash/t"
	config <<-'EOF'
	env: {MY_TOKEN: nobody-sees-this, SHOWN: not-this-either}
	a_task: {script: 'echo "it runs"; sleep 100'}
	EOF
	begin "$1" CALLERS=own
	of_this_run "$1" container -a '{{.ID}}' >"$trash/containers"
	assert [ "$(wc -l <"$trash/containers")" -eq 1 ]
	assert [ -z "$(of_this_run "$1" volume '' '{{.Name}}')" ]
	assert [ -z "$(of_this_run "$1" network '' '{{.Name}}')" ]
	engine "$1" inspect "$(cat "$trash/containers")" >"$trash/inspected"
	for word in nobody-sees-this not-this-either CALLERS 'label=disable' '"Privileged": true'; do
		! grep -q -e "$word" "$trash/inspected" || fail "its inspection shows $word"
	done
	end INT
	assert_status 130
	# its last line is there
	assert_out_has '"event":"task_finished".*"status":"aborted"'
	assert [ -z "$(of_this_run "$1" container -a '{{.ID}}')" ]
	assert [ -z "$(find "$trash/t" ! -type d ! -name lock)" ]
}

# A second Ctrl-C does not wait, and says what is left and how to remove it.
obeys_twice() {
	need "$1"
	mkdir -m 777 "$trash/state" "$trash/t"
	config <<-'EOF'
	a_task: {script: 'echo "it runs"; sleep 100'}
	EOF
	begin "$1"
	pid=$(marked_as '^cirrus run')
	kill -INT "$pid"
	kill -INT "$pid" 2>/dev/null || :
	status=0
	wait $begun || status=$?
	assert_status 130
	on "$1" cirrus clean
	assert_status 0
	assert [ -z "$(of_this_run "$1" container -a '{{.ID}}')" ]
}

limits() { # CPU MEMORY: what the container's control group says
	printf '{container: {image: %s, cpu: %s, memory: %s}, script: "%s"}\n' "$TEST_IMAGE" "$1" "$2" \
		'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || true; cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null || true'
}

# Beyond four gibibytes too; what the file does not say is 2 CPUs and 4 GiB.
limits_what_it_says() {
	need "$1"
	{ echo "a_task: $(limits 1.5 512M)"; echo "b_task: $(limits 0.5 5G)"; echo "c_task: $(limits 2 4G)"; } >.cirrus.yml
	chmod -R a+rX "$trash"
	on "$1" cirrus run -o simple -j1
	assert_status 0
	# without root on the old control groups there is no limit, which is said once
	if [ "$1" = rootless ] && [ ! -e /sys/fs/cgroup/cgroup.controllers ]; then
		assert [ "$(cat "$OUT" "$ERR" | grep -c 'cannot limit cpu and memory here')" -eq 1 ]
		sed -i 's/, cpu: [^,]*, memory: [^,}]*//' .cirrus.yml
		on "$1" cirrus run -o simple
		assert_out_lacks 'cannot limit'
		return
	fi
	grep -x '[0-9]\{4,\}.*' "$OUT" | sed 's/ 100000$//' >"$trash/got"
	printf '%s\n' 536870912 150000 5368709120 50000 4294967296 200000 | assert_same - "$trash/got"
}

# The image has an entry point, a command, a user's home and a volume.
starts_nothing_of_the_image() {
	need "$1"
	from=$TEST_IMAGE
	[ "$1" = docker ] || from=docker.io/$TEST_IMAGE
	printf 'FROM %s\nENTRYPOINT ["/bin/sh", "-c", "echo entry >/entered; exit 9"]\nCMD ["never"]\nWORKDIR /else\nVOLUME /data\n' "$from" >Dockerfile
	cat >.cirrus.yml <<-'EOF'
	a_task: {container: {dockerfile: Dockerfile}, script: "ls / >all; pwd; ! grep entered all && echo nothing entered"}
	EOF
	chmod -R a+rX "$trash"
	engine "$1" volume ls -q | sort >"$trash/before"
	on "$1" cirrus run -o simple a
	image=$(sed -n 's/^Image \(.*\) is not available.*/\1/p' "$OUT")
	[ -z "$image" ] || cleanup "engine $1 rmi -f $image"
	assert_status 0
	assert_out_has '^/tmp/cirrus-ci/working-dir$'
	assert_out_has '^nothing entered$'
}

# No service, no agent, no image of ours, no telemetry: an engine is enough.
needs_no_network() {
	need "$1"
	requires unshare
	config <<-'EOF'
	a_task: {script: echo ran offline}
	EOF
	unshare -n true 2>/dev/null || skip 'no namespaces'
	case $1 in
	docker) run unshare -n env DOCKER_HOST="$TEST_DOCKER_HOST" cirrus run -o simple --container-backend=docker ;;
	*) run unshare -n env DOCKER_HOST="$TEST_ROOTLESS_SOCKET" cirrus run -o simple --container-backend=docker ;;
	esac
	assert_status 0
	assert_out_has '^ran offline$'
	assert_out_lacks 'Pulling'
	run unshare -n cirrus validate
	assert_status 0
	assert [ -z "$(find "$HOME" -type f ! -path '*/state/cirrus/*' ! -path '*/.cache/cirrus/*')" ]
}

# However many tasks: the service that a run starts is one.
starts_one_service() {
	[ "$1" = docker ] && return
	need "$1"
	mkdir -m 777 "$trash/s" "$trash/state" "$trash/t"
	cat >.cirrus.yml <<-EOF
	container: {image: $TEST_IMAGE, volumes: ["$trash/s:/s"]}
	a_task: {script: 'touch /s/a; until [ -e /s/b ]; do sleep 0.1; done; echo "it runs"; sleep 100'}
	b_task: {script: 'touch /s/b; until [ -e /s/a ]; do sleep 0.1; done; echo "it runs"; sleep 100'}
	EOF
	chmod -R a+rX "$trash" && chmod 777 "$trash/s"
	begin "$1"
	assert [ "$(marked_as 'cirrus-podman-watcher' | wc -l)" -eq 1 ]
	end TERM
	assert_status 143
}

# Twenty scripts take less than one second each.
is_quick() {
	need "$1"
	{
		echo 'a_task:'
		for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo "  s${i}_script: echo $i"; done
	} | config
	on "$1" cirrus run -o json
	assert_status 0
	total=$(sed -n '/"event":"step_finished"/s/.*"duration_ms":\([0-9]*\).*/\1/p' "$OUT" | awk '{ n += $1 } END { print n + 0 }')
	assert [ "$(grep -c '"event":"step_finished"' "$OUT")" -ge 20 ]
	assert [ "$total" -lt 20000 ]
}

for engine in docker rootless; do
	with() { "$function" "$engine"; }
	for function in ${CASES:-makes_little obeys_twice starts_nothing_of_the_image needs_no_network starts_one_service is_quick}; do
		check "$engine: $(echo "$function" | tr _ ' ')" with
	done
done
function=limits_what_it_says
for engine in docker rootful rootless; do
	check "$engine: $(echo "$function" | tr _ ' ')" with
done
finish
