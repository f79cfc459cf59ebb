#!/bin/sh
# SPDX-License-Identifier: MIT
# Caches: keys, folders, hits and misses, changes, uploads, on the dummy backend.
. "${srcdir:-.}/tests/lib.sh"
CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND

# config: .cirrus.yml from stdin, every task in a container.
config() {
	{ printf 'container:\n  image: debian:12\n'; cat; } >.cirrus.yml
}
cirrus_run() { run cirrus run -o simple "$@"; }
entries() { find "$XDG_CACHE_HOME/cirrus" -name '*.tar.zst'; }
n_entries() { entries | wc -l; }

# What most cases use: a folder that is filled on a miss.
filled() {
	config <<-'EOF'
	a_task:
	  deps_cache:
	    folder: vendor
	    fingerprint_script: cat lock
	    populate_script: mkdir -p vendor/sub && echo made >vendor/sub/f
	  show_script: cat vendor/sub/f
	EOF
	echo 1 >lock
}

misses_then_hits() {
	filled
	cirrus_run
	assert_status 0
	assert_out_has '^Cache miss for deps-[0-9a-f]\{64\}! Populating\.\.\.$'
	assert_out_has "^SHA for cache folders (/tmp/cirrus-ci/working-dir/vendor) is '[0-9a-f]\{64\}'$"
	assert_out_has '^deps cache size is [0-9]* bytes\.$'
	assert_out_has '^Uploading cache deps\.\.\.$'
	assert [ "$(n_entries)" -eq 1 ]
	cirrus_run
	assert_status 0
	assert_out_has '^Cache hit for deps-[0-9a-f]\{64\}!$'
	assert_out_lacks '^mkdir -p vendor'
	assert_out_has '^made$'
	assert_out_has '^Skipping change detection for deps cache!$'
	assert [ "$(n_entries)" -eq 1 ]
}
check 'a cache is filled on a miss, and there on the next run' misses_then_hits

keys_follow_the_fingerprint() {
	filled
	cirrus_run
	echo 2 >lock
	cirrus_run
	assert_out_has '^Cache miss for deps-'
	assert [ "$(n_entries)" -eq 2 ]
	echo 1 >lock
	cirrus_run
	assert_out_has '^Cache hit for deps-'
}
check 'another fingerprint is another entry' keys_follow_the_fingerprint

keys_verbatim() {
	config <<-'EOF'
	a_task:
	  env: {WHAT: x}
	  deps_cache:
	    folder: vendor
	    fingerprint_key: 'a/b c?#%41-$WHAT'
	    populate_script: mkdir vendor; echo made >vendor/f
	EOF
	cirrus_run
	assert_out_has '^Cache miss for a/b c?#%41-x! Populating'
	cirrus_run
	assert_out_has '^Cache hit for a/b c?#%41-x!$'
}
check 'fingerprint_key is the key, whatever is in it' keys_verbatim

keys_without_a_fingerprint() {
	config <<-'EOF'
	a_task: {x_cache: {folder: d}, y_script: mkdir -p d; echo a >>d/f; cat d/f}
	b_task: {x_cache: {folder: d}, y_script: mkdir -p d; echo b >>d/f; cat d/f}
	EOF
	cirrus_run
	assert [ "$(n_entries)" -eq 2 ]
	# other places in the file, other numbers
	config <<-'EOF'
	new_task: {script: "true"}
	b_task: {x_cache: {folder: d}, y_script: cat d/f}
	a_task: {x_cache: {folder: d}, y_script: cat d/f}
	EOF
	cirrus_run
	assert_status 0
	assert_out_has '^a$'
	assert_out_has '^b$'
	assert_out_lacks '^Cache miss'
}
check 'without a fingerprint the name of the task is the key, wherever it stands' keys_without_a_fingerprint

# changes SCRIPT: what of a cached folder with files a, b and d/c changes
changes() {
	# shellcheck disable=SC2016
	config <<-EOF
	a_task:
	  x_cache: {folder: v, populate_script: "mkdir -p v/d; echo aaa >v/a; echo bbb >v/b; echo ccc >v/d/c"}
	  y_script: '[ -z "\$CHANGE" ] || { cd v; eval "\$CHANGE"; }'
	EOF
	cirrus_run
	assert_status 0
	before=$(entries | xargs cat | sha256sum)
	cirrus_run -e "CHANGE=$1"
	assert_status 0
	assert_out_has '^Cache hit'
	after=$(entries | xargs cat | sha256sum)
}
sees() { # SCRIPT LINES...
	changes "$1"
	assert_out_has '^Cache x has changed!$'
	shift
	printf '%s\n' "$@" >want
	sed -n 's,^\([a-z]*\): /tmp/cirrus-ci/working-dir/v/,\1 ,p' "$OUT" >got
	assert_same want got
	assert [ "$before" != "$after" ]
	cirrus_run
	assert_out_has "^Cache x hasn't changed! Skipping uploading"
}
sees_contents() { sees 'echo xyz >a' 'modified a'; }
sees_sizes() { sees 'echo more >>d/c' 'modified d/c'; }
sees_modes() { sees 'chmod 600 a' 'modified a'; }
sees_names() { sees 'mv a e' 'deleted a' 'created e'; }
sees_created() { sees 'mkdir n; echo n >n/n' 'created n' 'created n/n'; }
sees_deleted() { sees 'rm -r d' 'deleted d' 'deleted d/c'; }
sees_links() { sees 'rm a; ln -s b a' 'modified a'; }
check 'changed contents of the same size are uploaded' sees_contents
check 'a changed size is' sees_sizes
check 'a changed mode is' sees_modes
check 'a new name is' sees_names
check 'new files are' sees_created
check 'files that went are' sees_deleted
check 'a file that became a link is' sees_links

