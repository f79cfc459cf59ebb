/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "cli/cache.h"
#include "data/json.h"
#include "files/extract.h"

#define DAY_NS (INT64_C(86400) * NS_PER_S)

/* --- texts -------------------------------------------------------------------- */

static const char *kind_name(enum cache_kind kind)
{
	return kind == CACHE_BLOB ? "blob" : "archive";
}

static void size_text(int64_t bytes, char out[16])
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	double n = (double)bytes;
	size_t unit = 0;

	while (n >= 1023.5 && unit + 1 < ARRAY_LEN(units)) {
		n /= 1024;
		unit++;
	}
	snprintf(out, 16, unit > 0 && n < 99.5 ? "%.1f %s" : "%.0f %s", n,
		 units[unit]);
}

static void time_text(int64_t epoch_ns, char out[32])
{
	time_t t = (time_t)(epoch_ns / NS_PER_S);
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(out, 32, "%Y-%m-%d %H:%M", &tm);
}

/* Keys are anybody's text: what would move the cursor shows as `?`. */
static void print_text(const char *text)
{
	for (; *text; text++)
		putchar((unsigned char)*text < ' ' || *text == 0x7f ? '?'
								    : *text);
}

/* --- list --------------------------------------------------------------------- */

static struct cJSON *entry_json(const struct cache_dir *d,
				const struct cache_entry *e)
{
	struct cJSON *o = json_object();
	char text[32];

	json_add_str(o, "project", cache_dir_project(d));
	json_add_str(o, "key", e->key);
	json_add_str(o, "kind", kind_name(e->kind));
	json_add_str(o, "name", e->name);
	json_add_str(o, "task", e->task);
	json_add_int(o, "size", e->size);
	json_add_int(o, "content", e->content);
	json_add_int(o, "files", e->files);
	json_add_str(o, "created", clock_format_utc(e->created_ns, text));
	json_add_str(o, "used", clock_format_utc(e->used_ns, text));
	json_add_str(o, "sha256", e->sha256);
	return o;
}

static void print_json(const struct cJSON *v)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);

	json_print(v, JSON_PRETTY, &out);
	fputs(out.data, stdout);
}

static void print_rows(const struct cache_entries *all)
{
	printf("%10s  %-16s  %-16s  %s\n", "SIZE", "CREATED", "USED", "KEY");
	for (size_t i = 0; i < all->len; i++) {
		const struct cache_entry *e = &all->ptr[i];
		char size[16], created[32], used[32];

		size_text(e->size, size);
		time_text(e->created_ns, created);
		time_text(e->used_ns, used);
		printf("%10s  %-16s  %-16s  ", size, created, used);
		print_text(e->key);
		putchar('\n');
	}
}

int cache_do_list(const struct cache_values *v, struct cache_dirs *dirs,
		  char **operands UNUSED, struct error **err)
{
	AUTO_JSON struct cJSON *list = json_array();

	for (size_t i = 0; i < dirs->len; i++) {
		AUTO_CACHE_ENTRIES struct cache_entries all = {0};

		if (cache_list(dirs->ptr[i], &all, err) < 0)
			return -1;
		for (size_t n = 0; n < all.len; n++)
			json_add(list, NULL,
				 entry_json(dirs->ptr[i], &all.ptr[n]));
		if (v->json || all.len == 0)
			continue;
		if (v->all)
			printf("%s%s:\n", i > 0 ? "\n" : "",
			       cache_dir_project(dirs->ptr[i]));
		print_rows(&all);
	}
	if (v->json)
		print_json(list);
	else if (json_len(list) == 0)
		puts("nothing is kept");
	return 0;
}

/* --- show --------------------------------------------------------------------- */

static void print_contents(struct manifest *m)
{
	manifest_sort(m);
	for (size_t i = 0; i < m->items.len; i++) {
		const struct manifest_item *item = &m->items.ptr[i];

		if (*item->path == '\0')
			continue;
		printf("%06o %12" PRId64 "  ", (unsigned int)item->mode,
		       item->size);
		print_text(item->path);
		if (item->link) {
			fputs(S_ISLNK(item->mode) ? " -> " : " = ", stdout);
			print_text(item->link);
		}
		putchar('\n');
	}
}

