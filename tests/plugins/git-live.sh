#!/bin/sh
# SPDX-License-Identifier: MIT
# git-live - git inside of real containers, whatever the project's repository is
# made of.  The program is this machine's, mounted into an image that has none.
. "${srcdir:-.}/tests/lib.sh"
. "$srcdir/tests/plugins/live.sh"
TIMEOUT=120

git() { command git -c user.name=a -c user.email=a@b -c init.defaultBranch=main -c protocol.file.allow=always "$@"; }

# in_git ENGINE DIRECTORY WORDS: a task's own look at its repository
in_git() {
	with=$1
	there=$2
	shift 2
	cat >"$trash/config.yml" <<-EOF
	container: {image: $TEST_IMAGE, volumes: ["/usr:/usr:ro", "/lib:/lib:ro", "/lib64:/lib64:ro"]}
	a_task:
	  env: {HOME: /tmp, GIT_AUTHOR_NAME: a, GIT_AUTHOR_EMAIL: a@b, GIT_COMMITTER_NAME: a, GIT_COMMITTER_EMAIL: a@b}
	  x_script: |
	    set +v; set -e
	    git fsck 2>&1 | grep -v '^notice\|^dangling' || true
	    git log --format='has %s'
	    git status --short
	    echo new >made-inside; git add made-inside; git commit -qm inside; git log -1 --format='made %s'
	    git rev-parse --show-toplevel
	b_task: {depends_on: a, env: {HOME: /tmp}, y_script: "git log --format='second has %s'; git status --short"}
	EOF
	chmod -R a+rwX "$trash"
	(cd "$there" && git status --short) >"$trash/before"
	on "$with" cirrus run -o simple -C "$there" -f "$trash/config.yml" "$@"
}
works() {
	assert_status 0
	sed -n "/^    git rev-parse\|^set +v/,/'x' script/p" "$OUT" >"$trash/said"
	for line in "$@" 'made inside' /tmp/cirrus-ci/working-dir; do assert grep -qx -e "$line" "$trash/said"; done
	assert_out_has '^second has one$'
	assert_out_lacks '^error\|^fatal\|^missing\|^broken\|^ M\|^ D'
}

a_repository() {
	git init -q origin
	echo one >origin/f
	(cd origin && git add f && git commit -qm one && echo two >f && git commit -qam two && git gc -q && echo three >f && git commit -qam three)
}

works_in_copies() {
	need "$1"
	requires git
	a_repository
	git clone -q --shared origin shared && git clone -q --shared shared twice
	git clone -q --reference origin "file://$PWD/origin" reference
	(cd twice && git worktree add -q ../tree -b side && git commit -q --allow-empty -m four)
	(cd shared && git submodule add -q "$PWD/../origin" sub && git commit -qm 'with a submodule')
	in_git "$1" origin && works 'has one' 'has three'
	in_git "$1" shared && works 'has one' 'has with a submodule'
	in_git "$1" twice && works 'has one' 'has four'
	in_git "$1" reference && works 'has one' 'has three'
	in_git "$1" tree && works 'has one' 'has three'
	in_git "$1" shared/sub && works 'has one' 'has three'
	for one in origin shared twice reference tree; do
		! git -C $one log --format=%s | grep -q inside || fail "$one has changed"
		assert [ ! -e $one/made-inside ]
	done
}

works_in_the_real_project() {
	need "$1"
	requires git
	a_repository
	git clone -q --shared origin shared
	(cd shared && git worktree add -q ../tree -b side)
	for one in origin shared tree; do
		in_git "$1" $one --dirty
		works 'has one' 'has three'
		assert [ -e $one/made-inside ]
		command git config --global --add safe.directory '*'
		assert [ "$(command git -C $one log -1 --format=%s)" = inside ]
	done
	# the worktree's own branch, and nothing of the others
	assert [ "$(command git -C shared log -1 --format=%s side)" = inside ]
	assert [ "$(command git -C origin log --format=%s | grep -c inside)" -eq 1 ]
}

for engine in docker rootless; do
	with() { "$function" "$engine"; }
	for function in ${CASES:-works_in_copies works_in_the_real_project}; do
		check "$engine: $(echo "$function" | tr _ ' ')" with
	done
done
finish
