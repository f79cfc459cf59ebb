/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/tarfilter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/pax.h"

void tarfilter_clear(struct tarfilter *f)
{
	buf_clear(&f->attributes);
	buf_clear(&f->name);
	buf_clear(&f->link);
	nameset_clear(&f->links);
}

/* --- numbers and texts of headers ----------------------------------------------- */

static uint64_t get_number(const char *head, size_t at, size_t len)
{
	const unsigned char *p = (const unsigned char *)head + at;
	uint64_t n = 0;

	if (*p & 0x80) { /* GNU: the rest is a big-endian number */
		n = *p & 0x7f;
		while (--len)
			n = n << 8 | *++p;
		return n;
	}
	while (len && (*p == ' ' || *p == '\0'))
		p++, len--;
	for (; len && *p >= '0' && *p <= '7'; p++, len--)
		n = n << 3 | (unsigned int)(*p - '0');
	return n;
}

static bool is_empty(const char *head)
{
	return memcmp(head, tar_trailer, TAR_BLOCK) == 0;
}

/* --- the member at hand ----------------------------------------------------------- */

static void copy_field(struct buf *out, const char *head, size_t at, size_t len)
{
	buf_add(out, head + at, strnlen(head + at, len));
}

static void member_name(const struct tarfilter *f, struct buf *out)
{
	struct pax_record r;

	if (pax_find(&f->attributes, "path", &r)) {
		buf_add(out, r.value, r.value_len);
	} else if (f->name.len) {
		buf_adds(out, f->name.data);
	} else {
		if (memcmp(f->head + TAR_MAGIC_AT, "ustar\0", 6) == 0 &&
		    f->head[345]) {
			copy_field(out, f->head, TAR_PREFIX);
			buf_addc(out, '/');
		}
		copy_field(out, f->head, TAR_NAME);
	}
}

static void member_link(const struct tarfilter *f, struct buf *out)
{
	struct pax_record r;

	if (pax_find(&f->attributes, "linkpath", &r))
		buf_add(out, r.value, r.value_len);
	else if (f->link.len)
		buf_adds(out, f->link.data);
	else
		copy_field(out, f->head, TAR_LINK);
}

static uint64_t member_size(const struct tarfilter *f)
{
	struct pax_record r;

	/* Links have a size in some archives, and never a body. */
	if (strchr("123456", f->head[TAR_TYPE_AT]) && f->head[TAR_TYPE_AT])
		return 0;
	if (pax_find(&f->attributes, "size", &r))
		return strtoull(r.value, NULL, 10);
	return get_number(f->head, TAR_SIZE);
}

