/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/settings.h"

#include <sys/stat.h>

#include "base/fd.h"
#include "tap.h"

static const struct cirrus_option host = {
	.struct_size = sizeof(host),
	.name = "host",
	.default_value = "unix:///default",
};
static const struct cirrus_option max_size = {
	.struct_size = sizeof(max_size),
	.type = CIRRUS_OPT_SIZE,
	.name = "max-size",
};
static const struct cirrus_option password = {
	.struct_size = sizeof(password),
	.flags = CIRRUS_OPT_SECRET,
	.name = "password",
};
static const struct cirrus_option mirrors = {
	.struct_size = sizeof(mirrors),
	.type = CIRRUS_OPT_JSON,
	.name = "mirrors",
};
static const struct cirrus_option must = {
	.struct_size = sizeof(must),
	.flags = CIRRUS_OPT_REQUIRED,
	.name = "must",
};
static const struct cirrus_option *const options[] = {
	&host, &max_size, &password, &mirrors, NULL};
static const struct cirrus_option *const demanding[] = {&must, NULL};

static int32_t helper(int32_t argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static struct backend backend = {
	.name = (char *)"my-vm",
	.path = (char *)"/plugins/cirrus-my-vm.so",
	.table = {.name = "my-vm", .options = options},
};

/* A person whose home is the test's own directory. */
static void at_home(const char *config_yml)
{
	AUTO_FREE char *dir = xasprintf("%s/config/cirrus", test_dir());
	AUTO_FREE char *base = xasprintf("%s/config", test_dir());
	AUTO_FREE char *file = xasprintf("%s/config.yml", dir);

	setenv("HOME", test_dir(), 1);
	setenv("XDG_CONFIG_HOME", base, 1);
	unsetenv("XDG_CACHE_HOME");
	unsetenv("XDG_STATE_HOME");
	setenv("XDG_RUNTIME_DIR", test_dir(), 1);
	unsetenv("CIRRUS_CLI_MY_VM_HOST");
	unsetenv("CIRRUS_CLI_MY_VM_MAX_SIZE");
	if (dir_make(dir, 0755, NULL) < 0)
		exit(99);
	if (config_yml &&
	    file_replace(file, config_yml, strlen(config_yml), 0644, NULL) < 0)
		exit(99);
}

static const char *value(const struct settings *s, const char *key)
{
	for (size_t i = 0; i < s->config->n_kv; i++)
		if (strcmp(s->config->kv[i].key, key) == 0)
			return s->config->kv[i].value;
	return NULL;
}

static const struct backend_choice nothing = {.kind = "container"};

TEST(the_nearest_source_wins)
{
	const struct backend_option given[] = {
		{"my-vm", "host", "tcp://first"},
		{"other", "host", "tcp://other"},
		{"my-vm", "host", "tcp://last"},
	};
	const struct backend_choice choice = {.options = given, .n_options = 3};
	struct settings s;

	at_home(NULL);
	need(settings_make(&s, &backend, &nothing, NULL) == 0);
	ok_str(value(&s, "host"), "unix:///default");
	ok_str(value(&s, "max-size"), NULL);
	settings_clear(&s);
	at_home("backends:\n  my-vm:\n    host: tcp://file\n");
	need(settings_make(&s, &backend, &nothing, NULL) == 0);
	ok_str(value(&s, "host"), "tcp://file");
	settings_clear(&s);
	setenv("CIRRUS_CLI_MY_VM_HOST", "tcp://environment", 1);
	setenv("CIRRUS_CLI_MY_VM_MAX_SIZE", "4G", 1);
	need(settings_make(&s, &backend, &nothing, NULL) == 0);
	ok_str(value(&s, "host"), "tcp://environment");
	ok_str(value(&s, "max-size"), "4G");
	settings_clear(&s);
	need(settings_make(&s, &backend, &choice, NULL) == 0);
	ok_str(value(&s, "host"), "tcp://last");
	settings_clear(&s);
}

static void refused(const struct backend_choice *choice, enum error_code code,
		    const char *msg, const char *hint)
{
	AUTO_ERROR struct error *err = NULL;
	struct settings s;

	ok(settings_make(&s, &backend, choice, &err) < 0);
	need(err);
	ok_int(err->code, code);
	ok_str(err->msg, msg);
	ok_str(err->hint, hint);
}

TEST(an_option_that_is_none_is_an_error)
{
	const struct backend_option given = {"my-vm", "hots", "x"};
	const struct backend_choice choice = {.options = &given,
					      .n_options = 1};

	at_home(NULL);
	refused(&choice, ERR_USAGE,
		"--backend-option: backend my-vm has no option \"hots\"",
		"did you mean \"host\"? options: host, max-size, password, "
		"mirrors");
}

TEST(a_variable_that_is_none_is_an_error)
{
	at_home(NULL);
	setenv("CIRRUS_CLI_MY_VM_SIZE", "1", 1);
	refused(&nothing, ERR_USAGE,
		"environment: backend my-vm has no option \"size\"",
		"options: host, max-size, password, mirrors");
	unsetenv("CIRRUS_CLI_MY_VM_SIZE");
}

TEST(a_value_of_the_wrong_type_names_its_source)
{
	at_home(NULL);
	setenv("CIRRUS_CLI_MY_VM_MAX_SIZE", "much", 1);
	refused(&nothing, ERR_CONFIG,
		"CIRRUS_CLI_MY_VM_MAX_SIZE: \"much\" is not a size such as "
		"512M or 4G",
		NULL);
	unsetenv("CIRRUS_CLI_MY_VM_MAX_SIZE");
}

TEST(the_file_is_checked_with_line_and_column)
{
	static const struct {
		const char *text, *want;
	} files[] = {
		{"backend: x\n", ":1:1: unknown key \"backend\""},
		{"backends: docker\n",
		 ":1:1: \"backends\" must be a map, not a scalar"},
		{"backends:\n  my-vm: x\n",
		 ":2:3: \"my-vm\" must be a map, not a scalar"},
		{"backends:\n  my-vm:\n    hosts: x\n",
		 ":3:5: unknown key \"hosts\""},
		{"backends:\n  my-vm:\n    host: [x]\n",
		 ":3:5: \"host\" must be one value, not a list"},
		{"backends:\n  my-vm:\n    max-size: much\n",
		 ":3:5: \"much\" is not a size such as 512M or 4G"},
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		AUTO_FREE char *want =
			xasprintf("%s/config/cirrus/config.yml%s", test_dir(),
				  files[i].want);
		AUTO_ERROR struct error *err = NULL;
		struct settings s;

		at_home(files[i].text);
		ok(settings_make(&s, &backend, &nothing, &err) < 0);
		need(err);
		ok_str(err->msg, want);
	}
}

TEST(the_file_may_speak_of_others)
{
	struct settings s;

	at_home("backends:\n  other:\n    anything: x\n");
	ok_int(settings_make(&s, &backend, &nothing, NULL), 0);
	settings_clear(&s);
	at_home("");
	ok_int(settings_make(&s, &backend, &nothing, NULL), 0);
	settings_clear(&s);
}

TEST(lists_and_maps_come_as_json)
{
	struct settings s;

	at_home("backends:\n  my-vm:\n    mirrors:\n    - a: 1\n      b: [x]\n"
		"    - c\n");
	need(settings_make(&s, &backend, &nothing, NULL) == 0);
	ok_str(value(&s, "mirrors"), "[{\"a\":\"1\",\"b\":[\"x\"]},\"c\"]");
	settings_clear(&s);
}

static char told[64];

static void tell(void *ctx, const char *text)
{
	(void)ctx;
	snprintf(told, sizeof(told), "%s", text);
}

TEST(secrets_are_told_to_be_masked)
{
	const struct backend_hooks hooks = {.secret = tell}, none = {0};
	const struct backend_option given = {"my-vm", "password", "hunter2"};
	const struct backend_choice choice = {.options = &given,
					      .n_options = 1};
	struct settings s;

	at_home(NULL);
	backend_set_hooks(&hooks);
	need(settings_make(&s, &backend, &choice, NULL) == 0);
	backend_set_hooks(&none);
	ok_str(told, "hunter2");
	settings_clear(&s);
}

TEST(what_is_required_must_be_there)
{
	at_home(NULL);
	backend.table.options = demanding;
	refused(&nothing, ERR_CONFIG,
		"backend my-vm needs the option \"must\": --backend-option "
		"my-vm.must=VALUE",
		NULL);
	backend.table.options = options;
}

static int mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? -1 : (int)(st.st_mode & 07777);
}

