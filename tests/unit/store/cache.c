/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <fcntl.h>
#include <sys/file.h>

#include "base/fd.h"
#include "store/cache.h"
#include "tap.h"

static struct cache_dir *open_dir(const char *project)
{
	struct cache_dir *d = NULL;

	setenv("XDG_CACHE_HOME", test_dir(), 1);
	need(cache_dir_open(project, &d, NULL) == 0);
	return d;
}

static void describe(struct cache_entry *e, const char *key, const char *text)
{
	*e = (struct cache_entry){.kind = CACHE_ARCHIVE,
				  .key = (char *)key,
				  .name = (char *)"deps",
				  .task = (char *)"build",
				  .layout = (char *)"folder",
				  .size = (int64_t)strlen(text),
				  .content = 7,
				  .files = 2};
	hash_of(HASH_SHA256, text, strlen(text), e->sha256);
}

static void store(struct cache_dir *d, const char *key, const char *text)
{
	struct cache_writer *w = NULL;
	struct cache_entry e;

	describe(&e, key, text);
	need(cache_create(d, &w, NULL) == 0);
	need(fd_write_all(cache_writer_fd(w), text, strlen(text)) == 0);
	need(cache_commit(w, &e, NULL) == 0);
}

static int look(struct cache_dir *d, const char *key)
{
	AUTO_CACHE_ENTRY struct cache_entry e = {0};
	AUTO_CLOSE int fd = -1;
	AUTO_ERROR struct error *err = NULL;
	int r = cache_find(d, CACHE_ARCHIVE, key, &e, &fd, &err);

	if (r > 0 && cache_verify(fd, &e, &err) < 0)
		r = -1;
	if (r < 0)
		ok_int(err->code, ERR_CONFIG);
	return r;
}

/* The one entry's file, opened to be spoilt. */
static int open_entry(struct cache_dir *d)
{
	AUTO_CACHE_ENTRIES struct cache_entries all = {0};
	AUTO_FREE char *path = NULL;
	int fd;

	need(cache_list(d, &all, NULL) == 0 && all.len == 1);
	path = xasprintf("%s/%s", cache_dir_path(d), all.ptr[0].file);
	fd = open(path, O_RDWR | O_CLOEXEC);
	need(fd >= 0);
	return fd;
}

TEST(what_is_stored_is_found)
{
	struct cache_dir *d = open_dir("/home/me/project");
	AUTO_CACHE_ENTRY struct cache_entry e = {0};
	AUTO_CLOSE int fd = -1;
	char text[4] = "";

	ok_int(look(d, "key"), 0);
	ok(!cache_exists(d, CACHE_ARCHIVE, "key"));
	store(d, "key", "abc");
	ok(cache_exists(d, CACHE_ARCHIVE, "key"));
	ok(!cache_exists(d, CACHE_BLOB, "key"));
	ok_int(cache_find(d, CACHE_ARCHIVE, "key", &e, &fd, NULL), 1);
	ok_str(e.key, "key");
	ok_str(e.name, "deps");
	ok_str(e.task, "build");
	ok_str(e.layout, "folder");
	ok_int(e.size, 3);
	ok_int(e.content, 7);
	ok_int(e.files, 2);
	ok(e.created_ns > 0);
	ok_int(pread(fd, text, 3, 0), 3);
	ok_str(text, "abc");
	ok_int(look(d, "key"), 1);
	cache_dir_free(d);
}

TEST(any_text_is_a_key)
{
	struct cache_dir *d = open_dir("/p");
	static const char *const keys[] = {"", "../../x", "a/b?c#d%e",
					   "\xff\n"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		store(d, keys[i], "x");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		ok_int(look(d, keys[i]), 1);
	cache_dir_free(d);
}

TEST(projects_are_apart)
{
	struct cache_dir *a = open_dir("/a/project"),
			 *b = open_dir("/b/project");
	AUTO_CACHE_DIRS struct cache_dirs all = {0};

	store(a, "key", "x");
	ok_int(look(b, "key"), 0);
	store(b, "key", "y");
	ok_int(cache_dirs_all(&all, NULL), 0);
	ok_int(all.len, 2);
	ok_str(cache_dir_project(all.ptr[0]), "/a/project");
	ok_str(cache_dir_project(all.ptr[1]), "/b/project");
	cache_dir_free(a);
	cache_dir_free(b);
}

TEST(a_changed_byte_is_damage)
{
	struct cache_dir *d = open_dir("/p");
	AUTO_CLOSE int fd = -1;

	store(d, "key", "abcdef");
	fd = open_entry(d);
	need(pwrite(fd, "X", 1, 3) == 1);
	ok_int(look(d, "key"), -1);
	cache_dir_free(d);
}

TEST(every_cut_is_damage)
{
	struct cache_dir *d = open_dir("/p");
	AUTO_CLOSE int fd = -1;
	int good = 0;

	store(d, "key", "abcdef");
	fd = open_entry(d);
	for (off_t n = lseek(fd, 0, SEEK_END) - 1; n >= 0; n--) {
		need(ftruncate(fd, n) == 0);
		good += look(d, "key") >= 0;
	}
	ok_int(good, 0);
	cache_dir_free(d);
}

TEST(the_newest_of_a_name_is_found)
{
	struct cache_dir *d = open_dir("/p");
	AUTO_CACHE_ENTRY struct cache_entry e = {0};
	AUTO_CLOSE int fd = -1;

	ok_int(cache_find_newest(d, "deps", &e, &fd, NULL), 0);
	store(d, "z", "1");
	store(d, "a", "2");
	store(d, "m", "3");
	ok_int(cache_find_newest(d, "dep", &e, &fd, NULL), 0);
	ok_int(cache_find_newest(d, "deps", &e, &fd, NULL), 1);
	ok_str(e.key, "m");
	cache_dir_free(d);
}

TEST(what_dead_writers_left_is_swept_and_nothing_else)
{
	struct cache_dir *d = open_dir("/p");
	struct cache_writer *alive = NULL, *w = NULL;
	AUTO_FREE char *dead = NULL;

	need(cache_create(d, &alive, NULL) == 0);
	dead = xasprintf("%s/tmp-dead00", cache_dir_path(d));
	need(file_replace(dead, "x", 1, 0600, NULL) == 0);
	need(cache_create(d, &w, NULL) == 0);
	ok(access(dead, F_OK) < 0);
	cache_discard(w);
	/* the one at work is untouched */
	ok_int(fd_write_all(cache_writer_fd(alive), "abc", 3), 0);
	{
		struct cache_entry e;

		describe(&e, "key", "abc");
		ok_int(cache_commit(alive, &e, NULL), 0);
	}
	ok_int(look(d, "key"), 1);
	cache_dir_free(d);
}

TEST(who_reads_keeps_what_is_replaced)
{
	struct cache_dir *d = open_dir("/p");
	AUTO_CACHE_ENTRY struct cache_entry e = {0};
	AUTO_CLOSE int fd = -1;

	store(d, "key", "old");
	need(cache_find(d, CACHE_ARCHIVE, "key", &e, &fd, NULL) == 1);
	store(d, "key", "newer");
	ok_int(cache_verify(fd, &e, NULL), 0);
	ok_int(cache_remove(d, &e, NULL), 0);
	ok_int(look(d, "key"), 0);
	ok_int(cache_verify(fd, &e, NULL), 0);
	cache_dir_free(d);
}

TAP_MAIN()
