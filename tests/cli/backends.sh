#!/bin/sh
# SPDX-License-Identifier: MIT
# backends - which plugins are found, and what is said about those that are not
# as they should be.
. "${srcdir:-.}/tests/lib.sh"

built=$builddir/tests/cli/plugins-bad/.libs

# A directory with these plugins and no others is all that cirrus sees.
plugins() {
	[ -e "$built/cirrus-good.so" ] || skip 'no shared libraries in this build'
	mkdir -p "$trash/plugins"
	for plugin in "$@"; do
		cp "$built/cirrus-$plugin.so" "$trash/plugins/"
	done
	CIRRUS_CLI_BACKEND_DIR=$trash/plugins
	export CIRRUS_CLI_BACKEND_DIR
}

# The line of one backend, its hint behind it.
lists() { # NAME PATTERN
	assert_status 0
	grep -A1 "^$1 " "$OUT" | tr '\n' ' ' >"$trash/line"
	grep -qE -e "$2" "$trash/line" || fail "no \"$2\" in: $(cat "$trash/line")"
}

a_good_one_is_ready() {
	plugins good
	run cirrus backends
	lists good '^good +1\.2 +0\.1 +ready \* +good engine at unix:///nowhere *$'
	assert_out_has '^NAME  *VERSION  *ABI  *STATUS  *DETAIL$'
	assert_empty "$ERR"
}

columns_are_aligned() {
	plugins good crash-load dead-engine
	run cirrus backends
	assert_status 0
	column=$(awk '/^NAME/ { print index($0, "DETAIL") }' "$OUT")
	awk -v at="$column" 'substr($0, at - 1, 1) != " " || substr($0, at, 1) == " " { exit 1 }' "$OUT" ||
		fail 'a detail does not stand below its title'
}

each_bad_one_costs_a_line() {
	plugins good crash-load crash-probe dead-engine misnamed newer no-entry \
		no-exec orphan other-abi short undefined wrong-major
	echo 'no ELF file, but long enough to be read as one: sixty-four bytes and more' \
		>"$trash/plugins/cirrus-garbage.so"
	ln -s nowhere.so "$trash/plugins/cirrus-dangling.so"
	mkdir "$trash/plugins/cirrus-folder.so"
	run cirrus backends
	lists good 'ready \*'
	lists crash-load 'broken +crashed while it was loaded \(segmentation fault\) '
	lists crash-probe 'broken +crashed in its probe \(aborted\) '
	lists dangling 'broken +/.*/cirrus-dangling.so: No such file or directory'
	lists dead-engine 'unavailable +cannot connect to /nowhere/engine.sock.* hint: systemctl start engine'
	lists folder 'broken +refused: /.*/cirrus-folder.so is not a regular file'
	lists garbage 'broken +invalid ELF header +hint: the file is not a plugin'
	lists misnamed 'broken +it calls itself "alias" +hint: .* cirrus-alias.so'
	lists newer 'incompatible +needs ABI 0.999, this cirrus offers 0.1 +hint: install a newer cirrus'
	lists no-entry 'broken +no entry symbol cirrus_backend_entry_v0'
	lists no-exec 'broken +it lacks the mandatory operation instance_exec'
	lists orphan 'broken +libcirrus-ghost.so.0: cannot open shared object file.* hint: a library'
	lists other-abi 'incompatible +needs ABI 7, this cirrus offers 0'
	lists short 'broken +its table claims a size of 24 bytes'
	lists undefined 'broken +undefined symbol: cirrus_test_nowhere'
	lists wrong-major 'incompatible +needs ABI 2, this cirrus offers 0'
}

one_that_hangs_costs_a_line() {
	plugins good hang-entry hang-load hang-probe
	TIMEOUT=20
	run cirrus backends
	lists good ready
	lists hang-entry 'broken +hangs while it was loaded'
	lists hang-load 'broken +hangs while it was loaded'
	lists hang-probe 'broken +hangs in its probe'
	! pgrep -f "$trash/plugins" >/dev/null || fail 'a child is left'
}

