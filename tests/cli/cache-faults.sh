#!/bin/sh
# SPDX-License-Identifier: MIT
# What befalls caches on this side: full disks, folders that cannot be written,
# damage, deaths, races.  Each costs a miss and nothing else.
. "${srcdir:-.}/tests/lib.sh"
CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND
cirrus_run() { run cirrus run -o simple "$@"; }
entries() { find "$XDG_CACHE_HOME/cirrus" -name '*.tar.zst' 2>/dev/null; }
leftovers() { find "$XDG_CACHE_HOME/cirrus" -name 'tmp-*'; }

# A cache of $1 MB that tells whether it came back whole.
filled() {
	cat >.cirrus.yml <<-EOF
	container: {image: debian:12}
	a_task:
	  x_cache:
	    folder: v
	    fingerprint_key: k
	    populate_script: mkdir -p v; dd if=/dev/urandom of=v/f bs=1M count=$1 2>/dev/null; sha256sum v/f >v/sum
	  show_script: sha256sum -c v/sum
	EOF
}
hits() {
	cirrus_run
	assert_status 0
	assert_out_has '^Cache hit for k!$'
	assert_out_has '^v/f: OK$'
}
misses() {
	cirrus_run
	assert_status 0
	assert_out_has '^Cache miss for k! Populating'
	assert_out_has '^v/f: OK$'
}

damaged_somewhere() {
	filled 1
	cirrus_run
	size=$(stat -c %s "$(entries)")
	for at in 0 100 $((size / 2)) $((size - 300)) $((size - 12)) $((size - 1)); do
		printf '\377\376' | dd of="$(entries)" bs=1 seek="$at" conv=notrunc 2>/dev/null
		misses
		assert_out_has 'cache entry is not used: the cache entry is damaged'
		assert_out_has '^Removed the damaged cache entry for k!$'
		hits
	done
}
check 'a damaged entry is a miss, and made anew' damaged_somewhere

cut_somewhere() {
	filled 1
	cirrus_run
	for part in 0 1 5 50 99; do
		truncate -s $(($(stat -c %s "$(entries)") * part / 100)) "$(entries)"
		misses
		hits
	done
}
check 'so is one that was cut' cut_somewhere

not_ours() {
	filled 1
	cirrus_run
	echo nonsense >"$(entries)"
	misses
	file=$(entries)
	rm "$file"
	ln -s /etc/passwd "$file"
	cirrus_run
	assert_status 0
	assert_out_has '^Cache miss for k!'
	assert [ "$(head -c 4 /etc/passwd)" = root ]
}
check 'so is what is no entry at all' not_ours

reaches_out() {
	requires python3 zstd
	cat >.cirrus.yml <<-'EOF'
	container: {image: debian:12}
	a_task:
	  x_cache: {folder: v, fingerprint_key: k, populate_script: "mkdir -p v; echo made >v/f"}
	  show_script: cat v/f; ls
	EOF
	cirrus_run
	python3 - "$(entries)" <<-'EOF'
	import hashlib, io, json, struct, subprocess, sys, tarfile
	out = io.BytesIO()
	tar = tarfile.open(fileobj=out, mode='w')
	for name in ('f', '../escaped'):
	    member = tarfile.TarInfo(name)
	    member.size = 5
	    tar.addfile(member, io.BytesIO(b'evil\n'))
	tar.close()
	data = subprocess.run(['zstd', '-c'], input=out.getvalue(), stdout=subprocess.PIPE).stdout
	old = open(sys.argv[1], 'rb').read()
	length = struct.unpack('<I', old[-8:-4])[0]
	about = json.loads(old[-8 - length:-8])
	about.update(size=len(data), sha256=hashlib.sha256(data).hexdigest())
	text = json.dumps(about).encode()
	open(sys.argv[1], 'wb').write(data + struct.pack('<II', 0x184d2a5c, len(text) + 8) + text +
	    struct.pack('<I', len(text)) + b'CIR1')
	EOF
	cirrus_run
	assert_status 0
	assert_out_has "^Failed to unarchive x cache because of the archive reaches out of its folder: ../escaped"
	assert_out_has '^Cache miss for k! Populating'
	assert_out_has '^made$'
	assert_out_lacks '^escaped$'
	# ... and nobody can hand such a one over
	run cirrus cache export k bad.cache
	run cirrus cache import bad.cache
	assert_status 2
	assert_err_has 'reaches out of its folder'
}
check 'an archive that reaches out of its folder is a miss' reaches_out