TEST(directories_are_the_plugin_s_own)
{
	AUTO_FREE char *cache =
		xasprintf("%s/.cache/cirrus/backends/my-vm", test_dir());
	AUTO_FREE char *state =
		xasprintf("%s/.local/state/cirrus/backends/my-vm", test_dir());
	AUTO_FREE char *runtime = xasprintf("%s/cirrus/my-vm", test_dir());
	struct settings s;

	at_home(NULL);
	need(dir_make(cache, 0777, NULL) == 0);
	need(chmod(cache, 0777) == 0);
	need(settings_make(&s, &backend, &nothing, NULL) == 0);
	ok_str(s.config->cache_dir, cache);
	ok_str(s.config->state_dir, state);
	ok_str(s.config->runtime_dir, runtime);
	ok_int(mode_of(cache), 0700);
	ok_int(mode_of(state), 0700);
	ok_int(mode_of(runtime), 0700);
	settings_clear(&s);
}

TEST(without_a_home_there_is_a_temporary_one)
{
	AUTO_FREE char *want = xasprintf("%s/cirrus-%lu/my-vm/cache",
					 test_dir(), (unsigned long)geteuid());
	struct settings s;

	at_home(NULL);
	setenv("HOME", "/dev/null", 1);
	unsetenv("XDG_RUNTIME_DIR");
	setenv("TMPDIR", test_dir(), 1);
	need(settings_make(&s, &backend, &nothing, NULL) == 0);
	unsetenv("TMPDIR");
	ok_str(s.config->cache_dir, want);
	ok_int(mode_of(want), 0700);
	settings_clear(&s);
}

