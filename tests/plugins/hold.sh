# SPDX-License-Identifier: MIT
# Stopping time at one request to a real engine.  Sourced after tests/plugins/live.sh.
#
# held ENGINE "before PATTERN"|"after PATTERN"|never CMD...  starts CMD in the
#	background, as $pid, where the first request that matches (see
#	tests/fake-engine/hold.c) stays on its way; without input, output to $OUT
#	and $ERR
#	Files are copied through the engine only where it may be on another machine:
#	with hold_at=tcp
# await_held          until it does
# beyond              runs CMD... on that engine, with nothing in between
# leftovers           prints what the engine has of the run
# The run has its folders below $trash/own, whoever it runs as.
held_engine=

engine_socket() {
	case $1 in
	docker) echo "${TEST_DOCKER_HOST#unix://}" ;;
	rootful) echo "${TEST_ROOTFUL_SOCKET#unix://}" ;;
	rootless) echo "${TEST_ROOTLESS_SOCKET#unix://}" ;;
	esac
}

# What comes before a command whose engine listens there.
socket_words() { # ENGINE URL
	case $1 in
	docker) echo "env TEST_MARK=$mark DOCKER_HOST=$2 CIRRUS_CONTAINER_BACKEND=docker" ;;
	*) echo "$(engine_words "$1") CONTAINER_HOST=$2" ;;
	esac
	echo "XDG_STATE_HOME=$trash/own/state XDG_CACHE_HOME=$trash/own/cache TMPDIR=$trash/own/tmp"
}

own_folders() {
	mkdir -p "$trash/own/state" "$trash/own/cache" "$trash/own/tmp" "$trash/own/artifacts" "$trash/held"
	chmod 777 "$trash/own" "$trash/own/"* "$trash/held"
	chmod -R a+rX .
}

held() {
	held_engine=$1
	[ -x "$builddir/tests/fake-engine/hold" ] || fail 'no tests/fake-engine/hold: make check builds it'
	own_folders
	rm -f "$trash/held/"*
	[ "$2" = never ] || echo "$2" >"$trash/held/at"
	shift 2
	: >"$trash/hold.out"
	"$builddir/tests/fake-engine/hold" "${hold_at:-$trash/hold.sock}" "$(engine_socket "$held_engine")" "$trash/held" >"$trash/hold.out" &
	hold_pid=$!
	cleanup "kill -KILL $hold_pid"
	await 10 grep -q '^ready .' "$trash/hold.out"
	# what a shell starts behind & ignores SIGINT, and what it starts too
	# shellcheck disable=SC2046,SC2016 # words; for the other shell
	$(socket_words "$held_engine" "$(sed -n 's/^ready //p' "$trash/hold.out")") env --default-signal=INT \
		sh -c 'echo $$ >"$0"; exec "$@"' "$trash/held/pid" "$@" >"$OUT" 2>"$ERR" </dev/null &
	starter=$!
	await 10 [ -s "$trash/held/pid" ]
	pid=$(cat "$trash/held/pid")
	cleanup "kill -KILL $pid"
}

await_held() { await 30 [ -e "$trash/held/held" ]; }

ends_with() {
	status=0
	wait "$starter" || status=$?
	assert_status "$1"
}

beyond() {
	# shellcheck disable=SC2046
	run $(socket_words "$held_engine" "unix://$(engine_socket "$held_engine")") "$@"
}

run_id() { ls "$trash/own/state/cirrus/runs"; }

ask_engine() { # PATH
	curl -sfG --unix-socket "$(engine_socket "$held_engine")" "http://d$1" \
		--data-urlencode "filters={\"label\":[\"cirrus.run=$(run_id)\"]}"
}

leftovers() {
	{
		ask_engine '/containers/json?all=1'
		ask_engine /volumes
		ask_engine /networks
	} | grep -o '"\(Id\|Name\)":"[^"]*"' || :
}
