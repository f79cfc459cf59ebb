# SPDX-License-Identifier: MIT
# The ways in which selftest builds and tests; sourced by it.
results=$source_dir/_build/test/results
jobs=$(nproc)

# A build that breaks counts as a failed test, and says where to look.
note_failure() { # STAGE
	echo "FAIL: stage $1, see _build/test/$1.log"
	tail -n 40 "$source_dir/_build/test/$1.log"
	echo "not ok - stage $1" >"$results/$1.broken"
}

# Configures and builds below _build/test/STAGE; the log is beside it.
build() { # STAGE CONFIGURE-ARG...
	local stage=$1
	shift
	mkdir -p "_build/test/$stage"
	(cd "_build/test/$stage" && ../../../configure -q "$@" && make -s -j"$jobs" all) \
		>"_build/test/$stage.log" 2>&1
}

# Runs a make target that tests, takes the .trs files away, shows what failed.
check() { # STAGE BUILD TARGET [MAKE-ARG...]
	local stage=$1 tree=_build/test/$2 status=0 trs
	shift 2
	make -C "$tree" -s "$@" >>"_build/test/$stage.log" 2>&1 || status=$?
	find "$tree" -name '*.trs' | while read -r trs; do
		mv "$trs" "$results/$stage-$(echo "${trs#"$tree"/}" | tr / -)"
	done
	grep -hE '^(FAIL|ERROR):|^# (TOTAL|PASS|FAIL|SKIP|ERROR)' "_build/test/$stage.log"
	# failed tests are counted by name; anything else is the stage's own failure
	[ $status = 0 ] || grep -qE '^(FAIL|ERROR):' "_build/test/$stage.log"
}

stage_plain() {
	build plain --enable-werror && check plain plain check
}

stage_asan() {
	# crashes are what the tests of the crash handler are about
	export ASAN_OPTIONS=detect_leaks=1:allow_user_segv_handler=1:handle_abort=0:detect_stack_use_after_return=1
	export LSAN_OPTIONS=suppressions=$source_dir/tests/ci/lsan.supp:print_suppressions=0
	export UBSAN_OPTIONS=print_stacktrace=1
	build asan --disable-static --with-sanitizers=address,undefined &&
		CIRRUS_TEST_STRICT=0 check asan asan check-core
	local status=$?
	unset ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS
	return $status
}

stage_tsan() {
	export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$source_dir/tests/ci/tsan.supp
	build tsan --disable-static --with-sanitizers=thread &&
		CIRRUS_TEST_STRICT=0 check tsan tsan check-threads
	local status=$?
	unset TSAN_OPTIONS
	return $status
}

# The programs of the plain build.
stage_valgrind() {
	check valgrind plain check-valgrind
}

# The plugins are part of the program; what loads others from files ran before.
stage_static() {
	build static --disable-shared &&
		check static static check TESTS='tests/cli/preloaded.sh tests/cli/help.sh
			tests/cli/validate.sh tests/cli/list.sh'
}

# The tarball, from which everything must build and install; all tests ran before.
stage_dist() {
	build dist --disable-static &&
		make -C _build/test/dist -s distcheck \
			TESTS='tests/abi/frozen.sh tests/lint/configure.sh tests/cli/help.sh tests/cli/run.sh' \
			>>_build/test/dist.log 2>&1 &&
		echo ':test-result: PASS distcheck' >"$results/distcheck.trs"
}

# Each target for a short while; `make fuzz FUZZ_SECONDS=1200` is the long way.
stage_fuzz() {
	local target status=0
	mkdir -p _build/test/fuzz
	(
		cd _build/test/fuzz &&
			../../../configure -q --enable-fuzzing --disable-shared \
				--with-sanitizers=address,undefined CC=clang &&
			make -s -j"$jobs" fuzz-targets
	) >_build/test/fuzz.log 2>&1 || return 1
	for target in condition config dockerfile expand glob; do
		if make -s -C _build/test/fuzz "fuzz-$target" FUZZ_SECONDS=20 \
			>>_build/test/fuzz.log 2>&1; then
			echo ":test-result: PASS fuzz $target" >"$results/fuzz-$target.trs"
		else
			echo "FAIL: fuzz $target, see _build/test/fuzz.log"
			echo ":test-result: FAIL fuzz $target" >"$results/fuzz-$target.trs"
			status=1
		fi
		grep -h '^stat::number_of_executed_units' _build/test/fuzz.log | tail -n 1 |
			sed "s/.*:/fuzz $target:/; s/\$/ inputs/"
	done
	# what failed is counted by name
	[ $status = 0 ] || tail -n 40 _build/test/fuzz.log
}

count() { # RESULT
	cat "$results"/*.trs "$results"/*.broken 2>/dev/null | grep -cE "$1"
}

# Fails when anything failed, and when nothing was tested.
summary() {
	local passed failed skipped
	passed=$(count '^:test-result: (PASS|XFAIL)')
	failed=$(count '^:test-result: (FAIL|ERROR|XPASS)|^not ok - stage')
	skipped=$(count '^:test-result: SKIP')
	grep -H '^:test-result: \(FAIL\|ERROR\|XPASS\)' "$results"/*.trs | sed "s|^$results/||"
	grep -H '^:test-result: SKIP' "$results"/*.trs | sed "s|^$results/||"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
