# tests/unit/store
store_tests = %D%/artifacts.t %D%/cache.t %D%/runs.t
check_PROGRAMS += $(store_tests)
TESTS += $(store_tests)
tests_unit_store_runs_t_SOURCES = %D%/runs.c
tests_unit_store_runs_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_store_runs_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_store_runs_t_LDADD = $(UNIT_LIBS)
tests_unit_store_cache_t_SOURCES = %D%/cache.c
tests_unit_store_cache_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_store_cache_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_store_cache_t_LDADD = $(UNIT_LIBS)
tests_unit_store_artifacts_t_SOURCES = %D%/artifacts.c
tests_unit_store_artifacts_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_store_artifacts_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_store_artifacts_t_LDADD = $(UNIT_LIBS)
