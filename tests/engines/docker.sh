# SPDX-License-Identifier: MIT
# A dockerd of our own: own data, own containerd, own bridge, no firewall rules
# (two daemons in one network namespace would rewrite each other's).

make_bridge() {
	ip link show $docker_bridge >/dev/null 2>&1 || ip link add $docker_bridge type bridge
	ip addr show dev $docker_bridge | grep -q "$docker_net.1/24" ||
		ip addr add "$docker_net.1/24" dev $docker_bridge
	ip link set $docker_bridge up
}

up_docker() {
	alive docker && return 0
	make_bridge
	mkdir -p "$state/docker"
	echo '{}' >"$state/docker/daemon.json"
	rm -f "$run/dockerd.pid" "$docker_socket"
	SSL_CERT_FILE=$state/tls/bundle.pem launch docker dockerd \
		--config-file "$state/docker/daemon.json" --data-root "$state/docker/data" \
		--exec-root "$run/docker" --pidfile "$run/dockerd.pid" --host "unix://$docker_socket" \
		--bridge $docker_bridge --iptables=false --ip6tables=false --ip-masq=false \
		--ip-forward=false --cgroup-parent /cirrus-test --shutdown-timeout 3
	await 30 dockerd answers "$docker_socket"
}

down_docker() {
	local id
	if alive docker; then
		for id in $(curl -s --unix-socket "$docker_socket" 'http://d/containers/json?all=1' | jq -r '.[].Id'); do
			curl -s -o /dev/null --unix-socket "$docker_socket" -X DELETE "http://d/containers/$id?force=1&v=1"
		done
	fi
	halt docker
	rm -f "$docker_socket"
}
