# tests/fake-engine: an engine that does what a script says, and what the REST
# client makes of one that misbehaves
check_PROGRAMS += tests/fake-engine/fake-engine
tests_fake_engine_fake_engine_SOURCES = %D%/main.c \
	%D%/connection.c %D%/connection.h \
	%D%/script.c %D%/script.h
tests_fake_engine_fake_engine_LDADD = core/libbase.la
check_PROGRAMS += tests/fake-engine/hold
tests_fake_engine_hold_SOURCES = %D%/hold.c
tests_fake_engine_hold_LDADD = core/libbase.la
FAKE_HARNESS = %D%/harness.c %D%/harness.h
fake_engine_tests = %D%/faults.t %D%/streams.t
check_PROGRAMS += $(fake_engine_tests)
TESTS += $(fake_engine_tests)
tests_fake_engine_faults_t_SOURCES = %D%/faults.c $(FAKE_HARNESS)
tests_fake_engine_faults_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_fake_engine_faults_t_CFLAGS = $(UNIT_CFLAGS)
tests_fake_engine_faults_t_LDADD = $(SDK_TEST_LIBS)
tests_fake_engine_streams_t_SOURCES = %D%/streams.c $(FAKE_HARNESS)
tests_fake_engine_streams_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_fake_engine_streams_t_CFLAGS = $(UNIT_CFLAGS)
tests_fake_engine_streams_t_LDADD = $(SDK_TEST_LIBS)
