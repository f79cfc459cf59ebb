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

for engine in docker rootless rootful; do
	with() { "$function" "$engine"; }
	each() {
		function=$2
		check "$engine: $1" with
	}
	each 'steps share files and variables, and leave nothing' shares_files_and_variables
	each 'after a failure only what has to run is started' stops_after_a_failure
done
finish
