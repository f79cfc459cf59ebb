# tests/unit/data
data_tests = %D%/json.t %D%/scalar.t %D%/yaml.t
check_PROGRAMS += $(data_tests)
TESTS += $(data_tests)
tests_unit_data_json_t_SOURCES = %D%/json.c
tests_unit_data_json_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_data_json_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_data_json_t_LDADD = $(UNIT_LIBS)
tests_unit_data_scalar_t_SOURCES = %D%/scalar.c
tests_unit_data_scalar_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_data_scalar_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_data_scalar_t_LDADD = $(UNIT_LIBS)
tests_unit_data_yaml_t_SOURCES = %D%/yaml.c
tests_unit_data_yaml_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_data_yaml_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_data_yaml_t_LDADD = $(UNIT_LIBS)
