# SPDX-License-Identifier: MIT
# The shell at the far end of a session: it reads what to do on its stdin, runs
# each script in a child, and tells how that ended in one record on its stdout.
# core/run/session.c is the near end and says what the lines mean.
#
#	sh driver BASE DIRECTORY OWN
#
# BASE has the scripts and the environment; files that this session alone may
# touch are BASE/OWN*.
#
# POSIX sh; tested with dash, bash and BusyBox.  Builtins wherever possible: each
# fork is half a millisecond of every step.  What is not exported no script sees.
unset cirrus_nonce cirrus_base cirrus_directory cirrus_own
cirrus_base=$1
cirrus_directory=$2
cirrus_own=$1/$3
IFS= read -r cirrus_nonce || exit 0
# A shell tells on its stderr that a child died of a signal; there is no other
# way to know it from an exit status above 128.
exec 2>>"${cirrus_own}died"
cirrus_setsid=$(command -v setsid)
cirrus_bash=$(command -v bash)
cirrus_path=$PATH
[ -d "$cirrus_directory" ] || mkdir -p "$cirrus_directory"
export CIRRUS_ENV="${cirrus_own}variables"
: >"$CIRRUS_ENV"

# How a script is run; the environment file may redefine both.
cirrus_with() {
	exec ${cirrus_setsid:+"$cirrus_setsid"} "$@"
}
cirrus_script() {
	cirrus_with "${cirrus_bash:-/bin/sh}" "$1"
}
# From here on PATH is the user's; what the driver needs it finds by its own.
. "$cirrus_base/environment"

cirrus_child() {
	cd "$cirrus_directory" || exit 125
	# $$ is the parent's
	if read -r cirrus_pid cirrus_rest </proc/self/stat; then
		echo "$cirrus_pid" >"${cirrus_own}pid"
	else
		/bin/sh -c 'echo $PPID' >"${cirrus_own}pid"
	fi
	unset cirrus_pid cirrus_rest
	"$1" "$cirrus_base/$2"
}

# What the script left behind: its process group, and whoever left that but still
# writes to this stream, into what later scripts say.  A daemon that closed its
# output is nobody's business.
cirrus_reap() {
	[ -z "${CIRRUS_ESCAPING_PROCESSES+set}" ] || return
	read -r cirrus_pid <"${cirrus_own}pid" && kill -9 "-$cirrus_pid"
	for cirrus_proc in /proc/[0-9]*; do
		cirrus_pid=${cirrus_proc#/proc/}
		case $cirrus_pid in 1 | $$ | $PPID) continue ;; esac
		if [ "$cirrus_proc/fd/1" -ef "/proc/$$/fd/1" ] ||
			[ "$cirrus_proc/fd/2" -ef "/proc/$$/fd/1" ]; then
			kill -9 "$cirrus_pid"
		fi
	done
}

# NONCE STATUS DIED:contents of the CIRRUS_ENV fileNONCE
cirrus_tell() {
	cirrus_body=
	if [ -s "$CIRRUS_ENV" ]; then
		cirrus_body=$(PATH=$cirrus_path cat "$CIRRUS_ENV" && echo .)
		cirrus_body=${cirrus_body%.}
		: >"$CIRRUS_ENV"
	fi
	printf '%s %s %s:%s%s\n' "$cirrus_nonce" "$1" "$2" "$cirrus_body" \
		"$cirrus_nonce"
}

cirrus_run() {
	: >"${cirrus_own}died"
	: >"${cirrus_own}pid"
	(cirrus_child "$@") </dev/null 2>&1
	cirrus_status=$?
	cirrus_died=0
	[ -s "${cirrus_own}died" ] && cirrus_died=1
	cirrus_reap
	cirrus_tell "$cirrus_status" "$cirrus_died"
}

# Shell text up to a line that is the nonce.
cirrus_eval() {
	cirrus_text=
	while IFS= read -r cirrus_line; do
		[ "$cirrus_line" = "$cirrus_nonce" ] && break
		cirrus_text="$cirrus_text$cirrus_line
"
	done
	eval "$cirrus_text"
}

# What the image brought along, with \001 for the NULs no shell can hold.
cirrus_environ() {
	if [ -r "/proc/$$/environ" ]; then
		PATH=$cirrus_path tr '\000' '\001' <"/proc/$$/environ"
	else
		env -0 | PATH=$cirrus_path tr '\000' '\001'
	fi >"$CIRRUS_ENV"
	cirrus_tell 0 0
}

# Somebody wants to look around here: until the engine is told to stop it.
cirrus_stay() {
	cirrus_tell 0 0
	exec </dev/null >/dev/null
	trap 'exit 0' TERM INT
	PATH=$cirrus_path
	while :; do
		sleep 86400 &
		wait
	done
}

while IFS=' ' read -r cirrus_verb cirrus_function cirrus_file; do
	case $cirrus_verb in
	run) cirrus_run "$cirrus_function" "$cirrus_file" ;;
	eval) cirrus_eval ;;
	environ) cirrus_environ ;;
	stay) cirrus_stay ;;
	esac
done
