# sdk/check: cirrus-backend-check, the conformance suite
bin_PROGRAMS += cirrus-backend-check
cirrus_backend_check_SOURCES = \
	%D%/archive.c %D%/box.c %D%/check.h \
	%D%/check-broken.c %D%/check-cancel.c %D%/check-copy.c %D%/check-exec.c \
	%D%/check-images.c %D%/check-instances.c %D%/check-lifecycle.c \
	%D%/check-limits.c %D%/check-logs.c %D%/check-mounts.c \
	%D%/check-report.c \
	%D%/check-session.c %D%/check-static.c %D%/check-streams.c \
	%D%/elf.c %D%/elf.h %D%/harness.c %D%/harness.h %D%/host.c \
	%D%/main.c %D%/plugin.c %D%/proc.c %D%/proc.h \
	%D%/report.c %D%/report.h %D%/run.c
cirrus_backend_check_CPPFLAGS = $(AM_CPPFLAGS) -DBACKENDDIR='"$(backenddir)"'
cirrus_backend_check_CFLAGS = $(AM_CFLAGS) $(ARCHIVE_CFLAGS)
cirrus_backend_check_LDADD = core/libbase.la $(ARCHIVE_LIBS)
man_pages += %D%/cirrus-backend-check.1
