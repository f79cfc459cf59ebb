#!/bin/sh
# SPDX-License-Identifier: MIT
# images-live - pulls from real registries, with credentials and without, on
# each engine; what goes wrong is one clear error.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=120

# A configuration directory of Docker's form with these credentials; Podman
# falls back to it too.
credentials() { # REGISTRY USER PASSWORD
	mkdir -p "$trash/config"
	printf '{"auths":{"%s":{"auth":"%s"}}}\n' "$1" "$(printf %s "$2:$3" | base64)" >"$trash/config/config.json"
	chmod -R a+rX "$trash"
}

pull() { # ENGINE IMAGE
	project "$2" 'echo it is here'
	on "$1" env DOCKER_CONFIG="$trash/config" cirrus run -o simple --pull=always
}

pulls_from_an_open_registry() {
	need "$1"
	pull "$1" "$TEST_REGISTRY/cirrus-test/busybox:latest"
	assert_status 0
	assert_out_has 'it is here'
}

pulls_with_credentials() {
	need "$1"
	credentials "$TEST_REGISTRY_AUTH" "$TEST_REGISTRY_USER" "$TEST_REGISTRY_PASSWORD"
	pull "$1" "$TEST_REGISTRY_AUTH/cirrus-test/busybox:latest"
	assert_status 0
	assert_out_has 'it is here'
	# the secret is nowhere
	assert_out_lacks "$TEST_REGISTRY_PASSWORD"
	assert_err_lacks "$TEST_REGISTRY_PASSWORD"
}

is_told_that_credentials_lack() {
	need "$1"
	pull "$1" "$TEST_REGISTRY_AUTH/cirrus-test/busybox:latest"
	assert_status 3
	assert_err_has "$TEST_REGISTRY_AUTH"
	assert_out_has 'hint: .*login'
}

is_told_that_credentials_are_wrong() {
	need "$1"
	credentials "$TEST_REGISTRY_AUTH" "$TEST_REGISTRY_USER" nonsense
	pull "$1" "$TEST_REGISTRY_AUTH/cirrus-test/busybox:latest"
	assert_status 3
	assert_out_has 'hint: .*login'
	assert_err_lacks nonsense
	assert_out_lacks nonsense
}

pulls_over_tls() {
	need "$1"
	pull "$1" "$TEST_REGISTRY_TLS/cirrus-test/busybox:latest"
	assert_status 0
	assert_out_has 'it is here'
}

is_told_that_there_is_no_such_image() {
	need "$1"
	pull "$1" "$TEST_REGISTRY/cirrus-test/no-such-image:1"
	assert_status 3
	assert_err_has 'no-such-image'
	assert_out_has 'hint: is the name right'
}

is_told_that_there_is_no_registry() {
	need "$1"
	pull "$1" 127.0.0.1:1/cirrus-test/busybox:latest
	assert_status 3
	assert_err_has '127.0.0.1:1'
	assert_out_has 'hint: the engine does not reach the registry 127.0.0.1:1'
}

for engine in docker rootless rootful; do
	with() { "$function" "$engine"; }
	for function in pulls_from_an_open_registry pulls_with_credentials is_told_that_credentials_lack \
		is_told_that_credentials_are_wrong pulls_over_tls is_told_that_there_is_no_such_image \
		is_told_that_there_is_no_registry; do
		check "$engine: $(echo $function | tr _ ' ')" with
	done
done
finish
