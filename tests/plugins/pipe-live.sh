#!/bin/sh
# SPDX-License-Identifier: MIT
# pipe-live - pipes on each engine.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=120

volumes() { # ENGINE
	as="as-root${1#root}"
	as="${as%ful}"
	case $1 in
	docker) curl -s --unix-socket "${TEST_DOCKER_HOST#unix://}" http://d/volumes | jq -r '.Volumes[].Name' ;;
	*) "$TEST_ENGINES" "$as" podman volume ls -q ;;
	esac
}

shares_files_and_variables() {
	need "$1"
	requires jq curl
	echo given >file
	cat >.cirrus.yml <<-END
	x_pipe:
	  resources: {cpu: 1, memory: 512M}
	  steps:
	    - image: $TEST_IMAGE
	      a_script: cat file; echo made >new; touch /tmp/only-here; echo MORE=moon >>\$CIRRUS_ENV
	    - image: $TEST_IMAGE
	      b_script: cat file new; echo "hello \$MORE"; test ! -e /tmp/only-here && echo another container
	    - image: $TEST_IMAGE
	      c_script: rm new; ls; echo third
	END
	chmod -R a+rX .
	on "$1" cirrus run -o json
	assert_status 0
	for line in given made 'hello moon' 'another container' third; do assert_out_has "$line"; done
	id=$(jq -r 'select(.event == "run_started").run' "$OUT")
	assert [ -n "$id" ]
	! volumes "$1" | grep "$id" || fail 'a volume is left'
}

stops_after_a_failure() {
	need "$1"
	cat >.cirrus.yml <<-END
	x_pipe:
	  steps:
	    - {image: $TEST_IMAGE, a_script: exit 4}
	    - {image: 127.0.0.1:1/nowhere:1, b_script: echo never}
	    - {image: $TEST_IMAGE, always: {c_script: echo last ran}}
	END
	chmod -R a+rX .
	on "$1" cirrus run -o simple
	assert_status 1
	assert_out_has '^Exit status: 4$'
	assert_out_lacks 'Pulling'
	assert_out_has '^last ran$'
}

# An image whose processes are nobody's, and what removes it.
somebody() { # ENGINE
	nobody=images-nobody:$mark-$case_number
	base=$TEST_IMAGE
	[ "$1" = docker ] || base=docker.io/$TEST_IMAGE
	printf 'FROM %s\nUSER nobody\n' "$base" >"$trash/Dockerfile"
	as="as-root${1#root}"
	as="${as%ful}"
	case $1 in
	docker)
		tar -C "$trash" -c Dockerfile | curl -sf -o /dev/null --unix-socket "${TEST_DOCKER_HOST#unix://}" \
			-H 'Content-Type: application/x-tar' --data-binary @- "http://d/build?t=$nobody"
		cleanup "curl -s --unix-socket ${TEST_DOCKER_HOST#unix://} -X DELETE http://d/images/$nobody"
		;;
	*)
		nobody=localhost/$nobody
		"$TEST_ENGINES" "$as" podman build -q -t "$nobody" - <"$trash/Dockerfile"
		cleanup "$TEST_ENGINES $as podman rmi $nobody"
		;;
	esac
}

opens_files_to_a_later_user() {
	need "$1"
	requires curl
	somebody "$1"
	echo given >given
	cat >.cirrus.yml <<-END
	x_pipe:
	  steps:
	    - image: $TEST_IMAGE
	      a_script: mkdir -p made/by; echo root >made/by/root; chmod 600 made/by/root; ln -s /etc/passwd link; id -u
	    - image: $nobody
	      b_script: id -u; cat made/by/root; echo nobody >made/by/root; echo more >>given; touch made/by/new here
	    - image: $TEST_IMAGE
	      c_script: cat made/by/root; touch made/by/again; stat -c '%U of the file' /etc/passwd
	END
	chmod -R a+rX .
	on "$1" cirrus run -o simple
	assert_status 0
	assert_out_has '^65534$'
	assert_out_has '^nobody$'
	assert_out_has '^root of the file$'
	assert_out_lacks 'may not be writable'
}

for engine in docker rootless rootful; do
	with() { "$function" "$engine"; }
	each() {
		function=$2
		check "$engine: $1" with
	}
	each 'steps share files and variables, and leave nothing' shares_files_and_variables
	each 'what a step of root made is writable for a later user' opens_files_to_a_later_user
	each 'after a failure only what has to run is started' stops_after_a_failure
done
finish
