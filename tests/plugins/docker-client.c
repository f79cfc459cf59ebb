/* SPDX-License-Identifier: MIT */
/* Docker's client as a builder, with scripts in its place. */
#include "config.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "plugins/docker/buildkit.h"
#include "plugins/docker/client.h"
#include "plugins/docker/endpoint.h"
#include "tap.h"

static struct cirrus_config config;

static char *in_dir(const char *name)
{
	return xasprintf("%s/%s", test_dir(), name);
}

static void put(const char *name, const char *text, mode_t mode)
{
	AUTO_FREE char *path = in_dir(name);
	AUTO_FREE char *dir =
		xstrndup(path, (size_t)(strrchr(path, '/') - path));

	need(dir_make(dir, 0755, NULL) == 0);
	need(file_replace(path, text, strlen(text), mode, NULL) == 0);
}

static const char *contents(const char *name)
{
	static char text[4096];
	AUTO_FREE char *path = in_dir(name);
	AUTO_BUF struct buf b = BUF_INIT(sizeof(text) - 1);

	snprintf(text, sizeof(text), "%s",
		 file_read(path, &b, NULL) == 0 ? b.data : "(no such file)");
	return text;
}

/* A home of our own, whose programs come first. */
static void fresh(void)
{
	AUTO_FREE char *bin = in_dir("bin");
	static char *dir;
	const char *path = getenv("PATH");
	AUTO_FREE char *all = xasprintf("%s:%s", bin, path);

	signal(SIGPIPE, SIG_IGN); /* as the host does */
	setenv("PATH", all, 1);
	unsetenv("DOCKER_CONFIG");
	unsetenv("DOCKER_HOST");
	unsetenv("DOCKER_CONTEXT");
	setenv("HOME", test_dir(), 1);
	free(dir);
	dir = xstrdup(test_dir());
	config = (struct cirrus_config){.struct_size = sizeof(config),
					.cache_dir = dir,
					.runtime_dir = dir};
}

static void put_client(const char *script)
{
	AUTO_FREE char *text =
		xasprintf("#!/bin/sh\ncd '%s'\n%s\n", test_dir(), script);

	put("bin/docker", text, 0755);
}

/* --- calls ---------------------------------------------------------------------- */

static int cancel[2] = {-1, -1};

static cirrus_status auth(const struct cirrus_call *call UNUSED,
			  const char *registry,
			  struct cirrus_registry_auth *out)
{
	if (strcmp(registry, "r.example") != 0)
		return CIRRUS_E_NOTFOUND;
	out->username = "me";
	out->password = "sesame";
	return CIRRUS_OK;
}

static void ignore(const struct cirrus_call *call UNUSED, int32_t level UNUSED,
		   const char *msg UNUSED)
{
}

static const struct cirrus_host host = {.struct_size = sizeof(host),
					.log = ignore,
					.registry_auth = auth,
					.now_ns = clock_now};

static struct cirrus_call a_call(void)
{
	return (struct cirrus_call){.struct_size = sizeof(struct cirrus_call),
				    .cancel_fd = cancel[0],
				    .deadline_ns = clock_after_ms(30000),
				    .host = &host};
}

static struct client *find(void)
{
	struct cirrus_call call = a_call();

	return client_new(&call, &config);
}

static int64_t give(void *ctx, void *data, size_t len)
{
	struct buf *left = ctx;
	size_t n = left->len < len ? left->len : len;

	memcpy(data, left->data, n);
	buf_reset(left);
	return (int64_t)n;
}

static cirrus_status keep(void *ctx, int32_t stream UNUSED, const void *data,
			  size_t len)
{
	buf_add(ctx, data, len);
	if (cancel[1] >= 0 && strstr(((struct buf *)ctx)->data, "begun"))
		need(write(cancel[1], "", 1) == 1);
	return CIRRUS_OK;
}

static cirrus_status build(struct client *c, const char *log_has,
			   struct error **err)
{
	static const char *const tags[] = {"t:1", NULL};
	static const char *const registries[] = {"r.example", NULL};
	static const struct cirrus_kv args[] = {{"COLOR", "s3cret"},
						{"PATH", "x"}};
	static const struct cirrus_kv labels[] = {{"l", "1"}};
	static const struct cirrus_platform platform = {.os = "linux",
							.arch = "arm64"};
	AUTO_BUF struct buf tar = BUF_INIT(BUF_LINE);
	AUTO_BUF struct buf log = BUF_INIT(BUF_MESSAGE);
	const struct cirrus_reader reader = {&tar, give};
	const struct cirrus_writer writer = {&log, keep};
	const struct cirrus_build_spec spec = {.struct_size = sizeof(spec),
					       .flags = CIRRUS_BUILD_PULL,
					       .tags = tags,
					       .dockerfile = "ci/Dockerfile",
					       .args = args,
					       .n_args = 2,
					       .labels = labels,
					       .n_labels = 1,
					       .platform = &platform,
					       .registries = registries};
	struct cirrus_call call = a_call();
	cirrus_status s;

	buf_adds(&tar, "the context");
	s = buildkit_build(c, &call, &spec, &reader, &writer, err);
	ok(strstr(log.data, log_has) != NULL);
	return s;
}

/* --- finding it ------------------------------------------------------------------- */

static bool machine_has_buildx(void)
{
	return access("/usr/libexec/docker/cli-plugins/docker-buildx", X_OK) ==
		       0 ||
	       access("/usr/lib/docker/cli-plugins/docker-buildx", X_OK) == 0 ||
	       access("/usr/local/lib/docker/cli-plugins/docker-buildx",
		      X_OK) == 0 ||
	       access("/usr/local/libexec/docker/cli-plugins/docker-buildx",
		      X_OK) == 0;
}

