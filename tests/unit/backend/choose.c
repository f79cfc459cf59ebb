/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/choose.h"

#include <sys/stat.h>

#include "backend/backend.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "tap.h"

static void install(const char *name)
{
	const char *top = getenv("builddir");
	AUTO_FREE char *from =
		xasprintf("%s/tests/cli/plugins-bad/.libs/cirrus-%s.so",
			  top ? top : ".", name);
	AUTO_FREE char *to = xasprintf("%s/cirrus-%s.so", test_dir(), name);
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);

	if (access(from, R_OK) < 0)
		skip("no shared libraries in this build");
	if (file_read(from, &b, NULL) < 0 ||
	    file_replace(to, b.data, b.len, 0644, NULL) < 0)
		exit(99);
}

static char notes[1024];

static void take_note(void *ctx, const char *text)
{
	size_t len = strlen(notes);

	(void)ctx;
	snprintf(notes + len, sizeof(notes) - len, "%s\n", text);
}

static int connect_to(const char *name, struct conn **out, struct error **err)
{
	const struct backend_choice choice = {
		.name = name,
		.kind = "container",
		.note = take_note,
	};
	const struct call_options o = {0};

	notes[0] = '\0';
	setenv("CIRRUS_CLI_BACKEND_DIR", test_dir(), 1);
	setenv("HOME", test_dir(), 1);
	return backend_connect(&choice, &o, out, err);
}

static void connects(const char *name, const char *want)
{
	const struct call_options o = {0};
	AUTO_ERROR struct error *err = NULL;
	struct conn *c = NULL;

	if (!ok(connect_to(name, &c, &err) == 0)) {
		printf("# %s\n", err->msg);
		return;
	}
	ok_str(conn_name(c), want);
	conn_close(c, &o);
}

static void fails(const char *name, const char *msg, const char *hint)
{
	AUTO_ERROR struct error *err = NULL;
	struct conn *c = NULL;

	ok(connect_to(name, &c, &err) < 0);
	need(err);
	ok_int(err->code, ERR_BACKEND);
	ok_str(err->msg, msg);
	ok_str(err->hint, hint);
}

TEST(by_name)
{
	install("good");
	connects("good", "good");
	ok_str(notes, "backend good, as asked for\n");
}

TEST(by_path)
{
	AUTO_FREE char *path = xasprintf("%s/cirrus-good.so", test_dir());

	install("good");
	connects(path, "good");
}

TEST(by_the_environment)
{
	install("good");
	install("dead-engine");
	setenv("CIRRUS_CONTAINER_BACKEND", "dead-engine", 1);
	fails(NULL,
	      "dead-engine: cannot connect to /nowhere/engine.sock: no "
	      "such file",
	      "systemctl start engine");
	connects("good", "good");
	connects("auto", "good");
	unsetenv("CIRRUS_CONTAINER_BACKEND");
}

TEST(the_first_usable_one_automatically)
{
	install("good");
	install("dead-engine");
	install("no-entry");
	connects(NULL, "good");
	ok_str(notes, "passed over: dead-engine: cannot connect to "
		      "/nowhere/engine.sock: no such file\n"
		      "backend good: good engine at unix:///nowhere\n");
}

TEST(nothing_usable_lists_what_was_tried)
{
	install("dead-engine");
	install("no-entry");
	fails(NULL,
	      "no backend is usable: dead-engine: cannot connect to "
	      "/nowhere/engine.sock: no such file; backend no-entry is broken: "
	      "no entry symbol cirrus_backend_entry_v0",
	      "systemctl start engine");
}

TEST(nothing_installed)
{
	AUTO_FREE char *msg = xasprintf(
		"no backend is installed: no plugin in %s", test_dir());

	fails(NULL, msg, "install the docker or podman backend of cirrus");
}

TEST(an_unknown_name_lists_the_known_ones)
{
	AUTO_FREE char *msg = xasprintf(
		"unknown backend \"goood\": no plugin in %s", test_dir());

	install("good");
	install("dead-engine");
	fails("goood", msg,
	      "did you mean \"good\"? backends: dead-engine, "
	      "good");
}

TEST(a_bad_plugin_by_name_says_why)
{
	install("undefined");
	install("newer");
	fails("undefined",
	      "backend undefined is broken: undefined symbol: "
	      "cirrus_test_nowhere",
	      "the plugin does not fit the libraries of this machine: build or "
	      "install it anew");
	fails("newer",
	      "backend newer is incompatible: needs ABI 0.999, this cirrus "
	      "offers 0.1",
	      "install a newer cirrus");
}

