#!/bin/sh
# SPDX-License-Identifier: MIT
# environment-live - the variables that scripts see, on each engine: where they
# come from, who wins, and what becomes of references among them.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=180

config() {
	{ printf 'container: {image: %s}\n' "$TEST_IMAGE"; cat; } >.cirrus.yml
	chmod -R a+rX "$trash"
}

# What comes between two marks on stdout, with a line for the end of each value.
printed() {
	sed -n '/^<<$/,/^>>$/p' "$OUT" | sed '/^<<$/d; /^>>$/d' >"$trash/got"
}
assert_printed() {
	cat >"$trash/want"
	printed
	assert_same "$trash/want" "$trash/got"
}

# The command line of an engine.
engine_cli() {
	case $1 in
	docker) echo docker ;;
	*) echo podman ;;
	esac
}

has_the_constants() {
	need "$1"
	config <<-'EOF'
	print: &print
	  script: |
	    set +v
	    echo "<<"
	    printf '%s\n' "$CI|$CONTINUOUS_INTEGRATION|$CIRRUS_CI|$CIRRUS_ENVIRONMENT" "$CIRRUS_USER_COLLABORATOR|$CIRRUS_USER_PERMISSION" "$CIRRUS_TASK_NAME|$CIRRUS_TASK_ID|$CI_NODE_INDEX|$CI_NODE_TOTAL" "$CIRRUS_WORKING_DIR" "$OS|$CIRRUS_OS"
	    case $(uname -m) in x86_64) want=amd64 ;; aarch64) want=arm64 ;; esac; [ "$CIRRUS_ARCH" = "$want" ] && echo arch
	    echo "$CIRRUS_BUILD_ID" | grep -Eq '^CLI-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' && echo id
	    [ "$(head -c 3 "$CIRRUS_ENV" | wc -c)" = 0 ] && echo empty; [ "$OMNI_CACHE_ADDRESS" = "$CIRRUS_HTTP_CACHE_HOST" ] && echo cache
	    echo ">>"
	    echo "build is $CIRRUS_BUILD_ID"
	    env | sed 's/=.*//' | grep -E '^(CIRRUS|CI_)' | sort | tr '\n' ' '; echo .
	first_task: {<<: *print}
	second_task: {<<: *print, depends_on: first}
	EOF
	on "$1" env CIRRUS_CLI_BACKEND_DIR="$CIRRUS_CLI_BACKEND_DIR" CIRRUS_BRANCH=callers LEAK=callers cirrus run -o simple
	assert_status 0
	for n in 0:first 1:second; do
		printf 'true|true|true|CLI\ntrue|write\n%s|%s|%s|2\n/tmp/cirrus-ci/working-dir\nlinux|linux\narch\nid\nempty\ncache\n' "${n#*:}" "${n%:*}" "${n%:*}"
	done | assert_printed
	assert [ "$(grep '^build is CLI' "$OUT" | sort -u | wc -l)" -eq 1 ]
	# nothing of the caller's, nothing of ours
	assert_out_has '^CIRRUS_ARCH CIRRUS_BUILD_ID CIRRUS_CI CIRRUS_ENV CIRRUS_ENVIRONMENT CIRRUS_HTTP_CACHE_HOST CIRRUS_OS CIRRUS_TASK_ID CIRRUS_TASK_NAME CIRRUS_USER_COLLABORATOR CIRRUS_USER_PERMISSION CIRRUS_WORKING_DIR CI_NODE_INDEX CI_NODE_TOTAL \.$'
}

has_the_right_value_of_several() {
	need "$1"
	config <<-'EOF'
	env: {A: root, B: root, C: root, D: root, E: root, CI: root, CIRRUS_OS: root, CIRRUS_TASK_NAME: root, EMPTY: root}
	a_task:
	  env: {B: task, C: task, D: task, E: task, CIRRUS_ARCH: task, CIRRUS_BUILD_ID: task}
	  matrix:
	    - env: {C: one, D: one, E: one}
	    - env: {C: two, D: two, E: two}
	  script: echo "<<"; echo "$A $B $C $D $E"; echo "$CI $CIRRUS_OS $CIRRUS_ARCH $CIRRUS_TASK_NAME $CIRRUS_BUILD_ID $CI_NODE_INDEX [${EMPTY-unset}]"; echo "$F|$PASSED|${NOT_SET-unset}|$LAST|$OLD|${CRLF}|$CIRRUS_USER_PERMISSION"; echo ">>"
	EOF
	printf '# a comment with A=x\n\nD=file\nE=file\nCRLF=dos\r\nNOT_SET\nCIRRUS_ARCH=file\n' >vars
	chmod a+r vars
	on "$1" env PASSED=through cirrus run -o simple -j1 --env-file vars -e E=option -e F=a=b=c -e NOT_SET -e PASSED \
		--environment OLD=style -e LAST=last -e EMPTY= -e CI_NODE_INDEX=9 -e CIRRUS_USER_PERMISSION=none -e CIRRUS_OS=none
	assert_status 0
	arch=amd64
	[ "$(uname -m)" = x86_64 ] || arch=arm64
	for v in one two; do
		printf 'root task %s file option\nroot linux %s root task 9 []\na=b=c|through|unset|last|style|dos|none\n' $v $arch
	done | assert_printed
	on "$1" cirrus run --env-file nowhere
	assert_status 2
	assert_err_has 'nowhere: no such file'
}

