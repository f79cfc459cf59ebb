# core/store
core_libcore_la_SOURCES += \
	%D%/artifacts.c %D%/artifacts.h \
	%D%/boots.c %D%/boots.h \
	%D%/cache.c %D%/cache.h \
	%D%/cache-dir.c %D%/cache-dir.h \
	%D%/cache-entry.c %D%/cache-entry.h \
	%D%/runs.c %D%/runs.h
