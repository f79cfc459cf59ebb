/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/dockerfile.h"

#include "base/strv.h"

#include "parse.h"

/* The sources, between blanks, or what is wrong. */
static const char *sources_with(const char *text, const struct pairs *args)
{
	static char result[1024];
	AUTO_ARENA struct arena a = {0};
	AUTO_BUF struct buf b = BUF_INIT(sizeof(result) - 1);
	const char *const *list;
	const char *why = dockerfile_sources(&a, text, args, &list);

	for (size_t i = 0; !why && list[i]; i++)
		buf_addf(&b, "%s%s", i ? " " : "", list[i]);
	snprintf(result, sizeof(result), "%s", why ? why : b.data);
	return result;
}

static const char *sources(const char *text)
{
	static const struct pairs none = {0};

	return sources_with(text, &none);
}

TEST(copies_of_the_last_stage_count)
{
	ok_str(sources("FROM x\nCOPY b ./a/../c /to\nADD a /to"), "a b c");
	ok_str(sources("FROM x\nCOPY [\"a b\", \"c\", \"/to\"]"), "a b c");
	ok_str(sources("FROM x\nADD https://h/f g /to"), "g");
	ok_str(sources("FROM x\nCOPY --chown=1 a a b /to"), "a b");
	ok_str(sources("FROM x\nCOPY *.txt /"), "*.txt");
	ok_str(sources("FROM x\ncopy ../../a /"), "a");
}

TEST(the_whole_context_counts_as_nothing)
{
	ok_str(sources("FROM x\nCOPY a /\nCOPY . ."), "");
	ok_str(sources("FROM x\nCOPY / /"), "");
	ok_str(sources("FROM x\nCOPY a /\nRUN --mount=type=bind,target=/x y"),
	       "");
}

TEST(only_stages_that_are_needed_count)
{
	ok_str(sources("FROM a AS one\nCOPY 1 /\nFROM b AS two\nCOPY 2 /\n"
		       "FROM c\nCOPY --from=one /1 /\nCOPY 3 /"),
	       "1 3");
	ok_str(sources("FROM a AS one\nCOPY 1 /\nFROM one\nCOPY 3 /"), "1 3");
	ok_str(sources("FROM a\nCOPY 1 /\nFROM c\nCOPY --from=0 /1 /"), "1");
	ok_str(sources("FROM a AS m\nCOPY 1 /\nFROM c\n"
		       "RUN --mount=type=bind,source=s,from=m x"),
	       "1");
	ok_str(sources("FROM c\nRUN --mount=type=bind,source=s x\n"
		       "RUN --mount=type=cache,target=t y"),
	       "s");
	ok_str(sources("FROM c\nCOPY --from=elsewhere:1 /x /"), "");
}

TEST(variables_are_replaced)
{
	struct pair pair = {"V", "given"};
	struct pairs args = {&pair, 1};
	const char *text = "ARG G=glob\nFROM x\nARG V=default\nARG G\n"
			   "ENV E=${V}/e\n"
			   "COPY $V ${N:-none} ${V:+plus} \\$V $E $G /";

	ok_str(sources(text), "$V default default/e glob none plus");
	ok_str(sources_with(text, &args), "$V given given/e glob none plus");
	ok_str(sources("FROM x AS a\nENV D=d\nFROM a\nCOPY $D /"), "d");
	ok_str(sources("FROM x\nENV V=env\nARG V=arg\nCOPY $V /"), "env");
	ok_str(sources("FROM x\nENV A b c\nCOPY \"$A\"/f '$A' /"), "$A b c/f");
}

TEST(the_text_is_read_as_docker_does)
{
	ok_str(sources("# comment\n\nFROM x\nCOPY a \\\n# in between\n  b \\\n"
		       "\n /\n"),
	       "a b");
	ok_str(sources("# escape=`\nFROM x\nCOPY a `\n b /\n"), "a b");
	ok_str(sources("FROM x\nCOPY <<EOF f /\nCOPY nothing /\nEOF\n"), "f");
	ok_str(sources("FROM x\nRUN <<-'END' sh\n\tCOPY no /\n\tEND\nCOPY y /"),
	       "y");
	ok_str(sources("FROM x\r\nCOPY a /\r\n"), "a");
}

