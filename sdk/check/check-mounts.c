/* SPDX-License-Identifier: MIT */
/* L21 to L24: what is mounted into an environment. */
#include "config.h"

#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

static const struct cirrus_mount *const *mount_list(uint32_t type,
						    uint32_t flags,
						    const char *source,
						    const char *target)
{
	static struct cirrus_mount m[4];
	static const struct cirrus_mount *lists[4][1];
	static int n;
	int i = n++ % 4;

	m[i] = (struct cirrus_mount){.struct_size = sizeof(m[i]),
				     .type = type,
				     .flags = flags,
				     .source = source,
				     .target = target};
	lists[i][0] = &m[i];
	return lists[i];
}

static struct box *box_mounting(struct t *t, uint32_t type, uint32_t flags,
				const char *source)
{
	struct box *b = box_new(t);

	b->member[0].mounts = mount_list(type, flags, source, "/mounted");
	b->member[0].n_mounts = 1;
	box_create(t, b);
	box_start(t, b);
	return b;
}

/* A directory that an engine under another user reaches as well. */
static char *host_dir(struct t *t, const char *name)
{
	char *dir = xasprintf("%s/%s", t->set->workspace, name);
	AUTO_FREE char *file = xasprintf("%s/from-host", dir);

	chmod(t->set->workspace, 0755);
	if (dir_make(dir, 0777, NULL) < 0 || chmod(dir, 0777) < 0 ||
	    file_replace(file, "host\n", 5, 0644, NULL) < 0)
		failed(t, "cannot prepare %s: %s", dir, strerror(errno));
	return dir;
}

static void want_file(struct t *t, const char *dir, const char *name,
		      const char *content)
{
	AUTO_FREE char *path = xasprintf("%s/%s", dir, name);
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);

	if (file_read(path, &b, NULL) < 0)
		buf_adds(&b, "(no such file)");
	want_str(t, b.data, content, name);
}

static void l21_bind(struct t *t)
{
	AUTO_FREE char *dir = host_dir(t, "bind");
	struct stat before = {0}, after = {0};
	struct box *b;

	stat(dir, &before);
	b = box_mounting(t, CIRRUS_MOUNT_BIND, 0, dir);
	exec_prints(t, b, "cat /mounted/from-host", "host");
	exec_prints(t, b, "echo inside >/mounted/from-inside", "");
	want_file(t, dir, "from-inside", "inside\n");
	stat(dir, &after);
	want(t,
	     before.st_uid == after.st_uid && before.st_mode == after.st_mode,
	     "the mount changed the owner or mode of its source");
}

static void want_readonly(struct t *t, const char *dir)
{
	struct box *b =
		box_mounting(t, CIRRUS_MOUNT_BIND, CIRRUS_MOUNT_READONLY, dir);

	exec_prints(t, b, "cat /mounted/from-host", "host");
	want(t, exec_status(t, b, "echo x >/mounted/new") != 0,
	     "a read-only mount can be written");
	want(t, exec_status(t, b, "echo x >>/mounted/from-host") != 0,
	     "a file of a read-only mount can be written");
	want_file(t, dir, "from-host", "host\n");
}

/* Two at once and one later, none of which sees what another wrote; they leave
 * nothing but the source, which stays as it was. */
static void want_cow(struct t *t, uint32_t type, const char *source)
{
	int before = count_objects(t);
	struct box *a = box_mounting(t, type, CIRRUS_MOUNT_COW, source);
	struct box *b = box_mounting(t, type, CIRRUS_MOUNT_COW, source);

	exec_prints(t, a,
		    "echo a >/mounted/from-host; echo new >/mounted/new-file; "
		    "cat /mounted/from-host /mounted/new-file",
		    "a\nnew");
	exec_prints(t, b, "cat /mounted/*", "host");
	box_delete(t, a);
	a = box_mounting(t, type, CIRRUS_MOUNT_COW, source);
	exec_prints(t, a, "cat /mounted/*", "host");
	box_delete(t, a);
	box_delete(t, b);
	want_int(t, count_objects(t), before,
		 "the number of objects, with all copy-on-write mounts gone");
}

/* What is on its way into the mount goes there, or nowhere: not to its source. */
static void want_cow_copies(struct t *t, const char *volume)
{
	const struct entry file = {
		.name = "from-host", .data = "copied\n", .len = 7};
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	CALL(t, call, 60000);
	struct box *b = box_new(t);

	tar_make(&tar, &file, 1);
	b->member[0].mounts = mount_list(CIRRUS_MOUNT_VOLUME, CIRRUS_MOUNT_COW,
					 volume, "/mounted");
	b->member[0].n_mounts = 1;
	box_create(t, b);
	if (can(t, CIRRUS_CAP_COPY_STOPPED))
		want_one_of(&call, copy_in(&call, b, "/mounted", &tar),
			    CIRRUS_OK, CIRRUS_E_CONFLICT, CIRRUS_OK,
			    "instance_copy_in before the start");
	box_start(t, b);
	want_status(&call, copy_in(&call, b, "/mounted", &tar), CIRRUS_OK,
		    "instance_copy_in");
	exec_prints(t, b, "cat /mounted/*", "copied");
	box_delete(t, b);
	b = box_mounting(t, CIRRUS_MOUNT_VOLUME, CIRRUS_MOUNT_COW, volume);
	exec_prints(t, b, "cat /mounted/*", "host");
	box_delete(t, b);
}

