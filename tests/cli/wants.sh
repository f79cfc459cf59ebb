#!/bin/sh
# SPDX-License-Identifier: MIT
# What containers ask for beyond the ordinary, on the dummy backend.
. "${srcdir:-.}/tests/lib.sh"
CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND
cirrus_run() { run cirrus run -o simple "$@"; }

# config LINES SCRIPT: a container with these lines.
config() {
	printf 'a_task:\n  container:\n    image: debian:12\n' >.cirrus.yml
	printf '%s\n' "$1" | sed 's/^/    /' >>.cirrus.yml
	printf '  script:\n' >>.cirrus.yml
	printf '%s\n' "$2" | sed 's/^/    - /' >>.cirrus.yml
}

mounts_volumes() {
	mkdir "$trash/data" "$trash/more"
	echo here >"$trash/data/file"
	config "volumes:
  - \$DATA:/var/tmp/data:ro
  - $trash/more:/var/tmp/more" 'cat /var/tmp/data/file
echo new >/var/tmp/more/new
echo x >/var/tmp/data/x || echo read-only it is'
	cirrus_run -e DATA="$trash/data"
	assert_status 0
	assert_out_has '^here$'
	assert_out_has '^read-only it is$'
	assert [ "$(cat "$trash/more/new")" = new ]
	config "volumes: relative:/x" 'echo never'
	cirrus_run
	assert_status 2
	assert_out_has 'line 4: "volumes" of task "a" needs absolute paths: relative:/x'
	config "volumes: /a:/b:rx" 'echo never'
	cirrus_run
	assert_status 2
	config "volumes: $trash/not-there:/var/tmp/data" 'echo never'
	cirrus_run
	assert_status 3
	assert_out_has not-there
}
check 'volumes are mounted, read-only where they say so' mounts_volumes

needs_capabilities() {
	for key in privileged kvm; do
		config "$key: true" 'echo never'
		cirrus_run
		assert_status 3
		assert_out_has "backend dummy does not offer $key here"
		assert_out_has "'a' task skipped"
		config "$key: false" 'echo it runs'
		cirrus_run
		assert_status 0
		config "$key: perhaps" 'echo never'
		cirrus_run
		assert_status 2
		assert_out_has "\"$key\" of task \"a\" is neither true nor false: perhaps"
	done
	config 'privileged: $ASKED' 'echo it runs'
	cirrus_run -e ASKED=true --backend-option dummy.with=PRIVILEGED
	assert_status 0
}
check 'what the backend lacks skips the task; nonsense is an error' needs_capabilities

gives_credentials() {
	config 'registry_config: $REGISTRY' 'echo pulled'
	sed -i 's/debian:12/r.example:5000\/denied\/x:1/' .cirrus.yml
	cirrus_run
	assert_status 3
	# dummy:sesame
	cirrus_run -e REGISTRY='{"auths":{"r.example:5000":{"auth":"ZHVtbXk6c2VzYW1l"}}}'
	assert_status 0
	assert_out_has '^pulled$'
	cirrus_run -e REGISTRY=nonsense
	assert_status 2
	assert_out_has 'registry_config of task "a": not the text of a config.json'
	sed -i 's/\$REGISTRY/ENCRYPTED[!abc!]/; s/denied/missing/' .cirrus.yml
	cirrus_run
	assert_status 0
	assert_out_has 'registry_config is encrypted for the hosted service'
}
check 'registry_config gives the credentials of a pull' gives_credentials

reads_maps_of_credentials() {
	config 'registry_config:
  auths: {"r.example:5000": {username: dummy, password: $PASSWORD}}' 'echo pulled $PASSWORD'
	sed -i 's/debian:12/r.example:5000\/denied\/x:1/' .cirrus.yml
	cirrus_run -e PASSWORD=wrong
	assert_status 3
	cirrus_run
	assert_status 3
	assert_out_has 'registry_config is a variable that is not set, and not used'
	cirrus_run -e PASSWORD=sesame
	assert_status 0
	assert_out_has '^pulled HIDDEN-BY-CIRRUS-CI$'
	config 'registry_config: {nonsense: here}' 'echo never'
	cirrus_run
	assert_status 2
}
check 'registry_config may be a map' reads_maps_of_credentials

takes_credentials_from_the_top() {
	cat >.cirrus.yml <<-'END'
	registry_config: $REGISTRY
	container: {image: "r.example:5000/denied/x:1"}
	a_task: {script: echo a pulled}
	b_pipe:
	  steps: [{image: "r.example:5000/denied/y:1", b_script: echo b pulled}]
	c_task:
	  container: {image: "r.example:5000/denied/z:1", registry_config: ""}
	  script: echo never
	END
	cirrus_run -e REGISTRY='{"auths":{"r.example:5000":{"auth":"ZHVtbXk6c2VzYW1l"}}}'
	assert_status 3
	assert_out_has '^a pulled$'
	assert_out_has '^b pulled$'
	assert_out_lacks '^never$'
}
check 'registry_config at the top is for all that say nothing else' takes_credentials_from_the_top

runs_workers_in_containers() {
	mkdir "$trash/data"
	echo here >"$trash/data/file"
	cat >.cirrus.yml <<-END
	a_task:
	  persistent_worker:
	    isolation:
	      container: {image: "debian:12", volumes: ["$trash/data:/var/tmp/data:ro"]}
	  script: cat /var/tmp/data/file; echo x >/var/tmp/data/x || echo read-only it is
	b_task:
	  persistent_worker: {}
	  script: echo never
	END
	cirrus_run
	assert_status 0
	assert_out_has '^here$'
	assert_out_has '^read-only it is$'
	assert_out_lacks '^never$'
	assert_out_has '"persistent_worker" is implemented for containers only'
}
check "a persistent worker's container is one like others, with its volumes" runs_workers_in_containers

finish
