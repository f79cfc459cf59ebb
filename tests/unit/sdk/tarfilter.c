/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/tarfilter.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"
#include "sdk/lib/child.h"
#include "tap.h"

/* A tree with everything that makes names and bodies hard, and tar's word for
 * what is in an archive. */
#define LONG "a-name-that-is-long-enough-to-need-an-extension-of-the-format"
static const char make_tree[] =
	"mkdir -p t/d/" LONG "/" LONG " && cd t && printf hello >d/file && "
	": >empty && ln d/file hard && ln -s ../x d/soft && "
	"head -c 100000 /dev/zero >'d/big one' && "
	"printf x >d/" LONG "/" LONG "/f && ln d/" LONG "/" LONG "/f long-hard";

static void shell(const char *script, struct buf *out)
{
	AUTO_FREE char *command =
		xasprintf("cd '%s' && LC_ALL=C TZ=UTC && export LC_ALL TZ && "
			  "%s",
			  test_dir(), script);
	const char *const argv[] = {"sh", "-c", command, NULL};
	AUTO_CHILD_RESULT struct child_result r =
		CHILD_RESULT_INIT(16u * 1024 * 1024);

	ok_int(child_run(argv, NULL, -1, clock_after_ms(30000), &r, NULL), 0);
	if (!ok(child_succeeded(r.status)))
		printf("# %s\n", r.err.data);
	if (out)
		buf_add(out, r.out.data, r.out.len);
}

static cirrus_status collect(void *ctx, const char *data, size_t len)
{
	buf_add(ctx, data, len);
	return CIRRUS_OK;
}

static void filter(struct tarfilter *f, const struct buf *in, struct buf *out,
		   size_t piece)
{
	f->out = collect;
	f->ctx = out;
	for (size_t at = 0; at < in->len; at += piece) {
		size_t n = in->len - at < piece ? in->len - at : piece;

		ok_int(tarfilter_feed(f, in->data + at, n, NULL), CIRRUS_OK);
	}
	ok_int(tarfilter_end(f, NULL), CIRRUS_OK);
	buf_add(out, tar_trailer, sizeof(tar_trailer));
	tarfilter_clear(f);
}

static void save(const struct buf *b, const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", test_dir(), name);

	ok_int(file_replace(path, b->data, b->len, 0644, NULL), 0);
}

static void check_format(const char *format, size_t piece)
{
	AUTO_FREE char *pack =
		xasprintf("tar --format=%s -C t -cf - .", format);
	AUTO_BUF struct buf in = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);
	struct tarfilter f = TARFILTER_INIT;

	shell(pack, &in);
	f.prefix = "put/below/";
	filter(&f, &in, &out, piece);
	save(&out, "out.tar");
	shell("rm -rf u && mkdir u && tar -C u -xf out.tar && "
	      "diff -r --no-dereference t u/put/below && "
	      "test u/put/below/hard -ef u/put/below/d/file && "
	      "test \"$(readlink u/put/below/d/soft)\" = ../x && "
	      "cd t && find . -printf '%p %m %s %T@\\n' | sort >../a && "
	      "cd ../u/put/below && find . -printf '%p %m %s %T@\\n' | sort "
	      ">../../../b && cd ../../.. && sed 's/\\.[0-9]*$//' a >a1 && "
	      "sed 's/\\.[0-9]*$//' b >b1 && diff a1 b1",
	      NULL);
}

TEST(names_move_below_a_prefix_and_all_else_stays)
{
	shell(make_tree, NULL);
	check_format("gnu", 1000);
	check_format("pax", 333);
	check_format("gnu", 1 << 20);
}

TEST(owners_become_the_one_that_was_asked_for)
{
	AUTO_BUF struct buf in = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf list = BUF_INIT(BUF_FILE);
	struct tarfilter f = TARFILTER_INIT;

	shell(make_tree, NULL);
	shell("tar --format=pax --owner=somebody:77 --group=all:88 -C t -cf - "
	      ".",
	      &in);
	f.has_owner = true;
	f.uid = 1234567;
	f.gid = 42;
	filter(&f, &in, &out, 511);
	save(&out, "out.tar");
	shell("tar -tvf out.tar | sed 's/^[^ ]* //; s/ .*//' | sort -u", &list);
	ok_str(list.data, "1234567/42\n");
}

