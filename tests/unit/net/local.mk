# tests/unit/net
net_tests = %D%/http.t
check_PROGRAMS += $(net_tests)
TESTS += $(net_tests)
tests_unit_net_http_t_SOURCES = %D%/http.c
tests_unit_net_http_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_net_http_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_net_http_t_LDADD = $(UNIT_LIBS)