no_change() {
	changes 'touch a b d/c; echo bbb >b; cp a t; mv t a'
	assert_out_has "^Cache x hasn't changed! Skipping uploading\.\.\.$"
	assert_out_lacks 'has changed'
	assert [ "$before" = "$after" ]
}
check 'files that were written anew with the same contents are no change' no_change

# Only what has changed is packed: nothing is begun in the directory.
unchanged_is_not_packed() {
	changes true
	dir=$(dirname "$(entries)")
	touch -d 2001-02-03 "$dir"
	cirrus_run
	assert_status 0
	assert_out_has "^Cache x hasn't changed! Skipping uploading"
	assert [ "$(stat -c %y "$dir" | cut -d ' ' -f 1)" = 2001-02-03 ]
}
check 'a cache that has not changed is not packed' unchanged_is_not_packed

explicit_reupload() {
	config <<-'EOF'
	a_task:
	  x_cache:
	    folder: v
	    fingerprint_key: k
	    reupload_on_changes: true
	    populate_script: mkdir v; echo 1 >v/f
	  y_script: cat v/f; echo more >>v/f
	b_task:
	  depends_on: a
	  x_cache: {folder: v, reupload_on_changes: false, populate_script: mkdir v; echo 1 >v/f}
	  y_script: cat v/f; echo more >>v/f
	EOF
	cirrus_run
	cirrus_run
	cirrus_run
	assert_status 0
	assert [ "$(grep -c '^more$' "$OUT")" -eq 3 ]
	assert_out_has '^Skipping change detection for x cache!$'
}
check 'reupload_on_changes counts, whatever the fingerprint' explicit_reupload

nothing_after_a_failure() {
	filled
	printf '  bad_script: exit 1\n' >>.cirrus.yml
	cirrus_run
	assert_status 1
	assert_out_has "'Upload 'deps' cache' skipped"
	assert [ "$(n_entries)" -eq 0 ]
}
check 'nothing is uploaded after a failure' nothing_after_a_failure

uploads_where_it_says() {
	config <<-'EOF'
	a_task:
	  x_cache: {folder: v, populate_script: mkdir v; echo 1 >v/f}
	  upload_caches: [x]
	  bad_script: exit 1
	EOF
	cirrus_run
	assert_status 1
	assert_out_has '^Uploading cache x'
	assert [ "$(n_entries)" -eq 1 ]
	cirrus_run
	assert_out_has '^Cache hit for x-'
}
check 'upload_caches uploads where it stands' uploads_where_it_says

failing_scripts() {
	config <<-'EOF'
	a_task:
	  x_cache: {folder: v, fingerprint_script: exit 3, populate_script: mkdir v}
	  y_script: echo never
	b_task:
	  x_cache: {folder: v, fingerprint_key: k, populate_script: mkdir v; echo half >v/f; exit 4}
	  always: {upload_caches: x}
	EOF
	cirrus_run
	assert_status 1
	assert_out_has '^Failed to execute fingerprint script for x cache!$'
	assert_out_has '^Failed to execute populate script for x cache!$'
	assert_out_lacks '^never$'
	assert_out_has '^Cache x was not populated! Skipping uploading'
	assert [ "$(n_entries)" -eq 0 ]
}
check 'a fingerprint or populate script that fails fails the task, and half a folder is not kept' failing_scripts

several_folders() {
	config <<-'EOF'
	a_task:
	  env: {SUB: deep}
	  x_cache:
	    folders: [left/$SUB, "mod*/**/{hot,warm}", ~/.tool, /tmp/cirrus-ci/far]
	    fingerprint_key: k
	  make_script:
	    - ls -d left/* mod*/*/* mod*/hot "$HOME/.tool" /tmp/cirrus-ci/far 2>&1 || true
	    - mkdir -p left/deep left/other modA/hot modA/x/warm modB/cold "$HOME/.tool" /tmp/cirrus-ci/far
	    - touch left/deep/1 left/other/2 modA/hot/.3 modA/x/warm/4 modB/cold/5 "$HOME/.tool/6" /tmp/cirrus-ci/far/7
	EOF
	cirrus_run -e HOME=/tmp/cirrus-ci/me
	assert_status 0
	assert_out_has '^Uploading cache x'
	sed -i '/- ls/d; s/- mkdir.*/- find left mod* ~ \/tmp\/cirrus-ci\/far -type f | LC_ALL=C sort/; s/- touch.*/- "true"/' .cirrus.yml
	cirrus_run -e HOME=/tmp/cirrus-ci/me
	assert_status 0
	assert_out_has '^Cache hit for k!$'
	printf '%s\n' /tmp/cirrus-ci/far/7 /tmp/cirrus-ci/me/.tool/6 left/deep/1 modA/hot/.3 modA/x/warm/4 >want
	grep '/[0-9.]*$' "$OUT" | grep -v find >got
	assert_same want got
}
check 'several folders, globs, variables and ~, inside and outside of the working directory' several_folders