static uint64_t padded(uint64_t size)
{
	return (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
}

/* Removes what does not matter in a name: "./a//b/" is "a/b". */
static void normalise(struct buf *name)
{
	char *to = name->data;
	const char *from = name->data;

	while (*from) {
		size_t len = strcspn(from, "/");

		if (len && !(len == 1 && *from == '.')) {
			if (to != name->data)
				*to++ = '/';
			memmove(to, from, len);
			to += len;
		}
		from += len + (from[len] == '/');
	}
	buf_truncate(name, (size_t)(to - name->data));
}

static cirrus_status check_parts(const struct tarfilter *f, const char *name,
				 struct error **err)
{
	for (const char *p = name; *p;) {
		size_t len = strcspn(p, "/");

		if (len == 2 && p[0] == '.' && p[1] == '.')
			return fault_set(err, CIRRUS_E_INVAL,
					 "archive member %s leads out of the "
					 "directory",
					 name);
		if (p[len] &&
		    nameset_has(&f->links, name, (size_t)(p + len - name)))
			return fault_set(err, CIRRUS_E_INVAL,
					 "archive member %s is beneath a link "
					 "of the archive",
					 name);
		p += len + (p[len] == '/');
	}
	return CIRRUS_OK;
}

static cirrus_status check_member(struct tarfilter *f, struct error **err)
{
	AUTO_BUF struct buf name = BUF_INIT(TAR_META_MAX);
	cirrus_status s;

	member_name(f, &name);
	if (!name.len)
		return CIRRUS_OK;
	normalise(&name);
	s = check_parts(f, name.data, err);
	if (f->head[TAR_TYPE_AT] == '2')
		nameset_add(&f->links, name.data, name.len);
	else
		nameset_remove(&f->links, name.data, name.len);
	return s;
}

/* --- passing it on -------------------------------------------------------------------- */

static cirrus_status put(struct tarfilter *f, const char *data, size_t len)
{
	return f->out && len ? f->out(f->ctx, data, len) : CIRRUS_OK;
}

/* A member of its own that holds text about the next one. */
static cirrus_status put_meta(struct tarfilter *f, char type,
			      const struct buf *text)
{
	char head[TAR_BLOCK];
	cirrus_status s;

	tar_begin(head, type == 'x' ? "PaxHeaders/member" : "././@LongLink",
		  type, text->len);
	tar_seal(head);
	s = put(f, head, TAR_BLOCK);
	if (s == CIRRUS_OK)
		s = put(f, text->data, text->len);
	if (s == CIRRUS_OK)
		s = put(f, tar_trailer, padded(text->len) - text->len);
	return s;
}

/* Attributes that stay as they are. */
static void keep_records(const struct tarfilter *f, struct buf *out)
{
	static const char *const owner[] = {"uid", "gid", "uname", "gname"};
	const char *at = f->attributes.data;
	const char *end = at + f->attributes.len;
	struct pax_record r;

	for (; pax_next(at, end, &r); at = r.next) {
		bool drop = pax_is(&r, "path") || pax_is(&r, "linkpath");

		for (size_t i = 0; i < ARRAY_LEN(owner) && f->has_owner; i++)
			drop |= pax_is(&r, owner[i]);
		if (!drop)
			buf_add(out, at, (size_t)(r.next - at));
	}
}

/* The name always goes into an attribute: there it has no length to observe. */
static void add_names(const struct tarfilter *f, struct buf *out)
{
	AUTO_BUF struct buf name = BUF_INIT(TAR_META_MAX);
	AUTO_BUF struct buf link = BUF_INIT(TAR_META_MAX);
	char type = f->head[TAR_TYPE_AT];

	if (f->prefix)
		buf_adds(&name, f->prefix);
	member_name(f, &name);
	pax_add(out, "path", name.data, name.len);
	if (type != '1' && type != '2')
		return;
	/* A hard link names another member of the archive. */
	if (f->prefix && type == '1')
		buf_adds(&link, f->prefix);
	member_link(f, &link);
	pax_add(out, "linkpath", link.data, link.len);
}

static void set_owner(struct tarfilter *f, struct buf *records)
{
	char uid[12], gid[12];

	snprintf(uid, sizeof(uid), "%u", f->uid);
	snprintf(gid, sizeof(gid), "%u", f->gid);
	pax_add(records, "uid", uid, strlen(uid));
	pax_add(records, "gid", gid, strlen(gid));
	tar_put_octal(f->head, TAR_UID, f->uid & 07777777);
	tar_put_octal(f->head, TAR_GID, f->gid & 07777777);
	memset(f->head + 265, 0, 64); /* the names of user and group */
	tar_seal(f->head);
}

static cirrus_status put_member(struct tarfilter *f)
{
	AUTO_BUF struct buf records = BUF_INIT(4 * TAR_META_MAX);
	cirrus_status s = CIRRUS_OK;

	if (!f->out)
		return CIRRUS_OK;
	keep_records(f, &records);
	add_names(f, &records);
	if (f->has_owner)
		set_owner(f, &records);
	s = put_meta(f, 'x', &records);
	return s == CIRRUS_OK ? put(f, f->head, TAR_BLOCK) : s;
}

/* --- telling of it -------------------------------------------------------------------- */

static uint32_t get_id(const struct tarfilter *f, const char *key, size_t at,
		       size_t len)
{
	struct pax_record r;

	if (pax_find(&f->attributes, key, &r))
		return (uint32_t)strtoul(r.value, NULL, 10);
	return (uint32_t)get_number(f->head, at, len);
}

/* "1234.5678", perhaps with a sign; what is left out is zero. */
static void get_time(const struct tarfilter *f, struct tar_member *m)
{
	struct pax_record r;
	char *end;
	long digit = 100000000;

	m->mtime_s = (int64_t)get_number(f->head, TAR_MTIME);
	if (!pax_find(&f->attributes, "mtime", &r))
		return;
	m->mtime_s = strtoll(r.value, &end, 10);
	if (*end != '.' || *r.value == '-')
		return;
	for (end++; *end >= '0' && *end <= '9' && digit; end++, digit /= 10)
		m->mtime_ns += (*end - '0') * digit;
}

static bool is_sparse(const struct tarfilter *f)
{
	struct pax_record r;

	return f->head[TAR_TYPE_AT] == 'S' ||
	       pax_find(&f->attributes, "GNU.sparse.major", &r) ||
	       pax_find(&f->attributes, "GNU.sparse.map", &r);
}

static cirrus_status tell(struct tarfilter *f, struct error **err)
{
	AUTO_BUF struct buf name = BUF_INIT(TAR_META_MAX);
	AUTO_BUF struct buf link = BUF_INIT(TAR_META_MAX);
	struct tar_member m = {.type = f->head[TAR_TYPE_AT]};
	cirrus_status s = CIRRUS_OK;

	member_name(f, &name);
	normalise(&name);
	member_link(f, &link);
	if (m.type == '1') {
		normalise(&link);
		s = check_parts(f, link.data, err);
	}
	if (s == CIRRUS_OK && is_sparse(f))
		s = fault_set(err, CIRRUS_E_NOTSUP,
			      "archive member %s is a sparse one", name.data);
	if (s < 0)
		return s;
	m.name = name.data;
	m.link = m.type == '1' || m.type == '2' ? link.data : NULL;
	m.mode = (uint32_t)get_number(f->head, TAR_MODE) & 07777;
	m.uid = f->has_owner ? f->uid : get_id(f, "uid", TAR_UID);
	m.gid = f->has_owner ? f->gid : get_id(f, "gid", TAR_GID);
	m.size = member_size(f);
	get_time(f, &m);
	return f->member(f->ctx, &m, err);
}

/* --- the stream ------------------------------------------------------------------------ */

static struct buf *meta_target(struct tarfilter *f)
{
	switch (f->meta_type) {
	case 'x':
		return &f->attributes;
	case 'L':
		return &f->name;
	default:
		return &f->link;
	}
}

static void begin_meta(struct tarfilter *f)
{
	f->meta_type = f->head[TAR_TYPE_AT];
	f->meta_left = get_number(f->head, TAR_SIZE);
	f->left = padded(f->meta_left);
	buf_reset(meta_target(f));
	f->state = f->left ? TAR_META : TAR_HEADER;
}

static void end_member(struct tarfilter *f)
{
	buf_clear(&f->attributes);
	buf_clear(&f->name);
	buf_clear(&f->link);
}

static cirrus_status take_member(struct tarfilter *f, struct error **err)
{
	bool mapped = f->head[TAR_TYPE_AT] == 'S' && f->head[TAR_SPARSE_AT];
	cirrus_status s = check_member(f, err);

	f->left = padded(member_size(f));
	f->state = mapped ? TAR_MAP : f->left ? TAR_BODY : TAR_HEADER;
	if (s == CIRRUS_OK)
		s = f->member ? tell(f, err) : put_member(f);
	end_member(f);
	return s;
}

static cirrus_status take_head(struct tarfilter *f, struct error **err)
{
	f->head_len = 0;
	if (f->state == TAR_MAP) {
		if (!f->head[TAR_MAP_AT])
			f->state = f->left ? TAR_BODY : TAR_HEADER;
		return put(f, f->head, TAR_BLOCK);
	}
	if (is_empty(f->head)) {
		f->state = TAR_END;
		return CIRRUS_OK;
	}
	if (get_number(f->head, TAR_CHECKSUM) != tar_sum(f->head))
		return fault_set(err, CIRRUS_E_INVAL, "this is no tar archive");
	if (f->head[TAR_TYPE_AT] && strchr("xLK", f->head[TAR_TYPE_AT])) {
		begin_meta(f);
		return CIRRUS_OK;
	}
	if (f->head[TAR_TYPE_AT] == 'g') { /* about all that follow */
		f->left = padded(get_number(f->head, TAR_SIZE));
		f->state = f->left ? TAR_BODY : TAR_HEADER;
		return put(f, f->head, TAR_BLOCK);
	}
	return take_member(f, err);
}

static size_t collect_head(struct tarfilter *f, const char *data, size_t len)
{
	size_t n = TAR_BLOCK - f->head_len;

	n = n < len ? n : len;
	memcpy(f->head + f->head_len, data, n);
	f->head_len += n;
	return n;
}

static cirrus_status collect_meta(struct tarfilter *f, const char *data,
				  size_t n, struct error **err)
{
	size_t text = n < f->meta_left ? n : (size_t)f->meta_left;

	f->meta_left -= text;
	f->left -= n;
	if (buf_add(meta_target(f), data, text) < 0)
		return fault_set(err, CIRRUS_E_INVAL,
				 "a member of the archive has too long a name");
	if (!f->left)
		f->state = TAR_HEADER;
	return CIRRUS_OK;
}

static cirrus_status pass_body(struct tarfilter *f, const char *data, size_t n)
{
	f->left -= n;
	if (!f->left)
		f->state = TAR_HEADER;
	return put(f, data, n);
}

cirrus_status tarfilter_feed(struct tarfilter *f, const char *data, size_t len,
			     struct error **err)
{
	cirrus_status s = CIRRUS_OK;

	while (len && s == CIRRUS_OK && f->state != TAR_END) {
		size_t n = f->left < len ? (size_t)f->left : len;

		if (f->state == TAR_META) {
			s = collect_meta(f, data, n, err);
		} else if (f->state == TAR_BODY) {
			s = pass_body(f, data, n);
		} else {
			n = collect_head(f, data, len);
			if (f->head_len == TAR_BLOCK)
				s = take_head(f, err);
		}
		data += n;
		len -= n;
	}
	return s;
}

cirrus_status tarfilter_end(struct tarfilter *f, struct error **err)
{
	if (f->state == TAR_END || (f->state == TAR_HEADER && !f->head_len))
		return CIRRUS_OK;
	return fault_set(err, CIRRUS_E_INVAL, "the archive breaks off");
}
