/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/git.h"

#include <git2.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/strv.h"

struct facts {
	git_repository *repo;
	git_oid head;
	char *tag;
	void (*fact)(void *ctx, const char *name, const char *value);
	void *ctx;
};

static void begin(void)
{
	git_libgit2_init();
	/* it is the user's own project, whoever checked it out */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
}

void git_begin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, begin);
}

static void tell(const struct facts *f, const char *name, const char *value)
{
	if (value)
		f->fact(f->ctx, name, value);
}

/* owner/name of a GitHub URL; false: it is none. */
static bool split_url(const char *url, char **owner, char **name)
{
	static const char *const prefixes[] = {"https://github.com/",
					       "git@github.com:"};
	const char *rest = NULL, *slash;
	size_t len;

	for (size_t i = 0; i < ARRAY_LEN(prefixes) && !rest; i++)
		if (str_starts(url, prefixes[i]))
			rest = url + strlen(prefixes[i]);
	slash = rest ? strchr(rest, '/') : NULL;
	if (!slash || slash == rest || strchr(slash + 1, '/'))
		return false;
	len = strlen(slash + 1) - (str_ends(slash + 1, ".git") ? 4 : 0);
	if (len == 0)
		return false;
	*owner = xstrndup(rest, (size_t)(slash - rest));
	*name = xstrndup(slash + 1, len);
	return true;
}

static void tell_remote(const struct facts *f)
{
	AUTO_FREE char *owner = NULL, *name = NULL, *full = NULL;
	git_remote *origin = NULL;
	const char *url;

	if (git_remote_lookup(&origin, f->repo, "origin") < 0)
		return;
	url = git_remote_url(origin);
	if (url && split_url(url, &owner, &name)) {
		full = xasprintf("%s/%s", owner, name);
		tell(f, "CIRRUS_REPO_CLONE_URL", url);
		tell(f, "CIRRUS_REPO_OWNER", owner);
		tell(f, "CIRRUS_REPO_NAME", name);
		tell(f, "CIRRUS_REPO_FULL_NAME", full);
	}
	git_remote_free(origin);
}

/* The first tag by name that points at HEAD, itself or through a tag object. */
static int see_tag(const char *name, git_oid *oid, void *payload)
{
	struct facts *f = payload;
	git_object *tag = NULL, *target = NULL;

	if (f->tag || git_object_lookup(&tag, f->repo, oid, GIT_OBJECT_ANY) < 0)
		return 0;
	if (git_object_peel(&target, tag, GIT_OBJECT_COMMIT) == 0 &&
	    git_oid_equal(git_object_id(target), &f->head))
		f->tag = xstrdup(name + strlen("refs/tags/"));
	git_object_free(target);
	git_object_free(tag);
	return 0;
}

static void tell_head(struct facts *f)
{
	git_reference *head = NULL;
	git_commit *commit = NULL;
	char id[GIT_OID_HEXSZ + 1];

	if (git_repository_head(&head, f->repo) < 0)
		return;
	if (git_reference_is_branch(head))
		tell(f, "CIRRUS_BRANCH", git_reference_shorthand(head));
	if (git_reference_peel((git_object **)&commit, head,
			       GIT_OBJECT_COMMIT) == 0) {
		f->head = *git_commit_id(commit);
		tell(f, "CIRRUS_CHANGE_IN_REPO",
		     git_oid_tostr(id, sizeof(id), &f->head));
		tell(f, "CIRRUS_CHANGE_MESSAGE", git_commit_message(commit));
		git_tag_foreach(f->repo, see_tag, f);
		tell(f, "CIRRUS_TAG", f->tag);
		free(f->tag);
	}
	git_commit_free(commit);
	git_reference_free(head);
}

void git_facts(const char *dir,
	       void (*fact)(void *ctx, const char *name, const char *value),
	       void *ctx)
{
	struct facts f = {.fact = fact, .ctx = ctx};

	git_begin();
	if (git_repository_open_ext(&f.repo, dir, 0, NULL) < 0)
		return;
	tell_remote(&f);
	tell_head(&f);
	git_repository_free(f.repo);
}
