/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/build-context.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "files/dockerignore.h"

/* What a Dockerfile is called that is not in the context by itself. */
#define OWN_NAME ".cirrus-Dockerfile"

static void push_parts(const char *path, struct strv *out)
{
	AUTO_STRV struct strv parts = {0};

	strv_split(&parts, path, '/');
	for (size_t i = 0; i < parts.len; i++)
		if (*parts.v[i] && strcmp(parts.v[i], ".") != 0)
			strv_push(out, parts.v[i]);
}

/* The context relative to the project, "" for all of it; NULL: it is outside. */
static char *relative(const struct build_context_input *in)
{
	const char *path = in->context ? in->context : "";
	size_t n = strlen(in->working_dir);
	AUTO_STRV struct strv parts = {0};
	AUTO_BUF struct buf out = BUF_INIT(BUF_LINE);

	if (str_starts(path, in->working_dir) &&
	    (path[n] == '/' || path[n] == '\0'))
		path += n;
	else if (*path == '/')
		return NULL;
	push_parts(path, &parts);
	if (strv_contains(&parts, ".."))
		return NULL;
	for (size_t i = 0; i < parts.len; i++)
		buf_addf(&out, "%s%s", i ? "/" : "", parts.v[i]);
	return buf_steal(&out);
}

/* The rules that go with the Dockerfile, else those of the context. */
static void read_rules(const char *dockerfile, const char *root,
		       struct buf *text)
{
	AUTO_FREE char *own = xasprintf("%s.dockerignore", dockerfile);
	AUTO_FREE char *common = xasprintf("%s/.dockerignore", root);

	if (file_read(own, text, NULL) < 0) {
		buf_reset(text);
		if (file_read(common, text, NULL) < 0)
			buf_reset(text);
	}
}

static void filter(struct strv *paths, const struct buf *rules)
{
	struct dockerignore d = {0};
	size_t kept = 0;

	dockerignore_parse(&d, rules->data, rules->len);
	for (size_t i = 0; i < paths->len; i++) {
		if (dockerignore_leaves_out(&d, paths->v[i]))
			free(paths->v[i]);
		else
			paths->v[kept++] = paths->v[i];
	}
	paths->len = kept;
	if (paths->v)
		paths->v[kept] = NULL;
	dockerignore_clear(&d);
}

/* Its path below the context, where it is there; else NULL. */
static const char *name_inside(const struct build_context *b,
			       const char *dockerfile, const char *context)
{
	size_t n = strlen(context);

	while (str_starts(dockerfile, "./"))
		dockerfile += 2;
	if (n > 0) {
		if (!str_starts(dockerfile, context) || dockerfile[n] != '/')
			return NULL;
		dockerfile += n + 1;
	}
	for (size_t i = 0; i < b->tree.paths.len; i++)
		if (strcmp(b->tree.paths.v[i], dockerfile) == 0)
			return dockerfile;
	return NULL;
}

/* Under a name of its own, which the engine's rules then take away again. */
static int add_dockerfile(struct build_context *b, const char *path,
			  struct buf *rules, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);

	if (file_read(path, &text, err) < 0)
		return -1;
	archive_source_file(b->tar, OWN_NAME, text.data, text.len, 0644);
	buf_addf(rules, "\n%s\n", OWN_NAME);
	b->dockerfile = xstrdup(OWN_NAME);
	return 0;
}

static int fill(struct build_context *b, const struct build_context_input *in,
		const char *context, struct error **err)
{
	AUTO_BUF struct buf rules = BUF_INIT(BUF_MESSAGE);
	AUTO_FREE char *root = xasprintf("%s%s%s", in->project_dir,
					 *context ? "/" : "", context);
	AUTO_FREE char *dockerfile =
		xasprintf("%s/%s", in->project_dir, in->dockerfile);
	const char *inside;

	if (access(root, X_OK) < 0)
		return error_set(err, ERR_CONFIG,
				 "CIRRUS_DOCKER_CONTEXT: there is no directory "
				 "%s",
				 context);
	if (project_scan(root, in->no_gitignore, &b->tree, err) < 0)
		return -1;
	read_rules(dockerfile, root, &rules);
	filter(&b->tree.paths, &rules);
	b->tar = archive_source_new();
	archive_source_tree(b->tar, ".", &b->tree, false);
	inside = name_inside(b, in->dockerfile, context);
	if (inside)
		b->dockerfile = xstrdup(inside);
	else if (add_dockerfile(b, dockerfile, &rules, err) < 0)
		return -1;
	if (rules.len > 0)
		archive_source_file(b->tar, ".dockerignore", rules.data,
				    rules.len, 0644);
	return 0;
}

int build_context_open(const struct build_context_input *in,
		       struct build_context *out, struct error **err)
{
	AUTO_FREE char *context = relative(in);

	*out = (struct build_context){0};
	if (!context)
		return error_set(err, ERR_CONFIG,
				 "CIRRUS_DOCKER_CONTEXT leads out of the "
				 "project: %s",
				 in->context);
	return fill(out, in, context, err);
}

void build_context_clear(struct build_context *b)
{
	archive_source_free(b->tar);
	project_clear(&b->tree);
	free(b->dockerfile);
	*b = (struct build_context){0};
}
