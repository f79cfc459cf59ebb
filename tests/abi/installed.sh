#!/bin/sh
# SPDX-License-Identifier: MIT
# What `make installcheck` runs against an installed cirrus: an author's way from
# the template to a backend that runs tasks, and a packager's from there to none.
# bindir, backenddir, pkgconfigdir and templatedir come from the Makefile.
# shellcheck source=tests/lib.sh
. "${srcdir:-.}/tests/lib.sh"
TIMEOUT=300
PATH=$bindir:$PATH
PKG_CONFIG_PATH=$pkgconfigdir
export PATH PKG_CONFIG_PATH
work=$(mktemp -d "${TMPDIR:-/tmp}/cirrus-installed.XXXXXX") || exit 99
trap 'rm -rf "$work"; rmdir "$trash_root" 2>/dev/null' EXIT

# Plugins of the author beside the installed ones; no core is built again.
CIRRUS_CLI_BACKEND_DIR=$backenddir:$work/plugins
export CIRRUS_CLI_BACKEND_DIR

succeeds() {
	run "$@"
	assert_status 0
}

the_installed_program_is_the_one_under_test() {
	assert [ "$(command -v cirrus)" = "$bindir/cirrus" ]
	assert [ "$(command -v cirrus-backend-check)" = "$bindir/cirrus-backend-check" ]
	assert [ "$(pkg-config --variable=backenddir cirrus-backend)" = "$backenddir" ]
}

the_template_builds() {
	requires autoreconf make
	cp -R "$templatedir" "$work/template"
	chmod -R u+w "$work/template"
	cd "$work/template"
	succeeds autoreconf -fi
	succeeds ./configure --with-backenddir="$work/plugins" CFLAGS='-O2 -Wall -Wextra -Werror'
	succeeds make
	succeeds make install
}

need_template() { [ -e "$work/plugins/cirrus-local.so" ] || skip 'the template was not built'; }
need_spaces() { unshare -m true 2>/dev/null || unshare -rm true 2>/dev/null || skip 'no namespaces to be had'; }

it_is_listed() {
	need_template
	need_spaces
	run cirrus backends
	assert_status 0
	assert_out_has '^local .* ready'
}

it_passes_the_suite() {
	need_template
	need_spaces
	cd "$work/template"
	succeeds make check
	assert_out_has '^ok '
	assert_out_lacks '^not ok '
}

it_runs_a_task() {
	need_template
	need_spaces
	cat >.cirrus.yml <<-'END'
		task:
		  name: Hello
		  container:
		    image: local
		  script:
		    - echo "hello from $(cat file)"
		    - test ! -e /home
	END
	echo inside >file
	run cirrus run --container-backend=local -o simple Hello
	assert_status 0
	assert_out_has '^hello from inside$'
	run cirrus run --container-backend="$work/plugins/cirrus-local.so" -o simple Hello
	assert_status 0
}

names() { awk 'NR > 1 && !/^ / { print $1 }' "$OUT"; }

# A package is removed, or another one comes: nobody else notices.
removing_a_file_removes_a_backend() {
	mkdir "$trash/plugins"
	for plugin in "$backenddir"/cirrus-*.so "$work"/plugins/cirrus-*.so; do
		[ ! -e "$plugin" ] || cp "$plugin" "$trash/plugins/"
	done
	CIRRUS_CLI_BACKEND_DIR=$trash/plugins
	succeeds cirrus backends
	names >before
	[ -s before ] || skip 'there is no backend at all'
	while read -r name; do
		mv "$trash/plugins/cirrus-$name.so" "$trash/"
		succeeds cirrus backends
		names >now
		grep -v "^$name\$" before >want || true
		assert_same want now
		mv "$trash/cirrus-$name.so" "$trash/plugins/"
	done <before
}

check 'the installed program is the one under test' the_installed_program_is_the_one_under_test
check 'the template builds against what is installed' the_template_builds
check 'the new backend is listed' it_is_listed
check 'the new backend passes cirrus-backend-check' it_passes_the_suite
check 'the new backend runs a task' it_runs_a_task
check 'removing a file removes one backend and nothing else' removing_a_file_removes_a_backend
finish
