/* SPDX-License-Identifier: MIT */
/* L47 to L52: files in and out. */
#include "config.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

#define MTIME 1234567890

static void put(struct t *t, struct box *b, const char *dir,
		const struct entry *e, size_t n)
{
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	CALL(t, call, 60000);

	tar_make(&tar, e, n);
	want_status(&call, copy_in(&call, b, dir, &tar), CIRRUS_OK,
		    "instance_copy_in");
}

static void get(struct t *t, struct box *b, const char *dir,
		const char *const *paths, struct buf *tar)
{
	struct target w;
	CALL(t, call, 60000);

	target_init(&w, BUF_FILE);
	want_status(&call, copy_out(&call, b, dir, paths, &w), CIRRUS_OK,
		    "instance_copy_out");
	buf_add(tar, w.out.data, w.out.len);
	target_clear(&w);
}

/* A hundred and fifty bytes, more than an old header holds. */
#define LONG_NAME                                                 \
	"long-long-long-long-long-long-long-long-long-long-/"     \
	"long-long-long-long-long-long-long-long-long-long-long-" \
	"long-long-long-long-long-long-long-long-end"
#define ODD_NAME "odd-\xff\xfe-name"

static const struct entry tree[] = {
	{.name = "dir", .type = S_IFDIR, .mode = 0751, .mtime = MTIME},
	{.name = "dir/file",
	 .mode = 0640,
	 .mtime = MTIME,
	 .data = "text\n",
	 .len = 5},
	{.name = "dir/script", .mode = 0755, .data = "#!/bin/sh\n", .len = 10},
	{.name = "dir/empty", .mtime = MTIME},
	{.name = "dir/relative", .type = S_IFLNK, .symlink = "file"},
	{.name = "dir/absolute", .type = S_IFLNK, .symlink = "/etc/passwd"},
	{.name = "dir/dangling", .type = S_IFLNK, .symlink = "no/where"},
	{.name = "dir/hard",
	 .mode = 0640,
	 .mtime = MTIME,
	 .hardlink = "dir/file"},
	{.name = LONG_NAME, .data = "long", .len = 4},
	{.name = ODD_NAME, .data = "odd", .len = 3},
};

static void look_inside(struct t *t, struct box *b)
{
	exec_prints(t, b, "cat /in/dir/file", "text");
	exec_prints(t, b, "cat /in/dir/hard", "text");
	exec_prints(t, b, "cat /in/dir/relative", "text");
	exec_prints(t, b, "cat /in/" LONG_NAME, "long");
	exec_prints(t, b, "cat /in/\"$(printf 'odd-\\377\\376-name')\"", "odd");
	exec_prints(t, b,
		    "test -L /in/dir/absolute && test -L /in/dir/dangling && "
		    "test ! -e /in/dir/dangling && test -f /in/dir/empty && "
		    "test ! -s /in/dir/empty && test -x /in/dir/script && "
		    "test ! -x /in/dir/file && echo right",
		    "right");
}

static void want_member(struct t *t, const struct buf *tar, const char *name,
			unsigned int type, unsigned int mode, int64_t mtime)
{
	AUTO_FOUND struct found f = tar_find(t, tar, name);

	want(t, f.present, "%s did not come back", name);
	want(t, f.e.type == type, "%s: came back as another type", name);
	if (mode && f.e.mode != mode)
		failed(t, "%s: mode %o, wanted %o", name, f.e.mode, mode);
	if (mtime)
		want_int(t, f.e.mtime, mtime, "mtime of what came back");
}

/* Asked inside, because Podman gives everything to root on its way out. */
static void want_owner(struct t *t, struct box *b)
{
	static const struct entry owned = {
		.name = "owned", .uid = 123, .gid = 456, .data = "x", .len = 1};
	struct cirrus_exec_spec spec = {
		.argv = SH("test -O /in/owned && test -G /in/owned"),
		.user = "123:456"};
	AUTO_OUTPUT struct output o = {0};
	CALL(t, call, 60000);

	put(t, b, "/in", &owned, 1);
	exec_run(&call, b->it[0], &spec, NULL, &o);
	want_status(&call, o.status, CIRRUS_OK, "instance_exec");
	want_int(t, o.exit->code, 0, "whether a member's uid and gid are kept");
}

