/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/tarhead.h"

#include <stdio.h>
#include <string.h>

#include "sdk/lib/pax.h"

const char tar_trailer[2 * TAR_BLOCK];

void tar_put_octal(char *head, size_t at, size_t len, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%0*llo", (int)len - 1,
		 (unsigned long long)value);
	memcpy(head + at, text, len);
}

unsigned int tar_sum(const char *head)
{
	unsigned int s = 8 * ' '; /* the checksum itself counts as spaces */

	for (size_t i = 0; i < TAR_BLOCK; i++)
		if (i < 148 || i >= 156)
			s += (unsigned char)head[i];
	return s;
}

void tar_seal(char *head)
{
	char text[8];

	snprintf(text, sizeof(text), "%06o", tar_sum(head) & 0777777);
	memcpy(head + 148, text, 7);
	head[155] = ' ';
}

void tar_begin(char head[TAR_BLOCK], const char *name, char type, uint64_t size)
{
	memset(head, 0, TAR_BLOCK);
	memcpy(head, name, strnlen(name, 100));
	tar_put_octal(head, TAR_MODE, type == '5' ? 0755 : 0644);
	tar_put_octal(head, TAR_UID, 0);
	tar_put_octal(head, TAR_GID, 0);
	tar_put_octal(head, TAR_SIZE, size);
	tar_put_octal(head, TAR_MTIME, 0);
	head[TAR_TYPE_AT] = type;
	memcpy(head + TAR_MAGIC_AT, "ustar\00000", 8);
}

void tar_directory(char head[TAR_BLOCK], const char *name, int64_t mtime)
{
	tar_begin(head, name, '5', 0);
	tar_put_octal(head, TAR_MTIME, mtime > 0 ? (uint64_t)mtime : 0);
	tar_seal(head);
}

void tar_program(char head[TAR_BLOCK], const char *name, size_t size)
{
	tar_begin(head, name, '0', size);
	tar_put_octal(head, TAR_MODE, 0755);
	tar_seal(head);
}

/* --- a member ------------------------------------------------------------------- */

#define OCTAL_MAX(digits) ((UINT64_C(1) << 3 * (digits)) - 1)

static void put_text(struct buf *out, const char *text, size_t len)
{
	buf_add(out, text, len);
	if (len % TAR_BLOCK)
		buf_add(out, tar_trailer, TAR_BLOCK - len % TAR_BLOCK);
}

/* A name that the header has no room for, in GNU's way: bytes, of whatever
 * encoding, where an attribute would have to be UTF-8. */
static void put_long(struct buf *out, char type, const char *name)
{
	char head[TAR_BLOCK];
	size_t len = strlen(name) + 1;

	if (len - 1 <= 100)
		return;
	tar_begin(head, "././@LongLink", type, len);
	tar_seal(head);
	buf_add(out, head, TAR_BLOCK);
	put_text(out, name, len);
}

static void add_number(struct buf *records, const char *key, uint64_t n,
		       uint64_t max)
{
	char text[24];

	if (n <= max)
		return;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	pax_add(records, key, text, strlen(text));
}

static void add_time(struct buf *records, const struct tar_member *m)
{
	char text[48];

	if (m->mtime_s >= 0 && m->mtime_ns == 0)
		return;
	/* before 1970 the part of a second would count backwards */
	if (m->mtime_s < 0)
		snprintf(text, sizeof(text), "%lld", (long long)m->mtime_s);
	else
		snprintf(text, sizeof(text), "%lld.%09ld",
			 (long long)m->mtime_s, m->mtime_ns);
	pax_add(records, "mtime", text, strlen(text));
}

static void put_records(struct buf *out, const struct tar_member *m)
{
	AUTO_BUF struct buf records = BUF_INIT(BUF_LINE);
	char head[TAR_BLOCK];

	add_number(&records, "size", m->size, OCTAL_MAX(11));
	add_number(&records, "uid", m->uid, OCTAL_MAX(7));
	add_number(&records, "gid", m->gid, OCTAL_MAX(7));
	add_time(&records, m);
	if (!records.len)
		return;
	tar_begin(head, "PaxHeaders/member", 'x', records.len);
	tar_seal(head);
	buf_add(out, head, TAR_BLOCK);
	put_text(out, records.data, records.len);
}

static uint64_t fitting(uint64_t n, uint64_t max)
{
	return n <= max ? n : 0;
}

void tar_put_member(struct buf *out, const struct tar_member *m)
{
	char head[TAR_BLOCK];

	put_records(out, m);
	put_long(out, 'L', m->name);
	if (m->link)
		put_long(out, 'K', m->link);
	tar_begin(head, m->name, m->type, fitting(m->size, OCTAL_MAX(11)));
	tar_put_octal(head, TAR_MODE, m->mode & 07777);
	tar_put_octal(head, TAR_UID, fitting(m->uid, OCTAL_MAX(7)));
	tar_put_octal(head, TAR_GID, fitting(m->gid, OCTAL_MAX(7)));
	tar_put_octal(head, TAR_MTIME,
		      m->mtime_s > 0 ? (uint64_t)m->mtime_s : 0);
	if (m->link)
		memcpy(head + TAR_LINK_AT, m->link, strnlen(m->link, 100));
	tar_seal(head);
	buf_add(out, head, TAR_BLOCK);
}
