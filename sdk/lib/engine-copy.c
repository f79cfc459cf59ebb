/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sdk/lib/call.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/tarfilter.h"
#include "sdk/lib/url.h"

static void archive_path(cirrus_instance *it, struct buf *path, const char *dir)
{
	engine_path(it->conn, path, "/containers/%s/archive", it->id);
	url_query(path, "path", dir);
}

/* Whether a path is there: OK or NOTFOUND. */
static cirrus_status look(cirrus_instance *it, const struct cirrus_call *call,
			  const char *dir, struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_FREE char *what = xasprintf("%s:%s", it->name, dir);
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	cirrus_status s;

	archive_path(it, &path, dir);
	s = http_perform(
		it->conn->http, call,
		&(struct http_request){.method = "HEAD", .path = path.data},
		&reply, err);
	if (s < 0 || reply.status == 200)
		return s;
	if (reply.status == 404)
		return fault_set(err, CIRRUS_E_NOTFOUND,
				 "%s: there is no such directory", what);
	return fault_set(err, CIRRUS_E_FAILED, "%s: cannot be looked at", what);
}

static cirrus_status write_tar(void *ctx, const char *data, size_t len)
{
	const struct cirrus_writer *tar = ctx;

	return tar->write(tar->ctx, CIRRUS_STDOUT, data, len);
}

/* --- in: what the archive passes through on its way --------------------------- */

#define CHUNK (64u * 1024)

struct inbound {
	const struct cirrus_reader *source;
	struct tarfilter filter;
	struct buf out; /* what the filter made of what was read */
	size_t out_at;
	char *chunk;
	bool source_ended;
	cirrus_status status;
	struct error *err;
};

static void inbound_clear(struct inbound *in)
{
	tarfilter_clear(&in->filter);
	buf_clear(&in->out);
	error_free_ptr(&in->err);
	free(in->chunk);
}

static cirrus_status collect(void *ctx, const char *data, size_t len)
{
	struct inbound *in = ctx;

	return buf_add(&in->out, data, len) < 0 ? CIRRUS_E_FAILED : CIRRUS_OK;
}

/* As cirrus_reader.read; the filter has seen all that it returns. */
static int64_t read_checked(struct inbound *in, void *buf, size_t len)
{
	int64_t n = in->source->read(in->source->ctx, buf, len);

	if (n > 0)
		in->status =
			tarfilter_feed(&in->filter, buf, (size_t)n, &in->err);
	else if (n == 0)
		in->status = tarfilter_end(&in->filter, &in->err);
	return in->status < 0 ? -1 : n;
}

static int64_t refill(struct inbound *in)
{
	int64_t n = 1;

	buf_reset(&in->out);
	in->out_at = 0;
	while (!in->out.len && n > 0 && !in->source_ended)
		n = read_checked(in, in->chunk, CHUNK);
	if (n == 0) {
		in->source_ended = true;
		buf_add(&in->out, tar_trailer, sizeof(tar_trailer));
	}
	return n < 0 ? n : (int64_t)in->out.len;
}

static int64_t inbound_read(void *ctx, void *buf, size_t len)
{
	struct inbound *in = ctx;
	size_t n;

	if (!in->filter.out)
		return read_checked(in, buf, len);
	if (in->out_at == in->out.len) {
		int64_t filled = refill(in);

		if (filled <= 0)
			return filled;
	}
	n = in->out.len - in->out_at;
	n = n < len ? n : len;
	memcpy(buf, in->out.data + in->out_at, n);
	in->out_at += n;
	return (int64_t)n;
}

/* --- in: owners ------------------------------------------------------------------- */

static cirrus_status keep(void *ctx, const char *data, size_t len)
{
	return buf_add(ctx, data, len) < 0 ? CIRRUS_E_FAILED : CIRRUS_OK;
}

