# tests/plugins: what the plugins do of their own, then live against engines
plugin_tests = %D%/docker-client.t %D%/docker-endpoint.t %D%/podman-find.t %D%/podman-service.t
check_PROGRAMS += $(plugin_tests)
TESTS += $(plugin_tests)
tests_plugins_docker_client_t_SOURCES = %D%/docker-client.c \
	plugins/docker/buildkit.c plugins/docker/buildkit.h \
	plugins/docker/client.c plugins/docker/client.h \
	plugins/docker/client-config.c \
	plugins/docker/endpoint.c plugins/docker/endpoint.h
tests_plugins_docker_client_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_plugins_docker_client_t_CFLAGS = $(UNIT_CFLAGS)
tests_plugins_docker_client_t_LDADD = $(SDK_TEST_LIBS)
tests_plugins_docker_endpoint_t_SOURCES = %D%/docker-endpoint.c \
	plugins/docker/endpoint.c plugins/docker/endpoint.h
tests_plugins_docker_endpoint_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_plugins_docker_endpoint_t_CFLAGS = $(UNIT_CFLAGS)
tests_plugins_docker_endpoint_t_LDADD = $(SDK_TEST_LIBS)
tests_plugins_podman_find_t_SOURCES = %D%/podman-find.c \
	plugins/podman/find.c plugins/podman/find.h \
	plugins/podman/rootless.c plugins/podman/rootless.h
tests_plugins_podman_find_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_plugins_podman_find_t_CFLAGS = $(UNIT_CFLAGS)
tests_plugins_podman_find_t_LDADD = $(SDK_TEST_LIBS)
tests_plugins_podman_service_t_SOURCES = %D%/podman-service.c \
	plugins/podman/service.c plugins/podman/service.h
tests_plugins_podman_service_t_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_plugins_podman_service_t_CFLAGS = $(UNIT_CFLAGS)
tests_plugins_podman_service_t_LDADD = $(SDK_TEST_LIBS)
plugin_live_tests = %D%/artifacts-live.sh %D%/cache-live.sh %D%/copy-live.sh \
	%D%/docker-live.sh %D%/failures-live.sh %D%/faults-live.sh %D%/floods-live.sh %D%/group-live.sh \
	%D%/images-live.sh %D%/remote-live.sh %D%/podman-live.sh %D%/conformance-live.sh
plugin_live_tests += %D%/dockerfile-live.sh %D%/pipe-live.sh %D%/signals-live.sh %D%/wants-live.sh
TESTS += $(plugin_live_tests)
live_tests += $(plugin_live_tests)
EXTRA_DIST += $(plugin_live_tests) %D%/flood-cases.sh %D%/hold.sh %D%/live.sh %D%/private.sh
TESTS += %D%/sdk-archive.sh
EXTRA_DIST += %D%/sdk-archive.sh
execution_live_tests = %D%/execution-live.sh %D%/shared-live.sh \
	%D%/workspace-live.sh
TESTS += $(execution_live_tests)
live_tests += $(execution_live_tests)
EXTRA_DIST += $(execution_live_tests)
TESTS += %D%/no-shell-live.sh
live_tests += %D%/no-shell-live.sh
EXTRA_DIST += %D%/no-shell-live.sh
# what is decided about execution, point by point: tests/README.md
decision_live_tests = %D%/secrets-live.sh %D%/environment-live.sh \
	%D%/output-live.sh %D%/tasks-live.sh %D%/isolation-live.sh \
	%D%/details-live.sh %D%/git-live.sh
TESTS += $(decision_live_tests)
live_tests += $(decision_live_tests)
EXTRA_DIST += $(decision_live_tests)
TESTS += %D%/direct-live.sh
live_tests += %D%/direct-live.sh
EXTRA_DIST += %D%/direct-live.sh
