/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "elf.h"

#ifdef HAVE_LINK_H

#include <link.h>
#include <stdint.h>
#include <string.h>

/* <link.h>'s own is hidden from tools that do not read system headers. */
#if UINTPTR_MAX == UINT64_MAX
#define ELF(name) Elf64_##name
#else
#define ELF(name) Elf32_##name
#endif

struct search {
	const char *path;
	struct elf_facts *out;
	bool found;
};

struct dynamic {
	const ELF(Sym) * symbols;
	const char *strings;
	const uint32_t *gnu_hash, *hash;
};

/* The tables hold addresses that some C libraries relocated and some did not. */
static const void *at(const struct dl_phdr_info *info, ELF(Addr) value)
{
	return (const void *)(value < info->dlpi_addr ? value + info->dlpi_addr
						      : value);
}

static const ELF(Dyn) *
	dynamic_section(const struct dl_phdr_info *info, struct elf_facts *out)
{
	const ELF(Dyn) *dyn = NULL;

	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ELF(Phdr) *p = &info->dlpi_phdr[i];

		if (p->p_type == PT_DYNAMIC)
			dyn = (const void *)(info->dlpi_addr + p->p_vaddr);
		else if (p->p_type == PT_GNU_STACK)
			out->executable_stack = p->p_flags & PF_X;
	}
	return dyn;
}

static void read_dynamic(const struct dl_phdr_info *info, const ELF(Dyn) * d,
			 struct dynamic *dyn, struct elf_facts *out)
{
	for (; d->d_tag != DT_NULL; d++) {
		if (d->d_tag == DT_SYMTAB)
			dyn->symbols = at(info, d->d_un.d_ptr);
		else if (d->d_tag == DT_STRTAB)
			dyn->strings = at(info, d->d_un.d_ptr);
		else if (d->d_tag == DT_GNU_HASH)
			dyn->gnu_hash = at(info, d->d_un.d_ptr);
		else if (d->d_tag == DT_HASH)
			dyn->hash = at(info, d->d_un.d_ptr);
		else if (d->d_tag == DT_TEXTREL ||
			 (d->d_tag == DT_FLAGS && (d->d_un.d_val & DF_TEXTREL)))
			out->text_relocations = true;
	}
}

/* The end of the last chain is the end of the symbols. */
static size_t gnu_symbols(const uint32_t *h)
{
	uint32_t buckets = h[0], first = h[1], bloom = h[2], last = 0;
	const uint32_t *bucket =
		h + 4 + bloom * (sizeof(ELF(Addr)) / sizeof(uint32_t));
	const uint32_t *chain = bucket + buckets;

	for (uint32_t i = 0; i < buckets; i++)
		if (bucket[i] > last)
			last = bucket[i];
	if (last < first)
		return first;
	while (!(chain[last - first] & 1))
		last++;
	return last + 1;
}

static void collect(const ELF(Dyn) * d, const struct dynamic *dyn,
		    struct elf_facts *out)
{
	size_t n = dyn->hash       ? dyn->hash[1]
		   : dyn->gnu_hash ? gnu_symbols(dyn->gnu_hash)
				   : 0;

	for (; d->d_tag != DT_NULL; d++)
		if (d->d_tag == DT_NEEDED)
			strv_push(&out->needed, dyn->strings + d->d_un.d_val);
	for (size_t i = 0; i < n; i++)
		if (dyn->symbols[i].st_shndx != SHN_UNDEF)
			strv_push(&out->exported,
				  dyn->strings + dyn->symbols[i].st_name);
}

static int look(struct dl_phdr_info *info, size_t size, void *ctx)
{
	struct search *s = ctx;
	struct dynamic dyn = {0};
	const ELF(Dyn) * d;

	(void)size;
	if (strcmp(info->dlpi_name, s->path) != 0)
		return 0;
	d = dynamic_section(info, s->out);
	if (!d)
		return 1;
	read_dynamic(info, d, &dyn, s->out);
	if (dyn.symbols && dyn.strings)
		collect(d, &dyn, s->out);
	s->found = true;
	return 1;
}

bool elf_facts(const char *path, struct elf_facts *out)
{
	struct search s = {.path = path, .out = out};

	dl_iterate_phdr(look, &s);
	return s.found;
}

#else

bool elf_facts(const char *path, struct elf_facts *out)
{
	(void)path;
	(void)out;
	return false;
}

#endif
