#!/bin/sh
# SPDX-License-Identifier: MIT
# details-live - defects of an older runner that must not come back, each on real
# engines: caches, shells, ports, what --dirty leaves.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=120

config() {
	{ printf 'container: {image: %s}\n' "$TEST_IMAGE"; cat; } >.cirrus.yml
	chmod -R a+rX "$trash"
}
cached() { # ENGINE WORDS
	with=$1
	shift
	[ -d "$trash/cache" ] || mkdir -m 777 "$trash/cache"
	on "$with" env XDG_CACHE_HOME="$trash/cache" cirrus run -o simple "$@"
}

# What one task has uploaded the next one finds; optimism takes the newest of
# that very cache, and the new key is stored.
shares_caches_between_tasks() {
	need "$1"
	config <<-'EOF'
	one_task: &one {x_cache: {folder: v, fingerprint_script: cat lock, populate_script: "mkdir v; echo of $CIRRUS_TASK_NAME >v/x"}, see_script: cat v/x}
	two_task: {<<: *one, depends_on: one}
	EOF
	echo 1 >lock
	chmod a+r lock
	cached "$1"
	assert_status 0
	assert [ "$(grep -c '^of one$' "$OUT")" -eq 2 ]
	assert [ "$(grep -c '^Cache hit for x-' "$OUT")" -eq 1 ]
	config <<-'EOF'
	a_task:
	  x_cache: {folder: v, fingerprint_key: "x-$KEY", optimistically_restore_on_miss: true}
	  x-mod_cache: {folder: m, fingerprint_key: "x-mod-$KEY", populate_script: mkdir -p m}
	  see_script: mkdir -p v; ls v; f=$(echo "$KEY" | tr / _); touch "v/$f" "m/mod-$f"
	EOF
	for key in b a 'c/?#% d'; do
		sleep 0.05
		cached "$1" -e "KEY=$key" -e CIRRUS_TASK_NAME=x
		assert_status 0
	done
	cached "$1" -e KEY=e
	for file in a b 'c_?#% d'; do assert_out_has "^$file\$"; done
	assert_out_lacks '^mod-'
	cached "$1" -e 'KEY=c/?#% d'
	assert_out_has '^Cache hit for x-c/?#% d!$'
	cached "$1" -e KEY=b
	assert_out_has '^Cache hit for x-b!$'
	assert_out_lacks '^a$'
}

keeps_caches_of_any_step() {
	need "$1"
	cat >.cirrus.yml <<-EOF
	x_pipe:
	  steps:
	    - image: $TEST_IMAGE
	      x_cache: {folder: v, fingerprint_key: k, populate_script: "mkdir v; echo made >v/x"}
	      a_script: cat v/x; printf 'HANDED=one\n\nLINES<<E\n1\n2\nE\n' >>\$CIRRUS_ENV
	    - {image: $TEST_IMAGE, b_script: 'echo "\$HANDED \$LINES"'}
	EOF
	chmod -R a+rX "$trash"
	for state in miss hit; do
		cached "$1"
		assert_status 0
		assert_out_has "^Cache $state for k!"
		assert_out_has '^made$'
		assert_out_has '^one 1$'
		assert_out_has '^2$'
	done
}

