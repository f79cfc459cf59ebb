#!/bin/sh
# SPDX-License-Identifier: MIT
# Environments from Dockerfiles, on the dummy backend, which builds a little.
. "${srcdir:-.}/tests/lib.sh"
CIRRUS_CONTAINER_BACKEND=dummy
CIRRUS_CLI_DUMMY_WITH=IMAGE_BUILD
export CIRRUS_CONTAINER_BACKEND CIRRUS_CLI_DUMMY_WITH

# What the dummy has not and can not pull.
cirrus_run() { run cirrus run -o simple --dockerfile-image-template='absent/%s:1' "$@"; }

config() {
	printf 'FROM debian:12\nCOPY file /var/tmp/file\nRUN echo "color $COLOR" | tee var/tmp/color\n' >Dockerfile
	echo contents >file
	cat >.cirrus.yml <<-'EOF'
	other_task: {container: {image: debian:12}, script: echo other ran}
	a_task:
	  container: {dockerfile: Dockerfile, docker_arguments: {COLOR: "dark $TONE"}}
	  env: {TONE: blue}
	  script: cat /var/tmp/file /var/tmp/color
	b_task:
	  container: {dockerfile: Dockerfile, docker_arguments: {COLOR: "dark $TONE"}}
	  env: {TONE: blue}
	  script: cat /var/tmp/color
	EOF
}

builds_what_a_named_task_needs() {
	config
	cirrus_run a
	assert_status 0
	assert_out_has "'Prebuild Dockerfile COLOR=.*' Task"
	assert_out_has 'Image absent/[0-9a-f]*:1 is not available locally nor remotely, building it'
	assert_out_has '^Step: COPY file /var/tmp/file$'
	assert_out_has '^contents$'
	assert_out_has '^color dark blue$'
	assert_out_lacks 'other ran'
}
check 'a single task brings its image, with arguments and files' builds_what_a_named_task_needs

builds_once() {
	config
	cirrus_run
	assert_status 0
	assert [ "$(grep -c '^Step: FROM' "$OUT")" -eq 1 ]
	cirrus_run --pull=always a
	assert_status 0
	assert_out_has 'Re-using local image absent/'
	assert_out_lacks '^Step:'
	assert_out_has '^color dark blue$'
	echo changed >file
	cirrus_run a
	assert_status 0
	assert_out_has '^Step: FROM'
	assert_out_has '^changed$'
}
check 'an image is built once, and again when its files change' builds_once

fails_with_its_step() {
	config
	echo 'RUN echo sorry; exit 3' >>Dockerfile
	cirrus_run
	assert_status 1
	assert_out_has '^sorry$'
	assert_out_has "'a' task skipped"
	assert_out_has 'other ran'
	assert_err_has 'RUN echo sorry; exit 3" ended with status 3'
}
check 'a build that fails is a failure of the task, with its output' fails_with_its_step

ignores_what_the_file_says() {
	config
	printf 'RUN ls ../context ../context/sub | cat\n' >>Dockerfile
	mkdir sub
	touch sub/in sub/out.log top.log
	printf '# none\n**/*.log\n!top.log\n' >.dockerignore
	cirrus_run a
	assert_status 0
	assert_out_has '^in$'
	assert_out_has '^top.log$'
	assert_out_lacks '^out.log$'
	printf 'sub\n' >Dockerfile.dockerignore
	echo '# other' >>Dockerfile
	cirrus_run a
	assert_status 0
	assert_out_lacks '^in$'
}
check '.dockerignore leaves files out, the one of the Dockerfile first' ignores_what_the_file_says

takes_a_context() {
	config
	mkdir -p docker/files
	echo elsewhere >docker/files/file
	cirrus_run -e CIRRUS_DOCKER_CONTEXT=docker/files a
	assert_status 0
	assert_out_has '^elsewhere$'
	echo '# once more' >>Dockerfile
	cirrus_run -e 'CIRRUS_DOCKER_CONTEXT=$CIRRUS_WORKING_DIR/docker/files' a
	assert_status 0
	assert_out_has '^elsewhere$'
	echo '# and more' >>Dockerfile
	cirrus_run -e CIRRUS_DOCKER_CONTEXT=../.. a
	assert_status 2
	assert_err_has 'CIRRUS_DOCKER_CONTEXT leads out of the project: ../..'
	cirrus_run -e CIRRUS_DOCKER_CONTEXT=nowhere a
	assert_status 2
	assert_err_has 'CIRRUS_DOCKER_CONTEXT: there is no directory nowhere'
}
check 'CIRRUS_DOCKER_CONTEXT is the context, within the project' takes_a_context

asks_for_buildkit() {
	config
	sed -i 's/^FROM/FROM --platform=$BUILDPLATFORM/' Dockerfile
	cirrus_run --pull=never
	assert_status 0
	assert_out_has '^Dockerfile, line 1: FROM --platform needs BuildKit, which backend dummy does not offer here (BUILDKIT): see cirrus-backend-dummy(7)$'
	assert_out_has "'Prebuild Dockerfile COLOR=.* skipped"
	assert_out_has "'a' task skipped"
	assert_out_has '^other ran$'
	assert_out_lacks '^Step:'
	cirrus_run --pull=never a
	assert_status 3
	# what may be pulled need not be built
	cirrus_run a
	assert_status 3
	assert_out_has 'is not available locally nor remotely'
	CIRRUS_CLI_DUMMY_WITH=IMAGE_BUILD,BUILDKIT
	cirrus_run a
	assert_status 0
	assert_out_has '^By BuildKit$'
	# an image that is here is not built
	CIRRUS_CLI_DUMMY_WITH=IMAGE_BUILD
	cirrus_run --pull=never a
	assert_status 0
	assert_out_has '^color dark blue$'
}
check 'what needs BuildKit is skipped where there is none, before anything starts' asks_for_buildkit

prefers_buildkit() {
	config
	sed -i '1i # syntax=docker/dockerfile:1' Dockerfile
	cirrus_run a
	assert_status 0
	assert_out_lacks '^By BuildKit$'
	echo '# another' >>Dockerfile
	CIRRUS_CLI_DUMMY_WITH=IMAGE_BUILD,BUILDKIT
	cirrus_run a
	assert_status 0
	assert_out_has '^By BuildKit$'
}
check 'syntax=docker/dockerfile alone asks for BuildKit, and can do without' prefers_buildkit

needs_the_capability() {
	config
	CIRRUS_CLI_DUMMY_WITH='' cirrus_run a
	assert_status 3
	assert_err_has 'IMAGE_BUILD'
}
check 'a backend that cannot build says so' needs_the_capability

finish