working_dir_itself() {
	config <<-'EOF'
	a_task:
	  x_cache: {folders: [., ./build], fingerprint_key: k}
	  make_script: ls; mkdir -p build; echo 1 >build/one
	EOF
	cirrus_run
	cirrus_run
	assert_out_has '^build$'
}
check 'the working directory as a folder' working_dir_itself

empty_folders() {
	config <<-'EOF'
	a_task: {x_cache: {folder: nowhere}, script: "true"}
	b_task: {x_cache: {folder: nothing}, script: mkdir nothing}
	c_task: {x_cache: {folders: [no/*, nor]}, script: "true"}
	EOF
	cirrus_run
	assert_status 0
	assert [ "$(grep -c '^All cache folders (.*) are empty! Skipping uploading \.\.\.$' "$OUT")" -eq 3 ]
	assert [ "$(n_entries)" -eq 0 ]
}
check 'folders that are empty or not there are not uploaded' empty_folders

optimistic() {
	config <<-'EOF'
	a_task:
	  go_cache:
	    folder: v
	    fingerprint_script: echo $V
	    optimistically_restore_on_miss: true
	    populate_script: mkdir v
	  make_script: cat v/* || true; echo "state $V" >v/f
	  go-mod_cache: {folder: w, fingerprint_key: go-zzz}
	  mod_script: mkdir -p w; echo other >w/f
	EOF
	cirrus_run -e V=1
	assert_out_has "^Wasn't able to find the exact cache! Requesting the last available one\.\.\.$"
	assert_out_has '^Cache miss for go-'
	cirrus_run -e V=2
	assert_out_has '^Found cache entry go-.* created by task a!$'
	assert_out_has '^state 1$'
	cirrus_run -e V=3
	assert_out_has '^state 2$'
	# ... and each of them was stored under its own key
	cirrus_run -e V=2
	assert_out_has '^state 2$'
	assert_out_lacks 'Requesting the last'
	cirrus_run -e V=1
	assert_out_has '^state 1$'
}
check 'optimistic restore takes the newest of that very cache, and the new key is stored' optimistic

other_task_was_first() {
	config <<-'EOF'
	a_task: {x_cache: {folder: v, fingerprint_key: k}, script: mkdir v; echo a >v/f; sleep 1}
	b_task: {x_cache: {folder: v, fingerprint_key: k}, script: mkdir v; echo b >v/f}
	EOF
	cirrus_run -j2
	assert_status 0
	assert_out_has '^Some other task has already uploaded cache entry k! Skipping upload\.\.\.$'
	assert [ "$(n_entries)" -eq 1 ]
}
check 'what another task has uploaded meanwhile is not uploaded again' other_task_was_first

stays_in_its_project() {
	filled
	cirrus_run
	mkdir -p ../elsewhere/project
	cp .cirrus.yml lock ../elsewhere/project
	cd ../elsewhere/project
	cirrus_run
	assert_out_has '^Cache miss for deps-'
	assert [ "$(n_entries)" -eq 2 ]
}
check 'projects of the same name have nothing in common' stays_in_its_project

modes_and_links() {
	config <<-'EOF'
	a_task:
	  x_cache:
	    folder: v
	    fingerprint_key: k
	    populate_script:
	      - mkdir -p v/s && cd v && echo 1 >x && chmod 755 x && chmod 2710 s && ln x hard && ln -s x soft && touch empty
	      - touch -d @1000000000 x && touch "nö $(printf '\377')" && touch "$(printf %0150d 1)"
	  show_script:
	    - cd v && stat -c '%a %h %Y %n' x hard && stat -c '%a %n' s && readlink soft && [ -e empty ]
	    - LC_ALL=C ls -b
	EOF
	cirrus_run
	assert_status 0
	sed -n '/^755 2 1000000000 x/,/^x$/p' "$OUT" >want
	cirrus_run
	assert_status 0
	assert_out_has '^Cache hit'
	sed -n '/^755 2 1000000000 x/,/^x$/p' "$OUT" >got
	assert [ -s want ]
	assert_same want got
	assert_out_has '^n.*377$'
	assert_out_has '^2710 s'
}
check 'modes, times, links, empty files and strange names come back' modes_and_links

finish
