#!/bin/sh
# SPDX-License-Identifier: MIT
# cache-live - caches on each engine: kept, restored, changed, raced, broken off.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=120

# Where the caches of a case are, whoever runs it.
cached() { # CMD...
	mkdir -p "$trash/cache"
	chmod 777 "$trash/cache"
	chmod -R a+rX .
	on "$1" env XDG_CACHE_HOME="$trash/cache" cirrus run -o simple
}
config() {
	{ printf 'container:\n  image: %s\n' "${image:-$TEST_IMAGE}"; cat; } >.cirrus.yml
}
entries() { find "$trash/cache" -name '*.tar.zst'; }
n_entries() { entries | wc -l; }

keeps_and_restores() {
	need "$1"
	config <<-'EOF'
	a_task:
	  x_cache:
	    folder: v
	    fingerprint_script: cat lock
	    populate_script:
	      - mkdir -p v/s && cd v && echo one >x && chmod 755 x && chmod 2710 s && ln x hard && ln -s x soft
	      - touch empty "nö $(printf '\377')" "$(printf %0150d 1)" && touch -d '2001-09-09 01:46:40' x
	      - chown 7:8 s
	  show_script: cd v && stat -c '%a %u:%g %h %Y %n' x hard && stat -c '%a %n' s && stat -c 'owned by %u:%g' s && readlink soft && [ -e empty ] && echo * | md5sum && echo end
	EOF
	echo 1 >lock
	cached "$1"
	assert_status 0
	assert_out_has '^Cache miss for x-'
	sed -n '/^755 0:0 2 /,/^end$/p' "$OUT" >want
	assert [ "$(wc -l <want)" -gt 5 ]
	# Podman's archives have no owners
	[ "$1" = docker ] || sed -i '/^owned by/d' want
	cached "$1"
	assert_status 0
	assert_out_has '^Cache hit for x-'
	assert_out_has '^Skipping change detection'
	sed -n '/^755 0:0 2 /,/^end$/p' "$OUT" >got
	[ "$1" = docker ] || sed -i '/^owned by/d' got
	assert_same want got
}

keeps_several_folders() {
	need "$1"
	config <<-'EOF'
	a_task:
	  x_cache: {folders: [left/deep, "**/node_modules", ~/.tool, /opt/far], fingerprint_key: k}
	  make_script:
	    - find left pkg ~/.tool /opt/far -type f 2>/dev/null | sort || true
	    - mkdir -p left/deep left/other pkg/a/node_modules/m pkg/b ~/.tool /opt/far
	    - touch left/deep/1 left/other/2 pkg/a/node_modules/m/3 pkg/b/4 ~/.tool/5 /opt/far/6
	EOF
	cached "$1"
	assert_status 0
	assert_out_has '^Uploading cache x'
	cached "$1"
	assert_status 0
	printf '%s\n' /opt/far/6 /root/.tool/5 left/deep/1 pkg/a/node_modules/m/3 >want
	grep '^[a-z/.]*/[a-z/._]*/[0-9]$' "$OUT" >got
	assert_same want got
}

sees_changes() {
	need "$1"
	config <<-'EOF'
	a_task:
	  x_cache: {folder: v, populate_script: "mkdir v; echo aaa >v/a; echo bbb >v/b; echo ccc >v/c"}
	  change_script: touch v/a; [ ! -e change ] || { echo xyz >v/a; chmod 600 v/b; mv v/c v/d; }
	EOF
	cached "$1"
	cached "$1"
	assert_status 0
	assert_out_has "^Cache x hasn't changed! Skipping uploading\.\.\.$"
	: >change
	cached "$1"
	assert_status 0
	printf '%s\n' 'modified: a' 'modified: b' 'deleted: c' 'created: d' >want
	sed -n 's,^\([a-z]*: \)/tmp/cirrus-ci/working-dir/v/,\1,p' "$OUT" >got
	assert_same want got
	rm change
	cached "$1"
	assert_out_has '^Cache x hasn'
}

# The project has a link where the archive has a directory.
stays_in_its_folder() {
	need "$1"
	config <<-'EOF'
	a_task:
	  x_cache: {folder: v, fingerprint_key: k, populate_script: "mkdir -p v/sub; echo cached >v/sub/f"}
	  show_script: cat v/sub/f; cat precious/f || true; ls -ld v/sub
	EOF
	cached "$1"
	assert_status 0
	mkdir -p precious v
	echo precious >precious/f
	ln -s ../precious v/sub
	cached "$1"
	assert_status 0
	assert_out_has '^cached$'
	assert_out_has '^precious$'
	assert_out_has '^d.*v/sub$'
}

