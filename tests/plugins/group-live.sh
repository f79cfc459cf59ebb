#!/bin/sh
# SPDX-License-Identifier: MIT
# group-live - tasks of more than one container, on each engine.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=120

# with_service LINES SCRIPT: a task with an additional container of these lines.
with_service() {
	printf 'env: {WHO: world}\nlive_task:\n  container:\n    image: %s\n    additional_containers:\n' "$TEST_IMAGE" >.cirrus.yml
	printf '%s\n' "$1" | sed 's/^/      /' >>.cirrus.yml
	printf '  script:\n' >>.cirrus.yml
	printf '%s\n' "$2" | sed 's/^/    - /' >>.cirrus.yml
	chmod -R a+rX .
}

# How many containers carry the label of this run.
containers() { # ENGINE
	case $1 in
	docker) curl -s --unix-socket "${TEST_DOCKER_HOST#unix://}" 'http://d/containers/json?all=1' | jq -r '.[].Names[]' ;;
	rootful) "$TEST_ENGINES" as-root podman ps -a --format '{{.Names}}' ;;
	rootless) "$TEST_ENGINES" as-rootless podman ps -a --format '{{.Names}}' ;;
	esac
}

# What the last run said its id was.
none_left() { # ENGINE
	id=$(sed -n 's/.*"run":"\([^"]*\)".*/\1/p' "$OUT" | head -1)
	[ -z "$id" ] || ! containers "$1" | grep -q "$id"
}

web="- name: web
  image: $TEST_IMAGE
  port: 8080
  env: {GREETING: 'hello \$WHO'}
  command: sh -c 'sleep 1; echo \"\$GREETING\" >/tmp/index.html; exec httpd -f -v -p 8080 -h /tmp'"

serves_on_localhost() {
	need "$1"
	with_service "$web" 'wget -qO- http://127.0.0.1:8080/index.html'
	on "$1" cirrus run -o simple
	assert_status 0
	assert_out_has '^hello world$'
	assert_out_lacks 'log of container'
}

names_what_is_not_ready() {
	need "$1"
	with_service "- name: db
  image: $TEST_IMAGE
  port: 5432
  command: sh -c 'echo recovering; exec sleep 1000'" 'echo never'
	on "$1" cirrus run -o simple --ready-timeout=2s
	assert_status 3
	assert_out_has 'additional container "db", port 5432: nobody listens after 2'
	assert_out_has '^recovering$'
	assert_out_lacks '^never$'
}

sees_that_it_ended() {
	need "$1"
	with_service "- name: db
  image: $TEST_IMAGE
  port: 5432
  command: sh -c 'echo no disk here; exit 7'" 'echo never'
	on "$1" cirrus run -o simple --ready-timeout=100s
	assert_status 3
	assert_out_has 'additional container "db".*ended with status 7 before it was ready'
	assert_out_has '^no disk here$'
}

asks_for_readiness() {
	need "$1"
	with_service "- name: db
  image: $TEST_IMAGE
  command: sh -c 'sleep 1; touch /tmp/is-ready; exec sleep 1000'
  readiness_command: test -e /tmp/is-ready" 'echo it is ready'
	on "$1" cirrus run -o simple
	assert_status 0
	assert_out_has '^it is ready$'
}

shows_logs_when_the_task_fails() {
	need "$1"
	with_service "$web" 'wget -qO- http://127.0.0.1:8080/nowhere || exit 5'
	on "$1" cirrus run -o simple
	assert_status 1
	assert_out_has '^Exit status: 5$'
	assert_out_has "log of container 'web'"
	assert_out_has 'url:/nowhere\|response:404'
}

limits_and_privileges() {
	need "$1"
	with_service "- name: lab
  image: $TEST_IMAGE
  privileged: true
  memory: 100Mb
  port: 8080
  command: sh -c 'mkdir /tmp/w; cd /tmp/w; mount -t tmpfs none /mnt && touch mounted || mkdir /mnt && mount -t tmpfs none /mnt && touch mounted; cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes >memory; exec httpd -f -p 8080'
- name: plain
  image: $TEST_IMAGE
  port: 8081
  command: sh -c 'mkdir /tmp/w /mnt; cd /tmp/w; touch ready; mount -t tmpfs none /mnt && touch mounted; exec httpd -f -p 8081'" \
		'wget -qO- http://127.0.0.1:8080/mounted && echo lab mounts
wget -qO- http://127.0.0.1:8080/memory
wget -qO- http://127.0.0.1:8081/ready && echo plain is ready
wget -qO- http://127.0.0.1:8081/mounted || echo plain mounts not'
	on "$1" cirrus run -o simple
	# an engine that is confined itself has no privileges to give
	! grep -q 'unable to apply caps' "$OUT" || return 0
	assert_status 0
	assert_out_has '^lab mounts$'
	assert_out_has '^plain is ready$'
	assert_out_has '^plain mounts not$'
	[ "$1" = rootless ] || assert_out_has '^104857600$'
}

answers_on_the_host() {
	need "$1"
	requires curl
	host=$((30000 + $$ % 20000))
	with_service "- name: web
  image: $TEST_IMAGE
  port: $host:8080
  command: sh -c 'echo from outside >/tmp/index.html; exec httpd -f -p 8080 -h /tmp'" 'sleep 4'
	on "$1" cirrus run -o simple &
	pid=$!
	await 20 curl -sf -o "$trash/answer" "http://127.0.0.1:$host/index.html"
	assert grep -q 'from outside' "$trash/answer"
	wait $pid
}

# Its port is taken until the first task's containers are gone.
takes_turns_at_a_host_port() {
	need "$1"
	host=$((30000 + $$ % 20000))
	for task in a b c; do
		cat <<-END
		${task}_task:
		  container:
		    image: $TEST_IMAGE
		    additional_containers:
		      - {name: web, image: "$TEST_IMAGE", port: "$host:8080", command: httpd -f -p 8080}
		  script: echo had it
		END
	done >.cirrus.yml
	chmod -R a+rX .
	on "$1" cirrus run -o simple -j 3
	assert_status 0
	assert [ "$(grep -c '^had it$' "$OUT")" -eq 3 ]
}

leaves_nothing() {
	need "$1"
	requires jq curl
	with_service "$web" 'exit 1'
	on "$1" cirrus run -o json
	assert_status 1
	assert grep -q run_started "$OUT"
	assert none_left "$1"
}

for engine in docker rootless rootful; do
	with() { "$function" "$engine"; }
	each() {
		function=$2
		check "$engine: $1" with
	}
	each 'an additional container is on localhost before the first script' serves_on_localhost
	each 'a port that nobody opens is named' names_what_is_not_ready
	each 'a container that ends is not waited for' sees_that_it_ended
	each 'readiness commands are awaited' asks_for_readiness
	each 'logs are shown when the task fails' shows_logs_when_the_task_fails
	each 'memory and privileges are those of each container' limits_and_privileges
	each 'a host port leads in' answers_on_the_host
	each 'tasks that want the same host port run one after the other' takes_turns_at_a_host_port
	each 'nothing is left behind' leaves_nothing
done
finish