TEST(wrong_dockerfiles)
{
	ok_str(sources(""), "file with no instructions");
	ok_str(sources("FORM x"),
	       "dockerfile parse error on line 1: unknown instruction: FORM "
	       "(did you mean FROM?)");
	ok(strstr(sources("RUN x"), "no build stage") != NULL);
	ok(strstr(sources("FROM $NONE"), "should not be blank") != NULL);
	ok(strstr(sources("FROM UPPER"), "invalid reference") != NULL);
	ok(strstr(sources("FROM a\nCOPY --from=3 x /"), "stage index") != NULL);
	ok(strstr(sources("FROM a AS x\nCOPY --from=y z /\nFROM x AS y"),
		  "circular") != NULL);
	ok(strstr(sources("FROM a\nCOPY x"), "at least two") != NULL);
	ok(strstr(sources("FROM a\nRUN <<EOF\nx"), "heredoc") != NULL);
	ok(strstr(sources("FROM a\nCOPY ${X /"), "modifier") != NULL);
}

/* --- hashes ----------------------------------------------------------------------- */

struct project {
	const char *dockerfile, *file;
};

static int read_project(void *ctx, const char *path, char **data, size_t *len)
{
	const struct project *p = ctx;
	const char *text = strcmp(path, "Dockerfile") == 0     ? p->dockerfile
			   : strcmp(path, "some-file") == 0    ? p->file
			   : strcmp(path, "docker/linux") == 0 ? "1"
			   : strcmp(path, "docker/script.sh") == 0 ? "2"
								   : NULL;

	if (!text)
		return -1;
	*data = xstrdup(text);
	*len = strlen(text);
	return 0;
}

static int walk_project(void *ctx, const char *path,
			void (*each)(void *each_ctx, const char *path),
			void *each_ctx)
{
	(void)ctx;
	if (strcmp(path, "broken") == 0)
		each(each_ctx, "broken/link");
	if (strcmp(path, "docker") != 0)
		return strcmp(path, "broken") == 0 ? 0 : -1;
	each(each_ctx, "docker/linux");
	each(each_ctx, "docker/script.sh");
	return 0;
}

static struct tasks *parse_project(const char *config, const char *dockerfile)
{
	struct project project = {dockerfile, "some contents"};
	struct config_files files = {&project, read_project, walk_project};
	struct config_input in = {.text = config,
				  .len = strlen(config),
				  .path = "f",
				  .files = &files};
	AUTO_ERROR struct error *err = NULL;
	struct tasks *t = NULL;

	if (config_parse(&in, &t, NULL, &err) < 0)
		ok_str(err->msg, NULL);
	return t;
}

static void check_hash(const char *config, const char *dockerfile,
		       const char *want, size_t n_issues)
{
	AUTO_TASKS struct tasks *t = parse_project(config, dockerfile);

	need(t);
	ok_str(pairs_get(&t->v[0]->properties, "dockerfile_hash"), want);
	ok_int(t->n_issues, n_issues);
}

#define PLAIN "t_task: {container: {dockerfile: Dockerfile}}"
#define ARGS                                                              \
	"t_task: {container: {dockerfile: Dockerfile, docker_arguments: " \
	"{C: D, A: B}}}"

TEST(hashes_of_files_and_arguments)
{
	check_hash(PLAIN, "FROM debian:latest",
		   "ef74f2c966fb4f2fb970bd14d79237df", 0);
	check_hash(ARGS, "FROM debian:latest",
		   "de7830bffac8e089e6da768deffcf0ee", 0);
	check_hash("env: {CIRRUS_ARCH: arm64}\n" PLAIN, "FROM debian:latest",
		   "aa7e509ed26abfe107d59ccd6859f5f7", 0);
	check_hash(PLAIN, "", "d41d8cd98f00b204e9800998ecf8427e", 1);
	check_hash(ARGS, "FROM debian:latest\nCOPY some-file /some-file",
		   "c9e62f3db70646306bd60ede09ddefa408c0ee1996e118c1409a94e4a90"
		   "db12b",
		   0);
}

TEST(hashes_of_directories_and_of_what_is_missing)
{
	/* computed by sha256sum and md5sum of the same bytes */
	check_hash(PLAIN, "FROM x\nCOPY docker docker",
		   "10cecade668fac21a03042eb5e5f5d330c99029fe8d7ac18e8802eb2976"
		   "c3732",
		   0);
	check_hash(PLAIN, "FROM x\nCOPY nope /",
		   "5c7f0203422b37211cdef0dff734bf28", 1);
}

TEST(what_cannot_be_read_is_told_with_its_path)
{
	AUTO_TASKS struct tasks *t = parse_project(
		"env: {CIRRUS_DOCKER_CONTEXT: ./docker/../}\n" PLAIN,
		"FROM x\nCOPY nope broken docker /");

	need(t && t->n_issues == 2);
	ok_str(t->issues[0].message,
	       "failed to retrieve directory \"broken/link\" referenced in "
	       "ADD/COPY instruction: no such file or directory");
	ok_str(t->issues[1].message,
	       "failed to retrieve directory \"nope\" referenced in ADD/COPY "
	       "instruction: no such file or directory");
	ok_int(t->issues[0].at.line, 2);
	ok_int(t->issues[0].at.column, 22);
}

