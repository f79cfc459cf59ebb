# plugins/docker
if ENABLE_DOCKER
backend_LTLIBRARIES += plugins/docker/cirrus-docker.la
plugins_docker_cirrus_docker_la_SOURCES = \
	%D%/buildkit.c %D%/buildkit.h \
	%D%/client.c %D%/client.h \
	%D%/client-config.c \
	%D%/docker.c \
	%D%/endpoint.c %D%/endpoint.h
plugins_docker_cirrus_docker_la_CPPFLAGS = $(AM_CPPFLAGS)
plugins_docker_cirrus_docker_la_CFLAGS = $(AM_CFLAGS) $(CJSON_CFLAGS)
plugins_docker_cirrus_docker_la_LDFLAGS = $(PLUGIN_LINK_FLAGS)
plugins_docker_cirrus_docker_la_LIBADD = sdk/lib/libcirrus-sdk.la
endif
man_pages += plugins/docker/cirrus-backend-docker.7
