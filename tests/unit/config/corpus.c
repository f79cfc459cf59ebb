/* SPDX-License-Identifier: MIT */
/* Real configuration files of public repositories, and cases with what the
 * reference makes of them: tasks must be equal as JSON values, warnings and
 * errors must stand at the same place with the same text.
 *
 * The files are other people's and not part of the project: CIRRUS_TEST_SHARED
 * names the directory that holds corpus/ and cases/, by default ../shared beside
 * the source tree. */
#include "config.h"

#include <dirent.h>

#include "base/fd.h"
#include "base/strv.h"
#include "config/json-model.h"
#include "data/json-node.h"
#include "data/json.h"
#include "data/yaml.h"

#include "parse.h"

static char shared[1024];

static void find_shared(void)
{
	const char *set = getenv("CIRRUS_TEST_SHARED");
	const char *ci = getenv("CI");
	const char *srcdir = getenv("srcdir");
	struct stat st;

	if (set)
		snprintf(shared, sizeof(shared), "%s", set);
	else
		snprintf(shared, sizeof(shared), "%s/../shared",
			 srcdir ? srcdir : ".");
	if (stat(shared, &st) == 0)
		return;
	if (ci && strcmp(ci, "true") == 0)
		need(!"the shared cases must be there where nothing may skip");
	skip("no shared cases: set CIRRUS_TEST_SHARED");
}

static struct cJSON *read_json(const char *path)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);

	if (file_read(path, &text, NULL) < 0)
		return NULL;
	return json_parse(text.data, text.len, NULL);
}

/* The same for a map written as YAML; NULL where there is no such file. */
static struct cJSON *read_yaml(const char *path)
{
	AUTO_ARENA struct arena arena = {0};
	struct node *root;

	if (yaml_read_file(path, &arena, &root, NULL) < 0 || !root)
		return NULL;
	return json_of_node(root);
}

/* --- stand-ins for the files of the project ----------------------------------- */

static int read_stand_in(void *ctx, const char *path, char **data, size_t *len)
{
	const char *text;

	while (path[0] == '.' && path[1] == '/')
		path += 2;
	text = json_get_str(ctx, path);
	if (!text) {
		AUTO_FREE char *dotted = xasprintf("./%s", path);

		text = json_get_str(ctx, dotted);
	}
	if (!text)
		return -1;
	*data = xstrdup(text);
	*len = strlen(text);
	return 0;
}

static int walk_nothing(void *ctx, const char *path,
			void (*each)(void *each_ctx, const char *path),
			void *each_ctx)
{
	(void)ctx;
	(void)path;
	(void)each;
	(void)each_ctx;
	return -1;
}

static const char *const corpus_env[][2] = {
	{"CI", "true"},
	{"CONTINUOUS_INTEGRATION", "true"},
	{"CIRRUS_CI", "true"},
	{"CIRRUS_ENVIRONMENT", "CLI"},
	{"CIRRUS_USER_COLLABORATOR", "true"},
	{"CIRRUS_USER_PERMISSION", "write"},
	{"CIRRUS_BRANCH", "main"},
};

static struct tasks *parse_file(const char *path, const struct cJSON *files,
				const struct environment *env,
				struct position *at, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);
	struct config_files stand_ins = {.ctx = (void *)files,
					 .read = read_stand_in,
					 .walk = walk_nothing};
	struct config_input in = {.path = ".cirrus.yml", .env = env};
	struct tasks *tasks = NULL;

	if (file_read(path, &text, err) < 0)
		return NULL;
	in.text = text.data;
	in.len = text.len;
	in.files = files ? &stand_ins : NULL;
	return config_parse(&in, &tasks, at, err) < 0 ? NULL : tasks;
}

/* --- comparing ------------------------------------------------------------------ */

static void show(const char *label, const struct cJSON *v)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);

	json_print(v, JSON_PRETTY, &b);
	tap_quote(label, b.data);
}

static void compare_tasks(const char *name, const struct tasks *tasks,
			  const struct cJSON *want)
{
	AUTO_JSON struct cJSON *got = json_model_tasks(tasks);
	const struct cJSON *g = json_first(got), *w = json_first(want);

	if (json_equal(got, want) || (!g && !w))
		return;
	tap_failed = true;
	printf("# %s: %zu tasks, want %zu\n", name, json_len(got),
	       json_len(want));
	for (; g && w; g = json_next(g), w = json_next(w)) {
		if (json_equal(g, w))
			continue;
		show("got: ", g);
		show("want:", w);
		return;
	}
}

/* The n-th warning that the reference has too, in its form, or NULL. */
static char *warning(const struct tasks *tasks, size_t n)
{
	for (size_t i = 0; i < tasks->n_issues; i++) {
		const struct issue *issue = &tasks->issues[i];

		if (issue->is_lint || n-- > 0)
			continue;
		return xasprintf("WARNING %d:%d %s", issue->at.line,
				 issue->at.column, issue->message);
	}
	return NULL;
}

