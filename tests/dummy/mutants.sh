# SPDX-License-Identifier: MIT
# For every defect that the dummy can be given, the suite fails exactly the checks
# that mutants.tsv lists.  To save time each is run on its own checks and a sample
# of the others; CIRRUS_TEST_MUTANTS=full runs all checks on each.
. "${srcdir:-.}/tests/lib.sh"

table=$srcdir/tests/dummy/mutants.tsv
sample=S8,L2,L7,L17,L30,L34,L35,L45
tab=$(printf '\t')

# The checks that fail, separated by spaces.
failing() {
	only=--only=$(echo "$2" | tr ' ' ,),$sample
	[ "${CIRRUS_TEST_MUTANTS:-}" != full ] || only=--stress=2
	sh "$srcdir/tests/dummy/suite.sh" -o mutant="$1" "$only" >"$1.tap" 2>&1 </dev/null || :
	sed -n 's/^not ok [0-9]* - \([SL][0-9]*\) .*/\1/p' "$1.tap" | tr '\n' ' ' | sed 's/ $//'
}

judge() {
	got=$(failing "$1" "$2")
	[ "$got" = "$2" ] || {
		echo "$1: fails \"$got\", not \"$2\""
		cat "$1.tap"
	} >"$1.wrong"
}

detects_each() {
	unshare -Ur true 2>/dev/null || [ "$(id -u)" -eq 0 ] ||
		skip 'this machine allows no user namespaces'
	while IFS=$tab read -r name ids what; do
		judge "$name" "$ids" &
		# two at a time
		[ -z "${other:-}" ] || wait "$other"
		other=$!
	done <"$table"
	wait
	for wrong in *.wrong; do
		[ ! -e "$wrong" ] || { show "$wrong"; found=yes; }
	done
	[ -z "${found:-}" ]
}
check 'each defect of the dummy fails the checks of the table, and no other' detects_each

tells_all() {
	# every mutant that the plugin knows has its line, and the other way round
	cut -f1 "$table" | sort >listed
	sed -n 's/.*X([A-Z_]*, "\(.*\)").*/\1/p' "$srcdir/tests/dummy/mutant.h" |
		grep -v '^none$' | sort >known
	assert_same known listed
	[ "$(grep -c . listed)" -ge 20 ] || fail 'fewer than 20 mutants'
}
check 'the table lists every mutant' tells_all

finish
