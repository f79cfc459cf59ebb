#!/bin/sh
# SPDX-License-Identifier: MIT
# secrets-live - what is secret shows nowhere: not in any format, report, message
# or log, whoever wrote it and however it is cut; and arrives unharmed inside.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=180
given='given-secret-77'

# No line of the secrets is longer than its pattern here.
cat_patterns() {
	printf '%s\n' "$given" token-of-the-file 'first line of it' 'second line of it' short1 \
		overlapping two-three half-of-it
}

# The files have none of the secrets, and are not called like them.
assert_hidden() {
	cat_patterns >"$trash/patterns"
	! grep -rF -f "$trash/patterns" "$@" >"$trash/found" || { show "$trash/found"; fail 'a secret shows'; }
	! find "$@" | grep -F -f "$trash/patterns" >"$trash/found" || { show "$trash/found"; fail 'a file is called like a secret'; }
}

a_project_with_secrets() {
	cat >.cirrus.yml <<-EOF
	container: {image: $TEST_IMAGE}
	env:
	  MY_TOKEN: token-of-the-file
	  PEM_SECRET: "first line of it\nsecond line of it\n"
	  LINE_SECRET: "short1\n"
	  A_PASSWORD: overlapping-one
	  B_PASSWORD: one-two-three
	  C_SECRET_KEY: '\$HALF-of-it'
	  HALF: half
	  NO_TOKEN: ""
	  CIRRUS_AGENT_EXPOSE_SCRIPTS_OUTPUTS: "true"
	named_task:
	  name: deploy \$GIVEN_TOKEN
	  alias: named
	  matrix:
	    - env: {V_TOKEN: half-of-it, N: "1"}
	    - env: {V_TOKEN: two-three, N: "2"}
	  whole_script:
	    - echo "<\$GIVEN_TOKEN>"; printf '%s' "\$MY_TOKEN" >&2; echo
	    - printf %s "\$GIVEN_TOKEN" | md5sum | grep -q "$(printf %s "$given" | md5sum)" && echo unharmed
	  cut_script: for part in gi ven -sec ret -7; do printf %s "\$part"; sleep 0.05; done; echo 7
	  lines_script: echo "\$PEM_SECRET" | sed 's/^/   /'; printf '%s' "\$LINE_SECRET" | tr -d '\n'; echo '<'
	  overlap_script: echo overlapping-one-two-three; echo "\$C_SECRET_KEY"
	  loud_background_script: echo "behind \$GIVEN_TOKEN"; touch up; sleep 100
	  f_file: {path: "\$GIVEN_TOKEN.txt", from_contents: x}
	  c_cache: {folder: "\${GIVEN_TOKEN}d", fingerprint_key: "\$GIVEN_TOKEN-key", populate_script: 'mkdir "\${GIVEN_TOKEN}d"; echo \$GIVEN_TOKEN >"\${GIVEN_TOKEN}d/x"'}
	  artifacts: {path: "\$GIVEN_TOKEN.*"}
	  handed_script: printf 'KEY_TOKEN=first\n%s\n' "\$MY_TOKEN" >>\$CIRRUS_ENV
	  late_script: printf 'LATE_PASSWORD=late-half-of-it\n' >>\$CIRRUS_ENV
	  wait_script: until [ -e up ]; do sleep 0.05; done
	  fail_script: echo "last words \$LATE_PASSWORD \$GIVEN_TOKEN"; exit 3
	image_task: {container: {image: "$TEST_REGISTRY/x/\$GIVEN_TOKEN:1"}, script: "true"}
	needs_task: {depends_on: named, name: "after \$GIVEN_TOKEN", script: "true"}
	place_task: {env: {CIRRUS_WORKING_DIR: "relative/\$GIVEN_TOKEN"}, script: "true"}
	volume_task: {container: {image: $TEST_IMAGE, volumes: ["\$GIVEN_TOKEN:/x"]}, script: "true"}
	mac_task: {macos_instance: {image: x}, name: "mac \$GIVEN_TOKEN", script: "true"}
	EOF
	mkdir -m 777 "$trash/state" "$trash/kept"
	chmod -R a+rX "$trash" && chmod 777 .
}