static void print_entry(const struct cache_dir *d, const struct cache_entry *e)
{
	char size[16], content[16], created[32], used[32];

	size_text(e->size, size);
	size_text(e->content, content);
	time_text(e->created_ns, created);
	time_text(e->used_ns, used);
	fputs("key       ", stdout);
	print_text(e->key);
	printf("\nkind      %s\ncache     %s\ntask      %s\n"
	       "size      %s, %s in %" PRId64 " files\ncreated   %s\n"
	       "used      %s\nsha256    %s\nfile      %s/%s\n",
	       kind_name(e->kind), e->name, e->task, size, content, e->files,
	       created, used, e->sha256, cache_dir_path(d), e->file);
}

int cache_do_show(const struct cache_values *v, struct cache_dirs *dirs,
		  char **operands, struct error **err)
{
	AUTO_CACHE_ENTRY struct cache_entry e = {0};
	AUTO_MANIFEST struct manifest m = {0};
	AUTO_CLOSE int fd = -1;

	if (cache_find_any(dirs->ptr[0], operands[0], &e, &fd, err) < 0 ||
	    cache_verify(fd, &e, err) < 0)
		return -1;
	if (v->json) {
		AUTO_JSON struct cJSON *o = entry_json(dirs->ptr[0], &e);

		print_json(o);
		return 0;
	}
	print_entry(dirs->ptr[0], &e);
	if (e.kind != CACHE_ARCHIVE)
		return 0;
	if (extract_look(fd, e.size, &member_rules_all, &m, err) < 0)
		return -1;
	putchar('\n');
	print_contents(&m);
	return 0;
}

/* --- rm, prune ------------------------------------------------------------------ */

int cache_do_rm(const struct cache_values *v UNUSED, struct cache_dirs *dirs,
		char **operands, struct error **err)
{
	for (; *operands; operands++) {
		AUTO_CACHE_ENTRY struct cache_entry e = {0};
		AUTO_CLOSE int fd = -1;

		if (cache_find_any(dirs->ptr[0], *operands, &e, &fd, err) < 0 ||
		    cache_remove(dirs->ptr[0], &e, err) < 0)
			return -1;
		fputs("removed ", stdout);
		print_text(e.key);
		putchar('\n');
	}
	return 0;
}

struct pruning {
	const struct cache_values *v;
	int64_t before_ns; /* used before that: goes */
	int64_t left;      /* bytes, of all projects */
	int64_t bytes;     /* gone */
	size_t n;
};

/* Of all projects, what was used last at the end. */
struct candidate_entry {
	struct cache_dir *dir;
	struct cache_entry e;
};
VEC_DEFINE(candidate_entries, struct candidate_entry);

static int by_use(const void *a, const void *b)
{
	const struct candidate_entry *x = a, *y = b;

	return (x->e.used_ns > y->e.used_ns) - (x->e.used_ns < y->e.used_ns);
}

static int collect(struct cache_dirs *dirs, struct candidate_entries *out,
		   struct pruning *p, struct error **err)
{
	for (size_t i = 0; i < dirs->len; i++) {
		struct cache_entries all = {0};
		int r = cache_list(dirs->ptr[i], &all, err);

		for (size_t n = 0; n < all.len; n++) {
			struct candidate_entry c = {dirs->ptr[i], all.ptr[n]};

			candidate_entries_push(out, c);
			p->left += c.e.size;
		}
		cache_entries_clear(&all); /* the entries moved */
		if (r < 0)
			return -1;
	}
	if (out->len > 0)
		qsort(out->ptr, out->len, sizeof(*out->ptr), by_use);
	return 0;
}