static void l47_copy_in(struct t *t)
{
	struct box *b = box_up(t);
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	AUTO_OUTPUT struct output o = {0};

	exec_sh(t, b, "mkdir /in", &o);
	put(t, b, "/in", tree, ARRAY_LEN(tree));
	look_inside(t, b);
	get(t, b, "/in", NULL, &tar);
	want_member(t, &tar, "dir", S_IFDIR, 0751, MTIME);
	want_member(t, &tar, "dir/file", S_IFREG, 0640, MTIME);
	want_member(t, &tar, "dir/empty", S_IFREG, 0644, MTIME);
	if (can(t, CIRRUS_CAP_COPY_OWNER) && can(t, CIRRUS_CAP_EXEC_USER))
		want_owner(t, b);
}

static void l48_missing_dir(struct t *t)
{
	struct box *b = box_up(t);
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	struct source s;
	struct cirrus_reader r;
	struct cirrus_copy_spec spec = {.struct_size = sizeof(spec),
					.flags = CIRRUS_COPY_MKDIR,
					.dir = "/not/there"};
	CALL(t, call, 60000);

	tar_make(&tar, tree, ARRAY_LEN(tree));
	want_status(&call, copy_in(&call, b, "/not/there", &tar),
		    CIRRUS_E_NOTFOUND, "copy into a missing directory");
	want(t, exec_status(t, b, "test -e /not/there") != 0,
	     "refused, and yet made");
	s = (struct source){.data = tar.data, .len = tar.len};
	r = source_reader(&s);
	want_status(&call, ON_IT(&call, b->it[0], instance_copy_in, &spec, &r),
		    CIRRUS_OK, "the same with COPY_MKDIR");
	exec_prints(t, b, "cat /not/there/dir/file", "text");
}

static void try_copy_in(struct t *t, struct box *b, const struct buf *tar)
{
	CALL(t, call, 60000);

	copy_in(&call, b, "/a/target", tar);
}

static void l49_escape(struct t *t)
{
	AUTO_FREE char *ours = xasprintf("%s/victim", t->set->workspace);
	AUTO_FREE char *hit = xasprintf("%s/escaped-by-link", ours);
	const struct entry dots = {
		.name = "../escaped-by-dots", .data = "x", .len = 1};
	const struct entry linked[] = {
		{.name = "out", .type = S_IFLNK, .symlink = ours},
		{.name = "out/escaped-by-link", .data = "x", .len = 1},
	};
	struct box *b = box_up(t);
	AUTO_BUF struct buf by_dots = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf by_link = BUF_INIT(BUF_FILE);
	AUTO_OUTPUT struct output o = {0};

	tar_make(&by_dots, &dots, 1);
	tar_make(&by_link, linked, 2);
	if (dir_make(ours, 0777, NULL) < 0)
		failed(t, "cannot make %s", ours);
	exec_sh(t, b, "mkdir -p /a/target", &o);
	/* refused or kept inside: both are fine */
	try_copy_in(t, b, &by_dots);
	try_copy_in(t, b, &by_link);
	want(t, exec_status(t, b, "test -e /a/escaped-by-dots") != 0,
	     "a member ../x was written outside of the directory");
	want(t, access(hit, F_OK) < 0,
	     "a member was written to this host through a link");
}

