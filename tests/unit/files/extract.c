/* SPDX-License-Identifier: MIT */
/* pack and extract: there and back, and what may not come back. */
#include "config.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fd.h"
#include "files/extract.h"
#include "files/pack.h"
#include "members.h"
#include "tap.h"

static int open_file(void)
{
	AUTO_FREE char *path = xasprintf("%s/archive", test_dir());
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	need(fd >= 0);
	return fd;
}

static void pack_tar(struct buf *tar, const struct pack_options *o, int fd,
		     struct pack_result *r)
{
	AUTO_ERROR struct error *err = NULL;

	need(pack(from_buf, tar, fd, o, r, &err) == 0);
}

/* "name mode data\n" of every member that comes out; or the error. */
static void unpack(int fd, int64_t size, const struct member_rules *rules,
		   struct buf *out)
{
	struct extract *x = extract_new(fd, size, rules, NULL);
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	char piece[333];
	int64_t n;

	while ((n = extract_read(x, piece, sizeof(piece))) > 0)
		buf_add(&tar, piece, (size_t)n);
	archive_read_support_format_tar(a);
	if (n == 0 && archive_read_open_memory(a, tar.data, tar.len) == 0)
		while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
			const char *l = archive_entry_hardlink(e)
						? archive_entry_hardlink(e)
						: archive_entry_symlink(e);
			char text[64] = "";

			if (archive_entry_size(e) > 0)
				archive_read_data(a, text, sizeof(text) - 1);
			buf_addf(out, "%s %o %s\n", archive_entry_pathname(e),
				 (unsigned int)archive_entry_mode(e),
				 l ? l : text);
		}
	else
		buf_adds(out, extract_error(x)->msg);
	archive_read_free(a);
	extract_free(x);
}

/* What comes back of a tar that somebody hands over as it is. */
static void through(const struct member *m, size_t n,
		    const struct member_rules *rules, struct buf *out)
{
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_CLOSE int fd = open_file();

	make_tar(m, n, &tar);
	need(fd_write_all(fd, tar.data, tar.len) == 0);
	unpack(fd, (int64_t)tar.len, rules, out);
}

#define THROUGH(rules, out, ...)                                        \
	do {                                                            \
		const struct member members_[] = {__VA_ARGS__};         \
		buf_reset(out);                                         \
		through(members_, ARRAY_LEN(members_), (rules), (out)); \
	} while (0)

TEST(there_and_back)
{
	static const struct member members[] = {
		{"./", S_IFDIR | 0750, NULL},
		{"./d/", S_IFDIR | 0700, NULL},
		{"./d/f", S_IFREG | 0640, "text"},
		{"./d/h", S_IFREG | 0640, "./d/f", true},
		{"./l", S_IFLNK | 0777, "/etc/passwd"},
		{"./fifo", S_IFIFO | 0600, NULL},
		{"./n\xff", S_IFREG | 0600, "x"},
	};
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);
	AUTO_MANIFEST struct manifest seen = {0};
	struct pack_options o = {.rules = &member_rules_all, .seen = &seen};
	struct pack_result r;
	AUTO_CLOSE int fd = open_file();

	make_tar(members, ARRAY_LEN(members), &tar);
	pack_tar(&tar, &o, fd, &r);
	ok_int(r.files, 2);
	ok_int(r.members, 5);
	ok_int(r.content, 5);
	ok_int(lseek(fd, 0, SEEK_END), r.bytes);
	ok_int(seen.items.len, 6);
	unpack(fd, r.bytes, &member_rules_all, &out);
	ok_str(out.data, "./ 40750 \nd/ 40700 \nd/f 100640 text\n"
			 "d/h 640 d/f\nl 120777 /etc/passwd\n"
			 "n\xff 100600 x\n");
}

