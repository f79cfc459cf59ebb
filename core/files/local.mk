# core/files
core_libcore_la_SOURCES += \
	%D%/archive.c %D%/archive.h \
	%D%/changes.c %D%/changes.h \
	%D%/git.c %D%/git.h \
	%D%/ignore.c %D%/ignore.h \
	%D%/project.c %D%/project.h \
	%D%/unpack.c %D%/unpack.h