static cirrus_status get(cirrus_instance *it, const struct cirrus_call *call,
			 const char *from,
			 cirrus_status (*take)(void *, const char *, size_t),
			 void *ctx, struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_FREE char *what = xasprintf("copy from %s:%s", it->name, from);
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	cirrus_status s = cow_check_path(it, call, from, err);

	if (s < 0)
		return s;
	archive_path(it, &path, from);
	return engine_request(it->conn, call,
			      &(struct http_request){.method = "GET",
						     .path = path.data,
						     .take = take,
						     .ctx = ctx},
			      &reply, what, err);
}

/* Finds "name:x:UID:GID:" in an archive that holds the file; a line begins
 * after a line end or, the first one, after a header's zeros. */
static bool find_user(const struct buf *tar, const char *name,
		      struct tarfilter *f)
{
	size_t len = strlen(name);

	for (size_t at = TAR_BLOCK; at + len < tar->len; at++) {
		const char *p = tar->data + at;

		if ((p[-1] == '\n' || p[-1] == '\0') && p[len] == ':' &&
		    memcmp(p, name, len) == 0)
			return sscanf(p + len, ":%*[^:]:%u:%u", &f->uid,
				      &f->gid) == 2;
	}
	return false;
}

static cirrus_status look_up_owner(cirrus_instance *it,
				   const struct cirrus_call *call,
				   const char *owner, struct tarfilter *f,
				   struct error **err)
{
	AUTO_BUF struct buf tar = BUF_INIT(BUF_MESSAGE);
	AUTO_ERROR struct error *ignored = NULL;
	char rest;

	f->has_owner = true;
	f->gid = 0;
	if (sscanf(owner, "%u:%u%c", &f->uid, &f->gid, &rest) == 2 ||
	    sscanf(owner, "%u%c", &f->uid, &rest) == 1)
		return CIRRUS_OK;
	if (get(it, call, "/etc/passwd", keep, &tar, &ignored) == CIRRUS_OK &&
	    find_user(&tar, owner, f))
		return CIRRUS_OK;
	return fault_set(err, CIRRUS_E_INVAL, "%s: there is no user %s",
			 it->name, owner);
}

/* --- in: the directory ------------------------------------------------------------- */

static cirrus_status put(cirrus_instance *it, const struct cirrus_call *call,
			 const char *dir, const struct cirrus_reader *reader,
			 const char *what, struct error **err)
{
	AUTO_BUF struct buf path = BUF_INIT(BUF_LINE);
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	cirrus_status s = cow_check_path(it, call, dir, err);

	if (s < 0)
		return s;
	archive_path(it, &path, dir);
	return engine_request(
		it->conn, call,
		&(struct http_request){.method = "PUT",
				       .path = path.data,
				       .content_type = "application/x-tar",
				       .reader = reader,
				       .changes = true},
		&reply, what, err);
}

struct bytes {
	const char *data;
	size_t left;
};

static int64_t read_bytes(void *ctx, void *buf, size_t len)
{
	struct bytes *b = ctx;
	size_t n = b->left < len ? b->left : len;

	memcpy(buf, b->data, n);
	b->data += n;
	b->left -= n;
	return (int64_t)n;
}

cirrus_status engine_put(cirrus_instance *it, const struct cirrus_call *call,
			 const char *dir, const struct buf *tar,
			 const char *what, struct error **err)
{
	struct bytes bytes = {tar->data, tar->len};
	struct cirrus_reader reader = {&bytes, read_bytes};

	return put(it, call, dir, &reader, what, err);
}

/* An archive with the directories of path that lie below the first `have` bytes
 * of it. */
static cirrus_status add_directories(struct buf *tar, const char *path,
				     size_t have, struct error **err)
{
	const char *below = path + have + strspn(path + have, "/");

	for (const char *p = below; *p;) {
		size_t end = strcspn(p, "/");
		AUTO_FREE char *name = NULL;
		char head[TAR_BLOCK];

		p += end + strspn(p + end, "/");
		name = xstrndup(below, (size_t)(p - below));
		if (strlen(name) > 100)
			return fault_set(err, CIRRUS_E_INVAL,
					 "the name of %s is too long", path);
		tar_directory(head, name, clock_epoch() / NS_PER_S);
		buf_add(tar, head, sizeof(head));
	}
	buf_add(tar, tar_trailer, sizeof(tar_trailer));
	return CIRRUS_OK;
}

