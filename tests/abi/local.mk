# tests/abi: the gates of the plugin contract
abi_tests = %D%/frozen.sh %D%/layout.sh %D%/compile.sh %D%/cxx.sh \
	%D%/man.sh %D%/plugins.sh %D%/report.sh
TESTS += $(abi_tests)
EXTRA_DIST += $(abi_tests) %D%/common.sh %D%/installed.sh %D%/layout.awk %D%/plugin.cc \
	%D%/draft/backend.h %D%/draft/REASONS \
	%D%/layout/lp64 %D%/layout/ilp32 %D%/layout/ilp32-align8
check_PROGRAMS += %D%/lookup
tests_abi_lookup_SOURCES = %D%/lookup.c

check-abi: $(check_PROGRAMS)
	$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(abi_tests)'
.PHONY: check-abi

# The author's way: template, installed headers, suite, a task.
installcheck-local:
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) bindir='$(bindir)' backenddir='$(backenddir)' \
		pkgconfigdir='$(pkgconfigdir)' templatedir='$(templatedir)'; \
		export bindir backenddir pkgconfigdir templatedir; \
		$(SHELL) $(srcdir)/%D%/installed.sh
