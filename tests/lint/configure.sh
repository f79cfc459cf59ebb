#!/bin/sh
# SPDX-License-Identifier: MIT
# configure - Autoconf's scripts clear away core dumps with `rm -f core`; here
# core/ is where the sources are.
. "${srcdir:-.}/tests/lib.sh"

# The function that configure puts before rm, out of the generated script.
take_rm() {
	[ -r "$srcdir/configure" ] || skip 'configure was not generated'
	sed -n '/^rm () {/,/^}/p' "$srcdir/configure" >rm.sh
	[ -s rm.sh ] || fail 'configure has no rm of its own'
	mkdir core
	: >core/source.c
	: >conftest.o
}

the_sources_stay_and_nothing_is_said() {
	take_rm
	printf '. ./rm.sh\nrm -f core *.core core.conftest.* conftest.o\n' >clear.sh
	run sh clear.sh
	assert_status 0
	assert_empty "$ERR"
	assert [ -e core/source.c ]
	assert [ ! -e conftest.o ]
}

other_files_are_removed_as_ever() {
	take_rm
	: >-x
	mkdir dir
	printf '. ./rm.sh\nrm -f conftest.o\nrm -f -- -x\nrm -rf dir\nrm -f none\n' >clear.sh
	run sh clear.sh
	assert_status 0
	assert_empty "$ERR"
	assert [ ! -e conftest.o ]
	assert [ ! -e -x ]
	assert [ ! -d dir ]
}

a_core_dump_is_still_cleared() {
	take_rm
	rm -r core
	: >core
	printf '. ./rm.sh\nrm -f core conftest.o\n' >clear.sh
	run sh clear.sh
	assert_status 0
	assert [ ! -e core ]
	assert [ ! -e conftest.o ]
}

check 'the directory core survives configure, without a word' the_sources_stay_and_nothing_is_said
check 'rm does what it did before' other_files_are_removed_as_ever
check 'a core dump is still cleared away' a_core_dump_is_still_cleared
finish
