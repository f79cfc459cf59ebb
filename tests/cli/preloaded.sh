#!/bin/sh
# SPDX-License-Identifier: MIT
# preloaded - a build without shared libraries carries its plugins in itself; any
# other finds nothing where nothing is.
. "${srcdir:-.}/tests/lib.sh"

carries_what_was_built() {
	mkdir "$trash/nothing"
	CIRRUS_CLI_BACKEND_DIR=$trash/nothing run cirrus backends
	assert_status 0
	for name in docker podman; do
		if [ -e "$builddir/plugins/$name/preload.o" ]; then
			assert_out_has "^$name "
			assert_out_lacks "^$name .* broken"
		else
			assert_out_lacks "^$name "
		fi
	done
}

looks_where_it_was_installed_to() {
	unset CIRRUS_CLI_BACKEND_DIR
	run cirrus backends
	assert_status 0
}

check 'plugins of a static build are part of it' carries_what_was_built
check 'without a directory of the user the installed one is read' looks_where_it_was_installed_to
finish
