#!/bin/sh
# SPDX-License-Identifier: MIT
# tasks-live - which tasks run, in what order, and what one's end means for the
# others, on each engine.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=120

config() {
	{ printf 'container: {image: %s}\n' "$TEST_IMAGE"; cat; } >.cirrus.yml
	chmod -R a+rX "$trash"
}
# assert_ran LINES: what the scripts said, in any order
assert_ran() {
	printf '%s\n' $1 | sort >"$trash/want"
	grep '^ran-' "$OUT" | sort >"$trash/got" || :
	assert_same "$trash/want" "$trash/got"
}

chooses_by_name() {
	need "$1"
	config <<-'EOF'
	Lint_task: {alias: style, depends_on: base, script: echo ran-lint}
	base_task: {script: echo ran-base}
	unit_task:
	  depends_on: base
	  matrix: [{env: {V: "1.21"}}, {env: {V: "1.22"}}]
	  script: echo ran-unit-$V
	EOF
	on "$1" cirrus run -o simple lint 'UNIT v:1.22'
	assert_status 0
	assert_ran 'ran-lint ran-unit-1.22'
	on "$1" cirrus run -o simple STYLE unit
	assert_ran 'ran-lint ran-unit-1.21 ran-unit-1.22'
	on "$1" cirrus run -o simple --with-deps lint
	assert_ran 'ran-base ran-lint'
	on "$1" cirrus run -o simple lin
	assert_status 2
	assert_err_has 'task filter yielded no matches'
}

goes_in_order() {
	need "$1"
	config <<-'EOF'
	late_task: {depends_on: [mid, first], script: echo ran-late}
	mid_task: {depends_on: first, script: echo ran-mid}
	other_task: {script: echo ran-other}
	first_task: {script: echo ran-first}
	EOF
	on "$1" cirrus run -o simple -j1
	assert_status 0
	assert [ "$(grep '^ran-' "$OUT" | tr '\n' ' ')" = 'ran-other ran-first ran-mid ran-late ' ]
}

# Each waits for the other: one at a time they would wait for ever.
runs_several_at_once() {
	need "$1"
	mkdir -m 777 "$trash/s"
	printf 'container: {image: %s, volumes: ["%s:/s"]}\n' "$TEST_IMAGE" "$trash/s" >.cirrus.yml
	cat >>.cirrus.yml <<-'EOF'
	a_task: {timeout_in: 60s, script: 'touch /s/a; until [ -e /s/b ]; do sleep 0.1; done; echo ran-a'}
	b_task: {timeout_in: 60s, script: 'touch /s/b; until [ -e /s/a ]; do sleep 0.1; done; echo ran-b'}
	c_task: {execution_lock: l, script: mkdir /s/lock; sleep 0.3; rmdir /s/lock; echo ran-c}
	d_task: {execution_lock: l, script: mkdir /s/lock; sleep 0.3; rmdir /s/lock; echo ran-d}
	EOF
	chmod -R a+rX "$trash" && chmod 777 "$trash/s"
	on "$1" cirrus run -o simple -j4
	assert_status 0
	assert_ran 'ran-a ran-b ran-c ran-d'
}

fails_dependents() {
	need "$1"
	config <<-'EOF'
	bad_task: {script: exit 1}
	slow_task: {timeout_in: 1s, script: sleep 100}
	may_task: {allow_failures: true, script: exit 1}
	by_hand_task: {trigger_type: manual, script: echo ran-by-hand}
	after_bad_task: {depends_on: bad, script: echo ran-after-bad}
	after_that_task: {depends_on: after_bad, script: echo ran-after-that}
	after_slow_task: {depends_on: slow, script: echo ran-after-slow}
	after_may_task: {depends_on: may, script: echo ran-after-may}
	labels_task: {required_pr_labels: x, skip: false, script: echo ran-labels}
	none_task: {skip: true, script: echo ran-none}
	never_task: {only_if: $NOPE == "1", script: echo ran-never}
	EOF
	on "$1" cirrus run -o simple
	assert_status 1
	assert_ran 'ran-after-may ran-labels'
	assert_out_has 'task "bad", which it depends on, did not succeed'
	assert_out_has 'task "after_bad", which it depends on, did not succeed'
	assert_out_has 'task "slow", which it depends on, did not succeed'
	on "$1" cirrus run -o simple may
	assert_status 0
	on "$1" cirrus run -o simple by_hand
	assert_ran ran-by-hand
}

