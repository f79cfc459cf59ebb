/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/tarfilter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sdk/lib/fault.h"
#include "sdk/lib/pax.h"

/* Fields of a header: where, and how long. */
#define NAME      0, 100
#define UID       108, 8
#define GID       116, 8
#define SIZE      124, 12
#define MTIME     136, 12
#define CHECKSUM  148, 8
#define TYPE_AT   156
#define LINK      157, 100
#define MAGIC_AT  257
#define UNAME     265, 32
#define GNAME     297, 32
#define PREFIX    345, 155
#define SPARSE_AT 482 /* in a GNU header: more blocks of the map follow */
#define MAP_AT    504 /* the same in such a block */

const char tar_trailer[2 * TAR_BLOCK];

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

static void put_octal(char *head, size_t at, size_t len, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%0*llo", (int)len - 1,
		 (unsigned long long)value);
	memcpy(head + at, text, len);
}

static unsigned int sum(const char *head)
{
	unsigned int s = 8 * ' '; /* the checksum itself counts as spaces */

	for (size_t i = 0; i < TAR_BLOCK; i++)
		if (i < 148 || i >= 156)
			s += (unsigned char)head[i];
	return s;
}

static void seal(char *head)
{
	char text[8];

	snprintf(text, sizeof(text), "%06o", sum(head) & 0777777);
	memcpy(head + 148, text, 7);
	head[155] = ' ';
}

static void begin(char head[TAR_BLOCK], const char *name, char type,
		  uint64_t size)
{
	memset(head, 0, TAR_BLOCK);
	memcpy(head, name, strnlen(name, 100));
	put_octal(head, 100, 8, type == '5' ? 0755 : 0644);
	put_octal(head, UID, 0);
	put_octal(head, GID, 0);
	put_octal(head, SIZE, size);
	put_octal(head, MTIME, 0);
	head[TYPE_AT] = type;
	memcpy(head + MAGIC_AT, "ustar\00000", 8);
}

void tar_directory(char head[TAR_BLOCK], const char *name, int64_t mtime)
{
	begin(head, name, '5', 0);
	put_octal(head, MTIME, mtime > 0 ? (uint64_t)mtime : 0);
	seal(head);
}

void tar_program(char head[TAR_BLOCK], const char *name, size_t size)
{
	begin(head, name, '0', size);
	put_octal(head, 100, 8, 0755);
	seal(head);
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
		if (memcmp(f->head + MAGIC_AT, "ustar\0", 6) == 0 &&
		    f->head[345]) {
			copy_field(out, f->head, PREFIX);
			buf_addc(out, '/');
		}
		copy_field(out, f->head, NAME);
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
		copy_field(out, f->head, LINK);
}

static uint64_t member_size(const struct tarfilter *f)
{
	struct pax_record r;

	/* Links have a size in some archives, and never a body. */
	if (strchr("123456", f->head[TYPE_AT]) && f->head[TYPE_AT])
		return 0;
	if (pax_find(&f->attributes, "size", &r))
		return strtoull(r.value, NULL, 10);
	return get_number(f->head, SIZE);
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
	if (f->head[TYPE_AT] == '2')
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

	begin(head, type == 'x' ? "PaxHeaders/member" : "././@LongLink", type,
	      text->len);
	seal(head);
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
	char type = f->head[TYPE_AT];

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
	put_octal(f->head, UID, f->uid & 07777777);
	put_octal(f->head, GID, f->gid & 07777777);
	memset(f->head + 265, 0, 64); /* the names of user and group */
	seal(f->head);
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
	f->meta_type = f->head[TYPE_AT];
	f->meta_left = get_number(f->head, SIZE);
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
	bool mapped = f->head[TYPE_AT] == 'S' && f->head[SPARSE_AT];
	cirrus_status s = check_member(f, err);

	f->left = padded(member_size(f));
	f->state = mapped ? TAR_MAP : f->left ? TAR_BODY : TAR_HEADER;
	if (s == CIRRUS_OK)
		s = put_member(f);
	end_member(f);
	return s;
}

static cirrus_status take_head(struct tarfilter *f, struct error **err)
{
	f->head_len = 0;
	if (f->state == TAR_MAP) {
		if (!f->head[MAP_AT])
			f->state = f->left ? TAR_BODY : TAR_HEADER;
		return put(f, f->head, TAR_BLOCK);
	}
	if (is_empty(f->head)) {
		f->state = TAR_END;
		return CIRRUS_OK;
	}
	if (get_number(f->head, CHECKSUM) != sum(f->head))
		return fault_set(err, CIRRUS_E_INVAL, "this is no tar archive");
	if (f->head[TYPE_AT] && strchr("xLK", f->head[TYPE_AT])) {
		begin_meta(f);
		return CIRRUS_OK;
	}
	if (f->head[TYPE_AT] == 'g') { /* about all that follow */
		f->left = padded(get_number(f->head, SIZE));
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
