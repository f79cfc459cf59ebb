# plugins/podman
if ENABLE_PODMAN
backend_LTLIBRARIES += plugins/podman/cirrus-podman.la
plugins_podman_cirrus_podman_la_SOURCES = %D%/podman.c \
	%D%/find.c %D%/find.h \
	%D%/rootless.c %D%/rootless.h \
	%D%/service.c %D%/service.h
plugins_podman_cirrus_podman_la_LDFLAGS = $(PLUGIN_LINK_FLAGS)
plugins_podman_cirrus_podman_la_LIBADD = sdk/lib/libcirrus-sdk.la
endif
man_pages += plugins/podman/cirrus-backend-podman.7
