/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plugins/podman/find.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/fd.h"
#include "plugins/podman/rootless.h"
#include "tap.h"

static void on_log(const struct cirrus_call *call, int32_t level,
		   const char *msg)
{
	(void)call, (void)level, (void)msg;
}

static const struct cirrus_host host = {
	.struct_size = sizeof(host), .log = on_log, .now_ns = clock_now};
static const struct cirrus_call call = {.struct_size = sizeof(call),
					.host = &host};
static struct cirrus_kv options[2];
static struct cirrus_config config;

static char *put(const char *name, const char *text, mode_t mode)
{
	char *path = xasprintf("%s/%s", test_dir(), name);
	AUTO_FREE char *dir =
		xstrndup(path, (size_t)(strrchr(path, '/') - path));

	need(dir_make(dir, 0755, NULL) == 0);
	need(file_replace(path, text, strlen(text), mode, NULL) == 0);
	return path;
}

static void fresh(void)
{
	AUTO_FREE char *bin = xasprintf("%s/bin", test_dir());

	unsetenv("CONTAINER_HOST");
	setenv("XDG_RUNTIME_DIR", test_dir(), 1);
	setenv("PATH", bin, 1);
	config = (struct cirrus_config){.struct_size = sizeof(config),
					.kv = options};
}

static void set_option(const char *key, const char *value)
{
	options[config.n_kv++] = (struct cirrus_kv){key, value};
}

static void finds(const char *url, const char *program)
{
	AUTO_FOUND struct found f = {0};
	AUTO_ERROR struct error *err = NULL;

	ok_int(podman_find(&config, &f, &err), 0);
	ok_str(f.service.url, url);
	ok_str(f.program, program);
}

static void fails(const char *words)
{
	AUTO_FOUND struct found f = {0};
	AUTO_ERROR struct error *err = NULL;

	ok_int(podman_find(&config, &f, &err), -1);
	ok(err && strstr(err->msg, words));
	ok(err && err->hint);
}

/* --- finding -------------------------------------------------------------------- */

TEST(named_services_come_first)
{
	AUTO_FREE char *podman = NULL;

	fresh();
	podman = put("bin/podman", "#!/bin/sh\n", 0755);
	setenv("CONTAINER_HOST", "unix:///env.sock", 1);
	finds("unix:///env.sock", NULL);
	set_option("host", "unix:///option.sock");
	finds("unix:///option.sock", NULL);
}

TEST(a_bad_address_is_an_error_not_a_fallback)
{
	fresh();
	setenv("CONTAINER_HOST", "nonsense", 1);
	fails("not the address of an engine");
}

TEST(the_program_is_found_in_path_or_named)
{
	AUTO_FREE char *podman = NULL;
	AUTO_FREE char *other = NULL;

	if (geteuid() == 0 && access("/run/podman/podman.sock", F_OK) == 0)
		skip("the system has a Podman socket");
	fresh();
	fails("podman: no such program");
	podman = put("bin/podman", "#!/bin/sh\n", 0755);
	finds(NULL, podman);
	other = put("else/podman-next", "#!/bin/sh\n", 0755);
	set_option("program", other);
	finds(NULL, other);
	options[0].value = "/no/such/podman";
	fails("/no/such/podman: no such program");
}

TEST(a_users_socket_counts_if_somebody_listens)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	AUTO_FREE char *podman = NULL;
	AUTO_FREE char *dir = NULL;
	AUTO_FREE char *url = NULL;
	int fd;

	if (geteuid() == 0)
		skip("root looks in /run");
	fresh();
	podman = put("bin/podman", "#!/bin/sh\n", 0755);
	dir = xasprintf("%s/podman", test_dir());
	need(dir_make(dir, 0700, NULL) == 0);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/podman.sock", dir);
	fd = compat_socket(AF_UNIX, SOCK_STREAM, 0);
	need(bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0);
	finds(NULL, podman);
	need(listen(fd, 1) == 0);
	url = xasprintf("unix://%s", addr.sun_path);
	finds(url, NULL);
	close(fd);
	finds(NULL, podman);
}

/* --- versions ---------------------------------------------------------------------- */

TEST(old_versions_are_refused)
{
	AUTO_ERROR struct error *err = NULL;

	ok_int(podman_judge_version("4.3.0", &err), 0);
	ok_int(podman_judge_version("5.2.1-dev", &err), 0);
	ok_int(podman_judge_version("4.2.9", &err), -1);
	ok_str(err->msg, "Podman 4.2.9 is too old");
	ok_str(err->hint, "at least Podman 4.3 is needed");
}

