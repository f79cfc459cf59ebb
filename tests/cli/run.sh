#!/bin/sh
# SPDX-License-Identifier: MIT
# cirrus run, from the configuration to the exit status, on the dummy backend.
. "${srcdir:-.}/tests/lib.sh"
CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND

# config: .cirrus.yml from stdin, every task in a container.
config() {
	{ printf 'container:\n  image: debian:12\n'; cat; } >.cirrus.yml
}
cirrus_run() { run cirrus run -o simple "$@"; }

runs_a_task() {
	config <<-'EOF'
	env: {WHO: world}
	hello_task:
	  one_script:
	    - echo hello $WHO
	    - cd /
	    - pwd
	  two_script: echo "$PWD $CIRRUS_TASK_NAME $CI"
	EOF
	cirrus_run
	assert_status 0
	assert_out_has '^hello world$'
	assert_out_has '^/$'
	assert_out_has '^/tmp/cirrus-ci/working-dir hello true$'
	assert_out_has "'hello' task succeeded"
}
check 'a task runs its scripts in order' runs_a_task

brings_dependencies() {
	config <<-'EOF'
	lint_task: {script: echo lint ran}
	unit_task: {depends_on: lint, script: echo unit ran}
	ship_task: {depends_on: unit, script: echo ship ran}
	EOF
	cirrus_run ship
	assert_status 0
	assert_out_has '^ship ran'
	assert_out_lacks '^unit ran'
	cirrus_run --with-deps SHIP
	assert_status 0
	for name in lint unit ship; do assert_out_has "^$name ran"; done
	cirrus_run --with-deps --no-deps ship
	assert_out_lacks '^lint ran'
	printf 'FROM debian:12\n' >Dockerfile
	config <<-'EOF'
	first_task: {script: "true"}
	image_task: {container: {dockerfile: Dockerfile}, depends_on: first}
	EOF
	cirrus_run --dry-run image
	assert_out_has "^Started 'Prebuild Dockerfile'"
	assert_out_lacks "'first'"
}
check 'a named task brings along its image, and with --with-deps what it waits for' brings_dependencies

fails_like_its_script() {
	config <<-'EOF'
	a_task:
	  bad_script: echo before; exit 3; echo after
	  never_script: echo never
	EOF
	cirrus_run
	assert_status 1
	assert_out_has '^Exit status: 3$'
	assert_out_has "'never' script skipped"
	assert_out_lacks '^never$'
	assert_err_has 'build failed: task a (0) failed'
}
check 'a script that fails fails the task, and ends with status 1' fails_like_its_script

dies_of_a_signal() {
	config <<-'EOF'
	a_task:
	  bad_script: kill -SEGV $$
	EOF
	cirrus_run
	assert_status 1
	assert_out_has '^Signaled to exit ('
	assert_out_lacks '^Exit status'
}
check 'a script that a signal ends says so' dies_of_a_signal

behaviours() {
	config <<-'EOF'
	a_task:
	  one_script: "false"
	  two_script: echo two ran
	  on_failure: {three_script: echo three ran}
	  always: {four_script: echo four ran}
	b_task:
	  one_script: "true"
	  on_failure: {five_script: echo five ran}
	  always: {six_script: echo six ran}
	EOF
	cirrus_run
	assert_status 1
	assert_out_lacks '^two ran'
	assert_out_has '^three ran'
	assert_out_has '^four ran'
	assert_out_lacks '^five ran'
	assert_out_has '^six ran'
}
check 'on_failure and always run when they should' behaviours

times_out() {
	config <<-'EOF'
	a_task:
	  timeout_in: 1s
	  slow_script: echo begun; sleep 50
	  never_script: echo never ran
	  always: {late_script: echo late ran}
	  on_timeout: {why_script: echo why ran}
	EOF
	cirrus_run
	assert_status 1
	assert_out_has '^begun'
	assert_out_has '^Timed out!$'
	assert_out_lacks '^never ran'
	assert_out_has '^late ran'
	assert_out_has '^why ran'
	assert_err_has 'build failed: task a (0) timed out'
}
check 'a task that takes too long is stopped, then always and on_timeout run' times_out

dependents() {
	config <<-'EOF'
	a_task: {script: exit 1}
	b_task: {depends_on: a, script: echo b ran}
	c_task: {depends_on: b, script: echo c ran}
	d_task: {script: echo d ran}
	EOF
	cirrus_run
	assert_status 1
	assert_out_lacks '^[bc] ran'
	assert_out_has '^d ran'
	assert_out_has 'task "a", which it depends on, did not succeed'
}
check 'what depends on a task that failed is skipped with the reason' dependents

