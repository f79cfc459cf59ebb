#!/bin/sh
# SPDX-License-Identifier: MIT
# layers - who may include whom.  One line a room: what it may see besides itself.
. "${srcdir:-.}/tests/lib.sh"

# core rooms: base and model are open to all of them, CONTRIBUTING.md draws it
allowed() {
	case $1 in
	core/base) echo ;;
	core/model) echo base ;;
	core/data) echo base model ;;
	core/files) echo base model ;;
	core/annotate) echo base model data ;;
	core/config) echo base model data ;;
	core/backend) echo base model data cirrus ;;
	core/store) echo base model files data ;;
	core/net) echo base model store ;;
	core/run) echo base model backend store net files annotate cirrus ;;
	core/report) echo base model store data ;;
	core/cli) echo base model report run store config backend data cirrus files ;;
	sdk/include) echo cirrus ;;
	sdk/lib) echo base cirrus ;;
	sdk/check) echo base cirrus sdk/lib ;;
	plugins/*) echo base cirrus sdk/lib ;;
	tests/dummy) echo base cirrus sdk/lib ;;
	esac
}

# Which room an #include "..." or <cirrus/...> of ours names; nothing for the
# system's headers and for neighbours in the same directory.
room_of() {
	case $1 in
	cirrus/*) echo cirrus ;;
	sdk/lib/* | plugins/*/* | tests/*/*) echo "${1%/*}" ;;
	config.h | banned.h) ;;
	*/*)
		[ ! -e "$srcdir/core/$1" ] || echo "${1%%/*}"
		;;
	esac
}

check_file() {
	dir=$(dirname "$1")
	case $dir in sdk/include/*) dir=sdk/include ;; sdk/template*) return ;; esac
	sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]\([^">]*\)[">].*/\1/p' "$1" |
		while read -r header; do
			room=$(room_of "$header")
			[ -n "$room" ] || continue
			case $dir in "$room" | "core/$room") continue ;; esac
			case " $(allowed "$dir") " in
			*" $room "*) ;;
			*) echo "$1: must not include $header" ;;
			esac
		done
}

no_room_reaches_too_far() {
	cd "$srcdir"
	find core sdk plugins tests/dummy -name '*.[ch]' | sort | while read -r file; do
		check_file "$file"
	done >"$OUT"
	assert_empty "$OUT"
}

the_lint_sees_a_violation() {
	mkdir -p "$trash/tree/core/base" "$trash/tree/core/run"
	cd "$trash/tree"
	srcdir=$trash/tree
	: >core/run/run.h
	echo '#include "run/run.h"' >core/base/bad.c
	check_file core/base/bad.c >"$OUT"
	assert_out_has 'core/base/bad.c: must not include run/run.h'
}

only_its_own_room_uses() { # PATTERN FILES...
	pattern=$1
	shift
	cd "$srcdir"
	grep -rlE "$pattern" core sdk plugins --include='*.[ch]' >"$OUT" || true
	for file in "$@"; do
		grep -v "^$file" "$OUT" >"$OUT.rest" || true
		mv "$OUT.rest" "$OUT"
	done
	assert_empty "$OUT"
}

# ... and the program announces what was linked in.
libltdl_stays_in_the_loader() {
	only_its_own_room_uses '#include <(libltdl/|ltdl)' core/backend/loader.c core/cli/preloaded.c
}
libyaml_stays_in_data() { only_its_own_room_uses '#include <yaml' core/data/; }
cjson_stays_in_data() { only_its_own_room_uses '#include <cJSON|#include <cjson' core/data/ sdk/ plugins/; }
expat_stays_in_data() { only_its_own_room_uses '#include <expat' core/data/; }
platforms_stay_in_compat() {
	only_its_own_room_uses '__linux__|__APPLE__' core/base/compat.c \
		core/base/compat-files.c
}

check 'no room includes what it may not see' no_room_reaches_too_far
check 'the lint would see it' the_lint_sees_a_violation
check 'only the loader knows libltdl' libltdl_stays_in_the_loader
check 'in the core only data knows libyaml' libyaml_stays_in_data
check 'in the core only data knows cJSON' cjson_stays_in_data
check 'in the core only data knows expat' expat_stays_in_data
check 'only compat.c and compat-files.c name a platform' platforms_stay_in_compat
finish
