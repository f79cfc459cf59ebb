#!/bin/sh
# SPDX-License-Identifier: MIT
# wants-live - volumes, devices, privileges and credentials on each engine.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=120

config() { # LINES SCRIPT [IMAGE]
	printf 'a_task:\n  container:\n    image: %s\n' "${3:-$TEST_IMAGE}" >.cirrus.yml
	printf '%s\n' "$1" | sed 's/^/    /' >>.cirrus.yml
	printf '  script:\n' >>.cirrus.yml
	printf '%s\n' "$2" | sed 's/^/    - /' >>.cirrus.yml
	chmod -R a+rX .
}

mounts_volumes() {
	need "$1"
	mkdir "$trash/data" "$trash/more"
	echo here >"$trash/data/file"
	chmod 777 "$trash/more"
	chmod a+rX "$trash" "$trash/data/file"
	config "volumes: [\"$trash/data:/data:ro\", \"$trash/more:/more\"]" 'cat /data/file
echo new >/more/new
echo x >/data/x || echo read-only it is'
	on "$1" cirrus run -o simple
	assert_status 0
	assert_out_has '^here$'
	assert_out_has '^read-only it is$'
	assert [ "$(cat "$trash/more/new")" = new ]
}

is_privileged() {
	need "$1"
	config 'privileged: true' 'mkdir -p /mnt && mount -t tmpfs none /mnt && echo it mounts'
	on "$1" cirrus run -o simple
	# an engine that is confined itself has no privileges to give
	! grep -q 'unable to apply caps' "$OUT" || return 0
	assert_status 0
	assert_out_has '^it mounts$'
	config 'privileged: false' 'mkdir -p /mnt && mount -t tmpfs none /mnt || echo it does not'
	on "$1" cirrus run -o simple
	assert_status 0
	assert_out_has '^it does not$'
}

gives_credentials() {
	need "$1"
	config 'registry_config: $REGISTRY' 'echo pulled' "$TEST_REGISTRY_AUTH/cirrus-test/busybox:latest"
	on "$1" cirrus run -o simple --pull=always
	assert_status 3
	auth=$(printf %s "$TEST_REGISTRY_USER:$TEST_REGISTRY_PASSWORD" | base64)
	on "$1" cirrus run -o simple --pull=always -e "REGISTRY={\"auths\":{\"$TEST_REGISTRY_AUTH\":{\"auth\":\"$auth\"}}}"
	assert_status 0
	assert_out_has '^pulled$'
	assert_out_lacks "$TEST_REGISTRY_PASSWORD"
	# at the top, as a map
	config '' 'echo pulled' "$TEST_REGISTRY_AUTH/cirrus-test/busybox:latest"
	printf 'registry_config: {auths: {"%s": {username: "%s", password: $WORD}}}\n' \
		"$TEST_REGISTRY_AUTH" "$TEST_REGISTRY_USER" >>.cirrus.yml
	on "$1" cirrus run -o simple --pull=always -e "WORD=not $TEST_REGISTRY_PASSWORD"
	assert_status 3
	on "$1" cirrus run -o simple --pull=always -e "WORD=$TEST_REGISTRY_PASSWORD"
	assert_status 0
	assert_out_has '^pulled$'
}

runs_workers() {
	need "$1"
	mkdir "$trash/data"
	echo here >"$trash/data/file"
	chmod -R a+rX "$trash/data"
	printf 'a_task:\n  persistent_worker: {isolation: {container: {image: %s, volumes: ["%s:/data:ro"]}}}\n  script: cat /data/file\n' \
		"$TEST_IMAGE" "$trash/data" >.cirrus.yml
	chmod -R a+rX .
	on "$1" cirrus run -o simple
	assert_status 0
	assert_out_has '^here$'
}

for engine in docker rootless rootful; do
	with() { "$function" "$engine"; }
	each() {
		function=$2
		check "$engine: $1" with
	}
	each 'volumes are mounted, read-only where they say so' mounts_volumes
	each 'privileged is what it says' is_privileged
	each 'registry_config gives credentials' gives_credentials
	each "a persistent worker's container has its volumes" runs_workers
done
finish
