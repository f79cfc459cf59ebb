# SPDX-License-Identifier: MIT
# Too much output, and a clock that jumps, on the dummy backend; on real engines
# tests/plugins/floods-live.sh.
. "${srcdir:-.}/tests/lib.sh"
CIRRUS_CONTAINER_BACKEND=dummy
TEST_IMAGE=any
export CIRRUS_CONTAINER_BACKEND
need() { :; }
on() {
	shift
	run "$@"
}
. "$srcdir/tests/plugins/flood-cases.sh"

in_all_formats() { a_line_without_an_end dummy simple json github-actions travis teamcity noemoji; }
bytes() { bytes_of_all_kinds dummy; }
writes() { eight_write_at_once dummy; }
jumps() { the_clock_jumps dummy; }
check 'a line without an end costs no memory, in any format' in_all_formats
check 'bytes of all kinds arrive' bytes
check 'eight tasks write at once, and nothing is lost' writes
check 'a clock that jumps disturbs nothing' jumps
finish
