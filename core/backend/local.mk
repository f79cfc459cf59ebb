# core/backend: the host of plugins
core_libcore_la_SOURCES += \
	%D%/apart.c %D%/apart.h \
	%D%/attempt.c %D%/attempt.h \
	%D%/backend.h \
	%D%/block.c %D%/block.h \
	%D%/choose.c %D%/choose.h \
	%D%/credentials.c %D%/credentials.h \
	%D%/config-file.c %D%/config-file.h \
	%D%/conn.c %D%/conn.h \
	%D%/crash.c %D%/crash.h \
	%D%/dump.c \
	%D%/first.c %D%/first.h \
	%D%/guard.c %D%/guard.h \
	%D%/helper.c %D%/helper.h \
	%D%/hint.c %D%/hint.h \
	%D%/kinds.c \
	%D%/list.c \
	%D%/loader.c %D%/loader.h \
	%D%/need.c %D%/need.h \
	%D%/private-dir.c %D%/private-dir.h \
	%D%/search.c %D%/search.h \
	%D%/services.c %D%/services.h \
	%D%/settings.c %D%/settings.h \
	%D%/status.c %D%/status.h \
	%D%/table.c %D%/table.h \
	%D%/value.c %D%/value.h \
	%D%/watch.c %D%/watch.h \
	%D%/wrap-group.c %D%/wrap-image.c %D%/wrap-member.c
