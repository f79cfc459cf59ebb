# core/report: events -> what people and machines read
core_libcore_la_SOURCES += \
	%D%/choose.c %D%/choose.h \
	%D%/format.h \
	%D%/interactive.c \
	%D%/json.c \
	%D%/lines.c %D%/lines.h \
	%D%/out.c %D%/out.h \
	%D%/report.c %D%/report.h \
	%D%/screen.c %D%/screen.h \
	%D%/simple.c \
	%D%/summary.c \
	%D%/tail.c %D%/tail.h \
	%D%/tree.c %D%/tree.h \
	%D%/view.c %D%/view.h \
	%D%/words.c %D%/words.h
