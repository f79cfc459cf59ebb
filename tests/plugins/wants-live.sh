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

volumes() { # ENGINE
	case $1 in
	docker) curl -s --unix-socket "${TEST_DOCKER_HOST#unix://}" http://d/volumes | jq -r '.Volumes[].Name' ;;
	rootful) "$TEST_ENGINES" as-root podman volume ls -q ;;
	rootless) "$TEST_ENGINES" as-rootless podman volume ls -q ;;
	esac
}

works_in_memory() {
	need "$1"
	requires jq curl git
	git init -q .
	mkdir sub
	echo given >sub/file
	config 'use_in_memory_disk: true
memory: 64M' 'grep " $PWD tmpfs " /proc/mounts; df -k . | tail -n 1
cat sub/file; ls -A; echo made >made'
	cat >>.cirrus.yml <<-'END'
	  x_cache: {folder: kept, fingerprint_key: k, populate_script: mkdir kept && echo filled >kept/x}
	  y_script: cat kept/x
	  full_script: dd if=/dev/zero of=much bs=1024k count=80 2>&1 || { rm much; echo it is full; }
	  files_artifacts: {path: made}
	END
	[ "$1" != docker ] && [ "$1" != rootful ] || sed -i '/full_script/d' .cirrus.yml
	mkdir "$trash/artifacts"
	chmod 777 "$trash/artifacts"
	chmod -R a+rX .
	on "$1" cirrus run -o simple --artifacts-dir "$trash/artifacts"
	assert_status 0
	assert_out_has '^tmpfs /tmp/cirrus-ci/working-dir tmpfs .*size=65536k'
	assert_out_has '^given$'
	assert_out_has '^.git$'
	assert_out_has '^filled$'
	[ "$1" = docker ] || [ "$1" = rootful ] || assert_out_has '^it is full$'
	assert [ "$(cat "$trash/artifacts/a/files/made")" = made ]
	on "$1" cirrus run -o json
	assert_status 0
	assert_out_has 'Cache hit'
	id=$(jq -r 'select(.event == "run_started").run' "$OUT")
	assert [ -n "$id" ]
	! volumes "$1" | grep "$id" || fail 'a volume is left'
}

forget() { # ENGINE
	case $1 in
	docker)
		for ref in $(curl -s --unix-socket "${TEST_DOCKER_HOST#unix://}" 'http://d/images/json' |
			jq -r --arg t "$mark" '.[] | select(.Labels.test == $t) | .RepoTags[]'); do
			curl -s --unix-socket "${TEST_DOCKER_HOST#unix://}" -X DELETE "http://d/images/$ref?force=1"
		done
		;;
	*)
		as="as-root${1#root}"
		as="${as%ful}"
		"$TEST_ENGINES" "$as" podman rmi -f $("$TEST_ENGINES" "$as" podman images -q --filter "label=test=$mark")
		;;
	esac
}

# The image's user has to be able to write there.
works_in_memory_as_somebody() {
	need "$1"
	config 'use_in_memory_disk: true' 'id -u; echo x >new; echo more >>given; mkdir -p sub/dir; ls -ld . given'
	base=$TEST_IMAGE
	[ "$1" = docker ] || base=docker.io/$TEST_IMAGE
	printf 'FROM %s\nUSER 65534:65534\nLABEL test=%s\n' "$base" "$mark" >Dockerfile
	sed -i 's/^    image: .*/    dockerfile: Dockerfile/' .cirrus.yml
	echo given >given
	chmod -R a+rX .
	cleanup forget "$1"
	on "$1" cirrus run -o simple a
	assert_status 0
	assert_out_has '^65534$'
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
	each 'use_in_memory_disk is a tmpfs with the project, caches and artifacts' works_in_memory
	each 'use_in_memory_disk is writable for the image'"'"'s user' works_in_memory_as_somebody
	each "a persistent worker's container has its volumes" runs_workers
done
finish
