/* SPDX-License-Identifier: MIT */
/* The way back: from an archive of ours (pack.h), or one that somebody else
 * compressed, to a tar stream that is safe to hand to any engine.
 *
 * No member leaves the folders that the rules name, not by its name and not
 * through a link that the archive itself, or whoever was there before, has put
 * in the way: every directory below a folder is a member of its own before
 * anything comes into it, and extracting a directory replaces a link.  What
 * would break that ends the stream with an error; what is neither file,
 * directory nor link stays out.
 *
 *	x = extract_new(fd, &rules, NULL);
 *	while ((n = extract_read(x, buf, sizeof(buf))) > 0)
 *		...
 *	if (n < 0)
 *		... extract_error(x) ...
 */
#ifndef CIRRUS_FILES_EXTRACT_H
#define CIRRUS_FILES_EXTRACT_H

#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "files/manifest.h"
#include "files/member.h"

struct extract;
/* Reads `size` bytes of fd from its beginning on (pread: fd's position does not
 * matter); fd and rules are borrowed, seen (what comes out; or NULL) is filled,
 * unsorted. */
struct extract *extract_new(int fd, int64_t size,
			    const struct member_rules *rules,
			    struct manifest *seen);
void extract_free(struct extract *x);
/* As a struct cirrus_reader reads. */
int64_t extract_read(void *x, void *buf, size_t len);
const struct error *extract_error(const struct extract *x); /* or NULL */

/* Reads all of an archive, to know that it is sound and, where seen is not NULL,
 * what is in it. */
int extract_look(int fd, int64_t size, const struct member_rules *rules,
		 struct manifest *seen, struct error **err) MUST_CHECK;

/* Fills in the digests of those files of an archive that `wanted` asks for. */
int extract_digests(int fd, int64_t size, struct manifest *m,
		    bool (*wanted)(void *ctx, const struct manifest_item *item),
		    void *ctx, struct error **err) MUST_CHECK;

#endif
