# SPDX-License-Identifier: MIT
# Two Podmans, rootful and rootless, each with configuration, storage and network
# of its own and a running service.

# crun refuses a hybrid cgroup hierarchy whose v2 half has a controller; runc
# does not mind.
oci_runtime() {
	if [ "$(stat -fc %T /sys/fs/cgroup)" != cgroup2fs ] &&
		grep -q . /sys/fs/cgroup/unified/cgroup.controllers 2>/dev/null; then
		echo runc
	else
		echo crun
	fi
}

lower() { # LIMIT CEILING
	if [ "$1" = unlimited ] || [ "$1" -gt "$2" ]; then echo "$2"; else echo "$1"; fi
}

# Rootful Podman asks for more files and processes than a machine without
# CAP_SYS_RESOURCE grants; the OCI runtime then dies in setrlimit.  Podman lowers
# its own process limit to pid_max first.
rootful_ulimits() {
	local files processes
	files=$(lower "$(ulimit -Hn)" 1048576)
	processes=$(lower "$(ulimit -Hu)" "$(cat /proc/sys/kernel/pid_max)")
	printf 'default_ulimits = ["nofile=%s:%s", "nproc=%s:%s"]\n' \
		"$files" "$files" "$processes" "$processes"
}

podman_conf() { # DIR EXTRA-ENGINE EXTRA-NETWORK EXTRA-CONTAINERS
	mkdir -p "$1/net" "$1/volumes"
	cat >"$1/containers.conf" <<E
[containers]
$4
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
exit_command_delay = 20
runtime = "$(oci_runtime)"
volume_path = "$1/volumes"
$2
[network]
network_backend = "netavark"
network_config_dir = "$1/net"
$3
E
	cat >"$1/registries.conf" <<E
unqualified-search-registries = ["docker.io"]
short-name-mode = "permissive"
[[registry]]
location = "127.0.0.1:$port"
insecure = true
[[registry]]
location = "127.0.0.1:$((port + 1))"
insecure = true
E
}

podman_env() { # DIR
	printf '%s\n' "CONTAINERS_CONF=$1/containers.conf" "CONTAINERS_STORAGE_CONF=$1/storage.conf" \
		"CONTAINERS_REGISTRIES_CONF=$1/registries.conf" "SSL_CERT_FILE=$state/tls/bundle.pem"
}

as_root() {
	env $(podman_env "$state/rootful") "$@"
}

# Written as a network of its own name, so that it is not the machine's podman0.
rootful_network() {
	cat >"$1/net/cirrus-test.json" <<E
{"name": "cirrus-test", "id": "$(printf %064d 1)", "driver": "bridge",
 "network_interface": "$podman_bridge", "created": "2026-01-01T00:00:00Z",
 "subnets": [{"subnet": "$podman_net.0/24", "gateway": "$podman_net.1"}],
 "ipv6_enabled": false, "internal": false, "dns_enabled": false,
 "ipam_options": {"driver": "host-local"}}
E
}

up_rootful() {
	local d=$state/rootful
	alive rootful && return 0
	mkdir -p "$d/net"
	podman_conf "$d" "tmp_dir = \"$run/podman\"" \
		"default_network = \"cirrus-test\"
default_subnet = \"$podman_net.0/24\"" "$(rootful_ulimits)"
	[ -e "$d/net/cirrus-test.json" ] || rootful_network "$d"
	printf '[storage]\ndriver = "overlay"\ngraphroot = "%s"\nrunroot = "%s"\n' \
		"$d/graph" "$run/podman/storage" >"$d/storage.conf"
	rm -f "$rootful_socket"
	launch rootful "$self" as-root podman system service --time=0 "unix://$rootful_socket"
	await 20 'the rootful podman service' answers "$rootful_socket"
}

down_rootful() {
	[ -e "$state/rootful/containers.conf" ] && alive rootful &&
		as_root podman rm -fa -t 0 >/dev/null 2>&1
	halt rootful
	rm -f "$rootful_socket"
	umount "$state/rootful/graph/overlay" 2>/dev/null
	return 0
}

rootless_runtime() { echo "/run/user/$(id -u $user 2>/dev/null)"; }

# The next 65536 numbers that nobody has: useradd gives none to system users.
give_subids() {
	local f start
	for f in /etc/subuid /etc/subgid; do
		grep -q "^$user:" $f 2>/dev/null && continue
		start=$(awk -F: 'BEGIN { m = 100000 } $2 + $3 > m { m = $2 + $3 } END { print m }' $f 2>/dev/null)
		echo "$user:${start:-100000}:65536" >>$f
	done
}

make_user() {
	id $user >/dev/null 2>&1 ||
		useradd -r -U -M -d "$state/home" -s /bin/sh $user || die "cannot add the user $user"
	give_subids
	install -d -m 755 /run/user
	install -d -m 700 -o $user -g $user "$state/home" "$(rootless_runtime)"
	chmod 666 /dev/net/tun /dev/fuse 2>/dev/null
	return 0
}

remove_user() {
	id $user >/dev/null 2>&1 || return 0
	rm -rf --one-file-system "$(rootless_runtime)"
	userdel -f $user 2>/dev/null
	sed -i "/^$user:/d" /etc/subuid /etc/subgid
}

# Variables that tell a test where things are pass; nothing else of root's does.
as_rootless() {
	local keep
	keep=$(env | grep -E '^(TEST_[A-Z_]+|CIRRUS_CLI_[A-Z_]+|MALLOC_PERTURB_|TERM|srcdir|builddir)=[^ ]*$')
	setpriv --reuid $user --regid $user --init-groups env -i \
		HOME="${ROOTLESS_HOME:-$state/home}" USER=$user LOGNAME=$user LANG=C.UTF-8 PATH="$PATH" \
		XDG_RUNTIME_DIR="$(rootless_runtime)" $keep $(podman_env "$state/rootless") "$@"
}

up_rootless() {
	local d=$state/rootless
	alive rootless && return 0
	make_user
	podman_conf "$d" "" "" ""
	# `podman commit` looks for graphroot also where it is not what counts
	printf '[storage]\ndriver = "overlay"\nrunroot = "%s/containers"\ngraphroot = "%s"\nrootless_storage_path = "%s"\n' \
		"$(rootless_runtime)" "$state/home/graph" "$state/home/graph" >"$d/storage.conf"
	chown -R $user:$user "$d"
	cd "$state/home" || exit 1
	# a pause process from an earlier life would pin its mount namespace
	as_rootless podman system migrate >/dev/null 2>&1
	launch rootless "$self" as-rootless podman system service --time=0 \
		"unix://$(rootless_runtime)/test-podman.sock"
	await 20 'the rootless podman service' answers "$(rootless_runtime)/test-podman.sock"
}

down_rootless() {
	id $user >/dev/null 2>&1 || return 0
	cd / || return 1
	if [ -e "$state/rootless/containers.conf" ]; then
		as_rootless podman rm -fa -t 0 >/dev/null 2>&1
		halt rootless
		as_rootless podman system migrate >/dev/null 2>&1
	fi
	rm -f "$(rootless_runtime)/test-podman.sock"
	# The user exists for this alone: whatever it still runs is ours.
	[ "$(getent passwd $user | cut -d: -f6)" = "$state/home" ] && pkill -TERM -u $user
	return 0
}
