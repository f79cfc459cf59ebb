# core/model: tasks, environments, events: plain data
core_libcore_la_SOURCES += \
	%D%/annotation.c %D%/annotation.h \
	%D%/environment.c %D%/environment.h \
	%D%/event.c %D%/event.h \
	%D%/exit.c %D%/exit.h \
	%D%/node.c %D%/node.h \
	%D%/task.c %D%/task.h