in_parallel() {
	config <<-'EOF'
	a_task: {script: "touch $CIRRUS_WORKING_DIR/../x; sleep 1"}
	b_task: {script: sleep 1}
	c_task: {script: sleep 1}
	d_task: {script: sleep 1}
	EOF
	began=$(date +%s%N)
	cirrus_run -j4
	assert_status 0
	took=$((($(date +%s%N) - began) / 1000000))
	assert [ "$took" -lt 3500 ]
}
check 'independent tasks run in parallel' in_parallel

hands_variables_on() {
	config <<-'EOF'
	a_task:
	  one_script:
	    - echo A=1 >>$CIRRUS_ENV
	    - echo >>$CIRRUS_ENV
	    - echo 'B=$A/b' >>$CIRRUS_ENV
	    - printf 'M<<END\nx\ny\nEND\n' >>$CIRRUS_ENV
	  two_script: echo "<$A|$B|$M>"
	  bad_script: echo nonsense >>$CIRRUS_ENV
	  three_script: echo "<$A>"
	EOF
	cirrus_run
	assert_status 0
	assert_out_has '^<1|1/b|x$'
	assert_out_has '^y>$'
	assert_out_has 'CIRRUS_ENV, line 1: neither NAME=VALUE nor NAME<<DELIMITER; nothing of it is taken'
	assert_out_has '^<1>$'
}
check 'CIRRUS_ENV hands variables on to the next instruction' hands_variables_on

hides_secrets() {
	config <<-'EOF'
	env: {MY_TOKEN: open$sesame}
	a_task:
	  one_script: printf 'open$ses'; sleep 0.2; echo 'ame'
	  two_script: test "$MY_TOKEN" = 'open$sesame' && echo same
	EOF
	cirrus_run
	assert_status 0
	assert_out_has '^HIDDEN-BY-CIRRUS-CI$'
	assert_out_has '^same$'
	! grep -r 'open.sesame' "$OUT" "$XDG_STATE_HOME" || fail 'the secret shows'
}
dollars() {
	config <<-'EOF'
	a_task:
	  env: {HERE: x, ONE: 'a\$HERE', TWO: 'b${ONE}', THREE_TOKEN: 'se\${HERE}cret'}
	  one_script: echo NEW=y >>$CIRRUS_ENV
	  two_script: printf '%s|' "$ONE" "$TWO" "$LINE" 'pa$$w$1'
	  three_script: echo 'se${HERE}cret'
	  f_file: {path: f, variable_name: ONE}
	  four_script: printf '<%s>' "$(cat f)"
	EOF
	cirrus_run -e 'LINE=pa$$w\$HERE'
	assert_status 0
	assert_out_has '^a$HERE|ba$HERE|pa$$w$HERE|pa$$w$1|$'
	assert_out_has '^HIDDEN-BY-CIRRUS-CI$'
	assert_out_has '^<a$HERE>$'
}
check 'a backslash keeps a $ that is meant' dollars

stamps() {
	config <<-'EOF'
	a_task:
	  env: {CIRRUS_LOG_TIMESTAMP: "true", MY_TOKEN: "se\ncret"}
	  a_script: printf 'one\ntwo'; sleep 0.2; printf ' more\n\nlast'
	  b_script: printf 'x%s\n' "$MY_TOKEN"
	EOF
	cirrus_run
	stamp='\[[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9][0-9][0-9]\] '
	for line in one 'two more' '' last xHIDDEN-BY-CIRRUS-CI; do
		assert_out_has "^$stamp$line$"
	done
	assert_out_lacks "two$stamp"
	assert [ "$(grep -c "$stamp$" "$OUT")" -eq 1 ]
	config <<-'EOF'
	a_task: {env: {CIRRUS_LOG_TIMESTAMP: "false"}, script: echo one}
	EOF
	cirrus_run
	assert_out_has '^one$'
}
check 'CIRRUS_LOG_TIMESTAMP puts the time in front of each line' stamps

check 'secrets are hidden, arrive unharmed, and are in no log' hides_secrets

git_init() {
	requires git
	git init -q . && git add -A &&
		git -c user.name=a -c user.email=a@b commit -q -m 'a commit' "$@"
}