static int prune(struct pruning *p, const struct candidate_entry *c,
		 struct error **err)
{
	bool large = p->v->max_bytes >= 0 && p->left > p->v->max_bytes;

	if (c->e.used_ns >= p->before_ns && !large)
		return 0;
	if (!p->v->dry_run && cache_remove(c->dir, &c->e, err) < 0)
		return -1;
	printf("%s %s ", p->v->dry_run ? "would remove" : "removed",
	       cache_dir_project(c->dir));
	print_text(c->e.key);
	putchar('\n');
	p->left -= c->e.size;
	p->bytes += c->e.size;
	p->n++;
	return 0;
}

static int64_t prune_before(const struct cache_values *v)
{
	if (v->older_than_ns >= 0)
		return clock_epoch() - v->older_than_ns;
	/* a size alone says nothing about age */
	return v->max_bytes >= 0 ? 0 : clock_epoch() - 30 * DAY_NS;
}

int cache_do_prune(const struct cache_values *v, struct cache_dirs *dirs,
		   char **operands UNUSED, struct error **err)
{
	struct candidate_entries all = {0};
	struct pruning p = {.v = v, .before_ns = prune_before(v)};
	char size[16];
	int r = collect(dirs, &all, &p, err);

	for (size_t i = 0; i < all.len; i++) {
		if (r == 0)
			r = prune(&p, &all.ptr[i], err);
		cache_entry_clear(&all.ptr[i].e);
	}
	candidate_entries_clear(&all);
	size_text(p.bytes, size);
	if (r == 0 && p.n == 0)
		puts("nothing to remove");
	else if (r == 0)
		printf("%zu %s, %s\n", p.n,
		       v->dry_run ? "to remove" : "removed", size);
	return r;
}

/* --- export, import --------------------------------------------------------------- */

static int copy(int from, int to, const char *name, struct error **err)
{
	AUTO_FREE char *chunk = xmalloc(BUF_MESSAGE);
	ssize_t n;

	while ((n = fd_read(from, chunk, BUF_MESSAGE)) > 0)
		if (fd_write_all(to, chunk, (size_t)n) < 0)
			return error_errno(err, errno, "cannot write %s", name);
	if (n < 0)
		return error_errno(err, errno, "cannot read the cache entry");
	return 0;
}

int cache_do_export(const struct cache_values *v UNUSED,
		    struct cache_dirs *dirs, char **operands,
		    struct error **err)
{
	AUTO_CACHE_ENTRY struct cache_entry e = {0};
	AUTO_CLOSE int from = -1;
	AUTO_CLOSE int to = -1;

	if (cache_find_any(dirs->ptr[0], operands[0], &e, &from, err) < 0 ||
	    cache_verify(from, &e, err) < 0)
		return -1;
	if (strcmp(operands[1], "-") == 0)
		return copy(from, STDOUT_FILENO, "the standard output", err);
	to = open(operands[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (to < 0)
		return error_errno(err, errno, "cannot create %s", operands[1]);
	return copy(from, to, operands[1], err);
}

static int import(struct cache_dir *d, const char *path, struct error **err)
{
	AUTO_CACHE_ENTRY struct cache_entry e = {0};
	AUTO_MANIFEST struct manifest m = {0};
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, errno, "cannot open %s", path);
	if (cache_describe(fd, &e, err) < 0 || cache_verify(fd, &e, err) < 0 ||
	    (e.kind == CACHE_ARCHIVE &&
	     extract_look(fd, e.size, &member_rules_all, &m, err) < 0) ||
	    cache_import(d, fd, &e, err) < 0) {
		error_prefix(err, "%s", path);
		return -1;
	}
	fputs("imported ", stdout);
	print_text(e.key);
	putchar('\n');
	return 0;
}

int cache_do_import(const struct cache_values *v UNUSED,
		    struct cache_dirs *dirs, char **operands,
		    struct error **err)
{
	for (; *operands; operands++)
		if (import(dirs->ptr[0], *operands, err) < 0)
			return -1;
	return 0;
}