suits_images_of_users() {
	need "$1"
	printf 'FROM %s\nUSER nobody\n' "$TEST_IMAGE" >Dockerfile
	name=cirrus-cache-test-$mark
	case $1 in
	docker)
		tar -cf - Dockerfile | curl -sf --unix-socket "${TEST_DOCKER_HOST#unix://}" -H 'Content-Type: application/x-tar' \
			--data-binary @- "http://d/build?t=$name" >"$OUT"
		cleanup "curl -s --unix-socket '${TEST_DOCKER_HOST#unix://}' -X DELETE http://d/images/$name"
		;;
	*)
		as="as-rootless"
		[ "$1" = rootless ] || as="as-root"
		$TEST_ENGINES $as podman build -q -t "$name" - <Dockerfile >"$OUT" 2>&1
		cleanup "$TEST_ENGINES $as podman rmi -f $name"
		;;
	esac
	image=localhost/$name:latest
	[ "$1" != docker ] || image=$name:latest
	config <<-'EOF'
	a_task:
	  env: {HOME: /tmp}
	  x_cache: {folders: [v, ~/.tool], populate_script: "mkdir v ~/.tool; echo one >v/f; echo two >~/.tool/g"}
	  use_script: id -u; cat v/f ~/.tool/*; echo more >>v/f; rm -r ~/.tool; mkdir ~/.tool; echo other >~/.tool/h
	EOF
	cached "$1"
	assert_status 0
	cached "$1"
	assert_status 0
	assert_out_has '^65534$'
	assert_out_has '^Cache hit'
	cached "$1"
	assert_status 0
	assert [ "$(grep -c '^more$' "$OUT")" -eq 2 ]
	assert_out_has '^other$'
}

# What a task gives to the cache that it is offered, the next run finds; without
# the secret, and from anywhere else, there is nothing.
offers_an_http_cache() {
	need "$1"
	config <<-'EOF'
	a_task:
	  x_script:
	    - wget -q -O - "http://$CIRRUS_HTTP_CACHE_HOST/a/k" || echo nothing
	    - wget -q -O - --post-data="made $N" "http://$CIRRUS_HTTP_CACHE_HOST/a/k"
	    - wget -q -O - "http://$CIRRUS_HTTP_CACHE_HOST/a/k" && echo
	    - wget -O - "http://${CIRRUS_HTTP_CACHE_HOST%/*}/a/k" 2>&1 || true
	    - echo "${CIRRUS_HTTP_CACHE_HOST#*/}"
	  other_script: '[ -n "$CIRRUS_HTTP_CACHE_HOST" ]'
	EOF
	mkdir -p "$trash/cache" && chmod 777 "$trash/cache" && chmod -R a+rX .
	for n in 1 2; do
		on "$1" env XDG_CACHE_HOME="$trash/cache" cirrus run -o simple -e N=$n
		assert_status 0
		assert_out_has "^made $n\$"
		assert_out_has '403 Forbidden'
		# the secret is one
		assert_out_has '^HIDDEN-BY-CIRRUS-CI$'
		[ $n = 2 ] || assert_out_has '^nothing$'
		[ $n = 1 ] || assert_out_has '^made 1'
	done
	# each step of a pipe is an environment of its own
	cat >.cirrus.yml <<-EOF
	a_pipe:
	  steps:
	    - {image: $TEST_IMAGE, one_script: 'wget -q -O - "http://\$CIRRUS_HTTP_CACHE_HOST/a/k" && echo " in one"'}
	    - {image: $TEST_IMAGE, two_script: 'wget -q -O - "http://\$CIRRUS_HTTP_CACHE_HOST/a/k" && echo " in two"'}
	EOF
	on "$1" env XDG_CACHE_HOME="$trash/cache" cirrus run -o simple
	assert_status 0
	assert_out_has '^made 2 in one$'
	assert_out_has '^made 2 in two$'
	cat >.cirrus.yml <<-EOF
	container: {image: $TEST_IMAGE}
	a_task: {env: {CIRRUS_HTTP_CACHE_HOST: "mine:1"}, script: 'echo "<\$CIRRUS_HTTP_CACHE_HOST>"'}
	EOF
	on "$1" cirrus run -o simple
	assert_out_has '^<mine:1>$'
}

# A cache that takes a while to upload.
big() {
	config <<-EOF
	a_task:
	  x_cache:
	    folder: /opt/v
	    fingerprint_key: k
	    populate_script: mkdir -p /opt/v; dd if=/dev/urandom of=/opt/v/f bs=1M count=${MB:-100} 2>/dev/null; sha256sum /opt/v/f >/opt/v/sum
	  show_script: sha256sum -c /opt/v/sum
	EOF
}