# ask METHOD PATH [BODY]: the status and the body that the cache answers
http_helper() {
	cat <<-'EOF'
	ask() {
	  h=${CIRRUS_HTTP_CACHE_HOST%%/*}
	  printf '%s /%s/%s HTTP/1.0\r\nContent-Length: %s\r\n\r\n%s' "$1" "${CIRRUS_HTTP_CACHE_HOST#*/}" "$2" "${#3}" "$3" |
	    nc ${h%:*} ${h#*:} | tr -d '\r' | sed '1s/^[^ ]* \([0-9]*\).*/\1/; 2,/^$/d' | tr '\n' ' '
	  echo "<$1 $2"
	}
	EOF
}

speaks_http_to_tasks() {
	need "$1"
	http_helper >ask
	config <<-'EOF'
	a_task:
	  x_script: |
	    . ./ask; set +v
	    ask HEAD a/b; ask PUT a/b one; ask HEAD a/b; ask GET a/b; ask POST a/b two; ask GET a/b
	    ask PUT empty ''; ask GET empty; ask HEAD empty; ask GET 'a%2Fb'; ask GET ../../etc/passwd
	EOF
	cached "$1"
	assert_status 0
	sed -n '/<\(HEAD\|GET\|PUT\|POST\) /p' "$OUT" >"$trash/got"
	for line in '^404 <HEAD a/b$' '^201 <PUT a/b$' '^200 <HEAD a/b$' '^200 one *<GET a/b$' '^201 <POST a/b$' '^200 two *<GET a/b$' \
		'^201 <PUT empty$' '^200 <GET empty$' '^200 <HEAD empty$' '^4[0-9][0-9].*<GET ../../etc/passwd$'; do
		assert grep -q -e "$line" "$trash/got"
	done
}

# The image's only shell may be one that dies of an option it does not know.
takes_shells_as_they_are() {
	need "$1"
	shell=$(readlink -f "$(command -v dash)") || skip 'no dash'
	mkdir "$trash/libs"
	cp "$shell" "$trash/libs/dash"
	ldd "$shell" | grep -o '/[^ ]*' | while read -r lib; do cp -L "$lib" "$trash/libs/"; done
	loader=$(ldd "$shell" | grep -o '/[^ ]*ld-[^ ]*' | head -1)
	cat >.cirrus.yml <<-EOF
	container: {image: $TEST_IMAGE, volumes: ["$trash/libs:/libs:ro"]}
	dash_task: {env: {CIRRUS_SHELL: "/libs/$(basename "$loader") --library-path /libs /libs/dash"}, script: 'echo "dash runs"; false | true; echo "to the end"'}
	args_task: {env: {CIRRUS_SHELL: "sh -u"}, script: 'echo "<\$NOT_SET>"; echo never'}
	open_task: {env: {CIRRUS_SHELL: "sh 'open"}, script: echo never}
	end_task: {env: {CIRRUS_SHELL: direct}, script: 'echo never "open'}
	EOF
	chmod -R a+rX "$trash"
	on "$1" cirrus run -o simple
	assert_status 2
	assert_out_has '^dash runs$'
	assert_out_has '^to the end$'
	assert_out_lacks '^never$'
	assert_out_has 'NOT_SET: \(parameter not set\|unbound variable\)'
	assert_out_has 'CIRRUS_SHELL: a quote or backslash without its end'
	assert_out_has 'instruction "main": a quote or backslash without its end'
	assert_err_lacks 'defect'
}

# Its first port opens when somebody has tried the second.
awaits_ports_together() {
	need "$1"
	cat >.cirrus.yml <<-EOF
	a_task:
	  container:
	    image: $TEST_IMAGE
	    additional_containers:
	      - {name: web, image: $TEST_IMAGE, ports: [8080, 8081], command: "sh -c 'nc -l -p 8081 >/dev/null </dev/null; mkdir /w; nc -l -p 8081 </dev/null >/dev/null & exec httpd -f -p 8080 -h /w'"}
	  script: echo both
	EOF
	chmod -R a+rX "$trash"
	on "$1" cirrus run -o simple --ready-timeout=20s
	assert_status 0
	assert_out_has '^both$'
}

# A damaged entry costs a miss, and no file of the project.
loses_nothing_of_the_project() {
	need "$1"
	config <<-'EOF'
	a_task:
	  x_cache: {folders: ["*/made", other/made], fingerprint_key: k, populate_script: "mkdir -p d/made other/made; head -c 200000 /dev/urandom >d/made/x"}
	  see_script: cat precious
	EOF
	echo precious >precious
	chmod -R a+rwX .
	cached "$1" --dirty
	assert_status 0
	entry=$(find "$trash/cache" -name '*.zst')
	printf XXXX | dd of="$entry" bs=1 seek=100000 conv=notrunc 2>/dev/null
	cached "$1" --dirty
	assert_status 0
	assert_out_has '^Cache miss for k!'
	assert_out_has '^precious$'
	assert [ "$(cat precious)" = precious ]
}

# No retries, no words of protocols; the names of what was taken.
says_little_of_artifacts() {
	need "$1"
	config <<-'EOF'
	a_task:
	  x_script: mkdir out; echo 1 >out/a.txt; echo 2 >out/b.txt
	  bin_artifacts: {path: "out/*"}
	EOF
	mkdir -m 777 "$trash/art"
	on "$1" cirrus run -o simple --artifacts-dir "$trash/art"
	assert_status 0
	sed -n "/Started 'bin'/,/'bin' artifacts succ/p" "$OUT" | sed '1d;$d' >"$trash/got"
	printf '%s\n' 'Uploading 2 artifacts for /tmp/cirrus-ci/working-dir/out/*' 'Uploaded /tmp/cirrus-ci/working-dir/out/a.txt' \
		'Uploaded /tmp/cirrus-ci/working-dir/out/b.txt' | assert_same - "$trash/got"
}

for engine in docker rootless; do
	with() { "$function" "$engine"; }
	for function in ${CASES:-shares_caches_between_tasks keeps_caches_of_any_step speaks_http_to_tasks takes_shells_as_they_are \
		awaits_ports_together loses_nothing_of_the_project says_little_of_artifacts}; do
		check "$engine: $(echo "$function" | tr _ ' ')" with
	done
done
finish