/* The nearest directory above that is there; its length within path. */
static cirrus_status find_parent(cirrus_instance *it,
				 const struct cirrus_call *call,
				 const char *path, size_t *have,
				 struct error **err)
{
	AUTO_FREE char *dir = xstrdup(path);
	cirrus_status s = CIRRUS_E_NOTFOUND;

	*have = strlen(dir);
	while (*have > 1 && s == CIRRUS_E_NOTFOUND) {
		AUTO_ERROR struct error *why = NULL;

		dir[*have] = '\0';
		s = look(it, call, dir, &why);
		if (s == CIRRUS_OK)
			return s;
		if (s != CIRRUS_E_NOTFOUND) {
			error_pass(err, &why, "%s", it->name);
			return s;
		}
		while (*have > 0 && dir[*have - 1] != '/')
			--*have;
		while (*have > 1 && dir[*have - 1] == '/')
			--*have;
	}
	return CIRRUS_OK;
}

/* Docker makes no directory that it is not given. */
static cirrus_status make_directory(cirrus_instance *it,
				    const struct cirrus_call *call,
				    const char *path, struct error **err)
{
	AUTO_BUF struct buf tar = BUF_INIT(BUF_MESSAGE);
	AUTO_FREE char *parent = NULL;
	size_t have = 0;
	cirrus_status s = find_parent(it, call, path, &have, err);

	if (s < 0 || have == strlen(path))
		return s;
	s = add_directories(&tar, path, have, err);
	if (s < 0)
		return s;
	parent = have > 1 ? xstrndup(path, have) : xstrdup("/");
	return engine_put(it, call, parent, &tar, path, err);
}

static cirrus_status prepare(cirrus_instance *it,
			     const struct cirrus_call *call,
			     const struct cirrus_copy_spec *spec,
			     struct inbound *in, struct error **err)
{
	bool make = spec->flags & CIRRUS_COPY_MKDIR;
	cirrus_status s = CIRRUS_OK;

	/* Podman makes what is missing, also without being asked; the root
	 * directory never is. */
	if (it->conn->facts.is_podman && !make && strcmp(spec->dir, "/") != 0)
		s = look(it, call, spec->dir, err);
	else if (!it->conn->facts.is_podman && make)
		s = make_directory(it, call, spec->dir, err);
	if (s < 0 || !spec->owner)
		return s;
	in->filter.out = collect;
	in->filter.ctx = in;
	in->chunk = xmalloc(CHUNK);
	return s;
}

static bool go_direct(cirrus_instance *it, const struct cirrus_call *call,
		      const struct cirrus_copy_spec *spec,
		      const struct inbound *in, cirrus_status *s,
		      struct error **err)
{
	const struct tarfilter *f = &in->filter;
	AUTO_FREE char *owner =
		f->has_owner ? xasprintf("%u:%u", f->uid, f->gid) : xstrdup("");

	return direct_copy_in(it, call, spec, owner, in->source, s, err);
}

static cirrus_status copy_in(cirrus_instance *it,
			     const struct cirrus_call *call,
			     const struct cirrus_copy_spec *spec,
			     struct inbound *in, struct error **err)
{
	AUTO_FREE char *what = xasprintf("copy to %s:%s", it->name, spec->dir);
	const struct cirrus_reader reader = {in, inbound_read};
	cirrus_status s = CIRRUS_OK;

	if (spec->owner)
		s = look_up_owner(it, call, spec->owner, &in->filter, err);
	if (s < 0 || go_direct(it, call, spec, in, &s, err))
		return s;
	s = prepare(it, call, spec, in, err);
	if (s == CIRRUS_OK)
		s = put(it, call, spec->dir, &reader, what, err);
	if (in->status == CIRRUS_OK)
		return s;
	/* Our own reason comes before what the broken transfer was told. */
	error_free_ptr(err);
	error_pass(err, &in->err, "%s", what);
	return in->status;
}

