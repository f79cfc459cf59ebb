#!/bin/sh
# SPDX-License-Identifier: MIT
. "${srcdir:-.}/tests/lib.sh"

project() {
	cat >.cirrus.yml <<-'END'
	container: {image: base}
	gone_task: {only_if: "false"}
	unit_task:
	  alias: tests
	  env: {matrix: {V: "1", V: "2"}}
	  v_script: run $V
	ship_task:
	  depends_on: tests
	  skip: $CIRRUS_OS == 'linux'
	deploy_task:
	  trigger_type: manual
	  execution_lock: deploys
	  depends_on: [ship]
	  persistent_worker: {isolation: {parallels: {image: m}}}
	END
}

one_line_a_task() {
	project
	run cirrus list
	assert_status 0
	cat >want <<-'END'
	gone        container base  [filtered: only_if: false]
	unit (V:1)  container base
	unit (V:2)  container base
	ship        container base  after unit  [skipped: skip is true]
	deploy      persistent_worker parallels  after ship  [manual: runs only when named]
	END
	assert_same want "$OUT"
	run cirrus ls
	assert_same want "$OUT"
}
check 'one line a task: labels, instance, dependencies, why it will not run' one_line_a_task

selection() {
	project
	run cirrus list 'UNIT V:2' --names
	assert_status 0
	printf 'unit\ntests\n' >want
	assert_same want "$OUT"
	run cirrus list --json 'unit v:2'
	assert_out_has '"V": "2"'
	assert_out_lacks '"V": "1"'
	run cirrus list ship --with-deps --graph
	printf 'unit (V:1)\nunit (V:2)\nship\n  after unit (V:1)\n  after unit (V:2)\n' >want
	assert_same want "$OUT"
	run cirrus list ship --with-deps --no-deps --names
	echo ship >want
	assert_same want "$OUT"
	run cirrus list nope
	assert_status 2
}
check 'names, aliases and labels select, whatever their case; --with-deps adds' selection

tame_names() {
	printf 'a_task: {name: "x\\e[31m\\ny", script: x}\n' >.cirrus.yml
	run cirrus list
	assert_out_has '^x?\[31m?y  '
	assert [ "$(wc -l <"$OUT")" -eq 1 ]
}
check 'names cannot break the line or command the terminal' tame_names

image_builds() {
	printf 'FROM scratch\n' >Dockerfile
	cat >.cirrus.yml <<-'END'
	first_task: {container: {image: x}}
	image_task: {container: {dockerfile: Dockerfile}, depends_on: first}
	END
	run cirrus list image
	assert_status 0
	cat >want <<-'END'
	image                container Dockerfile  after first, Prebuild Dockerfile
	Prebuild Dockerfile  builds Dockerfile
	END
	sed 's/  \[.*//' "$OUT" >got
	assert_same want got
	run cirrus list image --json
	assert_out_has '"name": "Prebuild Dockerfile"'
}
check 'a task brings along the build of its image' image_builds

globs() {
	project
	run cirrus list 'S*' --names
	assert_status 0
	echo ship >want
	assert_same want "$OUT"
	run cirrus list '*nothing*'
	assert_status 2
}
check 'globs select' globs

json_model() {
	project
	run cirrus list --json 'unit v:1'
	assert_status 0
	cat >want <<-'END'
	[
	  {
	    "commands": [
	      {
	        "cloneInstruction": {},
	        "name": "clone"
	      },
	      {
	        "name": "v",
	        "scriptInstruction": {
	          "scripts": [
	            "run $V"
	          ]
	        }
	      }
	    ],
	    "environment": {
	      "CIRRUS_OS": "linux",
	      "V": "1"
	    },
	    "instance": {
	      "@type": "type.googleapis.com/org.cirruslabs.ci.services.cirruscigrpc.ContainerInstance",
	      "cpu": 2,
	      "image": "base",
	      "memory": 4096
	    },
	    "localGroupId": "1",
	    "metadata": {
	      "properties": {
	        "alias": "tests",
	        "allow_failures": "false",
	        "experimental": "false",
	        "indexWithinBuild": "0",
	        "timeout_in": "3600",
	        "trigger_type": "AUTOMATIC"
	      },
	      "uniqueLabels": [
	        "V:1"
	      ]
	    },
	    "name": "unit"
	  }
	]
	END
	assert_same want "$OUT"
}
check '--json prints the JSON task model with sorted keys' json_model

json_full() {
	project
	run cirrus list --json=full
	assert_status 0
	assert_out_has '"why": "filtered: only_if: false"'
	assert_out_has '"execution_lock": "deploys"'
	assert_out_has '"manual": true'
	assert_out_has '"isolation": "parallels"'
	tr -d ' \n' <"$OUT" >flat
	assert grep -q '"extraPositions":{[^{]*"/execution_lock":{"column":3,"line":12}' flat
	assert grep -q '"positions":{"/isolation":{"column":23,"line":14},"/isolation/parallels":{"column":35,"line":14},"/isolation/parallels/image":{"column":47,"line":14}}' flat
	run cirrus list --json=half
	assert_status 2
}
check '--json=full prints all that is known' json_full

graph_dot() {
	project
	run cirrus list --graph=dot ship unit
	assert_status 0
	assert_out_has '^digraph tasks {$'
	assert_out_has '^	t1 \[label="unit (V:1)"\];$'
	assert_out_has '^	t2 -> t3;$'
}
check '--graph=dot is for Graphviz' graph_dot

git_facts() {
	requires git
	git init -q -b trunk . && git config user.email a@b.c && git config user.name n
	cat >.cirrus.yml <<-'END'
	branch_task: {only_if: $CIRRUS_BRANCH == 'trunk'}
	src_task: {only_if: "changesInclude('src/**')"}
	END
	mkdir src && echo 1 >src/a.c && git add . && git commit -q -m first
	run cirrus list --names
	echo branch >want
	assert_same want "$OUT"
	run cirrus list
	assert_out_has '^branch .*\[only_if holds because of what git says\]$'
	assert_out_has '^src .*\[filtered: only_if: .*)\]$'
	run cirrus list --json=full branch
	assert_out_has '"enabledByGit": true'
	run cirrus list -e CIRRUS_BRANCH=trunk
	assert_out_lacks 'git says'
	run cirrus list --names --no-git-facts
	assert_status 0
	assert_empty "$OUT"
	run cirrus list --names --affected-files src/x/y
	printf 'branch\nsrc\n' >want
	assert_same want "$OUT"
	echo 2 >>src/a.c
	run cirrus list --names --affected-files-git HEAD
	assert_same want "$OUT"
	run cirrus list --names --affected-files-git-cached HEAD
	echo branch >want1
	assert_same want1 "$OUT"
	git add src
	run cirrus list --names --affected-files-git-cached HEAD
	assert_same want "$OUT"
	run cirrus list --affected-files-git nowhere
	assert_status 2
	assert_err_has 'cannot compare with "nowhere"'
}
check 'conditions see git facts and affected files' git_facts

finish