static void compare_issues(const char *name, const struct tasks *tasks,
			   const struct cJSON *want)
{
	const struct cJSON *w = json_first(want);

	for (size_t n = 0;; n++) {
		AUTO_FREE char *got = warning(tasks, n);

		if (!got && !w)
			return;
		if (!ok_str(got, json_str(w)))
			printf("#   %s\n", name);
		if (!got || !w)
			return;
		w = json_next(w);
	}
}

static void compare(const char *name, const char *path,
		    const struct cJSON *want)
{
	AUTO_ENVIRONMENT struct environment env = {0};
	AUTO_ERROR struct error *err = NULL;
	AUTO_TASKS struct tasks *tasks = NULL;
	struct position at;

	for (size_t i = 0; i < ARRAY_LEN(corpus_env); i++)
		environment_set(&env, corpus_env[i][0], corpus_env[i][1]);
	tasks = parse_file(path, json_get(want, "files"), &env, &at, &err);
	if (!tasks) {
		if (!ok_str(err->msg, json_get_str(want, "error")))
			printf("#   %s\n", name);
		return;
	}
	ok_str(NULL, json_get_str(want, "error"));
	compare_tasks(name, tasks, json_get(want, "tasks"));
	compare_issues(name, tasks, json_get(want, "issues"));
	if (!ok_int((long long)tasks->n_before_filtering,
		    json_get_int(want, "tasksBeforeFiltering", 0)))
		printf("#   %s\n", name);
}

/* The configuration beside NAME.expected.json, or NULL. */
static char *config_beside(const char *dir, const char *stem)
{
	static const char *const suffixes[] = {"yml", "yaml"};

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		AUTO_FREE char *path =
			xasprintf("%s/%s.%s", dir, stem, suffixes[i]);

		if (access(path, R_OK) == 0)
			return STEAL_PTR(path);
	}
	return NULL;
}

TEST(real_files_give_the_tasks_and_warnings_of_the_reference)
{
	static const char suffix[] = ".expected.json";
	AUTO_FREE char *dir = NULL;
	struct dirent *e;
	size_t n = 0;
	DIR *d;

	find_shared();
	dir = xasprintf("%s/corpus", shared);
	d = opendir(dir);
	need(d);
	while ((e = readdir(d))) {
		AUTO_FREE char *stem = xstrdup(e->d_name);
		AUTO_FREE char *path = xasprintf("%s/%s", dir, e->d_name);
		AUTO_FREE char *config = NULL;
		AUTO_JSON struct cJSON *want = NULL;

		if (!str_ends(stem, suffix))
			continue;
		stem[strlen(stem) - strlen(suffix)] = '\0';
		config = config_beside(dir, stem);
		want = read_json(path);
		if (ok(config && want))
			compare(stem, config, want);
		n++;
	}
	closedir(d);
	printf("# %zu files\n", n);
	ok(n > 0);
}

/* NAME.yml with NAME.json and stand-ins in NAME.fc, nothing in the environment. */
TEST(cases_give_the_expected_tasks)
{
	AUTO_FREE char *dir = NULL;
	struct dirent *e;
	size_t n = 0;
	DIR *d;

	find_shared();
	dir = xasprintf("%s/cases/config", shared);
	d = opendir(dir);
	need(d);
	while ((e = readdir(d))) {
		AUTO_FREE char *path = xasprintf("%s/%s", dir, e->d_name);
		AUTO_FREE char *config = xstrdup(path);
		AUTO_FREE char *stand_ins = NULL;
		AUTO_JSON struct cJSON *want = NULL, *files = NULL;
		AUTO_TASKS struct tasks *tasks = NULL;
		AUTO_ERROR struct error *err = NULL;

		if (!str_ends(path, ".json"))
			continue;
		config[strlen(config) - 5] = '\0';
		stand_ins = xasprintf("%s.fc", config);
		files = read_yaml(stand_ins);
		config = xreallocarray(config, strlen(path), 1);
		memcpy(config + strlen(path) - 5, ".yml", 5);
		want = read_json(path);
		tasks = parse_file(config, files, NULL, NULL, &err);
		if (ok(want && tasks))
			compare_tasks(e->d_name, tasks, want);
		else
			printf("#   %s: %s\n", path, err ? err->msg : "");
		n++;
	}
	closedir(d);
	ok(n > 0);
}

TEST(the_case_of_a_matrix_without_a_task)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_TASKS struct tasks *tasks = NULL;
	AUTO_FREE char *path = NULL;

	find_shared();
	path = xasprintf("%s/cases/config/rich-errors-matrix.yml", shared);
	tasks = parse_file(path, NULL, NULL, NULL, &err);
	need(!tasks && err);
	ok_str(err->msg, ".cirrus.yml:3:5: matrix can be defined only under a "
			 "task, docker_builder or pipe");
}

TEST(the_case_of_conditions_that_differ)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_TASKS struct tasks *tasks = NULL;
	AUTO_FREE char *path = NULL, *got = NULL;

	find_shared();
	path = xasprintf("%s/cases/config/issues-unbalanced-only-if.yml",
			 shared);
	tasks = parse_file(path, NULL, NULL, NULL, &err);
	need(tasks);
	got = warning(tasks, 0);
	ok_str(got, "WARNING 9:1 task \"build\" depends on task \"test\", but "
		    "their only_if conditions are different");
}

TAP_MAIN()
