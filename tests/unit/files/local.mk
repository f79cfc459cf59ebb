# tests/unit/files
files_tests = %D%/archive.t %D%/project.t %D%/unpack.t
check_PROGRAMS += $(files_tests)
TESTS += $(files_tests)
tests_unit_files_archive_t_SOURCES = %D%/archive.c
tests_unit_files_archive_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_files_archive_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_files_archive_t_LDADD = $(UNIT_LIBS)
tests_unit_files_project_t_SOURCES = %D%/project.c
tests_unit_files_project_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_files_project_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_files_project_t_LDADD = $(UNIT_LIBS)
tests_unit_files_unpack_t_SOURCES = %D%/unpack.c
tests_unit_files_unpack_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_files_unpack_t_CFLAGS = $(UNIT_CFLAGS)
tests_unit_files_unpack_t_LDADD = $(UNIT_LIBS)