skips_what_nothing_runs() {
	need "$1"
	cat >.cirrus.yml <<-EOF
	mac_task: {macos_instance: {image: x}, script: echo ran-mac}
	win_task: {windows_container: {image: x}, script: echo ran-win}
	vm_task: {gce_instance: {image: x}, script: echo ran-vm}
	builder_docker_builder: {script: echo ran-builder; touch builder-was-here}
	worker_task: {persistent_worker: {}, script: echo ran-worker; touch worker-was-here}
	ok_task: {container: {image: $TEST_IMAGE}, script: echo ran-ok}
	EOF
	chmod -R a+rX "$trash" && chmod 777 .
	on "$1" cirrus run -o simple
	assert_status 0
	assert_ran ran-ok
	for name in mac win vm worker builder; do assert_out_has "^'$name' task skipped in"; done
	# nothing of the repository ran on this machine
	assert [ ! -e builder-was-here ]
	assert [ ! -e worker-was-here ]
	on "$1" cirrus run -o simple --strict
	assert_status 3
}

follows_behaviours() {
	need "$1"
	config <<-'EOF'
	bad_task:
	  one_script: echo ran-bad-one
	  on_failure: {early_script: echo ran-bad-early}
	  two_script: exit 1
	  three_script: echo ran-bad-three
	  on_failure: {late_script: echo ran-bad-late; false}
	  always: {a_script: echo ran-bad-always, b_script: kill -9 $$}
	  on_timeout: {t_script: echo ran-bad-timeout}
	  clone_script: echo ran-bad-clone
	good_task:
	  clone_script: echo ran-good-clone
	  on_failure: {f_script: echo ran-good-failure}
	  always: {a_script: echo ran-good-always}
	  last_script: cd /; export A=1; echo ran-good-last
	  each_script: echo "ran-$(pwd)-${A-unset}"
	  piped_script: false | true && echo ran-piped || echo ran-pipefail
	EOF
	on "$1" cirrus run -v -o simple
	assert_status 1
	piped=$(grep -o '^ran-piped$\|^ran-pipefail$' "$OUT" | head -1)
	assert_ran "ran-bad-one ran-bad-late ran-bad-always ran-good-always ran-good-last ran-/tmp/cirrus-ci/working-dir-unset $piped"
	assert_out_has 'clone_script is not run: the project is there already'
	for name in three t early; do assert_out_has "^'$name' script skipped in"; done
	assert_out_has '^Signaled to exit ([Kk]illed)!$'
}

# An orphan is nobody's child for long, and no zombie.
lives_with_orphans() {
	need "$1"
	config <<-'EOF'
	a_task:
	  env: {CIRRUS_ESCAPING_PROCESSES: "1"}
	  make_script: for i in 1 2 3; do (setsid sh -c 'sleep 0.1' >/dev/null 2>&1 &); done; sleep 0.5
	  see_script: for p in /proc/[0-9]*; do sed -n 's/^State:[^A-Z]*Z.*/ran-zombie/p' $p/status 2>/dev/null || true; done; echo ran-see
	EOF
	on "$1" cirrus run -o simple
	assert_status 0
	assert_ran ran-see
}

for engine in docker rootless; do
	with() { "$function" "$engine"; }
	for function in ${CASES:-chooses_by_name goes_in_order runs_several_at_once fails_dependents skips_what_nothing_runs \
		follows_behaviours lives_with_orphans}; do
		check "$engine: $(echo "$function" | tr _ ' ')" with
	done
done
finish