TEST(the_version_is_asked_once_for_each_program)
{
	AUTO_FREE char *podman = NULL;
	AUTO_FREE char *counter = xasprintf("%s/count", test_dir());
	AUTO_FREE char *text = xasprintf("#!/bin/sh\necho x >>%s\n"
					 "echo podman version 4.3.1\n",
					 counter);
	AUTO_BUF struct buf b = BUF_INIT(100);
	AUTO_ERROR struct error *err = NULL;
	char version[64];

	podman = put("podman", text, 0755);
	for (int i = 0; i < 3; i++) {
		version[0] = '\0';
		ok_int(podman_check_version(&call, podman, test_dir(), version,
					    &err),
		       0);
		ok_str(version, "4.3.1");
	}
	need(file_read(counter, &b, NULL) == 0);
	ok_str(b.data, "x\n");
	free(podman);
	podman = put("podman", "#!/bin/sh\necho podman version 3.4.4\n", 0755);
	ok_int(podman_check_version(&call, podman, test_dir(), version, &err),
	       -1);
	ok(err && strstr(err->msg, "Podman 3.4.4 is too old"));
}

TEST(a_program_that_is_no_podman_is_an_error)
{
	AUTO_FREE char *podman =
		put("podman",
		    "#!/bin/sh\necho 'libx.so: missing' >&2; exit 127\n", 0755);
	AUTO_ERROR struct error *err = NULL;
	char version[64];

	ok_int(podman_check_version(&call, podman, test_dir(), version, &err),
	       -1);
	ok(err && strstr(err->msg, "--version failed: libx.so: missing"));
}

/* --- what rootless needs --------------------------------------------------------------- */

static struct rootless self(void)
{
	static char root[300], path[300];

	snprintf(root, sizeof(root), "%s", test_dir());
	snprintf(path, sizeof(path), "%s/bin", test_dir());
	return (struct rootless){
		.user = "joe", .uid = geteuid(), .root = root, .path = path};
}

static void give(const char *name, const char *text, mode_t mode)
{
	free(put(name, text, mode));
}

static void give_ids(const char *line)
{
	give("etc/subuid", line, 0644);
	give("etc/subgid", line, 0644);
}

static void check_is(const struct rootless *r, const char *msg,
		     const char *hint, const char *warning)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_FREE char *warned = NULL;

	ok_int(rootless_check(r, &warned, &err), msg ? -1 : 0);
	ok_str(err ? err->msg : NULL, msg);
	if (hint)
		ok(err && err->hint && strstr(err->hint, hint));
	if (warning)
		ok(warned && strstr(warned, warning));
	else
		ok(warned == NULL);
}

TEST(a_complete_system_has_nothing_to_say)
{
	struct rootless r = self();

	give_ids("ann:1:65536\njoe:100000:65536\n");
	give("bin/newuidmap", "", 0755);
	give("bin/newgidmap", "", 0755);
	give("proc/sys/user/max_user_namespaces", "15000\n", 0644);
	r.runtime_dir = test_dir();
	check_is(&r, NULL, NULL, NULL);
}

TEST(helpers_are_needed_where_there_are_ids)
{
	struct rootless r = self();

	give_ids("joe:100000:65536\n");
	check_is(&r, "rootless Podman needs newuidmap", "uidmap", NULL);
	give("bin/newuidmap", "", 0755);
	check_is(&r, "rootless Podman needs newgidmap", "uidmap", NULL);
}

TEST(without_ids_some_images_do_not_work)
{
	struct rootless r = self();

	give_ids("joel:100000:65536\n");
	check_is(&r, NULL, NULL, "no entry for joe in /etc/subuid");
}

TEST(ids_may_be_of_the_number_or_of_a_directory_service)
{
	struct rootless r = self();
	AUTO_FREE char *line =
		xasprintf("%lu:100000:65536\n", (unsigned long)geteuid());

	give("bin/newuidmap", "", 0755);
	give("bin/newgidmap", "", 0755);
	give_ids(line);
	check_is(&r, NULL, NULL, NULL);
	give_ids("");
	give("etc/nsswitch.conf", "passwd: files\nsubid: sss\n", 0644);
	check_is(&r, NULL, NULL, NULL);
}

TEST(namespaces_may_be_switched_off)
{
	struct rootless r = self();

	give("proc/sys/user/max_user_namespaces", "0\n", 0644);
	check_is(&r, "rootless Podman: user namespaces are switched off",
		 "user.max_user_namespaces", NULL);
	give("proc/sys/user/max_user_namespaces", "1\n", 0644);
	give("proc/sys/kernel/unprivileged_userns_clone", "0\n", 0644);
	check_is(&r, "rootless Podman: user namespaces are switched off",
		 "unprivileged_userns_clone", NULL);
}

TEST(a_runtime_directory_must_be_ours)
{
	struct rootless r = self();

	r.runtime_dir = "/no/such/dir";
	check_is(&r,
		 "XDG_RUNTIME_DIR: /no/such/dir is not a directory of this "
		 "user",
		 "unset XDG_RUNTIME_DIR", NULL);
}

TAP_MAIN()