disk_full() {
	mkdir -p "$XDG_CACHE_HOME"
	mount -t tmpfs -o size=4m tmpfs "$XDG_CACHE_HOME" 2>"$ERR" || skip 'cannot mount a tmpfs'
	cleanup "umount '$XDG_CACHE_HOME'"
	filled 20
	cirrus_run
	assert_status 0
	assert_out_has "^Failed to upload cache 'x': .*No space left on device!$"
	assert_out_has '^Ignoring the error\.\.\.$'
	assert [ -z "$(entries)$(leftovers)" ]
	filled 1
	misses
	hits
}
check 'a full disk costs the upload, and leaves nothing' disk_full

no_directory() {
	filled 1
	echo a file >"$trash/file"
	XDG_CACHE_HOME=$trash/file cirrus_run
	assert_status 0
	assert_out_has "^Failed to upload cache 'x': .*$trash/file"
	unset XDG_CACHE_HOME
	HOME='' cirrus_run -e HOME=/tmp
	assert_status 0
	assert_out_has '^Cache x has no place on this machine! Skipping uploading'
}
check 'a cache directory that cannot be made costs the upload' no_directory

no_right() {
	[ "$(id -u)" -ne 0 ] || skip 'root may write everywhere'
	filled 1
	mkdir -p "$XDG_CACHE_HOME"
	chmod 500 "$XDG_CACHE_HOME"
	cirrus_run
	assert_status 0
	assert_out_has "^Failed to upload cache 'x': .*Permission denied!$"
}
[ "$(id -u)" -eq 0 ] || check 'so does one that may not be written' no_right

killed() {
	filled 60
	cirrus run -o simple >"$OUT" 2>&1 &
	pid=$!
	n=0
	until [ -n "$(leftovers 2>/dev/null)" ] || [ $n -gt 3000 ]; do n=$((n + 1)); done
	kill -9 $pid
	wait $pid || :
	if [ -n "$(entries)" ]; then skip 'the upload was too fast'; fi
	assert [ -n "$(leftovers)" ]
	misses
	assert [ -z "$(leftovers)" ]
	hits
}
check 'what dies while it uploads leaves nothing for long' killed

at_once() {
	filled 20
	for n in 1 2 3; do
		cirrus run -o simple >"$trash/run.$n" 2>&1 &
		eval "pid$n=\$!"
	done
	for n in 1 2 3; do
		eval "wait \$pid$n" || fail "run $n failed"
		assert grep -q '^v/f: OK' "$trash/run.$n"
	done
	assert [ "$(entries | wc -l)" -eq 1 ]
	assert [ -z "$(leftovers)" ]
	hits
}
check 'runs of one project at once do not disturb each other' at_once

replaced_meanwhile() {
	filled 20
	cirrus_run
	for n in 1 2 3 4; do
		cirrus run -o simple >"$trash/run.$n" 2>&1 &
		eval "pid$n=\$!"
	done
	for n in 1 2 3; do cirrus cache rm k >/dev/null 2>&1 || :; done
	for n in 1 2 3 4; do
		eval "wait \$pid$n" || fail "run $n failed"
		assert grep -q '^v/f: OK' "$trash/run.$n"
	done
}
check 'an entry that goes while it is restored is restored whole' replaced_meanwhile

finish
