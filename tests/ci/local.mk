# tests/ci: what ./selftest is made of, and the targets it calls
EXTRA_DIST += %D%/packages.sh %D%/stages.sh

.PHONY: check-quick check-core check-threads check-valgrind
# Everything that needs no engine and no linter.
check-quick: all
	$(MAKE) check TESTS='$(filter-out $(live_tests) $(lint_tests),$(TESTS))'
# What sanitizers can look into: all that runs our code, and needs no engine.
SANITIZED_TESTS = $(filter tests/unit/% tests/cli/% tests/fake-engine/% \
	tests/dummy/% tests/plugins/%.t,$(TESTS))
check-core: all
	$(MAKE) check TESTS='$(SANITIZED_TESTS)'
# Not the dummy's own tests: it enters user namespaces, which the kernel lets only
# processes with one thread do, and the sanitizer has one of its own in each.
check-threads: all
	$(MAKE) check TESTS='$(filter-out tests/dummy/%,$(SANITIZED_TESTS))'

# Memory errors fail the test; so do leaks that nothing points to any more.
# Valgrind knows no pidfds, on which children are waited for: what starts some is
# left to the sanitizers.
VALGRIND = $(LIBTOOL) --mode=execute valgrind -q --error-exitcode=99 \
	--leak-check=full --show-leak-kinds=definite \
	--suppressions=$(abs_top_srcdir)/tests/ci/valgrind.supp
VALGRIND_TESTS = $(filter tests/unit/base/% tests/unit/data/% tests/unit/model/% \
	tests/unit/config/% tests/unit/store/% tests/unit/report/% tests/unit/cli/% \
	tests/unit/run/% tests/unit/files/archive.t tests/unit/files/unpack.t \
	tests/unit/sdk/cj.t tests/unit/sdk/demux.t tests/unit/sdk/http.t,$(TESTS))
check-valgrind: all
	$(MAKE) check T_LOG_COMPILER='$(VALGRIND)' \
		TESTS='$(filter-out tests/unit/base/compat.t,$(VALGRIND_TESTS))'
EXTRA_DIST += %D%/valgrind.supp %D%/lsan.supp %D%/tsan.supp
