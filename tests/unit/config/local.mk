# tests/unit/config
config_tests = %D%/condition.t \
	%D%/config.t \
	%D%/corpus.t \
	%D%/merge.t \
	%D%/vars.t \
	%D%/instructions.t \
	%D%/instances.t \
	%D%/dockerfile.t
check_PROGRAMS += $(config_tests)
TESTS += $(config_tests)
noinst_HEADERS += %D%/parse.h %D%/summary.h
tests_unit_config_condition_t_SOURCES = %D%/condition.c
tests_unit_config_condition_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_config_condition_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_config_condition_t_LDADD = $(UNIT_LIBS)
tests_unit_config_config_t_SOURCES = %D%/config.c
tests_unit_config_config_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_config_config_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_config_config_t_LDADD = $(UNIT_LIBS)
tests_unit_config_corpus_t_SOURCES = %D%/corpus.c
tests_unit_config_corpus_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_config_corpus_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_config_corpus_t_LDADD = $(UNIT_LIBS)
tests_unit_config_merge_t_SOURCES = %D%/merge.c
tests_unit_config_merge_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_config_merge_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_config_merge_t_LDADD = $(UNIT_LIBS)
tests_unit_config_vars_t_SOURCES = %D%/vars.c
tests_unit_config_vars_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_config_vars_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_config_vars_t_LDADD = $(UNIT_LIBS)
tests_unit_config_instructions_t_SOURCES = %D%/instructions.c
tests_unit_config_instructions_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_config_instructions_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_config_instructions_t_LDADD = $(UNIT_LIBS)
tests_unit_config_instances_t_SOURCES = %D%/instances.c
tests_unit_config_instances_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_config_instances_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_config_instances_t_LDADD = $(UNIT_LIBS)
tests_unit_config_dockerfile_t_SOURCES = %D%/dockerfile.c
tests_unit_config_dockerfile_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_config_dockerfile_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_config_dockerfile_t_LDADD = $(UNIT_LIBS)
