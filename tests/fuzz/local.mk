# tests/fuzz: coverage-guided targets, built on request by clang
noinst_HEADERS += %D%/fuzz.h
EXTRA_DIST += %D%/words.dict %D%/reports.dict
EXTRA_DIST += %D%/reports
FUZZ_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/tests/fuzz
if ENABLE_FUZZING
fuzz_targets = %D%/condition.fuzz \
	%D%/config.fuzz \
	%D%/dockerfile.fuzz \
	%D%/expand.fuzz \
	%D%/glob.fuzz \
	%D%/report.fuzz
noinst_PROGRAMS += $(fuzz_targets)
tests_fuzz_condition_fuzz_SOURCES = %D%/condition.c
tests_fuzz_condition_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_condition_fuzz_CFLAGS = $(UNIT_CFLAGS)
tests_fuzz_condition_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_condition_fuzz_LDADD = $(UNIT_LIBS)
tests_fuzz_config_fuzz_SOURCES = %D%/config.c
tests_fuzz_config_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_config_fuzz_CFLAGS = $(UNIT_CFLAGS)
tests_fuzz_config_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_config_fuzz_LDADD = $(UNIT_LIBS)
tests_fuzz_dockerfile_fuzz_SOURCES = %D%/dockerfile.c
tests_fuzz_dockerfile_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_dockerfile_fuzz_CFLAGS = $(UNIT_CFLAGS)
tests_fuzz_dockerfile_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_dockerfile_fuzz_LDADD = $(UNIT_LIBS)
tests_fuzz_expand_fuzz_SOURCES = %D%/expand.c
tests_fuzz_expand_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_expand_fuzz_CFLAGS = $(UNIT_CFLAGS)
tests_fuzz_expand_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_expand_fuzz_LDADD = $(UNIT_LIBS)
tests_fuzz_glob_fuzz_SOURCES = %D%/glob.c
tests_fuzz_glob_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_glob_fuzz_CFLAGS = $(UNIT_CFLAGS)
tests_fuzz_glob_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_glob_fuzz_LDADD = $(UNIT_LIBS)
tests_fuzz_report_fuzz_SOURCES = %D%/report.c
tests_fuzz_report_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
tests_fuzz_report_fuzz_CFLAGS = $(UNIT_CFLAGS)
tests_fuzz_report_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_report_fuzz_LDADD = $(UNIT_LIBS)

# Each for FUZZ_SECONDS, from the shared configurations as seeds where they are;
# fuzz-NAME runs one.
FUZZ_SECONDS = 60
FUZZ_SEEDS = $${CIRRUS_TEST_SHARED:-$(top_srcdir)/../shared}/corpus
fuzz: fuzz-condition fuzz-config fuzz-dockerfile fuzz-expand fuzz-glob fuzz-report
fuzz-targets: $(fuzz_targets)
fuzz-condition fuzz-config fuzz-dockerfile fuzz-expand fuzz-glob fuzz-report: fuzz-targets
	@name=$(@:fuzz-%=%); new=fuzz-new/$$name; mkdir -p $$new; \
	seeds=$(FUZZ_SEEDS); test -d "$$seeds" || seeds=; \
	test $$name != report || seeds=$(top_srcdir)/tests/fuzz/reports; \
	test $$name = config && len=65536 || len=4096; \
	test $$name = report && dict=reports || dict=words; \
	tests/fuzz/$$name.fuzz -max_total_time=$(FUZZ_SECONDS) -timeout=20 \
	  -max_len=$$len -rss_limit_mb=4096 -print_final_stats=1 \
	  -dict=$(top_srcdir)/tests/fuzz/$$dict.dict $$new $$seeds
else
EXTRA_DIST += %D%/condition.c %D%/config.c %D%/dockerfile.c %D%/expand.c %D%/glob.c %D%/report.c
endif
