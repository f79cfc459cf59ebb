#!/bin/sh
# SPDX-License-Identifier: MIT
# docker-live - how Docker is found, and what is said where it is not.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=120

a_context_leads_to_the_engine() {
	need_docker
	dir=$trash/config
	id=$(printf here | sha256sum | cut -d' ' -f1)
	mkdir -p "$dir/contexts/meta/$id"
	echo '{"currentContext":"here"}' >"$dir/config.json"
	printf '{"Name":"here","Endpoints":{"docker":{"Host":"%s"}}}\n' "$TEST_DOCKER_HOST" \
		>"$dir/contexts/meta/$id/meta.json"
	project "$TEST_IMAGE" 'echo it runs'
	run env DOCKER_CONFIG="$dir" cirrus run -o simple --container-backend=docker
	assert_status 0
	assert_out_has 'it runs'
}

an_option_beats_the_environment() {
	need_docker
	project "$TEST_IMAGE" 'echo it runs'
	run env DOCKER_HOST=unix:///no/such.sock cirrus run -o simple --container-backend=docker \
		--backend-option docker.host="$TEST_DOCKER_HOST"
	assert_status 0
	assert_out_has 'it runs'
}

a_dead_socket_is_named() {
	project "$TEST_IMAGE" true
	run env DOCKER_HOST=unix:///no/such.sock cirrus run -o simple --container-backend=docker
	assert_status 3
	assert_err_has 'unix:///no/such.sock'
	assert_err_has 'hint: .*daemon'
}

a_socket_that_one_may_not_open_is_named() {
	need_docker
	need_rootless
	project "$TEST_IMAGE" true
	run "$TEST_ENGINES" as-rootless env DOCKER_HOST="$TEST_DOCKER_HOST" \
		cirrus run -o simple --container-backend=docker
	assert_status 3
	assert_err_has "$TEST_DOCKER_HOST"
	assert_err_has 'hint: .*\(group\|may not open\)'
}

a_podman_behind_docker_host_is_used_and_named() {
	need_rootful
	project "$TEST_IMAGE" 'echo it runs'
	run env DOCKER_HOST="$TEST_ROOTFUL_SOCKET" cirrus backends
	assert_out_has 'docker .*ready.*Podman'
	run env DOCKER_HOST="$TEST_ROOTFUL_SOCKET" cirrus run -o simple --container-backend=docker
	assert_status 0
	assert_out_has 'it runs'
}

an_unknown_context_is_named() {
	project "$TEST_IMAGE" true
	run env DOCKER_CONTEXT=nowhere cirrus run -o simple --container-backend=docker
	assert_status 3
	assert_err_has 'docker context "nowhere" not found'
	assert_err_has 'hint: docker context ls'
}

check 'a context leads to the engine' a_context_leads_to_the_engine
check 'an option beats the environment' an_option_beats_the_environment
check 'a dead socket is named, with what to try' a_dead_socket_is_named
check 'a socket that one may not open is named, with what to try' a_socket_that_one_may_not_open_is_named
check 'a Podman behind DOCKER_HOST is used and named' a_podman_behind_docker_host_is_used_and_named
check 'an unknown context is named' an_unknown_context_is_named
finish