runs_twice_at_once() {
	need "$1"
	big
	mkdir -p "$trash/cache" && chmod 777 "$trash/cache" && chmod -R a+rX .
	words=$(engine_words "$1")
	# shellcheck disable=SC2086 # words
	timeout "$TIMEOUT" $words env XDG_CACHE_HOME="$trash/cache" cirrus run -o simple >"$trash/other" 2>&1 &
	other=$!
	cached "$1"
	assert_status 0
	wait $other || fail 'the other run failed'
	cached "$1"
	assert_status 0
	assert_out_has '^Cache hit for k!$'
	assert_out_has '^/opt/v/f: OK$'
	assert [ "$(n_entries)" -eq 1 ]
	assert [ -z "$(find "$trash/cache" -name 'tmp-*')" ]
}

dies_half_way() {
	need "$1"
	MB=300
	big
	printf '  wait_script: sleep 1\n' >>.cirrus.yml
	mkdir -p "$trash/cache" && chmod 777 "$trash/cache" && chmod -R a+rX .
	words=$(engine_words "$1")
	# shellcheck disable=SC2086 # words
	$words env XDG_CACHE_HOME="$trash/cache" cirrus run -o simple >"$trash/other" 2>&1 &
	uploading() { [ -n "$(find "$trash/cache" -name 'tmp-*' -size +1000k)" ]; }
	await 30 runs 'cirrus run'
	pids=$(marked_as 'cirrus run')
	n=0
	until uploading || [ "$n" -gt 4000 ]; do n=$((n + 1)); sleep 0.01; done
	# shellcheck disable=SC2086 # words
	kill -9 $pids
	wait
	assert uploading
	assert [ "$(n_entries)" -eq 0 ]
	cached "$1"
	assert_status 0
	assert_out_has '^Cache miss for k!'
	# what the dead one left went with this upload
	assert [ -z "$(find "$trash/cache" -name 'tmp-*')" ]
	cached "$1"
	assert_out_has '^Cache hit for k!$'
	assert_out_has '^/opt/v/f: OK$'
}

finds_the_disk_full() {
	need "$1"
	mkdir -p "$trash/cache"
	mount -t tmpfs -o size=20m,mode=777 tmpfs "$trash/cache" 2>"$ERR" || skip 'cannot mount a tmpfs'
	cleanup "umount '$trash/cache'"
	big
	cached "$1"
	assert_status 0
	assert_out_has "^Failed to upload cache 'x': .*No space left on device!$"
	assert_out_has '^Ignoring the error\.\.\.$'
	assert [ -z "$(find "$trash/cache" -name 'tmp-*' -o -name '*.zst')" ]
	cached "$1"
	assert_status 0
	assert_out_has '^Cache miss for k!'
}

may_not_write() {
	need "$1"
	big
	mkdir -p "$trash/cache"
	chmod 555 "$trash/cache"
	chmod -R a+rX .
	on "$1" env XDG_CACHE_HOME="$trash/cache" cirrus run -o simple
	assert_status 0
	assert_out_has '^Cache miss for k!'
	assert_out_has "^Failed to upload cache 'x': .*Permission denied!$"
}

survives_damage() {
	need "$1"
	big
	cached "$1"
	entry=$(entries)
	printf 'XXXX' | dd of="$entry" bs=1 seek=5000000 conv=notrunc 2>/dev/null
	cached "$1"
	assert_status 0
	assert_out_has 'the cache entry is damaged'
	assert_out_has '^Cache miss for k! Populating'
	assert_out_has '^/opt/v/f: OK$'
	cached "$1"
	assert_out_has '^Cache hit for k!$'
	truncate -s 3000000 "$(entries)"
	cached "$1"
	assert_status 0
	assert_out_has '^Cache miss for k! Populating'
	cached "$1"
	assert_out_has '^Cache hit for k!$'
	assert_out_has '^/opt/v/f: OK$'
}

for engine in ${ENGINES:-docker rootless rootful}; do
	with() { "$function" "$engine"; }
	for function in ${CASES:-keeps_and_restores keeps_several_folders sees_changes stays_in_its_folder suits_images_of_users offers_an_http_cache \
		runs_twice_at_once dies_half_way finds_the_disk_full survives_damage}; do
		check "$engine: $(echo "$function" | tr _ ' ')" with
	done
done
engine=rootless function=may_not_write
check 'rootless: may not write' with
finish
