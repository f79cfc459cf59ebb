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
# Not these: valgrind 3.19 passes children off as processes with memory of their
# own, so that posix_spawn(3) cannot tell what is missing (child, auth), and has
# no pidfds, which are all that compat wants of it, nor openat2(2) (tree).
VALGRIND = $(LIBTOOL) --mode=execute valgrind -q --error-exitcode=99 \
	--leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
	--suppressions=$(abs_top_srcdir)/tests/ci/valgrind.supp
VALGRIND_TESTS = $(filter-out tests/unit/base/compat.t tests/unit/sdk/auth.t \
	tests/unit/sdk/child.t tests/unit/sdk/tree.t,$(filter %.t,$(SANITIZED_TESTS)))
check-valgrind: all
	$(MAKE) check T_LOG_COMPILER='$(VALGRIND)' TESTS='$(VALGRIND_TESTS)'
EXTRA_DIST += %D%/valgrind.supp %D%/lsan.supp %D%/tsan.supp