hides_secrets() {
	need "$1"
	a_project_with_secrets
	for format in simple json teamcity noemoji; do
		on "$1" env XDG_STATE_HOME="$trash/state" XDG_CACHE_HOME="$trash/kept/$format" cirrus run -v -o $format \
			--report "$trash/state/page.html" --junit "$trash/state/junit.xml" \
			-e "GIVEN_TOKEN=$given" -e "URL=http://user:$given@host/"
		cp "$OUT" "$trash/out.$format"
		cp "$ERR" "$trash/err.$format"
		assert [ "$status" -eq 2 ]
		assert_hidden "$OUT" "$ERR" "$trash/state"
		on "$1" env XDG_STATE_HOME="$trash/state" cirrus logs
		assert_status 0
		assert_hidden "$OUT" "$ERR"
	done
	cp "$trash/out.simple" "$OUT"
	cp "$trash/err.simple" "$ERR"
	assert_out_has '^<HIDDEN-BY-CIRRUS-CI>$'
	assert_out_has '^unharmed$'
	assert_out_has '^behind HIDDEN-BY-CIRRUS-CI$'
	assert [ "$(grep -c '^   HIDDEN-BY-CIRRUS-CI$' "$OUT")" -eq 4 ]
	assert_out_has '^HIDDEN-BY-CIRRUS-CI<$'
	assert_out_has '^Created file HIDDEN-BY-CIRRUS-CI.txt!$'
	assert_out_has '^Cache miss for HIDDEN-BY-CIRRUS-CI-key!'
	assert_out_has 'CIRRUS_ENV, line 2: neither'
	assert_out_has "Started 'deploy HIDDEN-BY-CIRRUS-CI' task"
	assert_err_has '^    last words [a-z-]*HIDDEN-BY-CIRRUS-CI HIDDEN-BY-CIRRUS-CI$'
	assert_err_has 'cannot pull [^ ]*/HIDDEN-BY-CIRRUS-CI:1: '
	assert_err_has '^to run again .* --env=GIVEN_TOKEN --env=URL '
}

hides_what_is_told_without_running() {
	need "$1"
	a_project_with_secrets
	on "$1" cirrus run -o simple --dry-run -e "GIVEN_TOKEN=$given" -e "DEEP_TOKEN=b-\$GIVEN_TOKEN"
	assert_hidden "$OUT" "$ERR"
	printf 'a_task: {container: {image: x, memory: "$GIVEN_TOKEN"}, depends_on: "b $GIVEN_TOKEN", script: x}\n' >.cirrus.yml
	on "$1" cirrus run -e "GIVEN_TOKEN=$given"
	assert_status 2
	assert_err_has HIDDEN-BY-CIRRUS-CI
	assert_hidden "$OUT" "$ERR"
	on "$1" cirrus validate -e "GIVEN_TOKEN=$given"
	assert_hidden "$OUT" "$ERR"
}

# Of one character it is hidden all the same: who calls it a secret means it.
hides_short_ones() {
	need "$1"
	printf 'a_task: {container: {image: %s}, env: {MY_TOKEN: "7"}, script: echo 4748}\n' "$TEST_IMAGE" >.cirrus.yml
	chmod a+r .cirrus.yml
	on "$1" cirrus run -o simple
	assert_out_has '^4HIDDEN-BY-CIRRUS-CI48$'
}

# What is secret is in nobody's list of processes, and in no engine's books.
keeps_them_off_command_lines() {
	need "$1"
	a_project_with_secrets
	cat >.cirrus.yml <<-EOF
	a_task:
	  container: {image: $TEST_IMAGE}
	  a_script: |
	    tr '\000' ' ' </proc/1/cmdline; tr '\000' '\n' </proc/1/environ; ps
	EOF
	on "$1" env LEAK_TOKEN=callers-own cirrus run -o simple -e "GIVEN_TOKEN=$given"
	assert_status 0
	assert_out_lacks HIDDEN-BY
	assert_out_lacks callers-own
	assert_hidden "$OUT" "$ERR"
}

for engine in docker rootless; do
	with() { "$function" "$engine"; }
	for function in hides_secrets hides_what_is_told_without_running hides_short_ones keeps_them_off_command_lines; do
		check "$engine: $(echo "$function" | tr _ ' ')" with
	done
done
finish
