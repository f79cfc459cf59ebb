#!/bin/sh
# SPDX-License-Identifier: MIT
# cirrus cache: what is kept is listed, shown, removed, carried away and back.
. "${srcdir:-.}/tests/lib.sh"
CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND

# Entries one and two, of two caches; two is the younger.
filled() {
	cat >.cirrus.yml <<-'EOF'
	container: {image: debian:12}
	a_task:
	  x_cache: {folder: v, fingerprint_key: one, populate_script: "mkdir -p v/d; echo 1234 >v/d/f; ln -s d v/l"}
	  y_cache: {folder: w, fingerprint_key: "two/2 x", populate_script: "mkdir w; echo other >w/g"}
	  show_script: cat v/d/f w/g
	EOF
	run cirrus run -o simple
	assert_status 0
}

lists() {
	run cirrus cache list
	assert_status 0
	echo 'nothing is kept' >want
	assert_same want "$OUT"
	filled
	run cirrus cache list
	assert_status 0
	assert_out_has '^ *SIZE  CREATED .* KEY$'
	assert_out_has '^ *[0-9]* B  20..-..-.. ..:..  20.*  one$'
	sed -n '2s/.*  //p; 3s/.*  //p' "$OUT" >got
	printf 'two/2 x\none\n' >want
	assert_same want got
	mkdir ../other
	cd ../other
	run cirrus cache list
	assert_out_has '^nothing is kept$'
	run cirrus cache list --all
	assert_out_has "^$trash/project:$"
	assert_out_has 'one$'
	run cirrus cache list -C ../project/
	assert_out_has 'one$'
}
check 'list tells what is kept, of this project or of all' lists

as_json() {
	requires jq
	filled
	run cirrus cache list --json
	assert [ "$(jq -r '.[1] | "\(.key) \(.name) \(.task) \(.kind) \(.content) \(.files)"' "$OUT")" = 'one x a archive 5 1' ]
	run cirrus cache show --json one
	assert [ "$(jq -r .project "$OUT")" = "$trash/project" ]
}
check 'list and show as JSON' as_json

shows() {
	filled
	run cirrus cache show one
	assert_status 0
	assert_out_has '^key       one$'
	assert_out_has '^cache     x$'
	assert_out_has '^task      a$'
	assert_out_has '^100644            5  d/f$'
	assert_out_has ' l -> d$'
	run cirrus cache show three
	assert_status 2
	assert_err_has '^there is no cache entry "three"$'
	assert_err_has '^hint: cirrus cache list'
}
check 'show tells all about an entry' shows

removes() {
	filled
	run cirrus cache rm one 'two/2 x'
	assert_status 0
	assert_out_has '^removed one$'
	run cirrus cache list
	assert_out_has '^nothing is kept$'
	run cirrus run -o simple
	assert_out_has '^Cache miss for one!'
}
check 'rm removes' removes

prunes() {
	filled
	run cirrus cache prune
	assert_out_has '^nothing to remove$'
	touch -d '2 hours ago' "$XDG_CACHE_HOME"/cirrus/projects/*/*.zst
	run cirrus cache prune -n --older-than 1h
	assert_out_has "^would remove $trash/project one$"
	assert_out_has '^2 to remove, '
	for entry in "$XDG_CACHE_HOME"/cirrus/projects/*/*.zst; do
		grep -q '"key":"one"' "$entry" && touch -d '40 days ago' "$entry"
	done
	run cirrus cache prune
	assert_out_has "^removed $trash/project one$"
	run cirrus cache list
	assert_out_has 'two/2 x$'
	assert_out_lacks 'one$'
	mkdir ../other
	cd ../other
	run cirrus cache prune --all --max-size 1k
	assert_out_has '^nothing to remove$'
	run cirrus cache prune --all --max-size 10b
	assert_out_has 'removed .*project two/2 x$'
}
check 'prune removes what is old, or too much' prunes

carries() {
	filled
	run cirrus cache export one ../one.cache
	assert_status 0
	run cirrus cache export one -
	assert_same ../one.cache "$OUT"
	requires zstd tar
	zstd -dc ../one.cache | tar -tf - >got
	assert grep -qx 'd/f' got
	mkdir ../other
	cp .cirrus.yml ../other
	cd ../other
	run cirrus cache import ../one.cache
	assert_status 0
	assert_out_has '^imported one$'
	run cirrus run -o simple
	assert_out_has '^Cache hit for one!$'
	assert_out_has '^Cache miss for two/2 x!'
	assert_out_has '^1234$'
}
check 'export and import carry an entry to another project' carries

refuses_damage() {
	filled
	run cirrus cache export one one.cache
	for at in 3 30; do
		cp one.cache bad.cache
		printf X | dd of=bad.cache bs=1 seek=$at conv=notrunc 2>/dev/null
		run cirrus cache import bad.cache
		assert_status 2
		assert_err_has '^bad.cache: the cache entry is damaged'
	done
	head -c 40 one.cache >bad.cache
	run cirrus cache import bad.cache
	assert_status 2
	run cirrus cache import .cirrus.yml
	assert_status 2
	run cirrus cache import nowhere
	assert_err_has '^cannot open nowhere: No such file'
}
check 'what is damaged is not imported' refuses_damage

usage() {
	run cirrus cache
	assert_status 2
	assert_err_has '^cache needs an action$'
	assert_err_has '^hint: there are list, show, rm, prune, export, import$'
	run cirrus cache lst
	assert_status 2
	assert_err_has '^unknown action "lst"$'
	run cirrus cache show
	assert_status 2
	assert_err_has '^cache show takes KEY$'
	run cirrus cache export one
	assert_err_has '^cache export takes KEY FILE$'
	run cirrus cache list one
	assert_err_has '^cache list takes no argument$'
	run cirrus cache rm --all one
	assert_err_has '^cache rm is about one project: not with --all$'
}
check 'wrong usage is explained' usage

completes() {
	filled
	run cirrus __complete -- cache ''
	cut -f1 "$OUT" >got
	printf 'list\nshow\nrm\nprune\nexport\nimport\n' >want
	assert_same want got
	run cirrus __complete -- cache rm o
	cut -f1 "$OUT" >got
	echo one >want
	assert_same want got
	run cirrus __complete -- cache export one ''
	echo :files >want
	assert_same want "$OUT"
	run cirrus __complete -- cache prune --older
	assert_out_has '^--older-than'
}
check 'actions and keys are completed' completes

finish