copies_the_project() {
	printf '*.log\n!keep.log\nbuild/\n' >.gitignore
	mkdir -p build sub
	echo x >a.log; echo x >keep.log; echo x >build/out; echo x >sub/file
	echo x >tracked.log
	ln -s sub/file link
	chmod 755 sub/file
	touch -d '2001-02-03 04:05:06 UTC' sub/file
	config <<-'EOF'
	a_task:
	  ls_script: find . -path ./.git -prune -o ! -name . -print | sort
	  link_script: readlink link
	  mode_script: stat -c '%a %Y' sub/file
	  git_script: command -v git >/dev/null && git status --short; touch new
	EOF
	requires git
	git init -q . && git add -f tracked.log
	git_init
	cirrus_run
	assert_status 0
	for f in .cirrus.yml .gitignore keep.log link sub sub/file tracked.log; do
		assert_out_has "^./$f\$"
	done
	assert_out_lacks '^./a.log'
	assert_out_lacks '^./build'
	assert_out_has '^sub/file$'
	assert_out_has '^755 981173106$'
	assert [ ! -e new ]
}
git_inside() {
	requires git
	git() { command git -c user.name=a -c user.email=a@b -c protocol.file.allow=always "$@"; }
	git init -q lib && (cd lib && echo lib >l && git add l && git commit -qm lib)
	git init -q main && cd main
	git submodule add -q ../lib sub 2>/dev/null
	config <<-'EOF'
	a_task:
	  script:
	    - git rev-parse --abbrev-ref HEAD; git log --format=%s; git status --short
	    - git -C sub log --format='sub %s'; echo >new; git status --short
	    - git add new && git -c user.name=x -c user.email=x@y commit -qm inside && git log -1 --format=%s
	  pwd_script: git rev-parse --show-toplevel; git -C sub rev-parse --show-toplevel
	EOF
	git add . && git commit -qm outside
	git worktree add -q -b other ../wt && cd ../wt && git submodule update -q --init
	for dir in ../main ../wt; do
		cd $dir
		cirrus_run
		assert_status 0
		assert_out_has '^outside$'
		assert_out_has '^sub lib$'
		assert_out_has '^?? new$'
		assert_out_lacks '^ *[MDA] '
		assert_out_has '^inside$'
		assert_out_has 'tmp/cirrus-ci/working-dir$'
		assert_out_has 'tmp/cirrus-ci/working-dir/sub$'
		assert [ "$(git log -1 --format=%s)" = outside ]
	done
	assert_out_has '^other$'
	cd sub
	config <<-'EOF'
	a_task: {script: git log --format='project %s'}
	EOF
	cirrus_run
	assert_out_has '^project lib$'
}
check 'git works inside: in worktrees, with submodules, in a submodule' git_inside

check 'the project is copied as git sees it, with links, modes and times' copies_the_project

dirty() {
	config <<-'EOF'
	a_task: {script: echo new >new}
	EOF
	cirrus_run --dirty
	assert_status 0
	assert [ "$(cat new)" = new ]
}
check '--dirty runs in the project itself' dirty

git_facts() {
	config <<-'EOF'
	a_task: {script: 'echo "$CIRRUS_BRANCH|$CIRRUS_TAG|$CIRRUS_CHANGE_MESSAGE"'}
	EOF
	git_init
	git checkout -q -b topic
	git tag v1
	git worktree add -q ../tree -b other
	cirrus_run
	assert_status 0
	assert_out_has '^topic|v1|a commit'
	cd ../tree
	cirrus_run
	assert_status 0
	assert_out_has '^other|v1|a commit'
}
check "git's facts are there, in worktrees too" git_facts

background() {
	config <<-'EOF'
	a_task:
	  server_background_script: echo serving; touch ready; sleep 100
	  use_script:
	    - for i in 1 2 3 4 5 6 7 8 9 10; do [ -e ready ] || sleep 0.3; done
	    - ls ready
	EOF
	cirrus_run
	assert_status 0
	assert_out_has '^serving$'
	assert_out_has '^ready$'
	assert_out_has "'server' background script succeeded"
}
check 'a background script runs beside the others and ends with the task' background

daemons() {
	config <<-'EOF'
	a_task:
	  one_script: setsid sleep 100 & sleep 0.1
	  two_script: echo two
	EOF
	TIMEOUT=30
	cirrus_run
	assert_status 0
	assert_out_has '^two$'
	config <<-'EOF'
	kept_task:
	  env: {CIRRUS_ESCAPING_PROCESSES: "false"}
	  one_script: setsid sh -c 'sleep 0.3; echo from behind; sleep 100' & sleep 0.1
	  two_script: sleep 0.7
	gone_task:
	  one_script: setsid sh -c 'sleep 0.3; echo from behind; sleep 100' & sleep 0.1
	  two_script: sleep 0.7
	quiet_task:
	  one_script: setsid sh -c 'sleep 0.3; echo >alive; sleep 100' >/dev/null 2>&1 & sleep 0.1
	  two_script: sleep 0.7; ls alive
	EOF
	cirrus_run kept
	assert_out_has '^from behind$'
	cirrus_run gone
	assert_out_lacks '^from behind$'
	cirrus_run quiet
	assert_out_has '^alive$'
}
check 'a daemon that keeps the output open holds nobody up' daemons

