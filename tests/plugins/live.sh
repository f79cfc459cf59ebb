# SPDX-License-Identifier: MIT
# For live tests: one way to say "on that engine".  Sourced after tests/lib.sh.
#
# on ENGINE CMD...    runs CMD (as `run` does) with what makes ENGINE the
#	engine: docker, rootful or rootless (Podman; there as the unprivileged
#	user, with nothing else in the environment).
# need ENGINE         skips unless it is up.
# project IMAGE SCRIPT  writes a .cirrus.yml with one task.
# marked              pids of all processes below what `on` started: they carry
#	a mark in their environment.
mark=$(date +%s)$$

need() {
	case $1 in
	docker) need_docker ;;
	rootful) need_rootful ;;
	rootless) need_rootless ;;
	esac
}

# What comes before a command, in words without spaces.
engine_words() {
	case $1 in
	docker) echo "env DOCKER_HOST=$TEST_DOCKER_HOST TEST_MARK=$mark CIRRUS_CONTAINER_BACKEND=docker" ;;
	rootful) echo "env TEST_MARK=$mark $TEST_ENGINES as-root env CIRRUS_CONTAINER_BACKEND=podman" ;;
	rootless) echo "env TEST_MARK=$mark $TEST_ENGINES as-rootless env CIRRUS_CONTAINER_BACKEND=podman" ;;
	esac
}

on() {
	engine=$1
	shift
	# shellcheck disable=SC2046 # words
	run $(engine_words "$engine") "$@"
}

project() {
	printf 'live_task:\n  container:\n    image: %s\n  script: %s\n' "$1" "$2" >.cirrus.yml
	chmod -R a+rX .
}

marked() {
	for environ in /proc/[0-9]*/environ; do
		# a process may end while we look
		if tr '\0' '\n' 2>/dev/null <"$environ" | grep -qx "TEST_MARK=$mark"; then
			pid=${environ#/proc/}
			echo "${pid%/environ}"
		fi
	done
}

# The pids of marked processes whose command line has these words.
marked_as() {
	for pid in $(marked); do
		if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q -e "$1"; then echo "$pid"; fi
	done
}

runs() { [ -n "$(marked_as "$1")" ]; }
