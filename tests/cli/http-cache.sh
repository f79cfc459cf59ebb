#!/bin/sh
# SPDX-License-Identifier: MIT
# CIRRUS_HTTP_CACHE_HOST: somebody else's cache is used; ours is offered where the
# backend can.
. "${srcdir:-.}/tests/lib.sh"
CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND
cirrus_run() { run cirrus run -o simple "$@"; }

filled() {
	cat >.cirrus.yml <<-'EOF'
	container: {image: debian:12}
	a_task:
	  x_cache: {folders: [v, w], fingerprint_key: "a/b c", populate_script: "mkdir -p v w; echo made >v/f; echo also >w/g"}
	  show_script: cat v/f w/g
	EOF
}

# A server of the plainest kind: sets $host, keeps what it is given in store/,
# writes a line for each request to requests.
server() { # [STATUS]   answers everything with that
	requires python3
	mkdir -p "$trash/store"
	cat >"$trash/server.py" <<-'EOF'
	import os, socket, sys
	root, fixed = sys.argv[1], sys.argv[2:]
	s = socket.socket()
	s.bind(('127.0.0.1', 0))
	s.listen(8)
	open(root + '/port', 'w').write(str(s.getsockname()[1]) + '\n')
	while True:
	    c, _ = s.accept()
	    f = c.makefile('rwb')
	    method, target = f.readline().split()[:2]
	    length = 0
	    for line in iter(f.readline, b'\r\n'):
	        name, _, value = line.partition(b':')
	        if name.lower() == b'content-length':
	            length = int(value)
	    body = f.read(length)
	    open(root + '/requests', 'ab').write(method + b' ' + target + b'\n')
	    path = root + '/store/' + target.decode().replace('/', '_')
	    status, answer = b'404', b'no'
	    if fixed:
	        status = fixed[0].encode()
	    elif method == b'POST':
	        open(path, 'wb').write(body)
	        status, answer = b'201', b''
	    elif os.path.exists(path):
	        status, answer = b'200', open(path, 'rb').read()
	    f.write(b'HTTP/1.1 ' + status + b' x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n' % len(answer))
	    if method != b'HEAD':
	        f.write(answer)
	    f.close()
	    c.close()
	EOF
	python3 "$trash/server.py" "$trash" "$@" &
	cleanup "kill $!"
	await 10 test -s "$trash/port"
	host=127.0.0.1:$(cat "$trash/port")
}

uses_another_cache() {
	server
	filled
	cirrus_run -e "CIRRUS_HTTP_CACHE_HOST=$host"
	assert_status 0
	assert_out_has '^Cache miss for a/b c! Populating'
	assert_out_has '^Uploading cache x'
	printf '%s\n' 'GET /a%2Fb%20c' 'HEAD /a%2Fb%20c' 'POST /a%2Fb%20c' >want
	assert_same want "$trash/requests"
	cirrus_run -e "CIRRUS_HTTP_CACHE_HOST=http://$host/"
	assert_status 0
	assert_out_has '^Downloaded [0-9]* bytes\.$'
	assert_out_has '^Cache hit for a/b c!$'
	assert_out_has '^also$'
	# nothing of it stays here
	assert [ -z "$(find "$XDG_CACHE_HOME/cirrus" -name '*.zst' -o -name 'tmp-*')" ]
	cirrus_run
	assert_out_has '^Cache miss'
}
check 'the HTTP cache that the environment names is used' uses_another_cache

# As the old CLI makes them: gzip, names that begin with a slash.
reads_others_archives() {
	requires gzip tar
	server
	filled
	mkdir -p made/v made/w
	echo theirs >made/v/f
	echo also theirs >made/w/g
	tar -C made -cPzf "$trash/store/_a%2Fb%20c" --transform 's,^,/,' v w
	cirrus_run -e "CIRRUS_HTTP_CACHE_HOST=$host"
	assert_status 0
	assert_out_has '^Cache hit for a/b c!$'
	assert_out_has '^theirs$'
}
check 'archives of other programs are read' reads_others_archives

distrusts_others() {
	server
	filled
	echo nonsense >"$trash/store/_a%2Fb%20c"
	cirrus_run -e "CIRRUS_HTTP_CACHE_HOST=$host"
	assert_status 0
	assert_out_has '^Failed to fetch archive for x cache: '
	assert_out_has '^made$'
	mkdir -p made/v
	echo theirs >made/v/f
	echo evil >made/escaped
	tar -C made -czf "$trash/store/_a%2Fb%20c" v escaped
	cirrus_run -e "CIRRUS_HTTP_CACHE_HOST=$host"
	assert_status 0
	assert_out_has '^Failed to fetch archive for x cache: the archive reaches out of its folder: escaped!$'
	assert_out_has '^made$'
	assert_out_lacks '^theirs$'
	tar -C made -cf - v | gzip | head -c 100 >"$trash/store/_a%2Fb%20c"
	cirrus_run -e "CIRRUS_HTTP_CACHE_HOST=$host"
	assert_status 0
	assert_out_lacks '^theirs$'
}
check 'what others hand over is looked through before anything of it comes in' distrusts_others

does_without() {
	filled
	cirrus_run -e CIRRUS_HTTP_CACHE_HOST=127.0.0.1:1
	assert_status 0
	assert_out_has '^Failed to fetch archive for x cache: http://127.0.0.1:1/'
	assert_out_has '^Cache miss'
	assert_out_has "^Failed to upload cache 'x': http://127.0.0.1:1/"
	assert_out_has '^Ignoring the error'
	server 500
	cirrus_run -e "CIRRUS_HTTP_CACHE_HOST=$host"
	assert_status 0
	assert_out_has '^Failed to fetch archive .*: HTTP status 500!$'
	assert_out_has "^Failed to upload cache .*: HTTP status 500!$"
}
check 'a cache that does not answer costs a miss' does_without

# The dummy brings ports of 127.0.0.1 inside, and no sockets.
tells_why_none_is_offered() {
	cat >.cirrus.yml <<-'EOF'
	a_task: {container: {image: x}, script: 'echo "<$CIRRUS_HTTP_CACHE_HOST>"'}
	EOF
	cirrus_run -v
	assert_status 0
	assert_out_has '^<>$'
	assert_out_has '^no HTTP cache is offered: dummy: '
	cirrus_run
	assert_out_lacks 'no HTTP cache'
	assert [ -z "$(find "$TMPDIR" -type s)" ]
}
check 'where none can be offered, -v tells why' tells_why_none_is_offered

finish