static cirrus_status check_dir(const struct cirrus_call *call,
			       const struct cirrus_copy_spec *spec,
			       uint32_t known)
{
	cirrus_status s =
		call_check(call, "copy", spec->flags, known, spec->required);

	if (s == CIRRUS_OK && (!spec->dir || spec->dir[0] != '/'))
		s = cirrus_errorf(call, CIRRUS_E_INVAL, NULL,
				  "copy: %s is not absolute",
				  spec->dir ? spec->dir : "the directory");
	return s;
}

cirrus_status cirrus_engine_instance_copy_in(
	cirrus_instance *it, const struct cirrus_call *call,
	const struct cirrus_copy_spec *given, const struct cirrus_reader *tar)
{
	AUTO_ERROR struct error *err = NULL;
	struct inbound in = {.source = tar,
			     .filter = TARFILTER_INIT,
			     .out = BUF_INIT(8 * TAR_META_MAX)};
	struct cirrus_copy_spec spec;
	cirrus_status s;

	CIRRUS_COPY(&spec, given);
	s = check_dir(call, &spec, CIRRUS_COPY_MKDIR);
	if (s == CIRRUS_OK)
		s = fault_report_as(call, copy_in(it, call, &spec, &in, &err),
				    &err);
	inbound_clear(&in);
	return s;
}

/* --- out ------------------------------------------------------------------------ */

/* What is in the directory, without its own name. */
static cirrus_status get_all(cirrus_instance *it,
			     const struct cirrus_call *call, const char *dir,
			     const struct cirrus_writer *tar,
			     struct error **err)
{
	AUTO_FREE char *all = xasprintf("%s/.", dir);

	return get(it, call, all, write_tar, (void *)tar, err);
}

struct outbound {
	struct tarfilter filter;
	struct error *err;
};

static cirrus_status filter_tar(void *ctx, const char *data, size_t len)
{
	struct outbound *o = ctx;

	return tarfilter_feed(&o->filter, data, len, &o->err);
}

/* The engine names a member by its last part alone. */
static cirrus_status get_one(cirrus_instance *it,
			     const struct cirrus_call *call, const char *dir,
			     const char *path, const struct cirrus_writer *tar,
			     struct error **err)
{
	AUTO_FREE char *from = xasprintf("%s/%s", dir, path);
	AUTO_FREE char *above = NULL;
	const char *slash = strrchr(path, '/');
	struct outbound o = {.filter = TARFILTER_INIT};
	cirrus_status s;

	if (slash)
		above = xstrndup(path, (size_t)(slash + 1 - path));
	o.filter.prefix = above;
	o.filter.out = write_tar;
	o.filter.ctx = (void *)tar;
	s = get(it, call, from, filter_tar, &o, err);
	if (s == CIRRUS_OK)
		s = tarfilter_end(&o.filter, err);
	tarfilter_clear(&o.filter);
	error_free_ptr(&o.err);
	return s;
}

static cirrus_status copy_out(cirrus_instance *it,
			      const struct cirrus_call *call,
			      const struct cirrus_copy_spec *spec,
			      const struct cirrus_writer *tar,
			      struct error **err)
{
	cirrus_status s = CIRRUS_OK;

	if (direct_copy_out(it, call, spec, tar, &s, err))
		return s;
	if (!spec->paths)
		return get_all(it, call, spec->dir, tar, err);
	for (const char *const *p = spec->paths; *p && s == CIRRUS_OK; p++)
		s = get_one(it, call, spec->dir, *p, tar, err);
	if (s == CIRRUS_OK)
		s = write_tar((void *)tar, tar_trailer, sizeof(tar_trailer));
	return s;
}

cirrus_status cirrus_engine_instance_copy_out(
	cirrus_instance *it, const struct cirrus_call *call,
	const struct cirrus_copy_spec *given, const struct cirrus_writer *tar)
{
	AUTO_ERROR struct error *err = NULL;
	struct cirrus_copy_spec spec;
	cirrus_status s;

	CIRRUS_COPY(&spec, given);
	s = check_dir(call, &spec, 0);
	if (s < 0)
		return s;
	return fault_report_as(call, copy_out(it, call, &spec, tar, &err),
			       &err);
}
