/* SPDX-License-Identifier: MIT */
/* Headers of tar archives (tar(5) of FreeBSD): what stands where, and making
 * them. */
#ifndef CIRRUS_SDK_TARHEAD_H
#define CIRRUS_SDK_TARHEAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define TAR_BLOCK 512

/* Fields of a header: where, and how long. */
#define TAR_NAME      0, 100
#define TAR_MODE      100, 8
#define TAR_UID       108, 8
#define TAR_GID       116, 8
#define TAR_SIZE      124, 12
#define TAR_MTIME     136, 12
#define TAR_CHECKSUM  148, 8
#define TAR_TYPE_AT   156
#define TAR_LINK      157, 100
#define TAR_LINK_AT   157
#define TAR_MAGIC_AT  257
#define TAR_UNAME     265, 32
#define TAR_GNAME     297, 32
#define TAR_PREFIX    345, 155
#define TAR_SPARSE_AT 482 /* in a GNU header: more blocks of the map follow */
#define TAR_MAP_AT    504 /* the same in such a block */

/* A header without attributes; then it is filled, and sealed. */
void tar_begin(char head[TAR_BLOCK], const char *name, char type,
	       uint64_t size);
void tar_put_octal(char *head, size_t at, size_t len, uint64_t value);
void tar_seal(char *head);
unsigned int tar_sum(const char *head);

/* The empty blocks that end an archive, 2 * TAR_BLOCK bytes. */
extern const char tar_trailer[2 * TAR_BLOCK];

/* Fills `head` for a directory of that name, "a/b/" of at most 100 bytes. */
void tar_directory(char head[TAR_BLOCK], const char *name, int64_t mtime);
/* The same for a file that everybody may execute. */
void tar_program(char head[TAR_BLOCK], const char *name, size_t size);

struct tar_member {
	const char *name;
	const char *link; /* '1' and '2': where it leads; else NULL */
	char type;        /* '0', '1', '2', '5' */
	uint32_t mode, uid, gid;
	uint64_t size; /* of the contents that follow, padded */
	int64_t mtime_s;
	long mtime_ns;
};
/* All the blocks that stand before its contents. */
void tar_put_member(struct buf *out, const struct tar_member *m);

#endif
