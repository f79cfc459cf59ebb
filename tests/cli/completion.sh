#!/bin/sh
# SPDX-License-Identifier: MIT
# Completion: what the program offers, and that the shells of people, typed at in
# a terminal, take it.
. "${srcdir:-.}/tests/lib.sh"

completions=$(cd "$srcdir/core/cli/completion" && pwd)

project() {
	cat >.cirrus.yml <<-'END'
	unit_task: {alias: tests, script: x}
	long_task: {name: "Long name: it's", script: x}
	gone_task: {only_if: "false"}
	END
}

# offers WORDS... < lines   what the program offers for the last word
offers() {
	cat >want
	run cirrus __complete -- "$@"
	assert_status 0
	cut -f1 "$OUT" >got
	assert_same want got
}

what_is_offered() {
	project
	echo validate | offers va
	printf 'run\nlist\nvalidate\nlogs\nbackends\ncache\nclean\nhelp\n--help\n--version\n' | offers ''
	echo --graph | offers list --gr
	printf 'list\nlogs\n' | offers help l
	printf 'unit\ntests\nLong name: it'\''s\n' | offers run ''
	echo unit | offers ls u
	printf 'unit\ntests\nLong name: it'\''s\n' | offers run -v -o simple ''
	printf 'missing\nalways\nnever\n' | offers run --pull ''
	echo --pull=always | offers run --pull=a
	echo always | offers run --pull a
	echo :files | offers validate -f ''
	echo :directories | offers run -C ''
	printf 'docker\ndummy\n' | offers run --container-backend d
	echo --container-backend=podman | offers run --container-backend=p
	echo dummy | offers backends --dump du
	: | offers run -- --pul
	: | offers nonsense ''
	: | offers run --nonsense=
	: | offers run nothing-like-it
}
check 'commands, options, values, tasks, aliases and backends are offered' what_is_offered

of_the_configuration_named() {
	mkdir -p other
	printf 'there_task: {name: $N, script: x}\n' >other/.cirrus.yml
	printf 'named_task: {script: x}\n' >named.yml
	: | offers run ''
	echo val | offers run -C other -e N=val ''
	echo named | offers run --file=named.yml ''
	echo named | offers list -f named.yml --json ''
	printf 'a_task: [\n' >.cirrus.yml
	: | offers run ''
	assert_empty "$ERR"
}
check 'tasks are those of the configuration that the line names' of_the_configuration_named

# --- the shells ----------------------------------------------------------------

# Each begins without anybody's settings, in a terminal of its own.
start_shell() { # SHELL
	requires tmux "$1"
	case $1 in
	bash)
		printf '. %s/cirrus\nPS1="ready> "\nbind "set show-all-if-ambiguous on"\n' "$completions" >rc
		set -- bash --noprofile --rcfile rc -i
		;;
	zsh)
		printf 'fpath=(%s $fpath)\nautoload -Uz compinit\ncompinit -u -D\nPS1="ready> "\n' \
			"$completions" >.zshrc
		ZDOTDIR=$PWD && export ZDOTDIR
		set -- zsh -d -i
		;;
	fish)
		mkdir -p "$HOME/.config/fish/completions"
		cp "$completions/cirrus.fish" "$HOME/.config/fish/completions/"
		printf 'set fish_greeting\nfunction fish_prompt; echo "ready> "; end\nset fish_autosuggestion_enabled 0\n' \
			>"$HOME/.config/fish/config.fish"
		set -- fish -i
		;;
	esac
	TMUX_TMPDIR=$trash/tmp && export TMUX_TMPDIR
	cleanup "TMUX_TMPDIR=$trash/tmp tmux kill-server"
	tmux -f /dev/null new-session -d -x 150 -y 50 -s shell "$@"
	await 30 shows 'ready> *$'
}

# The screen, without blanks at the ends of its lines.
screen() { tmux capture-pane -p -t shell | sed 's/ *$//'; }
shows() { screen | grep -q -e "$1"; }

# types TEXT PATTERN   types, presses Tab, waits for a line that matches
types() {
	tmux send-keys -t shell C-u
	tmux send-keys -t shell -l "$1"
	tmux send-keys -t shell Tab
	await 20 shows "$2" || { screen; false; }
}

# enters PATTERN   ends the line, waits for output that matches
enters() {
	tmux send-keys -t shell Enter
	await 20 shows "$1"
}

completes_in() { # SHELL
	project
	start_shell "$1"
	types 'cirrus va' 'ready> cirrus validate$'
	types 'cirrus list --gr' 'ready> cirrus list --graph$'
	types 'cirrus run un' 'ready> cirrus run unit$'
	types 'cirrus list te' 'ready> cirrus list tests$'
	types 'cirrus run --container-backend du' 'ready> cirrus run --container-backend dummy$'
	types 'cirrus run --pull=al' 'ready> cirrus run --pull=always$'
	types 'cirrus validate -f .cir' 'ready> cirrus validate -f .cirrus.yml$'
	# a blank, a colon and a quote are part of the name
	types 'cirrus list --names Lon' 'ready> cirrus list --names .*Long.*name: *it\|ready> .*Long.*name.*:.*it'
	enters "^Long name: it's\$"
	# of several the list is shown
	tmux send-keys -t shell C-l
	types 'cirrus run ' 'tests.*'
}
in_bash() { completes_in bash; }
in_zsh() { completes_in zsh; }
in_fish() { completes_in fish; }
check 'bash completes at the terminal' in_bash
check 'zsh completes at the terminal' in_zsh
check 'fish completes at the terminal' in_fish

finish
