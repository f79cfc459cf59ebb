#!/bin/sh
# SPDX-License-Identifier: MIT
# remote-live - Docker behind TCP with TLS, and behind ssh, as its own client
# reaches it: an engine and an sshd of the test's own, on loopback.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
. "$srcdir/tests/plugins/private.sh"
TIMEOUT=120

# A port that nobody listens on just now.
free_port() {
	port=$((20000 + $$ % 10000))
	while ss -Hltn "sport = :$port" | grep -q .; do port=$((port + 1)); done
	echo $port
}

# What shows that all of a task works: the project, input, output, its end.
works() {
	echo 'it came along' >message
	project "$TEST_IMAGE" 'cat message; echo to stderr >&2; exit 3'
	private "$@" cirrus run -o simple
	assert_status 1
	assert_out_has '^it came along$'
	assert_out_has '^to stderr$'
	assert_out_has '^Exit status: 3$'
	private "$@" cirrus clean
	assert_out_has '^nothing to remove$'
}

# The checks of the suite that use every kind of connection.
conforms() {
	checks=L3,L5,L7,L18,L34,L35,L36,L37,L43,L50,L51,L53,L61
	private "$@" "$builddir/cirrus-backend-check" --image="$TEST_IMAGE" --only=$checks \
		"$builddir/plugins/docker/.libs/cirrus-docker.so"
	assert_status 0
	assert_out_lacks '^not ok'
}

# --- TCP with TLS -------------------------------------------------------------------

# authority NAME; certificate AUTHORITY NAME DIR PURPOSE
authority() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -keyout "$1.key" -out "$1.crt" 2>/dev/null
}
certificate() {
	mkdir -p "$3"
	cp "$1.crt" "$3/ca.pem"
	openssl req -newkey rsa:2048 -nodes -subj "/CN=$2" -keyout "$3/key.pem" -out "$3/request" 2>/dev/null
	printf 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=%s\n' "$4" >"$3/extensions"
	openssl x509 -req -days 2 -in "$3/request" -CA "$1.crt" -CAkey "$1.key" -CAcreateserial \
		-extfile "$3/extensions" -out "$3/cert.pem" 2>/dev/null
	rm "$3/request" "$3/extensions"
}

tls_engine() {
	need docker
	mkdir "$trash/tls"
	(cd "$trash/tls" && authority ours && authority other && certificate ours engine server serverAuth &&
		certificate ours client client clientAuth && certificate other client stranger clientAuth)
	port=$(free_port)
	tls=$trash/tls
	private_start docker --tlsverify --tlscacert "$tls/server/ca.pem" --tlscert "$tls/server/cert.pem" \
		--tlskey "$tls/server/key.pem" --host "tcp://127.0.0.1:$port"
}
# The environment of that engine for a client that holds what is in this directory.
tls_client() { echo "env DOCKER_HOST=tcp://127.0.0.1:$port DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=$tls/$1"; }

tls_works() {
	tls_engine
	# shellcheck disable=SC2046 # words
	works $(tls_client client)
	# shellcheck disable=SC2046
	private $(tls_client client) cirrus backends
	assert_out_has "docker .*ready.* at tcp://127.0.0.1:$port"
	# shellcheck disable=SC2046
	conforms $(tls_client client)
}

tls_is_verified() {
	tls_engine
	project "$TEST_IMAGE" 'echo never'
	# the engine is none of theirs, and they are none of the engine's
	# shellcheck disable=SC2046
	private $(tls_client stranger) cirrus run -o simple
	assert_status 3
	assert_err_has "tcp://127.0.0.1:$port: .*certificate"
	assert_err_has '^hint: .*DOCKER_CERT_PATH'
	cp "$tls/client/ca.pem" "$tls/stranger/ca.pem"
	# shellcheck disable=SC2046
	private $(tls_client stranger) cirrus run -o simple
	assert_status 3
	assert_err_has "tcp://127.0.0.1:$port"
	assert_err_has '^hint: .*DOCKER_CERT_PATH'
	private env DOCKER_HOST="tcp://127.0.0.1:$port" cirrus run -o simple
	assert_status 3
	assert_err_has "tcp://127.0.0.1:$port"
	assert_err_has '^hint: .*DOCKER_TLS_VERIFY'
	mkdir "$tls/empty"
	# shellcheck disable=SC2046
	private $(tls_client empty) cirrus run -o simple
	assert_status 3
	assert_err_has "DOCKER_CERT_PATH: no ca.pem in $tls/empty"
	assert_err_has '^hint: TLS needs'
	assert_out_lacks never
}

# --- ssh ------------------------------------------------------------------------------

# sshd and a ssh that knows nobody but it, in front of all other ssh.
ssh_engine() {
	need docker
	requires ssh sshd ssh-keygen
	port=$(free_port)
	ssh=$trash/ssh
	mkdir -p "$ssh/bin" /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$ssh/host"
	ssh-keygen -q -t ed25519 -N '' -f "$ssh/user"
	cp "$ssh/user.pub" "$ssh/allowed"
	cat >"$ssh/sshd_config" <<-C
		Port $port
		ListenAddress 127.0.0.1
		HostKey $ssh/host
		AuthorizedKeysFile $ssh/allowed
		PidFile none
		PasswordAuthentication no
		PermitRootLogin prohibit-password
		StrictModes no
		UsePAM no
	C
	echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$ssh/host.pub")" >"$ssh/known"
	cat >"$ssh/config" <<-C
		IdentityFile $ssh/user
		IdentitiesOnly yes
		UserKnownHostsFile $ssh/known
		GlobalKnownHostsFile /dev/null
		StrictHostKeyChecking yes
		BatchMode yes
	C
	printf '#!/bin/sh\nexec %s -F %s "$@"\n' "$(command -v ssh)" "$ssh/config" >"$ssh/bin/ssh"
	chmod 755 "$ssh/bin/ssh"
	"$(command -v sshd)" -D -e -f "$ssh/sshd_config" 2>"$ssh/log" </dev/null &
	cleanup "kill $!"
	await 20 grep -q 'Server listening' "$ssh/log"
}
ssh_client() { echo "env PATH=$ssh/bin:$PATH DOCKER_HOST=ssh://root@127.0.0.1:$port$private_dir/sock"; }
no_children() { ! pgrep -f "$ssh/config" >/dev/null; }

ssh_works() {
	ssh_engine
	private_start docker
	# shellcheck disable=SC2046
	works $(ssh_client)
	# shellcheck disable=SC2046
	conforms $(ssh_client)
	await 10 no_children
}

ssh_refuses() {
	ssh_engine
	private_prepare docker
	project "$TEST_IMAGE" 'echo never'
	: >"$ssh/allowed"
	# shellcheck disable=SC2046
	private $(ssh_client) cirrus run -o simple
	assert_status 3
	assert_err_has "ssh://root@127.0.0.1:$port.*Permission denied"
	assert_err_has '^hint: '
	: >"$ssh/known"
	# shellcheck disable=SC2046
	private $(ssh_client) cirrus run -o simple
	assert_status 3
	assert_err_has "ssh://root@127.0.0.1:$port.*Host key verification failed"
	assert_err_has '^hint: '
	assert_out_lacks never
	await 10 no_children
}

check 'Docker is reached over TCP with TLS' tls_works
check 'certificates are verified on both sides, and errors say what to try' tls_is_verified
check 'Docker is reached over ssh' ssh_works
check 'what ssh says where it refuses is passed on' ssh_refuses
finish
