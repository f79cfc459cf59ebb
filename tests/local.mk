# tests: everything `make check` runs speaks TAP
TEST_EXTENSIONS = .sh .t
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)
T_LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = srcdir='$(abs_top_srcdir)' builddir='$(abs_top_builddir)' CC='$(CC)'; export srcdir builddir CC;
noinst_HEADERS += %D%/tap.h
EXTRA_DIST += %D%/lib.sh
live_tests =
lint_tests =
include %D%/unit/local.mk
include %D%/cli/local.mk
include %D%/plugins/local.mk
include %D%/abi/local.mk
include %D%/ci/local.mk
include %D%/engines/local.mk
include %D%/dummy/local.mk
include %D%/fake-engine/local.mk
include %D%/fuzz/local.mk
include %D%/bench/local.mk
include %D%/lint/local.mk
