# SPDX-License-Identifier: MIT
# A plugin of somebody else, built with nothing but the installed headers and
# the SDK's archive.
. "${srcdir:-.}/tests/lib.sh"

archive=$builddir/sdk/libcirrus-sdk.a

need_archive() {
	requires cc pkg-config
	[ -e "$archive" ] || skip 'a static build has no archive'
}

write_plugin() {
	cat >mine.c <<'END'
#include <cirrus/engine.h>

/* A name that the SDK has inside as well. */
int buf_add(void);
int buf_add(void)
{
	return 42;
}

static struct cirrus_engine_spec spec(void)
{
	struct cirrus_engine_spec s = {sizeof(s), 0, "unix:///nowhere/x.sock"};

	s.command = "mine";
	return s;
}

static cirrus_status probe(const struct cirrus_call *call,
			   const struct cirrus_config *config,
			   struct cirrus_probe *out)
{
	struct cirrus_engine_spec s = spec();

	(void)config;
	return cirrus_engine_probe(call, &s, out);
}

static cirrus_status open_mine(const struct cirrus_call *call,
			       const struct cirrus_config *config,
			       cirrus_conn **out)
{
	struct cirrus_engine_spec s = spec();

	return cirrus_engine_open(call, config, &s, out);
}

static const struct cirrus_option *const none[] = {NULL};
static const struct cirrus_kind container = {
	.struct_size = sizeof(container),
	.capabilities = {CIRRUS_ENGINE_CAPABILITIES},
	.name = "container",
	.options = none,
};
static const struct cirrus_kind *const kinds[] = {&container, NULL};
static const struct cirrus_backend table = {
	.struct_size = sizeof(table),
	.abi_major = CIRRUS_ABI_MAJOR,
	.abi_minor = CIRRUS_ABI_MINOR,
	.name = "mine",
	.version = "1",
	.description = "somebody else's",
	.options = none,
	.kinds = kinds,
	.probe = probe,
	.open = open_mine,
	CIRRUS_ENGINE_OPERATIONS,
};
CIRRUS_REGISTER_BACKEND(mine, table);
END
}

builds_and_passes() {
	need_archive
	write_plugin
	echo '{ global: *_LTX_*; local: *; };' >mine.map
	# shellcheck disable=SC2046 # several words are meant
	run cc -std=c99 -fPIC -shared -o cirrus-mine.so mine.c \
		-I"$srcdir/sdk/include" "$archive" -Wl,-z,defs \
		-Wl,--version-script=mine.map \
		$(pkg-config --libs libcurl libcjson libcrypto) -lpthread
	assert_status 0
	run cirrus-backend-check --only=S1,S2,S3,S4,S5,S6,S7,S8,S9,S10 \
		"$PWD/cirrus-mine.so"
	assert_out_has '^# 10 passed, 0 failed, 0 skipped'
}

shows_no_names_of_ours() {
	need_archive
	requires nm objcopy
	nm "$archive" | sed -n 's/.* [TDBRV] //p' | grep -v '^cirrus_engine_' >"$OUT" || :
	assert_empty "$OUT"
}

header_is_also_cplusplus() {
	requires c++
	printf '#include <cirrus/engine.h>\nint main() { return 0; }\n' >x.cc
	run c++ -std=c++98 -Wall -Werror -fsyntax-only -I"$srcdir/sdk/include" x.cc
	assert_status 0
}

check 'a plugin of three functions links, loads and is sound' builds_and_passes
check 'the archive shows only what its header declares' shows_no_names_of_ours
check 'the header is C++ as well' header_is_also_cplusplus
finish
