# SPDX-License-Identifier: MIT
# Engines that a test has for itself, and may kill or fill up.  Sourced after
# tests/plugins/live.sh, which `need`, `project` and `mark` come from.
#
# private_disk ENGINE SIZE  a small disk for its storage; before private_start
# private_start ENGINE [ARG...]  starts docker, rootless or rootful, with the test
#	image and no network; again after private_kill.  ARG: of dockerd.
# private CMD...      runs CMD (as `run` does) where that engine is the engine
# private_words       what comes before a command there
# private_kill        kills its daemon, and nothing that the daemon has started
# The engine and what is left in it go with the test case.
private_dir=
private_engine=

private_disk() {
	private_prepare "$1"
	mount -t tmpfs -o "size=$2,mode=755" cirrus-test "$private_dir" || skip 'no mount here'
	cleanup "umount -l '$private_dir'"
	[ "$1" != rootless ] || chown "$TEST_ROOTLESS_USER:" "$private_dir"
}

private_prepare() {
	private_engine=$1
	private_dir=$trash/engine
	[ "$1" != rootless ] || set -- -o "$TEST_ROOTLESS_USER" -g "$TEST_ROOTLESS_USER"
	[ -d "$private_dir" ] || install -d -m 755 "$@" "$private_dir" 2>/dev/null ||
		install -d -m 755 "$private_dir"
}

private_user() {
	case $private_engine in rootless) echo as-rootless ;; *) echo as-root ;; esac
}

# Podman as that user, with storage of the test's own.
private_podman() {
	echo "$TEST_ENGINES $(private_user) env XDG_RUNTIME_DIR=$private_dir/run podman" \
		"--root $private_dir/root --runroot $private_dir/runroot --storage-driver vfs"
}

private_words() {
	case $private_engine in
	docker) echo "env DOCKER_HOST=unix://$private_dir/sock TEST_MARK=$mark CIRRUS_CONTAINER_BACKEND=docker" ;;
	rootful) echo "env TEST_MARK=$mark $TEST_ENGINES as-root env CONTAINER_HOST=unix://$private_dir/sock CIRRUS_CONTAINER_BACKEND=podman" ;;
	rootless) echo "env TEST_MARK=$mark $TEST_ENGINES as-rootless env CONTAINER_HOST=unix://$private_dir/sock CIRRUS_CONTAINER_BACKEND=podman" ;;
	esac
}

private() {
	# shellcheck disable=SC2046 # words
	run $(private_words) "$@"
}

private_answers() { curl -sf -o /dev/null --max-time 2 --unix-socket "$private_dir/sock" http://d/_ping; }

# In a session of its own, so that it can be killed as a group.
private_launch() {
	rm -f "$private_dir/sock" "$private_dir/pid"
	setsid "$@" >"$trash/engine.log" 2>&1 </dev/null &
	private_pid=$!
	cleanup "kill -KILL -$private_pid"
	await 60 private_answers
}

private_start() {
	[ "$private_engine" = "$1" ] || private_prepare "$1"
	shift
	case $private_engine in
	docker) start_docker "$@" ;;
	*) start_podman ;;
	esac
}

start_docker() {
	mkdir -p "$private_dir/exec"
	echo '{}' >"$private_dir/daemon.json"
	# it mounts the directory on itself
	cleanup "while umount -l '$private_dir/data'; do :; done"
	private_launch dockerd --config-file "$private_dir/daemon.json" --data-root "$private_dir/data" --exec-root "$private_dir/exec" \
		--pidfile "$private_dir/pid" --host "unix://$private_dir/sock" --bridge none --iptables=false \
		--ip6tables=false --ip-masq=false --ip-forward=false --storage-driver vfs \
		--cgroup-parent /cirrus-test --shutdown-timeout 1 "$@"
	# its containers end with it where it is asked to end
	cleanup "kill -TERM $private_pid; await 20 private_gone"
	curl -sf --unix-socket "${TEST_DOCKER_HOST#unix://}" "http://d/images/$TEST_IMAGE/get" |
		curl -sf -o /dev/null --unix-socket "$private_dir/sock" -H 'Content-Type: application/x-tar' \
			-T - -X POST 'http://d/images/load?quiet=1' || fail 'no image'
}
private_gone() { ! kill -0 "$private_pid"; }

start_podman() {
	podman=$(private_podman)
	"$TEST_ENGINES" "$(private_user)" mkdir -p "$private_dir/run"
	# shellcheck disable=SC2086 # words
	private_launch $podman system service --time=0 "unix://$private_dir/sock"
	cleanup "$podman rm -fa -t 0; $podman unshare kill -9 \$(cat $private_dir/run/libpod/tmp/pause.pid)"
	# shellcheck disable=SC2086
	$podman image exists "docker.io/$TEST_IMAGE" ||
		"$TEST_ENGINES" "$(private_user)" podman save "docker.io/$TEST_IMAGE" | $podman load -q >/dev/null
}

private_kill() {
	kill -KILL "-$private_pid"
	wait "$private_pid" 2>/dev/null || :
}