TEST(a_link_in_the_temporary_place_is_not_followed)
{
	AUTO_FREE char *top = xasprintf("%s/cirrus-%lu", test_dir(),
					(unsigned long)geteuid());
	AUTO_ERROR struct error *err = NULL;
	struct settings s;

	at_home(NULL);
	setenv("HOME", "/dev/null", 1);
	need(symlink(test_dir(), top) == 0);
	setenv("TMPDIR", test_dir(), 1);
	ok(settings_make(&s, &backend, &nothing, &err) < 0);
	unsetenv("TMPDIR");
	need(err);
	ok(strstr(err->msg, ": not a directory of yours"));
}

TEST(the_way_to_the_helper_ends_in_the_plugin)
{
	struct settings s;

	at_home(NULL);
	need(settings_make(&s, &backend, &nothing, NULL) == 0);
	ok(!s.config->helper_argv);
	settings_clear(&s);
	backend.table.helper = helper;
	need(settings_make(&s, &backend, &nothing, NULL) == 0);
	backend.table.helper = NULL;
	need(s.config->helper_argv);
	ok_int(access(s.config->helper_argv[0], X_OK), 0);
	ok_str(s.config->helper_argv[1], "plugin-helper");
	ok_str(s.config->helper_argv[2], "/plugins/cirrus-my-vm.so");
	ok(!s.config->helper_argv[3]);
	settings_clear(&s);
}

TAP_MAIN()
