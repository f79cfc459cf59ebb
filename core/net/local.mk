# core/net
core_libcore_la_SOURCES += \
	%D%/http-server.c %D%/http-server.h \
	%D%/http-store.c %D%/http-store.h
