/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"

/* What is written in one go; also the size of a block of a file. */
#define BLOCK ((size_t)256 * 1024)

void out_init(struct out *o, int fd)
{
	*o = (struct out){.fd = fd, .newlines = 2};
	buf_init(&o->pending, BLOCK);
}

void out_clear(struct out *o)
{
	buf_clear(&o->pending);
}

static void write_now(struct out *o, const void *data, size_t len)
{
	if (!o->errnum && fd_write_all(o->fd, data, len) < 0)
		o->errnum = errno;
}

void out_flush(struct out *o)
{
	write_now(o, o->pending.data, o->pending.len);
	buf_reset(&o->pending);
}

static void note_end(struct out *o, const char *data, size_t len)
{
	int n = 0;

	while (n < 2 && (size_t)n < len && data[len - 1 - (size_t)n] == '\n')
		n++;
	if ((size_t)n == len)
		n += o->newlines;
	o->newlines = n < 2 ? n : 2;
}

void out_add(struct out *o, const void *data, size_t len)
{
	note_end(o, data, len);
	if (o->pending.len + len > BLOCK)
		out_flush(o);
	if (len > BLOCK)
		write_now(o, data, len);
	else
		buf_add(&o->pending, data, len);
}

void out_text(struct out *o, const char *text)
{
	out_add(o, text, strlen(text));
}

void out_format(struct out *o, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	out_text(o, text);
}

void out_file(struct out *o, int fd, int64_t offset, int64_t length)
{
	while (length > 0 && !o->errnum) {
		size_t want = length < (int64_t)BLOCK ? (size_t)length : BLOCK;
		char *room;
		ssize_t n;

		if (o->pending.len + want > BLOCK)
			out_flush(o);
		room = buf_room(&o->pending, want);
		do
			n = pread(fd, room, want, offset);
		while (n < 0 && errno == EINTR);
		if (n <= 0)
			return;
		note_end(o, room, (size_t)n);
		buf_grown(&o->pending, (size_t)n);
		offset += n;
		length -= n;
	}
}

void out_end_line(struct out *o)
{
	if (o->newlines == 0)
		out_text(o, "\n");
}

void out_end_paragraph(struct out *o)
{
	while (o->newlines < 2)
		out_text(o, "\n");
}