TEST(a_probe_that_hangs_is_passed_over)
{
	int64_t start = clock_now();

	install("hang-probe");
	fails(NULL,
	      "no backend is usable: backend hang-probe does not answer: its "
	      "probe hangs",
	      "choose another with --container-backend=NAME");
	ok(clock_now() - start < 60 * NS_PER_S);
	/* Chosen by name it is not probed at all. */
	connects("hang-probe", "hang-probe");
}

static void open_hangs(const struct call_options *o, int code)
{
	const struct backend_choice choice = {.name = "hang-open",
					      .kind = "container"};
	AUTO_ERROR struct error *err = NULL;
	struct conn *c = NULL;

	ok(backend_connect(&choice, o, &c, &err) < 0);
	need(err);
	ok_int(err->code, code);
	ok_str(err->msg, "backend hang-open does not answer: its open hangs");
	ok_str(err->hint, "choose another with --container-backend=NAME");
}

TEST(an_open_that_hangs_is_given_up)
{
	int fds[2];

	install("hang-open");
	setenv("CIRRUS_CLI_BACKEND_DIR", test_dir(), 1);
	setenv("HOME", test_dir(), 1);
	open_hangs(&(struct call_options){.deadline_ns = clock_after_ms(10)},
		   ERR_BACKEND);
	need(fd_pipe(fds, NULL) == 0);
	fd_close(&fds[1]);
	open_hangs(&(struct call_options){.cancel_fd = fds[0]}, ERR_CANCELLED);
	fd_close(&fds[0]);
}

TEST(another_kind_is_refused)
{
	const struct backend_choice choice = {.name = "good", .kind = "tart"};
	const struct call_options o = {0};
	AUTO_ERROR struct error *err = NULL;
	struct conn *c = NULL;

	install("good");
	setenv("CIRRUS_CLI_BACKEND_DIR", test_dir(), 1);
	ok(backend_connect(&choice, &o, &c, &err) < 0);
	ok_str(err ? err->msg : NULL,
	       "backend good provides no environment of kind \"tart\"");
}

TEST(an_option_for_nobody_is_an_error)
{
	const struct backend_option given = {"goood", "host", "x"};
	const struct backend_choice choice = {
		.kind = "container",
		.options = &given,
		.n_options = 1,
	};
	const struct call_options o = {0};
	AUTO_ERROR struct error *err = NULL;
	struct conn *c = NULL;

	install("good");
	setenv("CIRRUS_CLI_BACKEND_DIR", test_dir(), 1);
	ok(backend_connect(&choice, &o, &c, &err) < 0);
	need(err);
	ok(strstr(err->msg, "--backend-option goood.host: unknown backend "
			    "\"goood\""));
}

TEST(a_wrong_option_ends_the_search)
{
	const struct backend_option given = {"dead-engine", "count", "many"};
	const struct backend_choice choice = {
		.kind = "container",
		.options = &given,
		.n_options = 1,
	};
	const struct call_options o = {0};
	AUTO_ERROR struct error *err = NULL;
	struct conn *c = NULL;

	install("good");
	install("dead-engine");
	setenv("CIRRUS_CLI_BACKEND_DIR", test_dir(), 1);
	setenv("HOME", test_dir(), 1);
	ok(backend_connect(&choice, &o, &c, &err) < 0);
	need(err);
	ok_int(err->code, ERR_CONFIG);
	ok_str(err->msg,
	       "--backend-option dead-engine.count: \"many\" is not a "
	       "whole number");
}

TEST(a_path_must_be_absolute_and_a_plugin_s)
{
	static const struct {
		const char *path, *msg, *hint;
	} paths[] = {
		{"./cirrus-good.so",
		 "./cirrus-good.so: the path of a backend must be absolute",
		 "write \"$PWD/./cirrus-good.so\""},
		{"/tmp/good.so", "/tmp/good.so: not the name of a plugin",
		 "a plugin is a file cirrus-NAME.so"},
	};

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		AUTO_ERROR struct error *err = NULL;
		struct conn *c = NULL;

		ok(connect_to(paths[i].path, &c, &err) < 0);
		need(err);
		ok_int(err->code, ERR_USAGE);
		ok_str(err->msg, paths[i].msg);
		ok_str(err->hint, paths[i].hint);
	}
}

TEST(docker_goes_first_and_podman_second)
{
	AUTO_CANDIDATES struct candidates list = {0};
	static const char *const names[] = {"apple", "docker", "lxd", "podman"};
	static const char *const want[] = {"docker", "podman", "apple", "lxd"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		candidates_push(&list,
				(struct candidate){.name = xstrdup(names[i])});
	choose_order(&list);
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		ok_str(list.ptr[i].name, want[i]);
}

TAP_MAIN()
