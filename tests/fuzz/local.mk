# tests/fuzz: coverage-guided targets, built on request by clang
noinst_HEADERS += %D%/fuzz.h
FUZZ_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/tests/fuzz
if ENABLE_FUZZING
fuzz_targets = %D%/condition.fuzz \
	%D%/config.fuzz \
	%D%/dockerfile.fuzz \
	%D%/expand.fuzz \
	%D%/glob.fuzz
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

# Each for FUZZ_SECONDS, from the shared configurations as seeds where they are.
FUZZ_SECONDS = 60
FUZZ_SEEDS = $(top_srcdir)/../shared/corpus
fuzz: $(fuzz_targets)
	@for target in $(fuzz_targets); do \
	  new=fuzz-new/$$(basename $$target); mkdir -p $$new; \
	  seeds=; case $$target in *config.fuzz) \
	    test ! -d '$(FUZZ_SEEDS)' || seeds='$(FUZZ_SEEDS)';; esac; \
	  $$target -max_total_time=$(FUZZ_SECONDS) -timeout=20 \
	    -rss_limit_mb=4096 -print_final_stats=1 $$new $$seeds || exit 1; \
	done
else
EXTRA_DIST += %D%/condition.c %D%/config.c %D%/dockerfile.c %D%/expand.c %D%/glob.c
endif
