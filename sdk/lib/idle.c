/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/idle.h"

#include <stdint.h>
#include <string.h>

/* The file is loaded as one piece at BASE.  Behind its head lie a sigaction that
 * ignores (32 bytes on every 64-bit Linux), a set of TERM and INT, the code. */
#define BASE     0x400000u
#define HEAD     (64u + 2 * 56u)
#define ACTION   HEAD          /* BASE + 0xb0 */
#define SET      (ACTION + 32) /* BASE + 0xd0 */
#define CODE     (SET + 8)
#define CODE_MAX 128

/*	rt_sigaction(SIGCHLD, ACTION, NULL, 8);
 *	rt_sigprocmask(SIG_BLOCK, SET, NULL, 8);
 *	do
 *		n = rt_sigtimedwait(SET, NULL, NULL, 8);
 *	while (n < 0);
 *	exit_group(0);
 */
static const struct program {
	const char *arch;
	uint16_t machine; /* EM_... */
	uint16_t len;
	unsigned char code[CODE_MAX];
} programs[] = {
	{"amd64",
	 62,
	 0x42,
	 {
		 0xb8, 0x0d, 0x00, 0x00, 0x00,       /* mov eax, 13 */
		 0xbf, 0x11, 0x00, 0x00, 0x00,       /* mov edi, 17 */
		 0xbe, 0xb0, 0x00, 0x40, 0x00,       /* mov esi, ACTION */
		 0x31, 0xd2,                         /* xor edx, edx */
		 0x41, 0xba, 0x08, 0x00, 0x00, 0x00, /* mov r10d, 8 */
		 0x0f, 0x05,                         /* syscall */
		 0xb8, 0x0e, 0x00, 0x00, 0x00,       /* mov eax, 14 */
		 0x31, 0xff,                         /* xor edi, edi */
		 0xbe, 0xd0, 0x00, 0x40, 0x00,       /* mov esi, SET */
		 0x0f, 0x05,                         /* syscall */
		 0xb8, 0x80, 0x00, 0x00, 0x00,       /* 1: mov eax, 128 */
		 0xbf, 0xd0, 0x00, 0x40, 0x00,       /* mov edi, SET */
		 0x31, 0xf6,                         /* xor esi, esi */
		 0x0f, 0x05,                         /* syscall */
		 0x85, 0xc0,                         /* test eax, eax */
		 0x78, 0xee,                         /* js 1b */
		 0xb8, 0xe7, 0x00, 0x00, 0x00,       /* mov eax, 231 */
		 0x31, 0xff,                         /* xor edi, edi */
		 0x0f, 0x05,                         /* syscall */
	 }},
	{"arm64",
	 183,
	 0x54,
	 {
		 0xc8, 0x10, 0x80, 0xd2, /* mov x8, #134 */
		 0x20, 0x02, 0x80, 0xd2, /* mov x0, #17 */
		 0x01, 0x16, 0x80, 0xd2, /* mov x1, #0xb0 */
		 0x01, 0x08, 0xa0, 0xf2, /* movk x1, #0x40, lsl #16 */
		 0x02, 0x00, 0x80, 0xd2, /* mov x2, #0 */
		 0x03, 0x01, 0x80, 0xd2, /* mov x3, #8 */
		 0x01, 0x00, 0x00, 0xd4, /* svc #0 */
		 0xe8, 0x10, 0x80, 0xd2, /* mov x8, #135 */
		 0x00, 0x00, 0x80, 0xd2, /* mov x0, #0 */
		 0x01, 0x1a, 0x80, 0xd2, /* mov x1, #0xd0 */
		 0x01, 0x08, 0xa0, 0xf2, /* movk x1, #0x40, lsl #16 */
		 0x01, 0x00, 0x00, 0xd4, /* svc #0 */
		 0x28, 0x11, 0x80, 0xd2, /* 1: mov x8, #137 */
		 0x00, 0x1a, 0x80, 0xd2, /* mov x0, #0xd0 */
		 0x00, 0x08, 0xa0, 0xf2, /* movk x0, #0x40, lsl #16 */
		 0x01, 0x00, 0x80, 0xd2, /* mov x1, #0 */
		 0x01, 0x00, 0x00, 0xd4, /* svc #0 */
		 0x60, 0xff, 0xff, 0x37, /* tbnz w0, #31, 1b */
		 0xc8, 0x0b, 0x80, 0xd2, /* mov x8, #94 */
		 0x00, 0x00, 0x80, 0xd2, /* mov x0, #0 */
		 0x01, 0x00, 0x00, 0xd4, /* svc #0 */
	 }},
};

static void put(struct buf *out, uint64_t value, int bytes)
{
	for (; bytes > 0; bytes--, value >>= 8)
		buf_addc(out, (char)value);
}

static void put_head(struct buf *out, uint16_t machine)
{
	static const char ident[16] = "\177ELF\2\1\1";

	buf_add(out, ident, sizeof(ident));
	put(out, 2, 2); /* ET_EXEC */
	put(out, machine, 2);
	put(out, 1, 4);
	put(out, BASE + CODE, 8); /* entry */
	put(out, 64, 8);          /* program headers */
	put(out, 0, 8);           /* no sections */
	put(out, 0, 4);
	put(out, 64, 2);
	put(out, 56, 2);
	put(out, 2, 2);
	put(out, 0, 6);
}

static void put_segment(struct buf *out, uint32_t type, uint32_t flags,
			uint64_t address, uint64_t size)
{
	put(out, type, 4);
	put(out, flags, 4);
	put(out, 0, 8);
	put(out, address, 8);
	put(out, address, 8);
	put(out, size, 8);
	put(out, size, 8);
	put(out, 0x10000, 8); /* the largest page there is */
}

bool idle_program(const char *arch, struct buf *out)
{
	const struct program *p = programs;

	while (strcmp(p->arch, arch) != 0)
		if (++p == programs + ARRAY_LEN(programs))
			return false;
	put_head(out, p->machine);
	put_segment(out, 1, 5, BASE, CODE + p->len); /* PT_LOAD, r-x */
	put_segment(out, 0x6474e551, 6, 0, 0);       /* PT_GNU_STACK, rw- */
	put(out, 1, 8); /* SIG_IGN; no flags, nothing blocked */
	put(out, 0, 24);
	put(out, 1u << 14 | 1u << 1, 8);
	buf_add(out, p->code, p->len);
	return true;
}
