# SPDX-License-Identifier: MIT
# What cirrus run can be told on its command line.
. "${srcdir:-.}/tests/lib.sh"

CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND

# A project whose one task prints a variable.
a_project() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		show_task:
		  env: {WHO: file}
		  show_script: echo "[$WHO] [$MORE]"
	YAML
}

takes_variables_in_order() {
	a_project
	printf 'WHO=env-file\r\n\n# MORE=comment\nMORE=from file\n' >vars
	run cirrus run
	assert_out_has '^\[file\] \[\]$'
	run cirrus run --env-file vars
	assert_out_has '^\[env-file\] \[from file\]$'
	run cirrus run --env-file vars -e WHO=option -eMORE=a=b
	assert_out_has '^\[option\] \[a=b\]$'
	WHO=passed-on run cirrus run -e UNSET_VARIABLE --environment WHO -e MORE=
	assert_out_has '^\[passed-on\] \[\]$'
}

names_what_is_wrong_with_variables() {
	a_project
	run cirrus run -e =x
	assert_status 2
	assert_err_has '^"=x" is not NAME=VALUE or NAME$'
	run cirrus run --env-file missing
	assert_status 2
	assert_err_has '^missing: no such file$'
	printf 'A=1\n=2\n' >vars
	run cirrus run --env-file vars
	assert_status 2
	assert_err_has '^vars:2: "=2" is not'
}

finds_the_configuration_from_below() {
	a_project
	mkdir -p .git deep/er
	cd deep/er
	run cirrus run
	assert_status 0
	assert_out_has '^\[file\]'
	cd ../..
	run cirrus run -C deep
	assert_status 0
	rm .cirrus.yml
	run cirrus run -C deep
	assert_status 2
	assert_err_has '^no \.cirrus\.yml in .*/deep or up to '
	assert_err_has '^hint: cirrus run -f FILE'
	run cirrus run -C nowhere
	assert_status 2
	assert_err_has '^nowhere: No such file or directory$'
}

reads_the_file_that_is_named() {
	a_project
	mv .cirrus.yml other.yml
	run cirrus run -f other.yml
	assert_status 0
	assert_out_has '^\[file\]'
	run cirrus run --file=missing.yml
	assert_status 2
	assert_err_has '^missing\.yml: no such file$'
}

shows_the_place_of_an_error() {
	printf 'a_task:\n  container: {image: x}\n  depends_on: [y\n' >.cirrus.yml
	run cirrus run
	assert_status 2
	assert_empty "$OUT"
	assert_err_has '^\.cirrus\.yml:[0-9]*:[0-9]*: '
	assert_err_has '^    3 |   depends_on: \[y$'
	assert_err_has '^ *| *^$'
}

refuses_starlark_unless_told_to_ignore_it() {
	a_project
	touch .cirrus.star
	run cirrus run
	assert_status 2
	assert_err_has '/\.cirrus\.star: this version of cirrus cannot evaluate'
	assert_err_has '^hint: --ignore-star reads \.cirrus\.yml alone$'
	run cirrus run --ignore-star
	assert_status 0
	rm .cirrus.yml
	run cirrus run --ignore-star
	assert_status 2
	assert_err_lacks '^hint'
}

names_the_choices() {
	a_project
	run cirrus run -o simpel
	assert_status 2
	assert_err_has '^--output: unknown value "simpel", not one of: auto, interactive, noemoji, simple, json, github-actions, travis, teamcity$'
	assert_err_has '^hint: did you mean simple?$'
	run cirrus run --pull=sometimes
	assert_status 2
	assert_err_has 'not one of: missing, always, never$'
	run cirrus run --jobs 0
	assert_status 2
	assert_err_has '^--jobs: "0" is not a number from 1 on$'
	run cirrus run --memory much
	assert_status 2
	run cirrus run --backend-option docker
	assert_status 2
	assert_err_has 'is not NAME.KEY=VALUE$'
}

suggests_the_option_that_was_meant() {
	run cirrus run --contaner-backend=podman
	assert_status 2
	assert_err_has '^unknown option --contaner-backend$'
	assert_err_has '^hint: did you mean --container-backend?$'
	run cirrus run --nonsense
	assert_status 2
	assert_err_has '^hint: cirrus help run$'
	run cirrus clean everything
	assert_status 2
	assert_err_has '^clean takes no argument: "everything"$'
}

explains_options_of_the_old_cli() {
	a_project
	for option in --heartbeat-timeout=5m --tart-no-unmount --user=me; do
		run cirrus run $option
		assert_status 0
		assert_err_has "^${option%%=*} has no effect: "
		assert [ "$(wc -l <"$ERR")" -eq 1 ]
	done
	for option in --lazy-pull --container-lazy-pull --tart-lazy-pull \
		--vetu-lazy-pull --debug --debug-no-cleanup \
		--dockerfile-image-push --dockerfile-image-template=x/%s; do
		run cirrus run $option
		assert_status 0
		assert_empty "$ERR"
	done
}

check 'variables come from the file, --env-file and -e' takes_variables_in_order
check 'a wrong variable is named' names_what_is_wrong_with_variables
check 'the configuration is found from below' finds_the_configuration_from_below
check '-f reads another file' reads_the_file_that_is_named
check 'an error in the configuration shows its place' shows_the_place_of_an_error
check '.cirrus.star is refused, or ignored when told' refuses_starlark_unless_told_to_ignore_it
check 'a wrong value names the choices' names_the_choices
check 'a mistyped option is guessed' suggests_the_option_that_was_meant
check 'options of the old CLI work or explain themselves' explains_options_of_the_old_cli
finish
