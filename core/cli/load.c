/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/utf8.h"
#include "cli/excerpt.h"
#include "cli/user-env.h"
#include "config/config.h"
#include "files/changes.h"
#include "run/task-variables.h"
#include "run/variables.h"

void loaded_clear(struct loaded *l)
{
	environment_clear(&l->base);
	environment_clear(&l->user);
	location_clear(&l->location);
	buf_clear(&l->text);
	tasks_free(l->tasks);
}

static int read_env(const struct load_options *o, struct environment *env,
		    struct error **err)
{
	if (o->env_file && user_env_add_file(env, o->env_file, err) < 0)
		return -1;
	for (size_t i = 0; i < o->env.len; i++)
		if (user_env_add(env, o->env.v[i], err) < 0)
			return -1;
	return 0;
}

static int refuse_star(const struct load_options *o, const struct location *l,
		       struct error **err)
{
	if (o->file && str_ends(o->file, ".star"))
		return error_set(err, ERR_CONFIG,
				 "%s: this version of cirrus cannot evaluate "
				 "Starlark",
				 o->file);
	if (!l->star || (o->ignore_star && l->path))
		return 0;
	error_set(err, ERR_CONFIG,
		  "%s/.cirrus.star: this version of cirrus cannot evaluate "
		  "Starlark",
		  l->dir);
	if (!l->path)
		return -1;
	return error_hint(err, "--ignore-star reads %s alone", l->path);
}

static int locate(const struct load_options *o, struct location *l,
		  struct error **err)
{
	if (o->dir && chdir(o->dir) < 0) {
		error_errno(err, errno, "%s", o->dir);
		(*err)->code = ERR_USAGE;
		return -1;
	}
	if (location_find(o->file, l, err) < 0)
		return -1;
	return refuse_star(o, l, err);
}

static int read_text(struct loaded *l, struct error **err)
{
	bool is_stdin = strcmp(l->location.path, "-") == 0;

	buf_init(&l->text, BUF_FILE);
	if (is_stdin) {
		free(l->location.path);
		l->location.path = xstrdup("<stdin>");
		if (fd_read_all(STDIN_FILENO, &l->text) == 0)
			return 0;
		return error_errno(err, errno, "cannot read standard input");
	}
	if (file_read(l->location.path, &l->text, err) < 0) {
		(*err)->code = ERR_USAGE;
		return -1;
	}
	return 0;
}

int load_text(const struct load_options *o, struct loaded *out,
	      struct error **err)
{
	if (read_env(o, &out->user, err) < 0 ||
	    locate(o, &out->location, err) < 0)
		return -1;
	return read_text(out, err);
}

static int find_affected(const struct load_options *o, const char *dir,
			 struct strv *files, struct error **err)
{
	for (size_t i = 0; i < o->affected_files.len; i++)
		strv_push(files, o->affected_files.v[i]);
	if (o->affected_git &&
	    changes_find(dir, o->affected_git, false, files, err) < 0)
		return -1;
	if (o->affected_git_cached &&
	    changes_find(dir, o->affected_git_cached, true, files, err) < 0)
		return -1;
	return 0;
}

static int parse(const struct load_options *o, struct loaded *out,
		 struct error **err)
{
	AUTO_ENVIRONMENT struct environment env = {0};
	AUTO_STRV struct strv affected = {0};
	struct config_files files = location_files;
	struct config_input in = {.text = out->text.data,
				  .len = out->text.len,
				  .path = out->location.path,
				  .env = &env,
				  .files = &files};

	if (find_affected(o, out->location.dir, &affected, err) < 0)
		return -1;
	files.ctx = out->location.dir;
	in.affected_files = (const char *const *)affected.v;
	environment_merge(&env, &out->base);
	environment_merge(&env, &out->user);
	return config_parse(&in, &out->tasks, &out->at, err);
}

/* Messages quote what they complain about, with its variables in place. */
static void hide(struct loaded *out, struct error *err)
{
	struct secrets *s = secrets_new();

	secrets_learn(s, &out->user);
	if (err)
		secrets_mask_error(s, err);
	for (size_t i = 0; out->tasks && i < out->tasks->n_issues; i++) {
		struct issue *issue = &out->tasks->issues[i];
		AUTO_FREE char *masked = secrets_mask(s, issue->message);

		if (strcmp(masked, issue->message) != 0)
			issue->message =
				arena_strdup(&out->tasks->arena, masked);
	}
	secrets_free(s);
}

int load_tasks(const struct load_options *o, struct loaded *out,
	       struct error **err)
{
	struct error *wrong = NULL;
	int r;

	variables_base(&out->base, out->location.dir, !o->no_git_facts);
	r = parse(o, out, &wrong);
	hide(out, wrong);
	return r < 0 ? error_pass(err, &wrong, NULL) : r;
}

/* Tasks come in the same order whatever variables there are; only those that
 * build images, at the end, depend on which others are kept. */
bool *load_enabled_by_git(const struct load_options *o, const struct loaded *l)
{
	struct loaded plain = *l;
	AUTO_ERROR struct error *err = NULL;
	bool *enabled = xcalloc(l->tasks->len + 1, sizeof(*enabled));

	plain.base = (struct environment){0};
	plain.tasks = NULL;
	variables_base(&plain.base, l->location.dir, false);
	if (plain.base.len != l->base.len && parse(o, &plain, &err) == 0)
		for (size_t i = 0; i < l->tasks->len && i < plain.tasks->len;
		     i++)
			enabled[i] = !l->tasks->v[i]->filtered &&
				     plain.tasks->v[i]->filtered;
	environment_clear(&plain.base);
	tasks_free(plain.tasks);
	return enabled;
}

void load_show_place(struct error *e, const struct loaded *l)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);

	if (!l->at.line || !e->msg)
		return;
	buf_addf(&b, "%s\n", e->msg);
	excerpt_add(&b, l->text.data, l->at);
	if (b.len)
		buf_truncate(&b, b.len - 1);
	free(e->msg);
	e->msg = buf_steal(&b);
	utf8_tame(e->msg, true);
}
