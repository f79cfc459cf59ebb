# SPDX-License-Identifier: MIT
# Background services, known by name.  A pid file holds "pid starttime", so that
# a process number that was given to somebody else is never killed.

# Field 22 of stat, counted after the parenthesis that ends the name; nothing
# for a zombie.
start_time() {
	local s
	s=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
	s=${s##*) }
	set -- $s
	[ "$1" = Z ] || echo "${20}"
}

alive() { # NAME
	local pid start
	read -r pid start 2>/dev/null <"$run/$1.pid" || return 1
	[ -n "$start" ] && [ "$(start_time "$pid")" = "$start" ]
}

# In a session of its own, so that its process number is its group's.
launch() { # NAME CMD...
	local name=$1
	shift
	# monitors of containers write a file "oom" where they are started
	(cd "$state" && exec setsid "$@") >"$state/log/$name.log" 2>&1 </dev/null 9>&- &
	echo "$! $(start_time $!)" >"$run/$name.pid"
}

group_lives() {
	ps -eo pgid=,stat= | awk -v g="$1" '$1 == g && $2 !~ /^Z/ { f = 1 } END { exit !f }'
}

# TERM to the whole group, KILL to what is left of it after 20 s.
halt() { # NAME
	local pid start i
	if alive "$1"; then
		read -r pid start <"$run/$1.pid"
		kill -TERM -- "-$pid" 2>/dev/null
		for ((i = 0; i < 400; i++)); do
			group_lives "$pid" || break
			sleep 0.05
		done
		group_lives "$pid" && kill -KILL -- "-$pid" 2>/dev/null
	fi
	rm -f "$run/$1.pid"
}

await() { # SECONDS WHAT CMD...
	local left=$(($1 * 50)) what=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		((left-- > 0)) || die "$what did not come up; see $state/log"
		sleep 0.02
	done
}

answers() { # SOCKET
	curl -sf --max-time 2 --unix-socket "$1" http://d/_ping
}