static void l50_copy_out(struct t *t)
{
	struct box *b = box_up(t);
	AUTO_BUF struct buf all = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf some = BUF_INIT(BUF_FILE);
	static const char *const paths[] = {"dir/file", "dir/sub", NULL};
	static const char *const missing[] = {"no/such", NULL};
	struct target w;
	AUTO_OUTPUT struct output o = {0};
	AUTO_FOUND struct found f = {.data = BUF_INIT(0)};
	CALL(t, call, 60000);

	exec_sh(t, b,
		"mkdir -p /src/dir/sub; echo one >/src/dir/file; "
		"echo two >/src/dir/sub/two; echo three >/src/other",
		&o);
	get(t, b, "/src", NULL, &all);
	want_member(t, &all, "dir/sub/two", S_IFREG, 0, 0);
	want_member(t, &all, "other", S_IFREG, 0, 0);
	get(t, b, "/src", paths, &some);
	want_member(t, &some, "dir/sub/two", S_IFREG, 0, 0);
	f = tar_find(t, &some, "dir/file");
	want(t, f.present, "dir/file was asked for, and is not there");
	want_bytes(t, &f.data, "one\n", 4, "dir/file");
	want(t, !tar_find(t, &some, "other").present,
	     "other came, and was not asked for");
	target_init(&w, BUF_FILE);
	want_status(&call, copy_out(&call, b, "/src", missing, &w),
		    CIRRUS_E_NOTFOUND, "a missing path");
	want_status(&call, copy_out(&call, b, "/no/such", NULL, &w),
		    CIRRUS_E_NOTFOUND, "a missing directory");
	target_clear(&w);
}

static void round_trip(struct t *t, struct box *b, const char *when)
{
	static const struct entry e = {
		.name = "kept", .data = "content", .len = 7, .mtime = MTIME};
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	static const char *const paths[] = {"kept", NULL};
	AUTO_FOUND struct found f = {.data = BUF_INIT(0)};

	put(t, b, "/tmp", &e, 1);
	get(t, b, "/tmp", paths, &tar);
	f = tar_find(t, &tar, "kept");
	want(t, f.present, "%s: it did not come back", when);
	want_bytes(t, &f.data, "content", 7, when);
}

static void l51_stopped(struct t *t)
{
	static const struct entry tmp = {
		.name = "tmp", .type = S_IFDIR, .mode = 01777};
	struct box *b = box_new(t);

	box_create(t, b);
	put(t, b, "/", &tmp, 1);
	round_trip(t, b, "before start");
	box_start(t, b);
	exec_prints(t, b, "cat /tmp/kept", "content");
	if (!t->be->instance_stop)
		return;
	box_stop(t, b, 0);
	round_trip(t, b, "after the end");
}

static void l52_writer_fails(struct t *t)
{
	struct box *b = box_up(t);
	struct target w;
	AUTO_OUTPUT struct output o = {0};
	CALL(t, call, 60000);

	exec_sh(t, b,
		"mkdir /big; s=0123456789abcdef; for i in 1 2 3 4 5 6 7 8 9 10 "
		"11 12 13 14 15 16 17; do s=$s$s; done; for i in 1 2 3 4; do "
		"echo $s >/big/$i; done",
		&o);
	target_init(&w, BUF_FILE);
	w.fail_after = 100000;
	want_status(&call, copy_out(&call, b, "/big", NULL, &w), CIRRUS_E_IO,
		    "copy_out whose writer fails");
	want_int(t, w.calls_after_failing, 1, "calls of a writer that failed");
	target_clear(&w);
	exec_prints(t, b, "echo well", "well");
}

const struct check checks_copy[] = {
	{"L47", "files, links, modes, times and names arrive", 0, 120, false,
	 l47_copy_in},
	{"L48", "copy into a missing directory is NOTFOUND", 0, 60, false,
	 l48_missing_dir},
	{"L49", "no member of an archive gets out of the directory", 0, 60,
	 false, l49_escape},
	{"L50", "copy out takes what was asked for, by relative names", 0, 60,
	 false, l50_copy_out},
	{"L51", "copy works before start and after the end", CAP(COPY_STOPPED),
	 60, false, l51_stopped},
	{"L52", "a writer that fails stops the copy at once", 0, 60, false,
	 l52_writer_fails},
	{0},
};
