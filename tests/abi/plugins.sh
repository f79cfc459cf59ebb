#!/bin/sh
# SPDX-License-Identifier: MIT
# One backend, the template's, built against each frozen header and against one of
# the future, in today's host: listed by it, and judged by the suite.
# shellcheck source=tests/lib.sh
. "${srcdir:-.}/tests/lib.sh"
# shellcheck source=tests/abi/common.sh
. "$srcdir/tests/abi/common.sh"
TIMEOUT=600

# A header to which a later minor version has appended something everywhere, as
# the rules of evolution allow.
future_header() {
	awk '/^struct cirrus_[a-z_]+ \{/ { open = 1 }
		/^#define CIRRUS_ABI_MINOR/ { $3 = $3 + 1 }
		open && /^\};$/ { print "\tvoid *future_pointer;\n\tuint64_t future_number;"; open = 0 }
		open && /^\}; \/\* frozen \*\/$/ { open = 0 }
		{ print }' "$header" >future.h
	[ "$(grep -c future_number future.h)" -gt 25 ] || fail 'the header was not understood'
}

# build HEADER: sdk.h includes <cirrus/backend.h>, which the guard of the one that
# came before makes nothing.
build() {
	mkdir -p "$trash/plugins"
	: >config.h
	# shellcheck disable=SC2086 # CC may be "ccache gcc"
	$CC -shared -fPIC -pthread -D_GNU_SOURCE -DPACKAGE_VERSION='"1.0"' -fvisibility=hidden \
		-include "$1" -I. -I"$srcdir/sdk/include" "$srcdir"/sdk/template/*.c \
		-o "$trash/plugins/cirrus-local.so"
	CIRRUS_CLI_BACKEND_DIR=$trash/plugins
	export CIRRUS_CLI_BACKEND_DIR
}

need_spaces() { unshare -m true 2>/dev/null || unshare -rm true 2>/dev/null || skip 'no namespaces to be had'; }

is_listed_and_passes() {
	run cirrus backends
	assert_status 0
	assert_out_has '^local .* ready'
	run cirrus-backend-check --image=local --stress=2 "$trash/plugins/cirrus-local.so"
	grep -A2 "^not ok" "$OUT" && fail "checks failed"
	assert_status 0
}

each_frozen_header() {
	need_spaces
	for frozen in "$abi"/draft/backend.h "$abi"/[0-9]*/backend.h; do
		[ -e "$frozen" ] || continue
		build "$frozen"
		is_listed_and_passes
	done
}

a_header_of_the_future() {
	need_spaces
	future_header
	build "$PWD/future.h"
	is_listed_and_passes
}

who_insists_on_the_future_is_refused() {
	future_header
	mkdir src
	cp "$srcdir"/sdk/template/*.[ch] src
	sed -i.old 's/^\t\.name = "local",/\t.min_host_minor = CIRRUS_ABI_MINOR, &/' src/local.c
	(srcdir=$PWD/fake && mkdir -p fake/sdk && ln -s "$PWD/src" fake/sdk/template &&
		ln -s "$header_dir" fake/sdk/include && build "$PWD/future.h")
	CIRRUS_CLI_BACKEND_DIR=$trash/plugins run cirrus backends
	assert_status 0
	assert_out_has '^local .* incompatible '
}

header_dir=$srcdir/sdk/include
check 'a backend of each frozen header is listed and passes the suite' each_frozen_header
check 'a backend of a header that has grown is listed and passes the suite' a_header_of_the_future
check 'a backend that insists on what we lack is incompatible' who_insists_on_the_future_is_refused
finish
