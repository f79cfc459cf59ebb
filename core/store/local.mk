# core/store
core_libcore_la_SOURCES += \
	%D%/boots.c %D%/boots.h \
	%D%/runs.c %D%/runs.h
