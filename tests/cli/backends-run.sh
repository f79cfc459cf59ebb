#!/bin/sh
# SPDX-License-Identifier: MIT
# backends-run - a run with a backend that is not as it should be: one clear error,
# a hint, status 3, and nothing left behind.
. "${srcdir:-.}/tests/lib.sh"

built=$builddir/tests/cli/plugins-bad/.libs

project_with() { # PLUGIN...
	[ -e "$built/cirrus-good.so" ] || skip 'no shared libraries in this build'
	mkdir -p "$trash/plugins"
	for plugin in "$@"; do
		cp "$built/cirrus-$plugin.so" "$trash/plugins/"
	done
	CIRRUS_CLI_BACKEND_DIR=$trash/plugins
	export CIRRUS_CLI_BACKEND_DIR
	printf 'container:\n  image: debian:12\ntask:\n  name: Lint\n  script: echo hello\n' >.cirrus.yml
}

# One error and one hint are all that is said; no task has started, no process
# goes on.
fails_with() { # STATUS MESSAGE HINT
	assert_status "$1"
	assert_err_has "$2"
	assert_err_has "^hint: $3"
	[ "$(wc -l <"$ERR")" -eq 2 ] || fail 'more than an error and a hint'
	assert_empty "$OUT"
	! pgrep -f "$trash/plugins" >/dev/null || fail 'a process is left'
	# the plugin's private directories stay, as a cache does
	left=$(find "$trash/tmp" ! -type d)
	[ -z "$left" ] || fail "left behind: $left"
}

an_unknown_backend() {
	project_with good dead-engine
	run cirrus run --container-backend=goood
	fails_with 3 "^unknown backend \"goood\": no plugin in $trash/plugins\$" \
		'did you mean "good"? backends: dead-engine, good$'
}

a_dead_engine() {
	project_with dead-engine
	run cirrus run --container-backend=dead-engine
	fails_with 3 '^dead-engine: cannot connect to /nowhere/engine.sock: no such file$' \
		'systemctl start engine$'
}

no_engine_at_all() {
	project_with dead-engine no-entry
	run cirrus run
	fails_with 3 '^no backend is usable: dead-engine: cannot connect .*; backend no-entry is broken: ' \
		'systemctl start engine$'
}

no_backend_installed() {
	project_with
	run cirrus run
	fails_with 3 "^no backend is installed: no plugin in $trash/plugins\$" 'install the docker or podman'
}

garbage() {
	project_with
	echo 'no ELF file, but long enough to be read as one: sixty-four bytes and more' \
		>"$trash/plugins/cirrus-garbage.so"
	run cirrus run --container-backend=garbage
	fails_with 3 '^backend garbage is broken: invalid ELF header$' 'the file is not a plugin'
}

an_undefined_symbol() {
	project_with undefined
	run cirrus run --container-backend="$trash/plugins/cirrus-undefined.so"
	fails_with 3 '^backend undefined is broken: undefined symbol: cirrus_test_nowhere$' \
		'the plugin does not fit the libraries'
}

a_missing_library() {
	project_with orphan
	run cirrus run --container-backend=orphan
	fails_with 3 '^backend orphan is broken: libcirrus-ghost.so.0: cannot open' \
		'a library that the plugin needs is not installed$'
}

another_abi() {
	project_with other-abi newer
	run cirrus run --container-backend=other-abi
	fails_with 3 '^backend other-abi is incompatible: needs ABI 7, this cirrus offers 0$' \
		"install the plugin's build for ABI 0"
	run cirrus run --container-backend=newer
	fails_with 3 '^backend newer is incompatible: needs ABI 0.999, this cirrus offers 0.1$' \
		'install a newer cirrus$'
}

a_directory_open_to_all() {
	project_with good
	chmod 777 "$trash/plugins"
	run cirrus run --container-backend=good
	fails_with 3 "^backend good is broken: refused: $trash/plugins is writable by everybody (mode 0777)\$" \
		"chmod o-w $trash/plugins\$"
}