TEST(archives_can_follow_each_other)
{
	AUTO_BUF struct buf in = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);
	AUTO_BUF struct buf list = BUF_INIT(BUF_FILE);

	shell("mkdir t; printf 1 >t/f; tar -C t -cf - f", &in);
	for (int i = 0; i < 2; i++) {
		struct tarfilter f = TARFILTER_INIT;

		f.prefix = i ? "b/" : "a/";
		filter(&f, &in, &out, 100);
		if (i == 0)
			buf_truncate(&out, out.len - sizeof(tar_trailer));
	}
	save(&out, "out.tar");
	shell("tar -tf out.tar", &list);
	ok_str(list.data, "a/f\nb/f\n");
}

static void check_refused(const char *pack, const char *words)
{
	AUTO_BUF struct buf in = BUF_INIT(BUF_FILE);
	AUTO_TARFILTER struct tarfilter f = TARFILTER_INIT;
	AUTO_ERROR struct error *err = NULL;

	shell(pack, &in);
	ok_int(tarfilter_feed(&f, in.data, in.len, &err), CIRRUS_E_INVAL);
	if (ok(err != NULL))
		ok_str(err->msg, words);
}

TEST(nothing_gets_out_of_the_directory)
{
	shell("mkdir -p t/x e && printf 1 >t/x/f && ln -s /etc e/x", NULL);
	check_refused(
		"tar -cf l.tar -C e x && tar -rf l.tar -C \"$PWD/t\" x/f && "
		"cat l.tar",
		"archive member x/f is beneath a link of the archive");
	check_refused("cd e && tar -P -cf - ../t/x/f",
		      "archive member ../t/x/f leads out of the directory");
}

TEST(a_link_may_be_replaced_by_a_directory)
{
	AUTO_BUF struct buf in = BUF_INIT(BUF_FILE);
	AUTO_TARFILTER struct tarfilter f = TARFILTER_INIT;

	shell("mkdir -p t/x e && printf 1 >t/x/f && ln -s /etc e/x && "
	      "tar -cf l.tar -C e x && tar -rf l.tar -C \"$PWD/t\" x && cat l.tar",
	      &in);
	ok_int(tarfilter_feed(&f, in.data, in.len, NULL), CIRRUS_OK);
}

TEST(an_archive_that_breaks_off_is_seen)
{
	AUTO_BUF struct buf in = BUF_INIT(BUF_FILE);
	static const size_t cuts[] = {100, 600, 1000};

	shell("mkdir t; head -c 600 /dev/zero >t/f; tar -C t -cf - f", &in);
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		AUTO_TARFILTER struct tarfilter f = TARFILTER_INIT;

		ok_int(tarfilter_feed(&f, in.data, cuts[i], NULL), CIRRUS_OK);
		ok_int(tarfilter_end(&f, NULL), CIRRUS_E_INVAL);
	}
}

TEST(what_is_no_archive_is_refused)
{
	AUTO_TARFILTER struct tarfilter f = TARFILTER_INIT;
	AUTO_ERROR struct error *err = NULL;
	char junk[TAR_BLOCK];

	memset(junk, 'x', sizeof(junk));
	ok_int(tarfilter_feed(&f, junk, sizeof(junk), &err), CIRRUS_E_INVAL);
	ok_str(err->msg, "this is no tar archive");
}

TEST(a_directory_is_made_as_tar_reads_it)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	AUTO_BUF struct buf list = BUF_INIT(BUF_LINE);
	char head[TAR_BLOCK];

	tar_directory(head, "a/b/", 0);
	buf_add(&b, head, sizeof(head));
	buf_add(&b, tar_trailer, sizeof(tar_trailer));
	save(&b, "out.tar");
	shell("tar -tvf out.tar", &list);
	ok_str(list.data, "drwxr-xr-x 0/0               0 1970-01-01 00:00 "
			  "a/b/\n");
}

TEST(a_set_of_names_remembers)
{
	struct nameset s = {0};
	char name[16];

	ok(!nameset_has(&s, "x", 1));
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		nameset_add(&s, name, strlen(name));
		nameset_add(&s, name, strlen(name));
	}
	for (int i = 0; i < 1000; i += 2) {
		snprintf(name, sizeof(name), "n%d", i);
		nameset_remove(&s, name, strlen(name));
	}
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "n%d/x", i);
		ok_int(nameset_has(&s, name, strlen(name) - 2), i % 2);
	}
	nameset_clear(&s);
}

TAP_MAIN()