files() {
	config <<-'EOF'
	env: {TEXT: "it's\n$HOME\n"}
	a_task:
	  x_file: {path: sub/dir/x, from_contents: "a 'b' c"}
	  y_file: {path: y, variable_name: TEXT}
	  z_file: {path: z, variable_name: NOT_THERE}
	  see_script: cat sub/dir/x; echo; cat y; ls z || true
	EOF
	cirrus_run
	assert_status 0
	assert_out_has "^a 'b' c$"
	assert_out_has "^it's$"
	assert_out_has '^Environment variable NOT_THERE is not set! Skipping'
}
sealed() {
	config <<-'EOF'
	env: {MY_TOKEN: "ENCRYPTED[0123abcd]", GIVEN: "ENCRYPTED[4567]"}
	a_task: {env: {DB: "VAULT[secret/db data.key]", PLAIN: "ENCRYPTED"}, script: echo "$GIVEN $DB"}
	b_task: {script: "true"}
	c_task: {skip: true, env: {OTHER: "VAULT_NOCACHE[x y]"}, script: "true"}
	EOF
	cirrus_run -e GIVEN=given
	assert_status 0
	assert_out_has '^given VAULT\[secret/db data.key\]$'
	cat "$OUT" "$ERR" >all
	assert [ "$(grep -c 'only the hosted service can open' all)" -eq 1 ]
	assert grep -q 'only the hosted service can open \(MY_TOKEN, DB\|DB, MY_TOKEN\): tasks see' all
	assert_out_lacks 0123abcd
}
check 'values that only the hosted service can open are told once' sealed

check 'file instructions write what they say' files

shells() {
	config <<-'EOF'
	a_task:
	  env: {CIRRUS_SHELL: "sh -x"}
	  script: echo traced
	b_task:
	  env: {CIRRUS_SHELL: direct}
	  script: echo "a  b" $CIRRUS_TASK_NAME
	c_task:
	  script: false | true
	EOF
	cirrus_run a b
	assert_status 0
	assert_out_has '^+ echo traced$'
	assert_out_has '^a  b b$'
	config <<-'EOF'
	d_task:
	  env: {CIRRUS_SHELL: direct, A: one two}
	  one_script: sh -c 'echo MORE=handed on >>$CIRRUS_ENV'
	  two_script:
	    - printf '<%s>' $A "$A" $MORE ;
	    - sh -c 'kill -9 $PPID; sleep 0.2; exit 5'
	    - echo never
	e_task:
	  env: {CIRRUS_SHELL: direct}
	  script: echo "no end
	f_task: {env: {CIRRUS_SHELL: "sh 'no end"}, script: "true"}
	EOF
	cirrus_run d
	assert_status 1
	assert_out_has '^<one><two><one two><handed><on><;>$'
	assert_out_lacks '^never$'
	cirrus_run e
	assert_out_has 'instruction "main": a quote or backslash without its end: echo "no end'
	cirrus_run f
	assert_out_has "CIRRUS_SHELL: a quote or backslash without its end: sh 'no end"
	config <<-'EOF'
	c_task:
	  script: false | true
	EOF
	requires bash
	cirrus_run c
	assert_status 1
	assert_out_lacks 'Exit status'
}
check 'CIRRUS_SHELL chooses the shell; pipefail is on' shells

big_output() {
	config <<-'EOF'
	a_task: {script: "i=0; while [ $i -lt 3000 ]; do printf '%0999d\\n' $i; i=$((i + 1)); done; printf end"}
	EOF
	cirrus_run
	assert_status 0
	log=$(find "$XDG_STATE_HOME" -name '*main*.log')
	assert [ "$(grep -c '^0[0-9]*$' "$log")" -eq 3000 ]
	assert [ "$(tail -c 3 "$log")" = end ]
	assert [ "$(grep -c '^0[0-9]*$' "$OUT")" -eq 3000 ]
}
check 'much output arrives whole, in the log and on the screen' big_output

working_dir() {
	config <<-'EOF'
	a_task:
	  env: {CIRRUS_WORKING_DIR: /srv/deep/dir}
	  script: pwd; ls -A
	b_task:
	  env: {CIRRUS_WORKING_DIR: relative}
	  script: pwd
	EOF
	cirrus_run a
	assert_status 0
	assert_out_has '^/srv/deep/dir$'
	assert_out_has '^.cirrus.yml$'
	cirrus_run b
	assert_status 2
	assert_out_has 'CIRRUS_WORKING_DIR is not an absolute path: relative'
}
check 'CIRRUS_WORKING_DIR moves the project' working_dir