files_of_other_names_are_none() {
	plugins good
	for name in README cirrus-.so cirrus-Good.so cirrus-good.so.1 cirrus-2x.so docker.so; do
		cp "$trash/plugins/cirrus-good.so" "$trash/plugins/$name"
	done
	run cirrus backends
	assert_status 0
	[ "$(wc -l <"$OUT")" -eq 2 ] || fail 'more than one backend'
}

a_directory_open_to_all_is_refused() {
	plugins good
	chmod 777 "$trash/plugins"
	run cirrus backends
	lists good "broken +refused: $trash/plugins is writable by everybody \(mode 0777\) +hint: chmod o-w $trash/plugins"
}

a_file_open_to_all_is_refused() {
	plugins good
	chmod 666 "$trash/plugins/cirrus-good.so"
	run cirrus backends
	lists good "broken +refused: $trash/plugins/cirrus-good.so is writable by everybody \(mode 0666\)"
}

a_group_may_write_where_the_user_points() {
	plugins good
	chmod 775 "$trash/plugins"
	chmod 664 "$trash/plugins/cirrus-good.so"
	run cirrus backends
	lists good 'ready \*'
}

a_stranger_s_file_is_refused() {
	[ "$(id -u)" -eq 0 ] || skip 'needs root, to give a file away'
	plugins good
	chown 4711 "$trash/plugins/cirrus-good.so"
	run cirrus backends
	lists good 'broken +refused: .*/cirrus-good.so belongs to user 4711'
	chown 4711 "$trash/plugins"
	run cirrus backends
	lists good 'ready \*'
}

the_first_directory_wins() {
	plugins good
	mkdir "$trash/second"
	cp "$built/cirrus-dead-engine.so" "$trash/second/"
	cp "$built/cirrus-no-entry.so" "$trash/second/cirrus-good.so"
	export CIRRUS_CLI_BACKEND_DIR="$trash/plugins:$trash/nowhere::$trash/second"
	run cirrus backends
	lists good 'ready \*'
	lists dead-engine unavailable
}

a_relative_directory_is_none() {
	plugins good
	cd "$trash"
	export CIRRUS_CLI_BACKEND_DIR=plugins
	run cirrus backends
	assert_status 0
	assert_empty "$OUT"
	assert_err_has '^no backend is installed: no plugin in plugins$'
}

nothing_installed_is_said() {
	mkdir "$trash/empty"
	CIRRUS_CLI_BACKEND_DIR=$trash/empty
	run cirrus backends
	assert_status 0
	assert_err_has "^no backend is installed: no plugin in $trash/empty$"
	assert_err_has '^hint: install the docker or podman backend of cirrus$'
	run cirrus backends --json
	assert_status 0
	assert_out_has '^\[\]$'
}

machines_read_json() {
	requires python3
	plugins good crash-load
	run cirrus backends --json
	assert_status 0
	python3 - "$OUT" "$trash/plugins" <<-'PY'
		import json, sys
		bad, good = json.load(open(sys.argv[1]))
		assert bad["name"] == "crash-load" and bad["status"] == "broken", bad
		assert bad["version"] is None and not bad["auto"], bad
		assert good == {"name": "good", "status": "ready", "auto": True,
			"version": "1.2", "abi": "0.1", "kinds": ["container"],
			"path": sys.argv[2] + "/cirrus-good.so", "hint": None,
			"detail": "good engine at unix:///nowhere"}, good
	PY
}

a_dump_is_stable() {
	plugins good
	run cirrus backends --dump good
	assert_status 0
	grep -v -e ^struct_size= -e ^build_id= "$OUT" >"$trash/got"
	cat >"$trash/want" <<-END
		path=$trash/plugins/cirrus-good.so
		name=good
		longname=
		version=1.2
		description=does nothing
		url=
		abi_version=0.1
		min_host_minor=0
		understood=0x0
		kinds=container
		capabilities.container=COMMAND
		option=host
		option=count
		operation=probe
		operation=open
		operation=close
		operation=system_info
		operation=instance_create
		operation=instance_release
		operation=instance_start
		operation=instance_exec
		operation=instance_copy_in
		operation=instance_copy_out
		operation=instance_delete
	END
	assert_same "$trash/want" "$trash/got"
	run cirrus backends --dump "$trash/plugins/cirrus-good.so"
	assert_status 0
	assert_out_has '^name=good$'
}

