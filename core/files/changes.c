/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/changes.h"

#include <git2.h>

#include "files/git.h"

/* Everything that libgit2 hands out, given back together. */
struct comparison {
	git_repository *repo;
	git_object *commit;
	git_tree *tree;
	git_diff *diff;
};

static void comparison_clear(struct comparison *c)
{
	git_diff_free(c->diff);
	git_tree_free(c->tree);
	git_object_free(c->commit);
	git_repository_free(c->repo);
}

static const char *last_words(void)
{
	const git_error *e = git_error_last();

	return e && e->message ? e->message : "unknown error";
}

static int open_tree(struct comparison *c, const char *dir,
		     const char *revision, struct error **err)
{
	if (git_repository_open_ext(&c->repo, dir, 0, NULL) < 0)
		return error_set(err, ERR_USAGE, "%s: no git repository: %s",
				 dir, last_words());
	if (git_revparse_single(&c->commit, c->repo, revision) < 0 ||
	    git_object_peel((git_object **)&c->tree, c->commit,
			    GIT_OBJECT_TREE) < 0)
		return error_set(err, ERR_USAGE,
				 "cannot compare with \"%s\": %s", revision,
				 last_words());
	return 0;
}

static int compare(struct comparison *c, bool staged, struct error **err)
{
	git_diff_options o = GIT_DIFF_OPTIONS_INIT;
	int r;

	o.flags = GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS;
	if (staged)
		r = git_diff_tree_to_index(&c->diff, c->repo, c->tree, NULL,
					   &o);
	else
		r = git_diff_tree_to_workdir_with_index(&c->diff, c->repo,
							c->tree, &o);
	if (r < 0)
		return error_set(err, ERR_SYSTEM, "cannot compare with git: %s",
				 last_words());
	return 0;
}

static void add_paths(const git_diff *diff, struct strv *paths)
{
	size_t n = git_diff_num_deltas(diff);

	for (size_t i = 0; i < n; i++) {
		const git_diff_delta *d = git_diff_get_delta(diff, i);
		const char *path = d->status == GIT_DELTA_DELETED
					   ? d->old_file.path
					   : d->new_file.path;

		if (!strv_contains(paths, path))
			strv_push(paths, path);
	}
}

int changes_find(const char *dir, const char *revision, bool staged,
		 struct strv *paths, struct error **err)
{
	struct comparison c = {0};
	int r;

	git_begin();
	r = open_tree(&c, dir, revision, err);
	if (r == 0)
		r = compare(&c, staged, err);
	if (r == 0)
		add_paths(c.diff, paths);
	comparison_clear(&c);
	return r;
}
