# SPDX-License-Identifier: MIT
# What is kept of runs, and running again what failed.
. "${srcdir:-.}/tests/lib.sh"

CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND
RUNS=home/.local/state/cirrus/runs

a_project() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		lint_task:
		  a_script: printf 'a\000b\377 no newline'
		unit_task:
		  env:
		    matrix: [{V: "1"}, {V: "2"}]
		  x_script: echo "version $V"
		  y_script: if [ "$V" = 2 ]; then exit 3; fi
		  pass_PASSWORD_script: echo "word is $THE_PASSWORD"
		deploy_task:
		  depends_on: [unit, lint]
		  d_script: echo deploying
	YAML
}

a_failed_run() {
	a_project
	run cirrus run -q -e THE_PASSWORD=sesame-open
	assert_status 1
}

the_whole_run_is_shown() {
	a_failed_run
	run cirrus logs
	assert_status 0
	assert_out_has "^Started 'lint' task$"
	assert_out_has "^version 1$"
	assert_out_has "^version 2$"
	assert_out_has "^Exit status: 3$"
	assert_out_has "^'unit' task (V:2) failed in"
	assert_out_has "^'deploy' task skipped in"
	assert_empty "$ERR"
}

a_task_is_shown() {
	a_failed_run
	for name in 'UNIT v:2' 'unit (V:2)'; do
		run cirrus logs "$name"
		assert_status 0
		assert_out_has '^version 2$'
		assert_out_lacks 'version 1'
		assert_out_lacks lint
	done
	run cirrus logs unit
	assert_out_has '^version 1$'
	assert_out_has '^version 2$'
}

an_instruction_is_shown_byte_by_byte() {
	a_failed_run
	run cirrus logs lint A
	assert_status 0
	{
		printf '%s\n' "printf 'a\\000b\\377 no newline'"
		printf 'a\000b\377 no newline'
	} >want
	assert cmp want "$OUT"
	run cirrus logs --path lint a
	assert cmp want "$(cat "$OUT")"
}

what_failed_is_shown_alone() {
	a_failed_run
	run cirrus logs --failed
	assert_status 0
	assert_out_has "^Started 'y' script$"
	assert_out_lacks "Started 'x' script"
	assert_out_lacks lint
	run cirrus logs --failed lint
	assert_status 2
	assert_err_has '^nothing failed in run '
}

secrets_are_masked_on_disk() {
	a_failed_run
	run cirrus logs 'unit V:1'
	assert_out_has 'HIDDEN-BY-CIRRUS-CI'
	grep -r sesame-open "$HOME" >found || :
	assert_empty found
}

runs_are_listed_and_named() {
	a_failed_run
	run cirrus run -q lint
	assert_status 0
	run cirrus logs --list
	assert_status 0
	assert [ "$(wc -l <"$OUT")" -eq 2 ]
	assert_out_has '^  1 .* succeeded .* 1 task'
	assert_out_has '^  2 .* failed .* 4 tasks  unit$'
	id=$(awk 'NR == 2 { print $2 }' "$OUT")
	for name in 2 "$id" "${id##*-}"; do
		run cirrus logs "$name" 'unit V:1'
		assert_status 0
		assert_out_has '^version 1$'
	done
	run cirrus logs unit
	assert_status 2
	assert_err_has '^no task "unit" in run '
	assert_err_has '^hint: '
}

runs_are_told_as_json() {
	requires python3
	a_failed_run
	cirrus logs --json >run.json
	cirrus logs --list --json >list.json
	assert python3 - <<-'PY'
		import json
		run = json.load(open("run.json"))
		assert run["schema"] == 1 and run["exit_status"] == 1
		assert json.load(open("list.json")) == [run]
		tasks = {t["name"] + t.get("labels", ""): t for t in run["tasks"]}
		steps = {s["name"]: s for s in tasks["unit(V:2)"]["steps"]}
		assert steps["y"]["status"] == "failed" and steps["y"]["exit_code"] == 3
		assert tasks["deploy"]["status"] == "skipped" and tasks["deploy"]["reason"]
	PY
}

projects_are_kept_apart() {
	a_failed_run
	mkdir ../other
	cp .cirrus.yml ../other
	cd ../other
	run cirrus logs
	assert_status 2
	assert_err_has '^no run of .*/other is kept$'
	run cirrus run --failed
	assert_status 2
	assert_err_has '^no earlier run of .*/other is kept$'
	run cirrus logs --list --all
	assert_status 0
	assert_out_has '/project$'
	id=$(awk '{ print $2 }' "$OUT")
	cd /
	run cirrus logs -C "$trash/project" lint
	assert_status 0
	# an id is an id
	run cirrus logs "${id##*-}" lint
	assert_status 0
	run cirrus logs 1 lint
	assert_status 2
}