a_dump_tells_the_build() {
	requires readelf
	plugins good
	run cirrus backends --dump good
	assert_status 0
	id=$(readelf -n "$trash/plugins/cirrus-good.so" | sed -n 's/.*Build ID: //p')
	[ -n "$id" ] || skip 'the linker writes no build id'
	assert_out_has "^build_id=$id\$"
}

an_option_for_nobody_fails() {
	plugins good
	run cirrus backends --backend-option goood.host=x
	assert_status 3
	assert_err_has '^--backend-option goood.host: unknown backend "goood"'
	run cirrus backends --backend-option good.hots=x
	lists good 'unavailable .*no option "hots" +hint: did you mean "host"\?'
}

the_settings_of_the_user_count() {
	plugins good
	mkdir -p "$XDG_CONFIG_HOME/cirrus"
	printf 'backends:\n  good:\n    count: many\n' >"$XDG_CONFIG_HOME/cirrus/config.yml"
	run cirrus backends
	lists good 'unavailable .*/cirrus/config.yml:3:5: "many" is not a whole number'
	run cirrus backends --backend-option good.count=7
	lists good 'ready \*'
	export CIRRUS_CLI_GOOD_COUNT=8
	run cirrus backends
	lists good 'ready \*'
}

a_build_tree_will_do() {
	plugins good
	export CIRRUS_CLI_BACKEND_DIR="$builddir/tests/cli/plugins-bad"
	run cirrus backends --dump good
	assert_status 0
	assert_out_has '/tests/cli/plugins-bad/cirrus-good.la$'
	run cirrus backends --dump undefined
	assert_status 3
	assert_err_has 'undefined symbol: cirrus_test_nowhere$'
}

helpers_are_not_for_people() {
	plugins good
	run cirrus plugin-helper
	assert_status 2
	run cirrus plugin-helper "$trash/plugins/cirrus-good.so"
	assert_status 3
	assert_err_has ': the plugin has no helper$'
	run cirrus help
	assert_out_lacks plugin-helper
}

a_dump_of_nothing_fails() {
	plugins good crash-load
	run cirrus backends --dump goods
	assert_status 3
	assert_err_has "^unknown backend \"goods\": no plugin in $trash/plugins$"
	assert_err_has '^hint: did you mean "good"? backends: crash-load, good$'
	run cirrus backends --dump crash-load
	assert_status 3
	assert_err_has '^backend crash-load is broken: it crashes or hangs$'
	assert_empty "$OUT"
}

check 'a good backend is ready' a_good_one_is_ready
check 'the columns are aligned' columns_are_aligned
check 'each bad plugin costs one line, with the true reason' each_bad_one_costs_a_line
check 'one that hangs costs a line and leaves no process' one_that_hangs_costs_a_line
check 'files of other names are no backends' files_of_other_names_are_none
check 'a directory that all can write to is refused' a_directory_open_to_all_is_refused
check 'a file that all can write to is refused' a_file_open_to_all_is_refused
check 'a group may write where the user points' a_group_may_write_where_the_user_points
check 'a file of a stranger is refused' a_stranger_s_file_is_refused
check 'of two plugins with one name the first directory counts' the_first_directory_wins
check 'a relative directory is never looked into' a_relative_directory_is_none
check 'where nothing is installed it is said where it was looked' nothing_installed_is_said
check '--json says the same to machines' machines_read_json
check '--dump is stable' a_dump_is_stable
check '--dump tells the build id' a_dump_tells_the_build
check 'an option that nobody would read is an error' an_option_for_nobody_fails
check 'options come from config.yml, the environment and the command line' the_settings_of_the_user_count
check 'a build tree will do, and its faults are told as well' a_build_tree_will_do
check 'the entrance of helpers is hidden and says so' helpers_are_not_for_people
check '--dump of what cannot be loaded fails' a_dump_of_nothing_fails
finish
