/* SPDX-License-Identifier: MIT */
/* Looks at a tar archive as it streams by, and changes names and owners in it.
 *
 * Members must stay below the directory that they are unpacked in: one with a
 * ".." in its name, or beneath a symbolic link of the same archive, is refused.
 * Formats: ustar, pax and GNU's, as libarchive, GNU tar and Go write them
 * (pax(1) of POSIX; tar(5) of FreeBSD).
 *
 *	AUTO_TARFILTER struct tarfilter f = TARFILTER_INIT;
 *
 *	f.out = write_it;
 *	f.prefix = "sub/";
 *	while ((n = read(...)) > 0 && !s)
 *		s = tarfilter_feed(&f, data, n, &err);
 *	if (!s)
 *		s = tarfilter_end(&f, &err);
 */
#ifndef CIRRUS_SDK_TARFILTER_H
#define CIRRUS_SDK_TARFILTER_H

#include <cirrus/backend.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "sdk/lib/nameset.h"
#include "sdk/lib/tarhead.h"

struct tarfilter {
	/* Where the archive goes; NULL: only look.  Its end (two empty blocks)
	 * is not passed on, so that archives can follow each other. */
	cirrus_status (*out)(void *ctx, const char *data, size_t len);
	/* Called for each member instead of passing on what describes it: then
	 * `out` has contents alone, with their padding.  The name is one without
	 * "." parts, "" where it is the directory itself. */
	cirrus_status (*member)(void *ctx, const struct tar_member *m,
				struct error **err);
	void *ctx;

	const char *prefix; /* put before names, "sub/"; NULL: none */
	bool has_owner;     /* all members become ... */
	uint32_t uid, gid;  /* ... theirs */

	/* Private. */
	enum tar_state {
		TAR_HEADER,
		TAR_META, /* a name or attributes of the member to come */
		TAR_MAP,  /* GNU's further blocks of a sparse member */
		TAR_BODY,
		TAR_END
	} state;
	char head[TAR_BLOCK];
	size_t head_len;
	uint64_t left; /* of the body, padding included */
	uint64_t meta_left;
	char meta_type;
	struct buf attributes; /* pax records of the member to come */
	struct buf name, link; /* GNU's long ones */
	struct nameset links;
};
#define TAR_META_MAX (1024u * 1024) /* for the attributes of a member */
#define TARFILTER_INIT                                                         \
	{                                                                      \
		.attributes = BUF_INIT(TAR_META_MAX),                          \
		.name = BUF_INIT(TAR_META_MAX), .link = BUF_INIT(TAR_META_MAX) \
	}
#define AUTO_TARFILTER __attribute__((__cleanup__(tarfilter_clear)))

cirrus_status tarfilter_feed(struct tarfilter *f, const char *data, size_t len,
			     struct error **err) MUST_CHECK;
/* At the end of the stream: an archive that breaks off is INVAL. */
cirrus_status tarfilter_end(struct tarfilter *f, struct error **err) MUST_CHECK;
void tarfilter_clear(struct tarfilter *f);

#endif
