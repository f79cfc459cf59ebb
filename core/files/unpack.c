/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "files/unpack.h"

#include <archive.h>
#include <archive_entry.h>

static int read_data(struct archive *a, struct buf *out)
{
	char chunk[8192];
	la_ssize_t n;

	while ((n = archive_read_data(a, chunk, sizeof(chunk))) > 0)
		buf_add(out, chunk, (size_t)n);
	return n < 0 || out->overflow ? -1 : 0;
}

static int read_first(struct archive *a, const void *tar, size_t len,
		      struct buf *out)
{
	struct archive_entry *entry;

	archive_read_support_format_tar(a);
	if (archive_read_open_memory(a, tar, len) != ARCHIVE_OK)
		return -1;
	while (archive_read_next_header(a, &entry) == ARCHIVE_OK)
		if (archive_entry_filetype(entry) == AE_IFREG)
			return read_data(a, out);
	return -1;
}

int unpack_file(const void *tar, size_t len, struct buf *out,
		struct error **err)
{
	struct archive *a = archive_read_new();
	int r = read_first(a, tar, len, out);

	if (r < 0 && out->overflow)
		error_set(err, ERR_LIMIT, "a file is larger than %zu bytes",
			  out->max);
	else if (r < 0)
		error_set(err, ERR_SYSTEM, "no file in an archive%s%s",
			  archive_error_string(a) ? ": " : "",
			  archive_error_string(a) ? archive_error_string(a)
						  : "");
	archive_read_free(a);
	return r;
}
