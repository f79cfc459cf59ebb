#!/bin/sh
# SPDX-License-Identifier: MIT
# dockerfile-live - environments from Dockerfiles, built on each engine.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=180

# Each case has contents of its own, so an image of its own.
files() { # ENGINE
	unique=$1-$$-$case_number
	base=$TEST_IMAGE
	[ "$1" = docker ] || base=docker.io/$TEST_IMAGE
	mkdir -p sub
	echo "$unique" >sub/told
	echo secret >sub/hidden
	echo hidden >sub/.keep
	printf 'sub/hid*\n' >.dockerignore
	cat >Dockerfile <<-END
	FROM $base
	ARG COLOR=none
	COPY sub /told
	RUN echo "building $unique in \$COLOR" && echo "\$COLOR" >/color
	LABEL test=$unique
	END
	cat >.cirrus.yml <<-'END'
	first_task: {container: {image: none}, script: "true"}
	live_task:
	  container:
	    dockerfile: Dockerfile
	    docker_arguments: {COLOR: "$SHADE blue"}
	  env: {SHADE: dark}
	  script:
	    - cat /told/told /color
	    - test ! -e /told/hidden && echo nothing hidden
	END
	chmod -R a+rX .
	cleanup forget "$1"
}

forget() { # ENGINE
	case $1 in
	docker)
		for ref in $(curl -s --unix-socket "${TEST_DOCKER_HOST#unix://}" 'http://d/images/json' |
			jq -r --arg t "$unique" '.[] | select(.Labels.test == $t) | .RepoTags[]'); do
			curl -s --unix-socket "${TEST_DOCKER_HOST#unix://}" -X DELETE "http://d/images/$ref?force=1"
		done
		;;
	*)
		as="as-root${1#root}"
		as="${as%ful}"
		"$TEST_ENGINES" "$as" podman rmi -f $("$TEST_ENGINES" "$as" podman images -q --filter "label=test=$unique")
		;;
	esac
}

builds_once() {
	need "$1"
	files "$1"
	on "$1" cirrus run -o simple live
	assert_status 0
	assert_out_has "building $unique in dark blue"
	assert_out_has '^dark blue$'
	assert_out_has "^$unique$"
	assert_out_has '^nothing hidden$'
	on "$1" cirrus run -o simple live
	assert_status 0
	assert_out_has 'Re-using local image gcr.io/cirrus-ci-community/[0-9a-f]*:latest'
	assert_out_lacks "building $unique"
	assert_out_has "^$unique$"
	echo changed >>sub/told
	on "$1" cirrus run -o simple live
	assert_status 0
	assert_out_has "building $unique"
	assert_out_has '^changed$'
}

tells_what_fails() {
	need "$1"
	files "$1"
	echo 'RUN echo about to fail && exit 9' >>Dockerfile
	on "$1" cirrus run -o simple live
	assert_status 1
	assert_out_has '^about to fail$'
	assert_out_has "'live' task skipped"
	assert_out_lacks '^nothing hidden$'
}

takes_another_context() {
	need "$1"
	files "$1"
	mkdir docker
	sed 's/COPY sub/COPY told/' Dockerfile >docker/Dockerfile.ci
	printf 'env: {CIRRUS_DOCKER_CONTEXT: sub}\nlive_task: {container: {dockerfile: docker/Dockerfile.ci}, script: "cat /told; ls -a /"}\n' >.cirrus.yml
	printf '*\n!told\n' >docker/Dockerfile.ci.dockerignore
	chmod -R a+rX .
	on "$1" cirrus run -o simple
	assert_status 0
	assert_out_has "^$unique$"
	assert_out_lacks 'cirrus-Dockerfile'
}

pushes_and_pulls() {
	need "$1"
	files "$1"
	on "$1" cirrus run -o simple --dockerfile-image-push \
		--dockerfile-image-template="$TEST_REGISTRY/cirrus-test/built-%s:latest" live
	assert_status 0
	assert_out_has 'not available locally nor remotely'
	assert_out_has "image push"
	forget "$1"
	on "$1" cirrus run -o simple \
		--dockerfile-image-template="$TEST_REGISTRY/cirrus-test/built-%s:latest" live
	assert_status 0
	assert_out_has "Using pulled image $TEST_REGISTRY/cirrus-test/built-"
	assert_out_has "^$unique$"
}

# --- BuildKit

needs_buildkit() { # ENGINE
	files "$1"
	echo 'RUN --mount=type=cache,target=/keep echo from the cache >/keep/x && cp /keep/x /kept' >>Dockerfile
	sed -i 's|cat /told/told /color|cat /told/told /color /kept|' .cirrus.yml
}

# A client of this name that has BuildKit built in, as Debian 12 packages it.
old_client() {
	[ "$(/usr/bin/docker --version 2>/dev/null | sed -n 's/^Docker version \([0-9]*\).*/\1/p')" = 20 ] ||
		skip 'no client with BuildKit built in'
	mkdir -p "$trash/bin"
	ln -sf /usr/bin/docker "$trash/bin/docker"
	PATH=$trash/bin:$PATH
}

