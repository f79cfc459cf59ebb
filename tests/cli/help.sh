# SPDX-License-Identifier: MIT
# The program tells how to use it, and its manual pages say the same.
. "${srcdir:-.}/tests/lib.sh"

commands='run list validate logs backends cache clean help'

alone_prints_help() {
	run cirrus
	assert_status 0
	assert_out_has '^Usage: cirrus COMMAND'
	for command in $commands; do
		assert_out_has "^  $command "
	done
	cp "$OUT" alone
	run cirrus --help
	assert_same alone "$OUT"
	run cirrus -h
	assert_same alone "$OUT"
	run cirrus help
	assert_same alone "$OUT"
}

tells_its_version() {
	for option in --version -v; do
		run cirrus $option
		assert_status 0
		assert_out_has '^cirrus version [0-9]'
		assert [ "$(wc -l <"$OUT")" -eq 1 ]
	done
}

every_command_has_help() {
	for command in $commands; do
		run cirrus help "$command"
		assert_status 0
		assert_out_has "^Usage: cirrus $command "
		cp "$OUT" help
		run cirrus "$command" --help
		assert_same help "$OUT"
		run cirrus "$command" -h
		assert_same help "$OUT"
	done
}

suggests_the_command_that_was_meant() {
	run cirrus rnu
	assert_status 2
	assert_empty "$OUT"
	assert_err_has '^unknown command "rnu" for "cirrus"$'
	assert_err_has '^hint: did you mean cirrus run?$'
	run cirrus help claen
	assert_status 2
	assert_err_has '^hint: did you mean cirrus clean?$'
	run cirrus sing
	assert_status 2
	assert_err_has '^hint: cirrus help lists the commands$'
}

explains_options_in_front_of_a_command() {
	run cirrus -f x.yml
	assert_status 2
	assert_err_has '^unknown option -f$'
	assert_err_has '^hint: options follow the command: cirrus run -f$'
}

stays_within_80_columns() {
	for command in $commands; do
		run cirrus help "$command"
		assert [ -z "$(grep '.\{80\}' "$OUT")" ]
	done
}

# The long options that a manual page describes, one a line.
options_of_page() {
	sed -n 's/^\.It.* Fl[a-z, ]* -\([a-z-]*\).*/\1/p; s/^\.It.* , -\([a-z-]*\).*/\1/p; s/^\.It Fl -\([a-z-]*\).*/\1/p' "$1" | sort -u
}

options_of_help() {
	sed -n 's/^  \(-.,\|   \) --\([a-z-]*\).*/\2/p' "$1" | sort -u
}

manual_and_help_name_the_same_options() {
	for command in run list validate backends cache clean; do
		run cirrus help "$command"
		options_of_help "$OUT" >help
		options_of_page "$srcdir/core/cli/man/cirrus-$command.1" >page
		assert [ "$(wc -l <help)" -gt 2 ]
		assert_same help page
	done
}

manual_names_every_command() {
	for command in $commands; do
		grep -q "^\.It Cm $command" "$srcdir/core/cli/man/cirrus.1" ||
			fail "cirrus(1) lacks $command"
	done
}

check 'cirrus alone prints the help' alone_prints_help
check 'cirrus tells its version' tells_its_version
check 'every command has help' every_command_has_help
check 'a mistyped command is guessed' suggests_the_command_that_was_meant
check 'options in front of a command are explained' explains_options_in_front_of_a_command
check 'help fits into 80 columns' stays_within_80_columns
check 'manual pages and help name the same options' manual_and_help_name_the_same_options
check 'the manual names every command' manual_names_every_command
finish
