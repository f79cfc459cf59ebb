# SPDX-License-Identifier: MIT
# Shell tests that speak TAP.  POSIX sh; sourced, not run:
#
#	. "${srcdir:-.}/tests/lib.sh"
#
#	lists_the_dummy() {
#		run cirrus backends
#		assert_status 0
#		assert_out_has '^dummy .* ready'
#	}
#	check 'backends lists a backend that is ready' lists_the_dummy
#	finish
#
# check SENTENCE FUNCTION  runs the function in a subshell under `set -e`, in a
#	fresh directory that is removed when it passed and kept when it failed.
# run CMD...               sets $status; output in the files $OUT and $ERR;
#	no input; ends after $TIMEOUT seconds with status 124.
# skip WHY                 ends the case as skipped.
# requires CMD...          skips unless all of these commands exist.
# cleanup CMD...           runs when the case ends, however it ends; last first.
# need_docker, need_rootless, need_rootful
#	skip unless tests/engines brought that engine up; where
#	CIRRUS_TEST_STRICT=1, as in CI, what would skip fails.
#
# Everything a person owns is out of reach: HOME and the XDG directories point
# into the case's own directory, and only plugins of the build tree are found.
srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
builddir=${builddir:-$srcdir}
TIMEOUT=${TIMEOUT:-60}
case_number=0
cases_failed=0
trash_root=$(mktemp -d "${TMPDIR:-/tmp}/cirrus-sh.XXXXXX") || exit 99
# another user's engine has to reach what lies below
chmod 755 "$trash_root"
trap 'rmdir "$trash_root" 2>/dev/null' EXIT

PATH=$builddir:$PATH
CIRRUS_CLI_BACKEND_DIR=$builddir/plugins/docker:$builddir/plugins/podman:$builddir/tests/dummy
export PATH CIRRUS_CLI_BACKEND_DIR
unset CIRRUS_CONTAINER_BACKEND NO_COLOR CLICOLOR_FORCE CI TRAVIS GITHUB_ACTIONS TEAMCITY_VERSION
MALLOC_PERTURB_=$((($$ % 255) + 1))
export MALLOC_PERTURB_

say() {
	printf '# %s\n' "$*"
}

# Prints a file as TAP comments.
show() {
	[ -s "$1" ] && sed 's/^/#   /' "$1"
	return 0
}

skip() {
	if [ "${CIRRUS_TEST_STRICT:-0}" = 1 ]; then
		say "must not be skipped here: $*"
		exit 1
	fi
	printf '%s\n' "$*" >"$trash/.skip"
	exit 77
}

requires() {
	for required in "$@"; do
		command -v "$required" >/dev/null 2>&1 || skip "no $required"
	done
}

need_docker() { [ -n "${TEST_DOCKER_HOST:-}" ] || skip 'no Docker: tests/engines/engines up'; }
need_rootless() { [ -n "${TEST_ROOTLESS_USER:-}" ] || skip 'no rootless Podman: tests/engines/engines up'; }
need_rootful() { [ -n "${TEST_ROOTFUL_SOCKET:-}" ] || skip 'no rootful Podman: tests/engines/engines up'; }

cleanup() {
	printf '%s\n' "$*" >>"$trash/.cleanup"
}

run() {
	status=0
	timeout -k 5 "$TIMEOUT" "$@" >"$OUT" 2>"$ERR" </dev/null || status=$?
}

fail() {
	say "$*"
	say "stdout:"
	show "$OUT"
	say "stderr:"
	show "$ERR"
	exit 1
}

assert_status() { [ "$status" -eq "$1" ] || fail "status $status, not $1"; }
assert_out_has() { grep -q -e "$1" "$OUT" || fail "stdout has no line that matches: $1"; }
assert_err_has() { grep -q -e "$1" "$ERR" || fail "stderr has no line that matches: $1"; }
assert_out_lacks() { ! grep -q -e "$1" "$OUT" || fail "stdout has a line that matches: $1"; }
assert_err_lacks() { ! grep -q -e "$1" "$ERR" || fail "stderr has a line that matches: $1"; }
assert_empty() { [ ! -s "$1" ] || fail "not empty: $1"; }
# assert_same WANTED GOT   files
assert_same() { diff -u "$1" "$2" >"$trash/.diff" || { show "$trash/.diff"; fail "$2 differs from $1"; }; }
assert() { "$@" || fail "does not hold: $*"; }

# Waits up to $1 seconds until the command succeeds.
await() {
	await_left=$(($1 * 20))
	shift
	until "$@"; do
		await_left=$((await_left - 1))
		[ "$await_left" -gt 0 ] || fail "waited in vain for: $*"
		sleep 0.05
	done
}

enter_trash() {
	trash=$trash_root/$case_number
	mkdir -p "$trash/home" "$trash/tmp" && cd "$trash" || exit 99
	OUT=$trash/out ERR=$trash/err
	: >"$OUT"
	: >"$ERR"
	HOME=$trash/home XDG_CONFIG_HOME=$trash/home/.config XDG_CACHE_HOME=$trash/home/.cache
	XDG_STATE_HOME=$trash/home/.local/state TMPDIR=$trash/tmp
	export HOME XDG_CONFIG_HOME XDG_CACHE_HOME XDG_STATE_HOME TMPDIR
	mkdir project && cd project || exit 99
}

leave_trash() {
	[ -e "$trash/.cleanup" ] || return 0
	sed -n '1!G;h;$p' "$trash/.cleanup" | while IFS= read -r undo; do
		eval "$undo" >/dev/null 2>&1 || :
	done
}

check() {
	case_number=$((case_number + 1))
	(
		enter_trash
		trap leave_trash EXIT
		set -e
		"$2"
	) >"$trash_root/log" 2>&1 </dev/null
	case_status=$?
	case_dir=$trash_root/$case_number
	if [ $case_status -eq 0 ]; then
		printf 'ok %d - %s\n' $case_number "$1"
		rm -rf "$case_dir"
	elif [ $case_status -eq 77 ] && [ -e "$case_dir/.skip" ]; then
		printf 'ok %d - %s # SKIP %s\n' $case_number "$1" "$(cat "$case_dir/.skip")"
		rm -rf "$case_dir"
	else
		cases_failed=$((cases_failed + 1))
		sed 's/^\([^#]\)/# \1/' "$trash_root/log"
		say "kept: $case_dir"
		printf 'not ok %d - %s\n' $case_number "$1"
	fi
	rm -f "$trash_root/log"
}

finish() {
	printf '1..%d\n' $case_number
	[ $cases_failed -eq 0 ]
}
