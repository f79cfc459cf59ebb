# tests/cli/plugins-bad: one good plugin, and many that are bad in one way each.
# Tests copy those that they want from .libs into a directory of their own.
bad_plugins = \
	%D%/cirrus-crash-load.la %D%/cirrus-crash-probe.la \
	%D%/cirrus-dead-engine.la %D%/cirrus-good.la \
	%D%/cirrus-hang-entry.la %D%/cirrus-hang-load.la \
	%D%/cirrus-hang-open.la %D%/cirrus-hang-probe.la %D%/cirrus-helper.la \
	%D%/cirrus-kinds.la %D%/cirrus-misnamed.la %D%/cirrus-newer.la \
	%D%/cirrus-no-entry.la %D%/cirrus-no-exec.la %D%/cirrus-orphan.la \
	%D%/cirrus-other-abi.la %D%/cirrus-short.la %D%/cirrus-undefined.la \
	%D%/cirrus-wrong-major.la
if ENABLE_SHARED
check_LTLIBRARIES += $(bad_plugins) %D%/libcirrus-ghost.la
endif
noinst_HEADERS += %D%/bad.h
BAD_LINK_FLAGS = -module -avoid-version -rpath /nowhere $(AM_LDFLAGS)
tests_cli_plugins_bad_libcirrus_ghost_la_SOURCES = %D%/ghost.c
tests_cli_plugins_bad_libcirrus_ghost_la_LDFLAGS = -rpath /nowhere $(AM_LDFLAGS)
tests_cli_plugins_bad_cirrus_orphan_la_DEPENDENCIES = %D%/libcirrus-ghost.la
tests_cli_plugins_bad_cirrus_crash_load_la_SOURCES = %D%/crash-load.c
tests_cli_plugins_bad_cirrus_crash_load_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_crash_probe_la_SOURCES = %D%/crash-probe.c
tests_cli_plugins_bad_cirrus_crash_probe_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_dead_engine_la_SOURCES = %D%/dead-engine.c
tests_cli_plugins_bad_cirrus_dead_engine_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_good_la_SOURCES = %D%/good.c
tests_cli_plugins_bad_cirrus_good_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_hang_entry_la_SOURCES = %D%/hang-entry.c
tests_cli_plugins_bad_cirrus_hang_entry_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_hang_load_la_SOURCES = %D%/hang-load.c
tests_cli_plugins_bad_cirrus_hang_load_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_hang_open_la_SOURCES = %D%/hang-open.c
tests_cli_plugins_bad_cirrus_hang_open_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_hang_probe_la_SOURCES = %D%/hang-probe.c
tests_cli_plugins_bad_cirrus_hang_probe_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_kinds_la_SOURCES = %D%/kinds.c
tests_cli_plugins_bad_cirrus_kinds_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_misnamed_la_SOURCES = %D%/misnamed.c
tests_cli_plugins_bad_cirrus_misnamed_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_newer_la_SOURCES = %D%/newer.c
tests_cli_plugins_bad_cirrus_newer_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_no_entry_la_SOURCES = %D%/no-entry.c
tests_cli_plugins_bad_cirrus_no_entry_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_no_exec_la_SOURCES = %D%/no-exec.c
tests_cli_plugins_bad_cirrus_no_exec_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_orphan_la_SOURCES = %D%/orphan.c
# Past libtool, which would write the build tree's path into the plugin.
tests_cli_plugins_bad_cirrus_orphan_la_LDFLAGS = $(BAD_LINK_FLAGS) \
	-Wl,--no-as-needed,%D%/.libs/libcirrus-ghost.so
tests_cli_plugins_bad_cirrus_other_abi_la_SOURCES = %D%/other-abi.c
tests_cli_plugins_bad_cirrus_other_abi_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_short_la_SOURCES = %D%/short.c
tests_cli_plugins_bad_cirrus_short_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_undefined_la_SOURCES = %D%/undefined.c
tests_cli_plugins_bad_cirrus_undefined_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_wrong_major_la_SOURCES = %D%/wrong-major.c
tests_cli_plugins_bad_cirrus_wrong_major_la_LDFLAGS = $(BAD_LINK_FLAGS)
tests_cli_plugins_bad_cirrus_helper_la_SOURCES = %D%/helper.c
tests_cli_plugins_bad_cirrus_helper_la_LDFLAGS = $(BAD_LINK_FLAGS)
