/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/buf.h"
#include "files/git.h"
#include "files/project.h"
#include "tap.h"

static void sh(const char *command)
{
	AUTO_FREE char *all = xasprintf(
		"export GIT_CONFIG_NOSYSTEM=1 HOME=$PWD/home\n"
		"git() { command git -c user.name=a -c user.email=a@b "
		"-c init.defaultBranch=main -c protocol.file.allow=always "
		"\"$@\"; }\n%s",
		command);
	const char *dir = test_dir(); /* made before the fork */
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		if (chdir(dir) == 0)
			execl("/bin/sh", "sh", "-ec", all, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	if (WEXITSTATUS(status) == 127)
		skip("no git");
	need(status == 0);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All paths of a directory but those in .git, sorted, one a line. */
static char *scan(const char *dir)
{
	AUTO_PROJECT struct project p = {0};
	AUTO_FREE char *path = xasprintf("%s/%s", test_dir(), dir);
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *err = NULL;

	need(project_scan(path, false, &p, &err) == 0);
	if (p.paths.len)
		qsort(p.paths.v, p.paths.len, sizeof(*p.paths.v), compare);
	for (size_t i = 0; i < p.paths.len; i++)
		if (!str_starts(p.paths.v[i], ".git/"))
			buf_addf(&b, "%s\n", p.paths.v[i]);
	return buf_steal(&b);
}

static bool exceeds(const char *dir, size_t files, int64_t bytes)
{
	AUTO_PROJECT struct project p = {0};
	AUTO_FREE char *path = xasprintf("%s/%s", test_dir(), dir);
	AUTO_ERROR struct error *err = NULL;

	need(project_scan(path, false, &p, &err) == 0);
	return project_exceeds(&p, files, bytes);
}

TEST(a_project_is_large_by_its_files_or_by_their_size)
{
	sh("mkdir -p size/d; printf 12345 >size/d/f; printf 12345 >size/g; "
	   "ln -s g size/l");
	ok(exceeds("size", 4, 1000));
	ok(!exceeds("size", 5, 1000));
	ok(exceeds("size", 5, 10));
	ok(!exceeds("size", 5, 11));
}

TEST(what_is_grafted_counts_as_well)
{
	sh("git init -q large && cd large && head -c 50000 /dev/urandom >f && "
	   "git add f && git commit -qm f && git worktree add -q ../linked && "
	   "rm ../linked/f");
	ok(exceeds("linked", 1000, 50000));
}

TEST(without_git_everything_belongs)
{
	AUTO_FREE char *got = NULL;

	sh("mkdir -p p/d; echo x >p/d/f; ln -s nowhere p/l; echo d >p/.gitignore");
	got = scan("p");
	ok_str(got, ".gitignore\nd\nd/f\nl\n");
}

TEST(git_rules_decide)
{
	AUTO_FREE char *got = NULL;

	sh("mkdir p; cd p; git init -q .; mkdir -p a/b build/x only/ignored\n"
	   "printf '*.log\\n!keep.log\\nbuild/\\n/anchored\\nonly/*\\n' "
	   ">.gitignore\n"
	   "echo '!/b/yes.log' >a/.gitignore; echo secret >.git/info/exclude\n"
	   "touch x.log keep.log build/x/y anchored a/anchored a/no.log "
	   "a/b/yes.log secret plain only/ignored/f\n"
	   "touch tracked.log build/tracked; git add -f tracked.log "
	   "build/tracked");
	got = scan("p");
	ok_str(got, ".git\n.gitignore\na\na/.gitignore\na/anchored\na/b\n"
		    "a/b/yes.log\nbuild\nbuild/tracked\nkeep.log\nonly\n"
		    "plain\ntracked.log\n");
}

TEST(a_subdirectory_follows_the_rules_of_the_whole)
{
	AUTO_FREE char *got = NULL;

	sh("mkdir -p p/sub/deep; cd p; git init -q .; echo '*.o' >.gitignore\n"
	   "touch sub/a.o sub/b sub/deep/c.o sub/kept.o; git add -f sub/kept.o");
	got = scan("p/sub");
	ok_str(got, "b\ndeep\nkept.o\n");
}

TEST(what_libgit2_cannot_open_git_lists)
{
	AUTO_FREE char *got = NULL;

	sh("mkdir -p p/d; cd p; git init -q .; echo '*.o' >.gitignore\n"
	   "touch a.o b d/c; git config core.repositoryformatversion 1\n"
	   "git config extensions.worktreeConfig true\n"
	   "git config extensions.preciousObjects true");
	got = scan("p");
	ok_str(got, ".git\n.gitignore\nb\nd\nd/c\n");
}

TEST(what_is_not_there_is_an_error)
{
	struct project p;
	AUTO_ERROR struct error *err = NULL;

	ok(project_scan("/nonexistent/x", false, &p, &err) < 0);
	ok(err && strstr(err->msg, "/nonexistent/x"));
}

static void on_fact(void *ctx, const char *name, const char *value)
{
	buf_addf(ctx, "%s=%s\n", name, value);
}

static char *facts(const char *dir)
{
	AUTO_FREE char *path = xasprintf("%s/%s", test_dir(), dir);
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);

	git_facts(path, on_fact, &b);
	return buf_steal(&b);
}

TEST(git_tells_its_facts)
{
	AUTO_FREE char *got = NULL, *sub = NULL, *tree = NULL, *none = NULL;

	sh("mkdir -p p/sub none; cd p; git init -q .; touch sub/f; git add .\n"
	   "git commit -qm 'one commit'; git tag -a v2 -m x; git tag zz\n"
	   "git remote add origin git@github.com:me/it.git\n"
	   "git worktree add -q ../tree -b side; git checkout -q --detach");
	got = facts("p");
	ok(strstr(got, "CIRRUS_REPO_FULL_NAME=me/it\n"));
	ok(strstr(got, "CIRRUS_REPO_CLONE_URL=git@github.com:me/it.git\n"));
	ok(strstr(got, "CIRRUS_CHANGE_MESSAGE=one commit\n"));
	ok(strstr(got, "CIRRUS_TAG=v2\n"));
	ok(!strstr(got, "CIRRUS_BRANCH"));
	sub = facts("p/sub");
	ok_str(sub, got);
	tree = facts("tree");
	ok(strstr(tree, "CIRRUS_BRANCH=side\n"));
	none = facts("none");
	ok_str(none, "");
}

TEST(only_github_has_an_owner)
{
	AUTO_FREE char *got = NULL;

	sh("mkdir p; cd p; git init -q .; git remote add origin "
	   "https://example.com/me/it.git");
	got = facts("p");
	ok_str(got, "");
}

/* Whether a copy would have that file in the .git at `at`. */
static bool grafted(const struct project *p, const char *at, const char *name)
{
	for (size_t i = 0; i < p->n_grafts; i++)
		if (strcmp(p->grafts[i].at, at) == 0 &&
		    strv_contains(&p->grafts[i].tree.paths, name))
			return true;
	return false;
}

static void scan_into(struct project *p, const char *dir)
{
	AUTO_FREE char *path = xasprintf("%s/%s", test_dir(), dir);

	need(project_scan(path, false, p, NULL) == 0);
}

TEST(a_linked_worktree_gets_a_repository_of_its_own)
{
	AUTO_PROJECT struct project p = {0};

	sh("git init -q p; cd p; echo x >f; git add f; git commit -qm m\n"
	   "git worktree add -q ../w; git config core.worktree \"$PWD\"\n"
	   "git config core.bare true; git config user.name somebody");
	scan_into(&p, "w");
	ok(!strv_contains(&p.paths, ".git"));
	ok(grafted(&p, ".git", "HEAD"));
	ok(grafted(&p, ".git", "index"));
	ok(grafted(&p, ".git", "objects"));
	ok(grafted(&p, ".git", "refs/heads/main"));
	ok(!grafted(&p, ".git", "worktrees"));
	ok(!grafted(&p, ".git", "commondir"));
	need(p.n_grafts == 2 && p.grafts[1].config);
	ok(strstr(p.grafts[1].config, "name = somebody"));
	ok(!strstr(p.grafts[1].config, "worktree"));
	ok(!strstr(p.grafts[1].config, "bare"));
}

TEST(submodules_stay_where_their_repository_comes_along)
{
	AUTO_PROJECT struct project p = {0}, sub = {0};

	sh("git init -q s; (cd s; echo x >f; git add f; git commit -qm m)\n"
	   "git init -q p; cd p; git submodule add -q ../s sub 2>/dev/null");
	scan_into(&p, "p");
	ok(strv_contains(&p.paths, "sub/.git"));
	ok_int(p.n_grafts, 0);
	scan_into(&sub, "p/sub");
	ok(!strv_contains(&sub.paths, ".git"));
	ok(grafted(&sub, ".git", "HEAD") && grafted(&sub, ".git", "objects"));
}

TEST(borrowed_objects_come_along)
{
	AUTO_PROJECT struct project p = {0}, w = {0}, inside = {0};

	sh("git init -q a; cd a; echo x >f; git add f; git commit -qm m; cd ..\n"
	   "git clone -q --shared a b; git clone -q --shared b c\n"
	   "cd c; git worktree add -q ../w 2>/dev/null\n"
	   "mkdir ../d; cd ../d; git init -q .; git clone -q --shared ../a e\n"
	   "echo ../../../e/.git/objects >.git/objects/info/alternates");
	scan_into(&p, "c");
	ok(!strv_contains(&p.paths, ".git/objects/info/alternates"));
	ok(strv_contains(&p.paths, ".git/objects/info"));
	ok_int(p.n_grafts, 2);
	ok_str(p.grafts[0].at, ".git/objects");
	ok(p.grafts[1].tree.paths.len > 3);
	ok(!strv_contains(&p.grafts[1].tree.paths, "info"));
	scan_into(&w, "w");
	ok(!grafted(&w, ".git", "objects/info/alternates"));
	ok_int(w.n_grafts, 4);
	ok_str(w.grafts[3].at, ".git/objects");
	scan_into(&inside, "d");
	ok(!strv_contains(&inside.paths, "e/.git/objects/info/alternates"));
}

TEST(a_pointer_to_nowhere_stays_one)
{
	AUTO_PROJECT struct project p = {0};

	sh("mkdir p; echo gitdir: /no/such >p/.git");
	scan_into(&p, "p");
	ok(strv_contains(&p.paths, ".git"));
	ok_int(p.n_grafts, 0);
}

TEST(everything_may_be_asked_for)
{
	AUTO_PROJECT struct project p = {0};
	AUTO_FREE char *path = xasprintf("%s/p", test_dir());

	sh("git init -q p; cd p; echo '*.o' >.gitignore; echo x >a.o");
	need(project_scan(path, true, &p, NULL) == 0);
	ok(strv_contains(&p.paths, "a.o"));
	ok(strv_contains(&p.paths, ".git/HEAD"));
}

TAP_MAIN()