TEST(what_is_only_looked_at_is_seen_all_the_same)
{
	static const struct member members[] = {
		{"./", S_IFDIR | 0750, NULL},
		{"./f", S_IFREG | 0640, "text"},
		{"./g", S_IFREG | 0640, "more text"},
	};
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf again = BUF_INIT(BUF_FILE);
	AUTO_MANIFEST struct manifest before = {0};
	AUTO_MANIFEST struct manifest seen = {0};
	struct pack_options first = {.rules = &member_rules_all,
				     .seen = &before};
	struct pack_options o = {
		.rules = &member_rules_all, .seen = &seen, .before = &before};
	struct pack_result r;

	make_tar(members, ARRAY_LEN(members), &tar);
	buf_add(&again, tar.data, tar.len);
	pack_tar(&tar, &first, -1, &r);
	manifest_sort(&before);
	manifest_find(&before, "g")->mtime_s--;
	pack_tar(&again, &o, -1, &r);
	ok_int(r.files, 2);
	ok_int(r.content, 13);
	ok_int(r.bytes, 0);
	manifest_sort(&seen);
	ok_int(seen.items.len, 3);
	ok(!manifest_find(&seen, "f")->digest);
	ok(manifest_find(&seen, "g")->digest);
}

TEST(names_that_lead_out_end_it)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);

	THROUGH(&member_rules_all, &out,
		{"a/../../etc/passwd", S_IFREG | 0644, "x"});
	ok(strstr(out.data, "reaches out of its folder"));
	THROUGH(&member_rules_all, &out, {"..", S_IFLNK | 0777, "x"});
	ok(strstr(out.data, "reaches out of its folder"));
	THROUGH(&member_rules_all, &out, {"f", S_IFREG | 0644, "x"},
		{"h", S_IFREG | 0644, "../f", true});
	ok(strstr(out.data, "reaches out of its folder"));
	/* a link to what the archive did not make may be anything */
	THROUGH(&member_rules_all, &out,
		{"h", S_IFREG | 0644, "etc/shadow", true});
	ok(strstr(out.data, "reaches out of its folder"));
}

TEST(absolute_names_are_relative)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);

	THROUGH(&member_rules_all, &out, {"//d", S_IFDIR | 0755, NULL},
		{"/d//x", S_IFREG | 0644, "x"});
	ok_str(out.data, "d/ 40755 \nd/x 100644 x\n");
}

TEST(nothing_goes_through_a_link)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);

	THROUGH(&member_rules_all, &out, {"l", S_IFLNK | 0777, "/etc"},
		{"l/passwd", S_IFREG | 0644, "x"});
	ok(strstr(out.data, "l is no directory"));
	/* a directory that becomes a link later on */
	THROUGH(&member_rules_all, &out, {"d", S_IFDIR | 0755, NULL},
		{"d", S_IFLNK | 0777, "/etc"}, {"d/x", S_IFREG | 0644, "x"});
	ok(strstr(out.data, "d is no directory"));
	/* the folder itself */
	THROUGH(&member_rules_all, &out, {"./", S_IFLNK | 0777, "/etc"});
	ok(strstr(out.data, "reaches out of its folder"));
}

TEST(directories_on_the_way_are_made)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);

	THROUGH(&member_rules_all, &out, {"a/b/f", S_IFREG | 0644, "x"});
	ok_str(out.data, "a/ 40755 \na/b/ 40755 \na/b/f 100644 x\n");
}

TEST(devices_stay_out)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);

	THROUGH(&member_rules_all, &out, {"dev", S_IFCHR | 0666, NULL},
		{"f", S_IFREG | 0644, "x"});
	ok_str(out.data, "f 100644 x\n");
}

static long below_hot(const void *ctx, const char *name)
{
	(void)ctx;
	return strncmp(name, "w/hot", 5) == 0 &&
			       (name[5] == '/' || name[5] == '\0')
		       ? 5
		       : -1;
}

TEST(members_stay_in_their_folders)
{
	const struct member_rules rules = {below_hot, NULL};
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);

	THROUGH(&rules, &out, {"w/hot/d/f", S_IFREG | 0644, "x"});
	ok_str(out.data, "w/hot/ 40755 \nw/hot/d/ 40755 \n"
			 "w/hot/d/f 100644 x\n");
	THROUGH(&rules, &out, {"w/hotter", S_IFREG | 0644, "x"});
	ok(strstr(out.data, "reaches out of its folder: w/hotter"));
	THROUGH(&rules, &out, {"w", S_IFDIR | 0777, NULL});
	ok(strstr(out.data, "reaches out of its folder: w"));
}

