#!/bin/sh
# SPDX-License-Identifier: MIT
# Pipes on the dummy backend.
. "${srcdir:-.}/tests/lib.sh"
CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND
cirrus_run() { run cirrus run -o simple "$@"; }
left() { find "$XDG_STATE_HOME"/cirrus -name 'cirrus-2*' -path '*/dummy/*'; }

shares_files_and_variables() {
	echo given >file
	cat >.cirrus.yml <<-'EOF'
	x_pipe:
	  env: {WHO: world, ALL: "$WHO and $MORE"}
	  steps:
	    - image: one:1
	      a_script:
	        - cat file
	        - echo made >new; touch /tmp/only-here
	        - echo MORE=moon >>$CIRRUS_ENV
	    - image: two:1
	      b_script:
	        - cat file new
	        - echo "hello $WHO, $MORE"
	        - test ! -e /tmp/only-here && echo another container
	    - image: missing/three:1
	      c_script: cat new; echo "third $MORE"
	EOF
	cirrus_run
	assert_status 0
	assert_out_has '^given$'
	assert_out_has '^hello world, moon$'
	assert_out_has '^another container$'
	assert_out_has 'Pulling image missing/three:1'
	assert_out_has '^third moon$'
	assert [ ! -e new ]
	assert [ -z "$(left)" ]
}
check 'steps share the working directory and CIRRUS_ENV' shares_files_and_variables

copies_without_shared_volumes() {
	mkdir sub
	echo given >sub/file
	ln -s sub/file link
	cat >.cirrus.yml <<-'EOF'
	x_pipe:
	  steps:
	    - image: one:1
	      a_script: cat link; echo made >sub/new; chmod 750 sub/new; rm sub/file; touch /tmp/only-here
	    - image: two:1
	      b_script: cat sub/new; test ! -e sub/file && echo it is gone; test ! -e /tmp/only-here && readlink link
	      on_failure: {never_script: echo never}
	    - image: three:1
	      c_script: stat -c %a sub/new; echo third >>sub/new
	      cached_cache: {folder: sub, fingerprint_key: k}
	EOF
	cirrus_run --backend-option dummy.without=VOLUME_SHARED
	assert_status 0
	for line in given made 'it is gone' sub/file 750; do assert_out_has "^$line\$"; done
	assert [ -z "$(find "$trash/tmp" -name "cirrus-pipe*")" ]
	assert [ -z "$(left)" ]
	sed -i 's/it is gone/&; exit 3/' .cirrus.yml
	cirrus_run --backend-option dummy.without=VOLUME_SHARED
	assert_status 1
	assert_out_has '^Exit status: 3$'
	cirrus_run --dirty --backend-option dummy.without=VOLUME_SHARED
	assert [ -e sub/new ]
}
check 'without a volume to share, steps hand on a copy' copies_without_shared_volumes

stops_after_a_failure() {
	cat >.cirrus.yml <<-'EOF'
	x_pipe:
	  steps:
	    - image: one:1
	      a_script: exit 4
	      on_failure: {told_script: echo told}
	    - image: missing/two:1
	      b_script: echo never
	    - image: three:1
	      c_script: echo never
	      always: {last_script: echo last ran}
	EOF
	cirrus_run
	assert_status 1
	assert_out_has '^Exit status: 4$'
	assert_out_has '^told$'
	assert_out_lacks '^never$'
	assert_out_lacks 'Pulling image'
	assert_out_has "'b' script skipped"
	assert_out_has '^last ran$'
	assert [ -z "$(left)" ]
}
check 'after a failure only what still has to do something is started' stops_after_a_failure

fails_where_an_image_is_missing() {
	cat >.cirrus.yml <<-'EOF'
	x_pipe:
	  steps:
	    - {image: one:1, a_script: echo first}
	    - {image: absent/two:1, b_script: echo never}
	EOF
	cirrus_run
	assert_status 3
	assert_out_has '^first$'
	assert_err_has 'cannot pull absent/two:1'
	assert [ -z "$(left)" ]
}
check 'an image that is nowhere ends the pipe, and nothing is left' fails_where_an_image_is_missing

keeps_caches_of_any_step() {
	cat >.cirrus.yml <<-'EOF'
	x_pipe:
	  steps:
	    - image: one:1
	      far_cache: {folder: /var/tmp/far, fingerprint_key: k1, populate_script: mkdir -p /var/tmp/far && echo far >/var/tmp/far/x}
	      near_cache: {folder: near, fingerprint_key: k2}
	      a_script: cat /var/tmp/far/x; ls near || mkdir near
	    - image: two:1
	      b_script: echo later >>near/x; cat near/x; ls /var/tmp/far || echo far is away
	EOF
	cirrus_run
	assert_status 0
	assert_out_has '^far$'
	assert_out_has 'Cache miss for k1'
	assert_out_has '^far is away$'
	cirrus_run
	assert_status 0
	assert_out_has 'Cache hit for k1'
	assert_out_has 'Cache hit for k2'
	assert_out_has '^far$'
	assert [ "$(grep -c '^later$' "$OUT")" -eq 2 ]
}
check 'a cache may be in any step' keeps_caches_of_any_step

works_in_place() {
	cat >.cirrus.yml <<-'EOF'
	x_pipe:
	  steps:
	    - {image: one:1, a_script: echo one >made}
	    - {image: two:1, b_script: echo two >>made}
	EOF
	cirrus_run --dirty
	assert_status 0
	assert [ "$(cat made | tr '\n' ' ')" = 'one two ' ]
	cirrus_run --dry-run
	assert_status 0
	assert_out_has 'container one:1, 2 CPU'
	assert_out_has 'container two:1'
}
check '--dirty works in the project, --dry-run names the images' works_in_place

finish
