# core/base: knows nothing of cirrus
core_libbase_la_SOURCES += \
	%D%/arena.c %D%/arena.h \
	%D%/banned.h \
	%D%/buf.c %D%/buf.h \
	%D%/clock.c %D%/clock.h \
	%D%/compat.c %D%/compat.h \
	%D%/compat-files.c %D%/compat-files.h \
	%D%/error.c %D%/error.h \
	%D%/fd.c %D%/fd.h \
	%D%/hash.c %D%/hash.h \
	%D%/mem.c %D%/mem.h \
	%D%/queue.c %D%/queue.h \
	%D%/ring.c %D%/ring.h \
	%D%/strv.c %D%/strv.h \
	%D%/suggest.c %D%/suggest.h \
	%D%/utf8.c %D%/utf8.h \
	%D%/vec.h