git() { command git -c user.name=a -c user.email=a@b -c init.defaultBranch=main -c protocol.file.allow=always "$@"; }
facts='a_task: {script: "echo \"<<\"; echo \"$CIRRUS_REPO_CLONE_URL $CIRRUS_REPO_OWNER $CIRRUS_REPO_NAME $CIRRUS_REPO_FULL_NAME\"; echo \"$CIRRUS_BRANCH ${CIRRUS_TAG-none}\"; echo \"$CIRRUS_CHANGE_IN_REPO\"; echo \"${CIRRUS_CHANGE_MESSAGE-none}.\"; echo \">>\""}'

# facts_are ENGINE URL-WORDS BRANCH-AND-TAG [DIR]
facts_are() {
	chmod -R a+rX "$trash"
	on "$1" cirrus run -o simple -C "${4:-.}"
	assert_status 0
	{
		printf '%s\n%s\n' "$2" "$3"
		command git rev-parse -q --verify HEAD 2>/dev/null || echo
		if command git rev-parse -q --verify HEAD >/dev/null 2>&1; then
			command git cat-file commit HEAD | sed '1,/^$/d'
			echo .
		else
			echo none.
		fi
	} >"$trash/want"
	printed
	assert_same "$trash/want" "$trash/got"
}

knows_git() {
	need "$1"
	requires git
	ours='https://github.com/owner/repo.git owner repo owner/repo'
	mkdir p && cd p
	echo "$facts" | config
	facts_are "$1" '   ' ' none'
	git init -q .
	facts_are "$1" '   ' ' none'
	git remote add fork https://github.com/other/fork
	git remote add origin https://github.com/owner/repo.git
	git add . && git commit -qm 'the first line

	and the last = $HOME'
	mkdir sub
	facts_are "$1" "$ours" 'main none' sub
	cd sub
	on "$1" cirrus run -o simple
	assert_out_has '^main none$'
	cd ..
	git commit -q --allow-empty -m second && git tag -a v2 -m annotated && git tag older HEAD~1 && git checkout -q -b topic/x
	facts_are "$1" "$ours" 'topic/x v2'
	git checkout -q --detach HEAD~1 && git pack-refs --all
	facts_are "$1" "$ours" ' older'
	git worktree add -q ../w topic/x
	cd ../w
	facts_are "$1" "$ours" 'topic/x v2'
	mkdir deep
	facts_are "$1" "$ours" 'topic/x v2' deep
	git remote set-url origin git@github.com:owner/repo
	facts_are "$1" 'git@github.com:owner/repo owner repo owner/repo' 'topic/x v2'
	git remote set-url origin https://example.org/owner/repo
	facts_are "$1" '   ' 'topic/x v2'
	# in conditions too, and -e is above them
	echo 'a_task: {only_if: $CIRRUS_BRANCH == "topic/x", script: echo it is}' | config
	on "$1" cirrus run -o simple
	assert_out_has '^it is$'
	on "$1" cirrus run -o simple -e CIRRUS_BRANCH=main
	assert_out_lacks '^it is$'
}