static enum client_builder builder(void)
{
	struct client *c = find();
	enum client_builder b = c->builder;

	client_free(c);
	return b;
}

TEST(old_clients_have_it_built_in)
{
	if (machine_has_buildx())
		skip("this machine has buildx");
	fresh();
	put_client(
		"echo x >>runs; echo Docker version 20.10.24+dfsg1, build 0");
	ok_int(builder(), CLIENT_BUILTIN);
	ok_int(builder(), CLIENT_BUILTIN);
	ok_str(contents("runs"), "x\n");
	put_client("echo Docker version 28.2.2, build 0");
	ok_int(builder(), CLIENT_NONE);
	put_client("echo podman version 4.3.1");
	ok_int(builder(), CLIENT_NONE);
}

TEST(its_plugin_is_looked_for_where_the_client_does)
{
	AUTO_FREE char *extra = NULL;

	fresh();
	put_client("exit 1");
	put(".docker/cli-plugins/docker-buildx", "", 0755);
	ok_int(builder(), CLIENT_BUILDX);
	setenv("DOCKER_CONFIG", test_dir(), 1);
	extra = xasprintf("{\"cliPluginsExtraDirs\": [\"%s/more\"]}",
			  test_dir());
	put("config.json", extra, 0600);
	put("more/docker-buildx", "", 0755);
	ok_int(builder(), CLIENT_BUILDX);
}

TEST(it_takes_the_engine_that_we_take)
{
	static const struct cirrus_kv by_host[] = {{"host", "tcp://h:1"}};
	static const struct cirrus_kv by_context[] = {{"context", "far"}};
	AUTO_STRV struct strv a = {0}, b = {0}, c = {0}, d = {0};

	fresh();
	docker_client_options(&config, &d);
	ok_int(d.len, 2);
	ok(str_starts(d.v[1], "unix:///"));
	setenv("DOCKER_HOST", "tcp://env:1", 1);
	docker_client_options(&config, &c);
	ok_int(c.len, 0);
	config.kv = by_host;
	config.n_kv = 1;
	docker_client_options(&config, &a);
	ok_str(a.v[0], "--host");
	ok_str(a.v[1], "tcp://h:1");
	config.kv = by_context;
	docker_client_options(&config, &b);
	ok_str(b.v[0], "--context");
	ok_str(b.v[1], "far");
}

/* --- building --------------------------------------------------------------------- */

TEST(what_is_asked_for_reaches_the_client)
{
	AUTO_ERROR struct error *err = NULL;
	struct client *c;

	fresh();
	setenv("DOCKER_HOST", "tcp://env:1", 1);
	put(".docker/cli-plugins/docker-buildx", "", 0755);
	put(".docker/config.json",
	    "{\"credsStore\": \"x\", \"auths\": {\"o.example\": {}}}", 0600);
	put_client(
		"echo \"$*\" >said; echo $COLOR >color; cat >context\n"
		"cat $DOCKER_CONFIG/config.json >config\n"
		"test -e $DOCKER_CONFIG/cli-plugins/docker-buildx || exit 1\n"
		"echo it is done >&2");
	c = find();
	ok_int(build(c, "it is done\n", &err), CIRRUS_OK);
	ok_str(contents("said"),
	       "buildx build --load --progress=plain --tag t:1 --file "
	       "ci/Dockerfile --platform linux/arm64 --build-arg COLOR "
	       "--build-arg PATH=x --label l=1 --pull -\n");
	ok_str(contents("color"), "s3cret\n");
	ok_str(contents("context"), "the context");
	ok(strstr(contents("config"), "\"credsStore\":\"x\"") != NULL);
	ok(strstr(contents("config"), "\"o.example\":{}") != NULL);
	ok(strstr(contents("config"),
		  "\"r.example\":{\"username\":\"me\",\"password\":"
		  "\"sesame\"}") != NULL);
	ok(strstr(contents("config"), "\"credHelpers\":{\"r.example\":\"\"}") !=
	   NULL);
	client_free(c);
}

TEST(what_the_client_says_at_the_end_is_why)
{
	AUTO_ERROR struct error *err = NULL, *lost = NULL;
	struct client *c;

	fresh();
	put(".docker/cli-plugins/docker-buildx", "", 0755);
	put_client("cat >/dev/null; echo step; echo 'ERROR: exit code: 9' >&2; "
		   "echo; echo View build details; exit 1");
	c = find();
	ok_int(build(c, "step\n", &err), CIRRUS_E_FAILED);
	ok_str(err->msg, "build: exit code: 9");
	/* without reading what it is given */
	put_client("echo 'ERROR: Cannot connect to the Docker daemon at x'; "
		   "exit 1");
	ok_int(build(c, "ERROR", &lost), CIRRUS_E_LOST);
	client_free(c);
}

TEST(a_build_that_is_cancelled_ends_with_its_children)
{
	AUTO_ERROR struct error *err = NULL;
	struct client *c;
	int left;

	fresh();
	need(fd_pipe(cancel, NULL) == 0);
	put(".docker/cli-plugins/docker-buildx", "", 0755);
	put_client("sleep 1000 & echo $! >child; echo begun; wait");
	c = find();
	ok_int(build(c, "begun", &err), CIRRUS_E_CANCELLED);
	left = atoi(contents("child"));
	need(left > 0);
	for (int i = 0; i < 1000 && kill(left, 0) == 0; i++)
		usleep(10000);
	ok(kill(left, 0) < 0);
	client_free(c);
	fd_close(&cancel[0]);
	fd_close(&cancel[1]);
}

TAP_MAIN()
