# tests/dummy: the backend that needs no engine
noinst_LTLIBRARIES += %D%/cirrus-dummy.la
tests_dummy_cirrus_dummy_la_SOURCES = \
	%D%/build.c %D%/copy.c %D%/create.c %D%/dummy.c %D%/dummy.h %D%/exec.c \
	%D%/image.c %D%/instance.c %D%/list.c %D%/logs.c %D%/mutant.h %D%/net.c \
	%D%/space.c %D%/space.h %D%/spec.c %D%/tty.c %D%/tty.h
tests_dummy_cirrus_dummy_la_CFLAGS = $(AM_CFLAGS)
tests_dummy_cirrus_dummy_la_LDFLAGS = $(AM_LDFLAGS) $(MODULE_LDFLAGS) \
	-module -avoid-version -no-undefined -rpath /nowhere \
	-export-symbols-regex '_LTX_cirrus_backend_entry_v0$$'
tests_dummy_cirrus_dummy_la_LIBADD = core/libbase.la
dummy_tests = %D%/check.sh %D%/mutants.sh
TESTS += $(dummy_tests)
EXTRA_DIST += $(dummy_tests) %D%/suite.sh %D%/skips %D%/mutants.tsv