a_crash_on_load() {
	project_with crash-load
	run cirrus run --container-backend=crash-load
	fails_with 3 '^backend crash-load crashed in load (segmentation fault)$' 'choose another'
}

a_crash_on_open() {
	project_with crash-probe
	run cirrus run --container-backend=crash-probe
	fails_with 3 '^backend crash-probe crashed in open (aborted)$' 'choose another'
}

a_probe_that_hangs() {
	project_with hang-probe
	run cirrus run
	fails_with 3 '^no backend is usable: backend hang-probe does not answer' 'choose another'
}

# In the dynamic linker's hands nothing else can be loaded, so no other is tried.
loading_that_hangs() {
	project_with "$1" other-abi
	run cirrus run
	fails_with 3 "^backend $1 does not answer: loading $trash/plugins/cirrus-$1.so hangs\$" 'choose another'
}
a_load_that_hangs() { loading_that_hangs hang-load; }

# As long as an engine may take that has to be started first.
an_open_that_hangs() {
	project_with hang-open good
	run cirrus run --container-backend=hang-open
	fails_with 3 '^backend hang-open does not answer: its open hangs$' 'choose another'
}

a_relative_path() {
	project_with good
	run cirrus run --container-backend=../plugins/cirrus-good.so
	fails_with 2 '^../plugins/cirrus-good.so: the path of a backend must be absolute$' 'write '
}

an_option_of_nobody() {
	project_with good
	run cirrus run --container-backend=good --backend-option good.hots=x
	fails_with 2 '^--backend-option: backend good has no option "hots"$' 'did you mean "host"? options: host, count$'
}

the_variable_names_one() {
	project_with good dead-engine
	export CIRRUS_CONTAINER_BACKEND=dead-engine
	run cirrus run
	fails_with 3 '^dead-engine: cannot connect' 'systemctl start engine$'
}

a_plugin_s_helper() {
	project_with helper
	run cirrus run --container-backend=helper
	assert_status 3
	assert_err_has '^helper: the helper has said 42$'
	printf 'helper: <one>\nhelper: <two words>\n' >"$trash/want"
	assert_same "$trash/want" "$OUT"
}

# The environment of one user must not choose what runs with another's rights.
a_set_user_id_program() {
	[ "$(id -u)" -eq 0 ] || skip 'needs root, to make a program set-user-ID'
	[ -z "${ASAN_OPTIONS:-}" ] || skip 'a sanitized program reads its own settings'
	project_with good
	chmod 755 "$trash" .
	cp "$builddir/cirrus" "$trash/cirrus"
	chown 65534 "$trash/cirrus"
	chmod 4755 "$trash/cirrus"
	"$trash/cirrus" --version >/dev/null 2>&1 || skip 'set-user-ID programs do not run here'
	run "$trash/cirrus" backends
	assert_status 0
	assert_out_lacks '^good '
	assert_err_lacks "$trash/plugins"
	run "$trash/cirrus" backends --dump "$trash/plugins/cirrus-good.so"
	assert_status 2
	assert_err_has "cirrus runs with another user's rights\$"
}

check 'a plugin reaches its helper, in a process of its own' a_plugin_s_helper
check 'a set-user-ID cirrus takes no plugin from the environment' a_set_user_id_program
check 'an unknown backend' an_unknown_backend
check 'an engine that is not there' a_dead_engine
check 'no engine at all: each is listed with its reason' no_engine_at_all
check 'no backend installed' no_backend_installed
check 'a file of garbage' garbage
check 'an undefined symbol' an_undefined_symbol
check 'a missing library' a_missing_library
check 'a plugin of another ABI' another_abi
check 'a directory that all can write to' a_directory_open_to_all
check 'a plugin that crashes when it is loaded' a_crash_on_load
check 'a plugin that crashes when it is opened' a_crash_on_open
check 'a plugin whose probe hangs' a_probe_that_hangs
check 'a plugin that hangs while it is loaded' a_load_that_hangs
check 'a plugin whose open hangs' an_open_that_hangs
check 'a relative path' a_relative_path
check 'an option that the backend does not have' an_option_of_nobody
check 'a backend named by the environment' the_variable_names_one
finish
