#!/bin/sh
# SPDX-License-Identifier: MIT
# additional_containers, on the dummy backend: its containers are processes of this
# machine and share its network.
. "${srcdir:-.}/tests/lib.sh"
CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND
port=$((20000 + $$ % 20000))

cirrus_run() { run cirrus run -o simple "$@"; }

# config CONTAINER SCRIPT: one additional container of these lines, then a script.
config() {
	printf 'env: {WHO: world}\na_task:\n  container:\n    image: debian:12\n    additional_containers:\n' >.cirrus.yml
	printf '%s\n' "$1" | sed 's/^/      /' >>.cirrus.yml
	printf '  script:\n' >>.cirrus.yml
	printf '%s\n' "$2" | sed 's/^/    - /' >>.cirrus.yml
}

# A server that answers one line, and goes on.
serve='import os, socket, time
time.sleep(float(os.environ.get("DELAY", "0")))
print("listening as", os.environ.get("GREETING"), flush=True)
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(os.environ["PORT"])))
s.listen()
while True:
    c = s.accept()[0]
    c.sendall(os.environ["GREETING"].encode() + b"\n")
    c.close()'

server() {
	requires python3
	mkdir -p "$trash/bin"
	printf '%s\n' "$serve" >server.py
	# the image of the dummy is this machine: what is in /usr is there
	printf '%s' "$serve" | base64 -w0 >"$trash/code"
	config "- name: db
  image: debian:12
  port: $port
  env: {PORT: $port, GREETING: 'hello \$WHO', DELAY: '${1:-0}'}
  command: python3 -c 'import base64; exec(base64.b64decode(\"$(cat "$trash/code")\"))'" \
		"python3 -c 'import socket; print(socket.create_connection((\"127.0.0.1\", $port)).recv(99).decode())'"
}

left() { ls "$XDG_STATE_HOME"/cirrus/backends/dummy/i 2>/dev/null; }

waits_for_the_port() {
	server 1
	cirrus_run
	assert_status 0
	assert_out_has '^hello world$'
	assert_out_lacks 'log of container'
	assert [ -z "$(left)" ]
}
check 'a container beside the task is on localhost before the first script' waits_for_the_port

names_container_port_and_time() {
	config "- name: db
  image: debian:12
  port: $port
  command: sh -c 'echo still busy; exec sleep 100'" 'echo never'
	cirrus_run --ready-timeout=1s
	assert_status 3
	assert_out_has "additional container \"db\", port $port: nobody listens after 1"
	assert_out_has 'hint: --ready-timeout'
	assert_out_has "log of container 'db'"
	assert_out_has '^still busy$'
	assert_out_lacks '^never$'
	assert [ -z "$(left)" ]
}
check 'a port that does not open is named with its container and the time' names_container_port_and_time

does_not_wait_for_the_dead() {
	config "- name: db
  image: debian:12
  port: $port
  command: sh -c 'echo no disk here; exit 7'" 'echo never'
	cirrus_run --ready-timeout=50s
	assert_status 3
	assert_out_has 'additional container "db", port .*: the container ended with status 7 before it was ready'
	assert_out_has '^no disk here$'
}
check 'a container that ends is not waited for' does_not_wait_for_the_dead

runs_readiness_commands() {
	config "- name: db
  image: debian:12
  command: sh -c 'sleep 1; touch /tmp/is-ready; exec sleep 100'
  readiness_command: test -e /tmp/is-ready && test \$COLOR = blue
  env: {COLOR: blue}" 'echo ready now'
	cirrus_run
	assert_status 0
	assert_out_has '^ready now$'
	config "- name: db
  image: debian:12
  command: sleep 100
  readiness_command: [sh, -c, exit 3]" 'echo never'
	cirrus_run --ready-timeout=1s
	assert_status 3
	assert_out_has 'additional container "db", readiness_command: it has not succeeded after 1'
}
check 'readiness commands are run until they succeed' runs_readiness_commands

shows_logs_of_failed_tasks() {
	server
	printf '    - exit 5\n' >>.cirrus.yml
	cirrus_run
	assert_status 1
	assert_out_has '^Exit status: 5$'
	assert_out_has "log of container 'db'"
	assert_out_has '^listening as hello world$'
}
check 'when the task fails, the logs of its containers are shown' shows_logs_of_failed_tasks

hides_secrets_in_logs() {
	config "- name: db
  image: debian:12
  env: {DB_PASSWORD: s3same-open}
  command: sh -c 'echo the password is \$DB_PASSWORD; exec sleep 100'
  readiness_command: sleep 0.3" 'exit 1'
	cirrus_run
	assert_status 1
	assert_out_has '^the password is HIDDEN-BY-CIRRUS-CI$'
	assert_out_lacks s3same-open
}
check "a container's log hides its secrets" hides_secrets_in_logs

fetches_all_images() {
	config "- name: a
  image: missing/one:1
  command: sleep 100
- name: b
  image: absent/two:1
  command: sleep 100" 'echo never'
	cirrus_run
	assert_status 3
	assert_out_has 'Pulling image missing/one:1'
	assert_out_has 'cannot pull absent/two:1'
	assert_out_lacks '^never$'
}
check 'images of additional containers are fetched, and named where they are not there' fetches_all_images

# Both would have the same port of the machine.
takes_turns_at_a_host_port() {
	requires python3
	mkdir "$trash/shared"
	for task in a b; do
		cat <<-END
		${task}_task:
		  container:
		    image: debian:12
		    volumes: $trash/shared:/var/tmp/shared
		    additional_containers:
		      - name: db
		        image: debian:12
		        port: $port:$port
		        env: {PORT: $port, GREETING: hello}
		        command: python3 -c 'import base64; exec(base64.b64decode("$(printf '%s' "$serve" | base64 -w0)"))'
		  script:
		    - mkdir /var/tmp/shared/port || echo taken
		    - sleep 0.5; rmdir /var/tmp/shared/port; echo had it
		END
	done >.cirrus.yml
	cirrus_run -j 2 --backend-option dummy.with=PORTS
	assert_status 0
	assert [ "$(grep -c '^had it$' "$OUT")" -eq 2 ]
	assert_out_lacks '^taken$'
}
check 'tasks that want the same port of the host run one after the other' takes_turns_at_a_host_port

needs_the_capability() {
	server
	cirrus_run --backend-option dummy.without=SIDECAR
	assert_status 3
	assert_out_lacks '^hello'
	assert_out_has 'backend dummy does not offer additional_containers here (SIDECAR)'
	assert_out_has "'a' task skipped"
	config "- name: a
  image: debian:12
  privileged: true
  command: sleep 100" 'echo never'
	cirrus_run
	assert_status 3
	assert_out_has 'backend dummy does not offer privileged here'
	config "- name: a
  image: debian:12
  port: 80:8080" 'echo never'
	cirrus_run
	assert_status 3
	assert_out_has 'backend dummy does not offer a port of the host here (PORTS)'
}
check 'what a backend lacks skips the task, with the reason' needs_the_capability

finish