TEST(a_cut_archive_is_an_error)
{
	static const struct member members[] = {{"f", S_IFREG | 0644, "text"}};
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);
	struct pack_options o = {.rules = &member_rules_all};
	struct pack_result r;
	AUTO_CLOSE int fd = open_file();

	make_tar(members, 1, &tar);
	pack_tar(&tar, &o, fd, &r);
	unpack(fd, r.bytes / 2, &member_rules_all, &out);
	ok(out.len > 0 && !strstr(out.data, "100644"));
}

TEST(a_broken_stream_is_an_error)
{
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *err = NULL;
	static const struct member members[] = {{"f", S_IFREG | 0644, "text"}};
	struct pack_options o = {.rules = &member_rules_all};
	struct pack_result r;
	AUTO_CLOSE int fd = open_file();

	make_tar(members, 1, &tar);
	buf_truncate(&tar, 514);
	ok_int(pack(from_buf, &tar, fd, &o, &r, &err), -1);
	ok(err != NULL);
}

TEST(a_full_disk_is_told)
{
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *err = NULL;
	static const struct member members[] = {{"f", S_IFREG | 0644, "text"}};
	struct pack_options o = {.rules = &member_rules_all};
	struct pack_result r;
	AUTO_CLOSE int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		skip("no /dev/full");
	make_tar(members, 1, &tar);
	ok_int(pack(from_buf, &tar, fd, &o, &r, &err), -1);
	ok(err && strstr(err->msg, "No space left"));
}

static bool is_f(void *ctx, const struct manifest_item *item)
{
	(void)ctx;
	return strcmp(item->path, "f") == 0;
}

TEST(digests_are_made_where_times_differ)
{
	static const struct member members[] = {{"f", S_IFREG | 0644, "abc"},
						{"g", S_IFREG | 0644, "abc"}};
	AUTO_MANIFEST struct manifest before = {0}, now = {0};
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	struct manifest_item f = {.path = (char *)"f",
				  .mode = S_IFREG | 0644,
				  .size = 3,
				  .mtime_s = 999};
	struct manifest_item g = f;
	struct pack_options o = {
		.rules = &member_rules_all, .seen = &now, .before = &before};
	struct pack_result r;
	AUTO_CLOSE int fd = open_file();

	g.path = (char *)"g";
	g.mtime_s = 1000;
	manifest_add(&before, &f);
	manifest_add(&before, &g);
	manifest_sort(&before);
	make_tar(members, 2, &tar);
	pack_tar(&tar, &o, fd, &r);
	manifest_sort(&now);
	ok_str(manifest_find(&now, "f")->digest,
	       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a"
	       "d");
	ok(!manifest_find(&now, "g")->digest);
	/* the stored archive tells the same of what it holds */
	ok_int(extract_digests(fd, r.bytes, &before, is_f, NULL, NULL), 0);
	ok_int(manifest_diff(&before, &now, NULL, NULL), 0);
	free(manifest_find(&before, "f")->digest);
	manifest_find(&before, "f")->digest = xstrdup("other");
	ok_int(manifest_diff(&before, &now, NULL, NULL), 1);
}

TEST(the_set_of_members_grows)
{
	struct member_set *s = member_set_new();
	char name[16];
	int wrong = 0;

	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "d/%d", i);
		member_set_put(s, name, i % 2 ? S_IFDIR : S_IFREG);
	}
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "d/%d", i);
		wrong += member_set_get(s, name) !=
			 (mode_t)(i % 2 ? S_IFDIR : S_IFREG);
	}
	ok_int(wrong, 0);
	ok_int(member_set_get(s, "d"), 0);
	member_set_free(s);
}

TAP_MAIN()
