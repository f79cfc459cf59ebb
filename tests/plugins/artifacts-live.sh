#!/bin/sh
# SPDX-License-Identifier: MIT
# artifacts-live - artifacts out of real containers, on each engine.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=180

# The unprivileged user writes there, too.
place() {
	mkdir -m 777 "$trash/art"
	chmod a+rX "$trash" .
}
found() { (cd "$trash/art" && find . -type f | sort); }

collects() {
	need "$1"
	cat >.cirrus.yml <<-EOF
	container: {image: $TEST_IMAGE}
	a.b_task:
	  matrix:
	    - env: {V: "1/0"}
	    - env: {V: two}
	  make_script:
	    - mkdir -p dist/sub /tmp/out; echo \$V >dist/app; touch dist/empty; chmod 751 dist/app
	    - ln -s app dist/link; ln dist/app dist/hard; ln -s nowhere dist/broken; ln -s /tmp/out out
	    - echo o >/tmp/out/o.txt
	    - i=0; while [ \$i -lt 40 ]; do echo \$i >dist/sub/\$i.xml; i=\$((i+1)); done
	  dist_artifacts: {path: "dist/*"}
	  artifacts: {paths: ["dist/**/*.xml", "out/*"]}
	EOF
	place
	on "$1" cirrus run -o simple --artifacts-dir "$trash/art"
	assert_status 0
	for task in 'a.b (V:1%2F0)' 'a.b (V:two)'; do
		for file in app empty hard link; do echo "./$task/dist/dist/$file"; done
		for file in dist/sub/7.xml out/o.txt; do echo "./$task/binary/$file"; done
	done | sort >"$trash/want"
	found | grep -v '/[0-68-9][0-9]*\.xml$\|7[0-9]' >"$trash/got"
	assert_same "$trash/want" "$trash/got"
	assert [ "$(found | grep -c xml)" -eq 80 ]
	assert [ "$(cat "$trash/art/a.b (V:two)/dist/dist/hard")" = two ]
	assert [ "$(cat "$trash/art/a.b (V:two)/dist/dist/link")" = two ]
	assert [ "$(stat -c %a "$trash/art/a.b (V:two)/dist/dist/app")" = 751 ]
	assert [ ! -s "$trash/art/a.b (V:two)/dist/dist/empty" ]
	assert_out_has "because it's not a file"
	assert [ -z "$(find "$trash/art" -name '.cirrus-*' -o -type l)" ]
}

refuses() {
	need "$1"
	cat >.cirrus.yml <<-EOF
	container: {image: $TEST_IMAGE}
	a_task:
	  out_artifacts: {path: /etc/passwd}
	EOF
	place
	on "$1" cirrus run -o simple --artifacts-dir "$trash/art"
	assert_status 1
	assert_out_has 'Failed to upload artifacts: path is outside of CIRRUS_WORKING_DIR: path /etc/passwd should be relative to /tmp/cirrus-ci/working-dir'
	assert [ -z "$(found)" ]
}

# However large a file, it costs no memory.
streams() {
	need "$1"
	cat >.cirrus.yml <<-EOF
	container: {image: $TEST_IMAGE}
	a_task:
	  make_script: head -c 268435456 /dev/urandom >big; md5sum big >sum
	  big_artifacts: {paths: [big, sum]}
	EOF
	place
	on "$1" sh -c 'ulimit -v 1500000; exec cirrus run -o simple --artifacts-dir "$0"' "$trash/art"
	assert_status 0
	assert_out_has "Uploading a quite hefty artifact '/tmp/cirrus-ci/working-dir/big' of size 256 MiB"
	cd "$trash/art/a/big"
	assert md5sum -c sum
}

# Reports are read out of the environment, and their paths looked up in it, also
# where nobody keeps artifacts.
annotates() {
	need "$1"
	cat >.cirrus.yml <<-EOF
	container: {image: $TEST_IMAGE}
	a_task:
	  make_script:
	    - mkdir -p src/deep .git/x out; touch src/deep/FooTest.kt .git/x/FooTest.kt src/top.c "src/it's [1].c"
	    - echo '<testsuite><testcase classname="FooTest" name="adds"><failure>one%' >out/a.xml
	    - echo 'at FooTest.adds(FooTest.kt:12)</failure></testcase><testcase name="ok"/></testsuite>' >>out/a.xml
	    - echo '<testsuite><testcase name="n" file="it&apos;s [1].c" line="3"><error message="m"/></testcase>' >out/b.xml
	    - echo "<testcase name='p' file='\$PWD/src/top.c' line='4'><failure/></testcase></testsuite>" >>out/b.xml
	    - echo '<testsuite>' >out/c.xml
	    - exit 3
	  always:
	    unit_artifacts: {path: "out/[ab].xml", format: junit}
	    bad_artifacts: {path: "out/c.xml", format: junit}
	EOF
	place
	for dir in '' "--artifacts-dir=$trash/art"; do
		# shellcheck disable=SC2086 # none, or one
		on "$1" cirrus run -o github-actions $dir
		assert_status 1
		sed -n '/^Reported 4/,/endgroup/p' "$OUT" | grep '^::' >"$trash/got"
		cat >"$trash/want" <<-'EOF'
		::error file=src/deep/FooTest.kt,line=12,endLine=12,title=FooTest.adds::one%25%0Aat FooTest.adds(FooTest.kt:12)
		::notice title=ok::ok
		::error file=src/it's [1].c,line=3,endLine=3,title=n::m
		::error file=src/top.c,line=4,endLine=4,title=p::p
		EOF
		assert_same "$trash/want" "$trash/got"
		assert_out_has '^Failed to parse annotations: out/c.xml:2:1: no element found$'
		assert_out_has "'bad' artifacts failed"
		assert_out_has "'unit' artifacts succeeded"
	done
	printf './a/%s\n' bad/out/c.xml unit/out/a.xml unit/out/b.xml >"$trash/want"
	found >"$trash/got"
	assert_same "$trash/want" "$trash/got"
}

part() { [ -n "$(find "$trash/art" -name '.cirrus-*')" ]; }

interrupted() {
	need docker
	cat >.cirrus.yml <<-EOF
	container: {image: $TEST_IMAGE}
	a_task:
	  make_script: head -c 1000000000 /dev/zero >big
	  x_artifacts: {path: big}
	EOF
	place
	# shellcheck disable=SC2046 # words
	$(engine_words docker) cirrus run -o simple --artifacts-dir "$trash/art" >"$OUT" 2>"$ERR" &
	pid=$!
	await 120 part
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	assert_status 143
	assert_out_has "'x' artifacts aborted"
	assert [ -z "$(found)" ]
}
check 'docker: a signal while artifacts come leaves no half file' interrupted

for engine in docker rootless rootful; do
	collect() { collects $engine; }
	refuse() { refuses $engine; }
	stream() { streams $engine; }
	annotate() { annotates $engine; }
	check "$engine: artifacts arrive, each in its place" collect
	check "$engine: a path outside is refused" refuse
	check "$engine: a large file arrives whole" stream
	check "$engine: reports become annotations" annotate
done
finish
