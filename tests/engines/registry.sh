# SPDX-License-Identifier: MIT
# Three registries: open, with a password (user, secret), with TLS.  The last
# listens on the bridge, because Docker never verifies certificates of 127/8.

make_tls() {
	local t=$state/tls
	[ -e "$t/bundle.pem" ] && return 0
	mkdir -p "$t"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
		-subj '/CN=cirrus test CA' -keyout "$t/ca.key" -out "$t/ca.crt" 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=registry' \
		-keyout "$t/server.key" -out "$t/server.csr" 2>/dev/null
	printf 'subjectAltName=IP:127.0.0.1,IP:%s.1,DNS:localhost\n' "$docker_net" >"$t/ext"
	openssl x509 -req -in "$t/server.csr" -CA "$t/ca.crt" -CAkey "$t/ca.key" -CAcreateserial \
		-days 3650 -extfile "$t/ext" -out "$t/server.crt" 2>/dev/null
	cat /etc/ssl/certs/ca-certificates.crt "$t/ca.crt" >"$t/bundle.pem" 2>/dev/null
	chmod 755 "$t" && chmod 644 "$t/bundle.pem" "$t/ca.crt"
}

# env -i: the program takes every REGISTRY_* variable for configuration.
registry_one() { # NAME ADDRESS EXTRA-OF-HTTP EXTRA
	alive "$1" && return 0
	mkdir -p "$state/registry/$1"
	cat >"$state/registry/$1.yml" <<E
version: 0.1
log: {level: warn}
storage:
  filesystem: {rootdirectory: $state/registry/$1}
  delete: {enabled: true}
http:
  addr: $2
$3
$4
E
	launch "$1" env -i "PATH=$PATH" docker-registry serve "$state/registry/$1.yml"
}

up_registry() {
	make_bridge
	mkdir -p "$state/registry"
	[ -e "$state/registry/htpasswd" ] || htpasswd -Bbn user secret >"$state/registry/htpasswd" 2>/dev/null
	registry_one registry "127.0.0.1:$port" '' ''
	registry_one registry-auth "127.0.0.1:$((port + 1))" '' \
		"auth: {htpasswd: {realm: test, path: $state/registry/htpasswd}}"
	registry_one registry-tls "$docker_net.1:$((port + 2))" \
		"  tls: {certificate: $state/tls/server.crt, key: $state/tls/server.key}" ''
	await 10 'the registry' curl -sf "http://127.0.0.1:$port/v2/"
	await 10 'the registry with a password' curl -sf -u user:secret "http://127.0.0.1:$((port + 1))/v2/"
	await 10 'the registry with TLS' curl -sf --cacert "$state/tls/ca.crt" "https://$docker_net.1:$((port + 2))/v2/"
}

down_registry() {
	halt registry
	halt registry-auth
	halt registry-tls
}