a_run_that_was_killed_is_there() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		slow_task:
		  a_script: echo begun; sleep 600
	YAML
	timeout 60 cirrus run -q &
	pid=$!
	await 20 sh -c "grep -q '\"kind\": \"script\"' $trash/$RUNS/*/run.json"
	await 20 sh -c "grep -q begun $trash/$RUNS/*/*/*a.log"
	run cirrus logs --list
	assert_out_has ' running '
	kill -9 "$(pgrep -P $pid)" || :
	wait $pid || :
	run cirrus logs --list
	assert_out_has ' died '
	run cirrus logs slow a
	assert_status 0
	assert_out_has '^begun$'
	run cirrus run --failed -n
	assert_out_has "^Started 'slow' task$"
	run cirrus clean
}

what_failed_runs_again() {
	a_failed_run
	run cirrus run --failed
	assert_status 1
	assert_out_has "^'unit' task (V:2) failed"
	assert_out_has "^'deploy' task skipped"
	assert_out_lacks 'V:1'
	assert_out_lacks lint
	sed -i 's/exit 3/true/' .cirrus.yml
	run cirrus run --failed
	assert_status 0
	assert_out_has "^'unit' task (V:2) succeeded"
	assert_out_has "^'deploy' task succeeded"
	assert_out_lacks lint
	run cirrus run --failed
	assert_status 0
	assert_empty "$OUT"
	assert_err_has '^nothing to run: no task failed when it was run last$'
}

what_failed_may_be_narrowed() {
	a_failed_run
	run cirrus run --failed lint
	assert_status 0
	assert_empty "$OUT"
	run cirrus run --failed unit
	assert_status 1
	assert_out_lacks deploy
	assert_out_lacks 'V:1'
	# the run of one task says nothing about the others
	run cirrus run lint
	run cirrus run --failed -n
	assert_out_has "'unit' task (V:2)"
}

# The script goes on; what cannot be kept cannot be shown either, and that is told.
a_full_disk_costs_output() {
	mkdir -p "$XDG_STATE_HOME/cirrus/runs"
	mount -t tmpfs -o size=1m tmpfs "$XDG_STATE_HOME/cirrus/runs" 2>"$ERR" || skip 'cannot mount a tmpfs'
	cleanup "umount '$XDG_STATE_HOME/cirrus/runs'"
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		a_task:
		  x_script: head -c 3000000 /dev/zero | tr '\0' x; echo done >mark
		  y_script: cat mark
	YAML
	run cirrus run -o simple
	assert_status 1
	assert_out_has '^output is lost: No space left on device$'
	assert_out_has '^hint: make room for logs in .*/cirrus/runs/'
	assert_out_has "^'y' script succeeded"
	assert_err_has '^cannot write .*/run.json: No space left on device$'
	# with room again all is as before
	rm -r "$XDG_STATE_HOME"/cirrus/runs/*
	printf 'a_task: {container: {image: any}, x_script: echo short}\n' >.cirrus.yml
	run cirrus run -o simple
	assert_status 0
	assert_out_has '^short$'
}

no_place_for_logs_is_told() {
	a_project
	mkdir -p "$trash/blocked"
	echo a file >"$trash/blocked/cirrus"
	XDG_STATE_HOME=$trash/blocked run cirrus run lint
	assert_status 3
	assert_err_has "$trash/blocked/cirrus.*: Not a directory$"
	unset XDG_STATE_HOME
	HOME='' run cirrus run lint
	assert_status 3
	assert_err_has '^no place for logs: HOME is not set$'
	assert_err_has '^hint: set XDG_STATE_HOME or HOME'
}

check 'the whole run is shown' the_whole_run_is_shown
check 'a task is shown' a_task_is_shown
check 'an instruction is shown byte by byte' an_instruction_is_shown_byte_by_byte
check 'what failed is shown alone' what_failed_is_shown_alone
check 'secrets are masked on disk' secrets_are_masked_on_disk
check 'runs are listed and named' runs_are_listed_and_named
check 'runs are told as JSON' runs_are_told_as_json
check 'projects are kept apart' projects_are_kept_apart
check 'a run that was killed is there' a_run_that_was_killed_is_there
check 'what failed runs again' what_failed_runs_again
check 'what failed may be narrowed' what_failed_may_be_narrowed
check 'a full disk costs output, which is told' a_full_disk_costs_output
check 'that there is no place for logs is told' no_place_for_logs_is_told
finish
