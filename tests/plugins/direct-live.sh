#!/bin/sh
# SPDX-License-Identifier: MIT
# direct-live - the files of a running container, read and written without the
# engine: what its archive endpoint cannot do shows that it was not asked.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=120

go() { # ENGINE
	chmod -R a+rwX .
	on "$1" env "XDG_CACHE_HOME=$(pwd)/cache" cirrus run -o simple
}

config() {
	mkdir -p cache
	printf 'container:\n  image: %s\n' "$TEST_IMAGE" >.cirrus.yml
	cat >>.cirrus.yml
}

# No engine looks into a file system in memory, and Podman forgets owners.
copies_straight() {
	need "$1"
	config <<-'EOF'
	a_task:
	  x_cache:
	    folder: /dev/shm/v
	    fingerprint_key: k
	    populate_script:
	      - mkdir -p /dev/shm/v/d
	      - cd /dev/shm/v
	      - echo text >d/file; ln d/file hard; ln -s /etc/passwd link; mkfifo fifo
	      - chown 123:45 d/file; chmod 4750 d/file; touch -d '2001-02-03 04:05:06' d/file
	      - head -c 3000000 /dev/zero >zeros
	  show_script:
	    - cd /dev/shm/v
	    - stat -c '%n %a %u:%g %s %Y' d/file; stat -c '%n %s' zeros
	    - test d/file -ef hard; readlink link; ls
	EOF
	go "$1"
	assert_status 0
	assert_out_has '^fifo$'
	go "$1"
	assert_status 0
	assert_out_has 'Cache hit for k!'
	assert_out_has '^d/file 4750 123:45 5 981173106$'
	assert_out_has '^zeros 3000000$'
	assert_out_has '^/etc/passwd$'
	assert_out_lacks '^fifo$'
}

# What a task's processes do meanwhile cannot make us read or write elsewhere.
# The paths that the links name exist on this machine, and not in the container.
stays_inside() {
	need "$1"
	requires zstd
	mkdir -m 777 host
	echo from-the-host >host/secret
	config <<-EOF
	a_task:
	  env: {HOST: $(pwd)/host}
	  swap_background_script: |
	    mkdir -p /opt/v/d; echo inside >/opt/v/d/secret; cd /opt/v
	    while :; do mv d away; ln -s \$HOST d; rm d; mv away d; done
	  x_cache:
	    folder: /opt/v
	    fingerprint_script: cat /proc/sys/kernel/random/uuid
	    populate_script: mkdir -p /opt/v; cd /opt/v; for i in \$(seq 500); do echo \$i >f\$i; done
	  y_cache:
	    folder: /opt/link
	    fingerprint_script: cat /proc/sys/kernel/random/uuid
	    populate_script: ln -s \$HOST /opt/link
	  z_cache:
	    folder: /opt/w
	    fingerprint_key: z
	    populate_script: mkdir -p /opt/w/d; for i in \$(seq 500); do echo \$i >/opt/w/d/f\$i; done
	EOF
	for _ in 1 2 3; do
		go "$1"
		assert_status 0
	done
	for entry in cache/cirrus/projects/*/*.tar.zst; do
		zstd -qdc "$entry" | tar -xOf - >contents
		! grep -q from-the-host contents || fail "$entry has what was outside"
	done
	assert [ "$(ls host)" = secret ]
}

with() { "$function" "$engine"; }
for engine in docker rootless rootful; do
	for function in copies_straight stays_inside; do
		check "$engine: $(echo "$function" | tr _ ' ')" with
	done
done
finish