# A client without, and without a plugin.
new_client() {
	mkdir -p "$trash/bin"
	printf '#!/bin/sh\necho Docker version 28.0.0, build 0\n' >"$trash/bin/docker"
	chmod +x "$trash/bin/docker"
	PATH=$trash/bin:$PATH
}

builds_by_buildkit() {
	need docker
	needs_buildkit docker
	old_client
	on docker cirrus run -o simple live
	assert_status 0
	assert_out_has '^#[0-9]* .*RUN --mount=type=cache'
	assert_out_has "building $unique in dark blue"
	assert_out_has '^dark blue$'
	assert_out_has '^from the cache$'
	assert_out_has '^nothing hidden$'
	echo 'RUN echo about to fail && exit 9' >>Dockerfile
	on docker cirrus run -o simple live
	assert_status 1
	assert_out_has 'about to fail'
	assert_err_has 'exit code: 9'
}
check 'docker: what needs BuildKit is built by it' builds_by_buildkit

# The plugin's place is taken by a script that hands on to the builder within an
# old client; all else is as with the real one.
builds_by_buildx() {
	need docker
	needs_buildkit docker
	old_client
	mkdir -p "$HOME/.docker/cli-plugins"
	cat >"$HOME/.docker/cli-plugins/docker-buildx" <<-END
	#!/bin/sh
	if [ "\$1" = docker-cli-plugin-metadata ]; then
		echo '{"SchemaVersion":"0.1.0","Vendor":"test","Version":"v0","ShortDescription":"test"}'
		exit
	fi
	echo "buildx: \$*" >>$trash/said
	while [ "\$1" != build ]; do shift; done
	[ "\$2" = --load ] || exit 7
	shift 2
	DOCKER_BUILDKIT=1 exec /usr/bin/docker build "\$@"
	END
	chmod +x "$HOME/.docker/cli-plugins/docker-buildx"
	on docker cirrus run -o simple live
	assert_status 0
	assert grep -q 'buildx build --load --progress=plain --tag gcr.io/.* --file Dockerfile --build-arg COLOR --label cirrus.dockerfile-hash=.* -$' "$trash/said"
	assert_out_has '^dark blue$'
	assert_out_has '^from the cache$'
}
check 'docker: buildx is asked where it is there' builds_by_buildx

skips_without_buildkit() {
	need docker
	needs_buildkit docker
	new_client
	on docker cirrus run -o simple
	assert_out_has 'Dockerfile, line 6: RUN --mount needs BuildKit, which backend docker does not offer here (BUILDKIT): see cirrus-backend-docker(7)'
	assert_out_has "'live' task skipped"
	assert_out_lacks 'building it'
	on docker cirrus run -o simple live
	assert_status 3
}
check 'docker: without BuildKit its tasks are skipped before anything starts' skips_without_buildkit

stops_a_build() {
	need docker
	needs_buildkit docker
	old_client
	echo 'RUN echo it has begun; sleep 1000' >>Dockerfile
	sed -i 's/script:$/timeout_in: 8s\n  script:/' .cirrus.yml
	on docker cirrus run -o simple live
	assert_status 1
	assert_out_has 'it has begun'
	assert_out_has 'timed out'
	assert [ -z "$(marked_as '--build-arg')" ]
}
check 'docker: a build by BuildKit that takes too long is ended' stops_a_build

hands_credentials_on() {
	need docker
	needs_buildkit docker
	old_client
	sed -i "s|^FROM .*|FROM $TEST_REGISTRY_AUTH/cirrus-test/busybox:latest|" Dockerfile
	on docker cirrus run -o simple --pull=always live
	assert_status 1
	printf 'registry_config: {auths: {"%s": {username: "%s", password: $WORD}}}\n' \
		"$TEST_REGISTRY_AUTH" "$TEST_REGISTRY_USER" >>.cirrus.yml
	on docker cirrus run -o simple --pull=always -e "WORD=$TEST_REGISTRY_PASSWORD" live
	assert_status 0
	assert_out_has '^from the cache$'
	assert_out_lacks "password.*$TEST_REGISTRY_PASSWORD"
	assert [ -z "$(find "$trash" -name 'docker-config.*')" ]
}
check 'docker: credentials that the file gives reach BuildKit' hands_credentials_on

mounts_while_it_builds() {
	need "$1"
	needs_buildkit "$1"
	on "$1" cirrus run -o simple live
	assert_status 0
	assert_out_has '^from the cache$'
}
for engine in rootless rootful; do
	with() { mounts_while_it_builds "$engine"; }
	check "$engine: what Docker needs BuildKit for is built" with
done

for engine in docker rootless rootful; do
	with() { "$function" "$engine"; }
	each() {
		function=$2
		check "$engine: $1" with
	}
	each 'an image is built once for what it is made of' builds_once
	each 'a build that fails fails the task, with its output' tells_what_fails
	each 'the context may be another directory' takes_another_context
	each 'an image is pushed under its name, and pulled' pushes_and_pulls
done
finish
