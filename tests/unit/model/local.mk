# tests/unit/model
model_tests = %D%/exit.t
check_PROGRAMS += $(model_tests)
TESTS += $(model_tests)
tests_unit_model_exit_t_SOURCES = %D%/exit.c
tests_unit_model_exit_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_model_exit_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_model_exit_t_LDADD = $(UNIT_LIBS)