replaces_references() {
	need "$1"
	{ printf 'FROM %s\n' "$TEST_IMAGE"; printf 'ENV OS=mine FROM_IMAGE=image\nENTRYPOINT ["/bin/false"]\nCMD ["never"]\n'; } >Dockerfile
	cat >.cirrus.yml <<-'EOF'
	env: {FOO: x, Z_LAST: "${A_FIRST}z", A_FIRST: "a${M_MIDDLE}", M_MIDDLE: "m$FOO", ROUND: "r$TRIP", TRIP: "t$ROUND"}
	a_task:
	  container: {dockerfile: Dockerfile}
	  env:
	    ALL: "$FOO ${FOO} %FOO% ${NOPE:def} ${FROM_IMAGE:def} ${NOPE:-def} [$NOPE]"
	    KEPT: 'a$$b cost $5.00 $(date) \$FOO \${FOO} 100% %5 $'
	    PATH: "/opt/x:$PATH"
	    MY_PASSWORD: 'pa$$w0rd$1\$FOO'
	    SYSTEM: "on $OS"
	  script: |
	    set +v; echo "<<"
	    printf '%s\n' "$ALL" "$KEPT" "$Z_LAST" "$SYSTEM $OS" "$PATH" "$ROUND $TRIP"
	    printf %s "$MY_PASSWORD" | md5sum
	    echo ">>"
	  more_script: printf 'G=$FOO/$HOME\nB\n' >>$CIRRUS_ENV; printf 'G=$FOO/\$HOME\nA_FIRST=new\nNUL=\n' >$CIRRUS_ENV
	  late_script: echo "<<"; echo "$G $A_FIRST $Z_LAST [${NUL-unset}]"; echo ">>"
	EOF
	cp Dockerfile "$trash/Dockerfile.x"
	[ "$1" = docker ] || sed -i 's,FROM ,FROM docker.io/,' Dockerfile
	chmod -R a+rX .
	for once in 1 2; do
		on "$1" cirrus run -o simple a
		image=$(sed -n 's/^Image \(.*\) is not available.*/\1/p' "$OUT")
		[ -z "$image" ] || cleanup "$(engine_words "$1") $(engine_cli "$1") rmi -f $image"
		assert_status 0
		{
			echo 'x x x def image -def [$NOPE]'
			printf '%s\n' 'a$$b cost $5.00 $(date) $FOO ${FOO} 100% %5 $' amxz 'on mine mine' \
				/opt/x:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin 'r$TRIP t$ROUND'
			printf %s 'pa$$w0rd$1$FOO' | md5sum
			echo 'x/$HOME new amxz []'
		} | assert_printed
	done
}

names_files_after_variables() {
	need "$1"
	config <<-'EOF'
	lint_task:
	  env: {DIR: "d/$CIRRUS_TASK_NAME"}
	  f_file: {path: $DIR/$CIRRUS_TASK_NAME-$CI_NODE_INDEX.txt, from_contents: made}
	  see_script: cat d/lint/lint-0.txt; mkdir -p v-lint; echo cached >v-lint/x
	  c_cache: {folder: v-$CIRRUS_TASK_NAME, fingerprint_key: k-$CIRRUS_TASK_NAME}
	  artifacts: {path: "$DIR/$CIRRUS_TASK_NAME*"}
	EOF
	mkdir -m 777 "$trash/art" "$trash/cache"
	on "$1" env XDG_CACHE_HOME="$trash/cache" cirrus run -o simple --artifacts-dir "$trash/art"
	assert_status 0
	assert_out_has '^made$'
	assert_out_has '^Cache miss for k-lint!'
	assert_out_has '^SHA for cache folders (/tmp/cirrus-ci/working-dir/v-lint)'
	assert [ "$(cat "$trash/art/lint/binary/d/lint/lint-0.txt")" = made ]
}

hands_on_what_scripts_write() {
	need "$1"
	config <<-'EOF'
	a_task:
	  one_script:
	    - head -c 100000 /dev/zero | tr '\0' x >big; printf 'LONG=%s\nAFTER=it\n\n' "$(cat big)" >>$CIRRUS_ENV
	    - printf 'M<<--\n\nl=1\n\n--\nQ="q"  \nEQ=a=b\n' >>$CIRRUS_ENV
	  two_script: echo "<<"; echo "${#LONG} $AFTER [$M] [$Q] [$EQ]"; echo ">>"
	  three_script: printf 'NEW=1\nno sense\n' >>$CIRRUS_ENV
	  four_script: printf 'OPEN<<E\nno end\n' >>$CIRRUS_ENV
	  five_script: rm "$CIRRUS_ENV"; echo "gone [$NEW$OPEN]"
	  six_script: echo BACK=again >>$CIRRUS_ENV
	  seven_script: echo "<<"; echo $BACK; echo ">>"; exit 1
	  on_failure: {eight_script: echo F=$AFTER >>$CIRRUS_ENV}
	  always: {nine_script: echo "<<"; echo "$F"; echo ">>"}
	EOF
	on "$1" cirrus run -o simple
	assert_status 1
	printf '100000 it [\nl=1\n] ["q"  ] [a=b]\nagain\nit\n' | assert_printed
	assert_out_has '^gone \[\]$'
	assert_out_has 'CIRRUS_ENV, line 2: neither'
	assert_out_has 'CIRRUS_ENV, line 1: no line "E" ends OPEN'
}

for engine in docker rootless; do
	with() { "$function" "$engine"; }
	for function in ${CASES:-has_the_constants has_the_right_value_of_several knows_git replaces_references \
		names_files_after_variables hands_on_what_scripts_write}; do
		check "$engine: $(echo "$function" | tr _ ' ')" with
	done
done
finish