TEST(one_service_task_builds_for_all_tasks_with_the_same_hash)
{
	AUTO_TASKS struct tasks *t =
		parse_project("container: {dockerfile: Dockerfile}\n"
			      "a_task: {timeout_in: 5}\nb_task: {}\n"
			      "c_task: {container: {docker_arguments: {X: y}}}",
			      "FROM debian:latest");
	const struct task *s;

	need(t && t->len == 5);
	s = t->v[3];
	ok_str(s->name, "Prebuild Dockerfile");
	ok_int(s->instance.kind, INSTANCE_PREBUILT_IMAGE);
	ok_str(s->instructions[1].scripts[0],
	       "docker build --tag gcr.io/cirrus-ci-community/"
	       "ef74f2c966fb4f2fb970bd14d79237df:latest --file Dockerfile "
	       "${CIRRUS_DOCKER_CONTEXT:-$CIRRUS_WORKING_DIR}");
	ok_str(pairs_get(&s->properties, "timeout_in"), "300");
	ok_str(t->v[4]->name, "Prebuild Dockerfile X=y");
	need(t->v[0]->n_required == 1 && t->v[1]->n_required == 1);
	ok_int(t->v[0]->required[0], 3);
	ok_int(t->v[1]->required[0], 3);
	ok_int(t->v[2]->required[0], 4);
	ok_str(t->v[0]->instance.container.image,
	       "gcr.io/cirrus-ci-community/"
	       "ef74f2c966fb4f2fb970bd14d79237df:latest");
}

/* --- BuildKit -------------------------------------------------------------------- */

static const char *buildkit(const char *text)
{
	static char result[256];
	AUTO_ARENA struct arena a = {0};
	bool wanted;
	const char *found = dockerfile_buildkit(&a, text, &wanted);

	snprintf(result, sizeof(result), "%s",
		 found    ? found
		 : wanted ? "wanted"
			  : "no");
	return result;
}

TEST(what_only_buildkit_builds_is_named_with_its_line)
{
	ok_str(buildkit("FROM x\n# more\nRUN --mount=type=cache,target=/c y"),
	       "line 3: RUN --mount");
	ok_str(buildkit("FROM x\nRUN --network=none y"),
	       "line 2: RUN --network");
	ok_str(buildkit("FROM x\nCOPY --from=y --link a b"),
	       "line 2: COPY --link");
	ok_str(buildkit("FROM x\nADD --checksum=sha256:0 https://h/f g"),
	       "line 2: ADD --checksum");
	ok_str(buildkit("FROM x\nCOPY --chmod=755 a b"),
	       "line 2: COPY --chmod");
	ok_str(buildkit("FROM x\nRUN <<EOF\necho a\nEOF\nUSER y"),
	       "line 2: a heredoc");
	ok_str(buildkit("FROM x\nCOPY <<-'E' /to\n\ta\n\tE\n"),
	       "line 2: a heredoc");
	ok_str(buildkit("FROM --platform=$BUILDPLATFORM x\nUSER y"),
	       "line 1: FROM --platform");
	ok_str(buildkit("# syntax=r.example/other:1\nFROM x"),
	       "syntax=r.example/other:1");
}

TEST(what_every_builder_builds_needs_no_buildkit)
{
	ok_str(buildkit("FROM --platform=linux/arm64 x\nCOPY --from=y "
			"--chown=1:1 a b\nADD --chown=1 a b\nRUN a << b"),
	       "no");
	ok_str(buildkit("FROM x\n# syntax=docker/dockerfile:1\nRUN y"), "no");
	ok_str(buildkit("FROM x\nRUN echo $((1 << 2)) --mount=no"), "no");
	ok_str(buildkit("nonsense"), "no");
}

TEST(its_own_language_alone_only_asks_for_it)
{
	ok_str(buildkit("# syntax=docker/dockerfile:1.4\nFROM x"), "wanted");
	ok_str(buildkit("#syntax = docker.io/docker/dockerfile\nFROM x"),
	       "wanted");
	ok_str(buildkit("# escape=`\n# syntax=docker/dockerfile@sha256:0\n"
			"FROM x\nCOPY --link a b"),
	       "line 4: COPY --link");
}

TAP_MAIN()
