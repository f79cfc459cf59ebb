#!/bin/sh
# SPDX-License-Identifier: MIT
# validate-backends - what the plugins that are here say of the blocks in a file.
. "${srcdir:-.}/tests/lib.sh"

# Only these plugins are installed.
plugins() {
	built=$builddir/tests/cli/plugins-bad/.libs
	[ -e "$built/cirrus-kinds.so" ] || skip 'no shared libraries in this build'
	mkdir -p "$trash/plugins"
	for plugin in "$@"; do
		cp "$built/cirrus-$plugin.so" "$trash/plugins/"
	done
	CIRRUS_CLI_BACKEND_DIR=$trash/plugins
	export CIRRUS_CLI_BACKEND_DIR
}

asks_backends() {
	plugins kinds
	cat >.cirrus.yml <<-'END'
	env: {N: "7"}
	container: {image: x, nice: $N, kvm: true}
	fine_task: {script: make}
	bsd_task:
	  freebsd_instance: {image: 14, template: base, disks: [a, {b: c}]}
	tart_task:
	  persistent_worker:
	    isolation:
	      tart: {image: x, cpu: 2, user: me, display: vnc}
	END
	run cirrus validate --strict
	assert_status 2
	assert_err_has 'unknown field "nice" in container:'
	run cirrus validate --strict --backends
	assert_status 0
	assert_empty "$ERR"
}
check '--backends: what a backend knows is no longer unknown' asks_backends

refused_by_backends() {
	plugins kinds good
	cat >.cirrus.yml <<-'END'
	a_task:
	  container: {image: x, nice: very, nicer: 1}
	b_task:
	  freebsd_instance: {image: 14}
	c_task:
	  persistent_worker:
	    isolation:
	      tart: {image: x, password: pw}
	d_task:
	  persistent_worker: {isolation: {tart: {image: x, display: x11}}}
	e_task:
	  only_if: "false"
	  ec2_instance: {image: ami}
	f_task:
	  freebsd_instance: {template: [x]}
	END
	run cirrus validate --backends
	assert_status 2
	sed -n 's/^\(\.cirrus\.yml:[^ ]*\|hint:\)/\1/p' "$ERR" >got
	cat >want <<-'END'
	.cirrus.yml:2:25: backend kinds: nice: "very" is not a whole number
	.cirrus.yml:2:37: no backend here takes "nicer" for "container"
	hint: did you mean "nice"?
	.cirrus.yml:4:3: backend kinds needs "template" for "freebsd"
	.cirrus.yml:8:24: no backend here takes "password" for "tart"
	.cirrus.yml:10:52: backend kinds: display: "x11" is none of: none, vnc
	.cirrus.yml:13:3: warning: no backend here provides "ec2"
	hint: cirrus backends lists what is here
	.cirrus.yml:15:22: backend kinds: template: not a scalar value
	END
	assert_same want got
}
check '--backends: keys and values that no backend takes are errors with their place' refused_by_backends

broken_backends() {
	plugins good crash-load
	printf 'container: {image: x}\na_task: {script: make}\n' >.cirrus.yml
	run cirrus validate --backends
	assert_status 0
	echo '.cirrus.yml: warning: backend crash-load is broken: it crashes or hangs' >want
	assert_same want "$ERR"
	printf 'a_task: {env: }\n' >.cirrus.yml
	run cirrus validate --backends --json
	assert_status 2
	assert_out_has '"valid": false'
}
check '--backends: a broken backend is told, and harms nobody' broken_backends

finish