unsupported() {
	config <<-'EOF'
	a_task:
	  macos_instance: {image: x}
	  script: echo a ran
	b_task: {script: echo b ran}
	EOF
	cirrus_run
	assert_status 0
	assert_out_lacks '^a ran'
	assert_out_has '^b ran'
	assert_out_has '^unsupported instance type'
	cirrus_run --strict
	assert_status 3
	cirrus_run a
	assert_status 3
}
check 'what nothing can run is skipped with the reason' unsupported

selects() {
	config <<-'EOF'
	Lint_task: {script: echo lint ran}
	unit_task: {script: echo unit ran}
	docs_task: {script: echo docs ran}
	EOF
	cirrus_run lint UNIT
	assert_status 0
	assert_out_has '^lint ran'
	assert_out_has '^unit ran'
	assert_out_lacks '^docs ran'
	cirrus_run lintt
	assert_status 2
	assert_err_has 'task filter yielded no matches'
	assert_err_has 'did you mean "Lint"'
}
check 'tasks are chosen by name' selects

pulls() {
	cat >.cirrus.yml <<-'EOF'
	a_task: {container: {image: "missing/a:1"}, script: echo ran}
	b_task: {container: {image: "absent/b:1"}, script: echo never}
	c_task: {container: {image: "denied/c:1"}, script: echo never}
	EOF
	cirrus_run a
	assert_status 0
	assert_out_has "^Started 'image pull'"
	assert_out_has '^Pulling image missing/a:1'
	assert_out_has '^ran$'
	cirrus_run --pull=never a
	assert_status 0
	cirrus_run b
	assert_status 3
	assert_out_lacks '^never$'
	cirrus_run --pull=never b
	assert_status 3
	assert_out_has 'forbids to fetch it'
	cirrus_run c
	assert_status 3
}
check 'images are fetched as --pull says' pulls

dry() {
	config <<-'EOF'
	a_task: {script: touch /tmp/should-not-be}
	b_task: {depends_on: a, script: echo b}
	EOF
	cirrus_run --dry-run
	assert_status 0
	assert_out_has 'container debian:12'
	assert_out_has 'after task "a"'
	assert_out_lacks 'Preparing'
}
check '--dry-run tells the plan and starts nothing' dry

environment_dies() {
	requires pgrep
	config <<-EOF
	a_task:
	  env: {CIRRUS_WORKING_DIR: /srv/dies-$$}
	  one_script: echo last words; sleep 50
	  two_script: echo never
	EOF
	timeout "$TIMEOUT" cirrus run -o simple >"$OUT" 2>"$ERR" </dev/null &
	await 20 grep -q '^last words' "$OUT"
	kill -9 $(pgrep -f "session/driver .*dies-$$")
	status=0
	wait $! || status=$?
	assert_status 3
	assert_out_has '^last words$'
	assert_out_lacks '^never$'
	assert_out_has "'one' script failed"
	assert_err_has 'build failed: task a (0): the environment'
}
check 'an environment that dies is no script that fails' environment_dies
tells_the_real_platform() {
	cat >.cirrus.yml <<-'EOF'
	env: {CIRRUS_OS: plan9, CIRRUS_ARCH: pdp11, CIRRUS_CI: of the file, NAME: "on $CIRRUS_ARCH"}
	a_task:
	  container: {image: "debian:12"}
	  script: echo "$CIRRUS_OS $CIRRUS_ARCH, $CIRRUS_CI, $CIRRUS_TASK_NAME"
	b_task:
	  container: {image: "foreign:1"}
	  script: echo "$CIRRUS_OS $CIRRUS_ARCH, $NAME"
	c_pipe:
	  steps:
	    - {image: "debian:12", one_script: echo "one $CIRRUS_ARCH"}
	    - {image: "foreign:1", two_script: echo "two $CIRRUS_ARCH"}
	EOF
	arch=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
	run cirrus run -o simple -e CIRRUS_ARCH=vax -e CIRRUS_TASK_NAME=mine
	assert_status 0
	assert_out_has "^linux $arch, of the file, mine\$"
	assert_out_has '^linux s390x, on s390x$'
	assert_out_has "^one $arch\$"
	assert_out_has '^two s390x$'
}
check "all constants can be set anew but the platform, which is the image's" tells_the_real_platform

finish
