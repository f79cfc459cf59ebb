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

left() { find "$XDG_STATE_HOME"/cirrus -path '*/dummy/v/cirrus-*' -prune; }

works_in_memory() {
	mkdir sub
	echo given >sub/file
	config 'use_in_memory_disk: true
memory: 1G' 'cat .in-memory sub/file
echo made >made; cp .in-memory size'
	cat >>.cirrus.yml <<-'END'
	  x_cache: {folder: kept, fingerprint_key: k, populate_script: mkdir kept && echo filled >kept/x}
	  y_script: cat kept/x; pwd
	  files_artifacts: {path: "{made,size}"}
	END
	cirrus_run --artifacts-dir "$trash/artifacts"
	assert_status 0
	assert_out_has '^given$'
	assert_out_has '^1073741824$'
	assert_out_has '^filled$'
	assert [ "$(cat "$trash/artifacts/a/files/made")" = made ]
	assert [ ! -e made ]
	assert [ -z "$(left)" ]
	cirrus_run --memory=64M -e CIRRUS_WORKING_DIR=/var/tmp/elsewhere
	assert_status 0
	assert_out_has '^67108864$'
	assert_out_has '^/var/tmp/elsewhere$'
	assert_out_has 'Cache hit'
	# what a run without a shell does instead
	cirrus_run --backend-option dummy.without=START_STDIO,COPY_STOPPED
	assert_status 0
	assert_out_has '^given$'
	assert [ -z "$(left)" ]
}
check 'use_in_memory_disk is a volume in memory of the size of the container'"'"'s' works_in_memory

tells_where_it_cannot_be() {
	config 'use_in_memory_disk: $FAST' 'ls -A'
	cirrus_run -e FAST=false
	assert_status 0
	assert_out_lacks '.in-memory'
	cirrus_run -e FAST=true -e CIRRUS_WORKING_DIR=/tmp
	assert_status 2
	assert_out_has 'use_in_memory_disk cannot be at /tmp, where cirrus has files of its own'
	assert [ -z "$(left)" ]
	config 'use_in_memory_disk: true' 'ls -A'
	cirrus_run --dirty -v
	assert_status 0
	assert_out_lacks '^.in-memory'
	assert_out_has 'use_in_memory_disk makes no difference with --dirty'
	cirrus_run --backend-option dummy.without=VOLUME_MEMORY
	assert_status 3
	assert_out_has 'backend dummy does not offer use_in_memory_disk here (VOLUME_MEMORY)'
	assert_out_has "'a' task skipped"
}
check 'where use_in_memory_disk cannot be had is said' tells_where_it_cannot_be

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

options_of_blocks() {
	config 'rank: $N' 'cat /proc/sys/kernel/hostname'
	cirrus_run -e N=7
	assert_status 0
	assert_out_has '^dummy-7$'
	config 'rank: high' 'echo never'
	printf 'b_task:\n  container: {image: x}\n  script: echo the other\n' >>.cirrus.yml
	cirrus_run
	assert_status 0
	assert_out_has '^line 4, column 5: backend dummy: rank: "high" is not a whole number$'
	assert_out_has "'a' task skipped"
	assert_out_has '^the other$'
	assert_out_lacks '^never$'
	cirrus_run --strict
	assert_status 3
	config 'rang: 7' 'echo never'
	cirrus_run
	assert_status 3
	assert_out_has '^line 4, column 5: backend dummy takes no "rang" for "container"$'
	assert_out_lacks '^never$'
}
check 'what a block says beyond the language goes to the backend, or skips the task' options_of_blocks
finish