/* A volume with the one file of host_dir; it got there without a start where that
 * is possible. */
static void fill_volume(struct t *t, const char *name)
{
	const struct entry file = {
		.name = "from-host", .data = "host\n", .len = 5};
	AUTO_BUF struct buf tar = BUF_INIT(BUF_FILE);
	CALL(t, call, 60000);
	struct box *b = box_new(t);

	volume_make(t, name);
	tar_make(&tar, &file, 1);
	b->member[0].mounts =
		mount_list(CIRRUS_MOUNT_VOLUME, 0, name, "/mounted");
	b->member[0].n_mounts = 1;
	box_create(t, b);
	if (!can(t, CIRRUS_CAP_COPY_STOPPED))
		box_start(t, b);
	want_status(&call, copy_in(&call, b, "/mounted", &tar), CIRRUS_OK,
		    "instance_copy_in into a volume");
	box_delete(t, b);
}

static void want_cow_of_volume(struct t *t)
{
	AUTO_FREE char *name = xasprintf("check-%s-cow", t->run);

	fill_volume(t, name);
	want_cow(t, CIRRUS_MOUNT_VOLUME, name);
	want_cow_copies(t, name);
}

static void l22_readonly(struct t *t)
{
	AUTO_FREE char *dir = host_dir(t, "readonly");

	want_readonly(t, dir);
	if (!can(t, CIRRUS_CAP_MOUNT_COW))
		return;
	want_cow(t, CIRRUS_MOUNT_BIND, dir);
	want_file(t, dir, "from-host", "host\n");
	if (can(t, CIRRUS_CAP_VOLUME_SHARED))
		want_cow_of_volume(t);
}

static void l23_volume(struct t *t)
{
	AUTO_FREE char *name = xasprintf("check-%s-v", t->run);
	struct cirrus_volume_spec spec = {.struct_size = sizeof(spec),
					  .name = name};
	struct box *b;
	CALL(t, call, 60000);

	volume_make(t, name);
	b = box_mounting(t, CIRRUS_MOUNT_VOLUME, 0, name);
	exec_prints(t, b, "echo kept >/mounted/file", "");
	box_delete(t, b);
	b = box_mounting(t, CIRRUS_MOUNT_VOLUME, 0, name);
	exec_prints(t, b, "cat /mounted/file", "kept");
	box_delete(t, b);
	want_status(&call, ON_CONN(&call, volume_delete, &spec), CIRRUS_OK,
		    "volume_delete");
	want_status(&call, ON_CONN(&call, volume_delete, &spec),
		    CIRRUS_E_NOTFOUND, "the second volume_delete");
}

static void l65_memory(struct t *t)
{
	AUTO_FREE char *name = xasprintf("check-%s-m", t->run);
	struct cirrus_volume_spec spec = {.struct_size = sizeof(spec),
					  .flags = CIRRUS_VOLUME_MEMORY,
					  .name = name,
					  .size_bytes = 16 << 20};
	static const char *const made[] = {"made", NULL};
	const struct entry file = {
		.name = "file", .data = "copied in\n", .len = 10};
	AUTO_BUF struct buf tar = BUF_INIT(BUF_MESSAGE);
	AUTO_FOUND struct found found = {0};
	struct target w;
	struct box *b;
	CALL(t, call, 60000);

	strv_push(&t->volumes, name);
	want_status(&call, ON_CONN(&call, volume_create, &spec), CIRRUS_OK,
		    "volume_create in memory");
	b = box_mounting(t, CIRRUS_MOUNT_VOLUME, 0, name);
	tar_make(&tar, &file, 1);
	want_status(&call, copy_in(&call, b, "/mounted", &tar), CIRRUS_OK,
		    "instance_copy_in");
	exec_prints(t, b, "cat /mounted/file; echo made >/mounted/made",
		    "copied in");
	target_init(&w, BUF_MESSAGE);
	want_status(&call, copy_out(&call, b, "/mounted", made, &w), CIRRUS_OK,
		    "instance_copy_out");
	found = tar_find(t, &w.out, "made");
	want(t, found.present, "what was made there did not come out");
	target_clear(&w);
	box_delete(t, b);
	spec.flags = 0;
	want_status(&call, ON_CONN(&call, volume_delete, &spec), CIRRUS_OK,
		    "volume_delete");
}

static void l24_tmpfs(struct t *t)
{
	struct box *b = box_mounting(t, CIRRUS_MOUNT_TMPFS, 0, NULL);

	exec_prints(
		t, b,
		"while read -r d m f r; do [ \"$m\" = /mounted ] && echo $f; "
		"done </proc/mounts; echo x >/mounted/x",
		"tmpfs");
}

const struct check checks_mounts[] = {
	{"L21", "a bind mount shows both sides the same", CAP(MOUNT_BIND), 60,
	 false, l21_bind},
	{"L22", "read-only mounts are read-only, COW mounts private",
	 CAP(MOUNT_BIND) | CAP(MOUNT_READONLY), 120, false, l22_readonly},
	{"L23", "a volume outlives an instance, and goes when deleted",
	 CAP(VOLUME), 120, false, l23_volume},
	{"L24", "a tmpfs is one", CAP(MOUNT_TMPFS), 60, false, l24_tmpfs},
	{"L65", "copies reach a volume in memory while it is mounted",
	 CAP(VOLUME) | CAP(VOLUME_MEMORY), 120, false, l65_memory},
	{0},
};
