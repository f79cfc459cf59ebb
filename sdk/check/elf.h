/* SPDX-License-Identifier: MIT */
/* What the dynamic section of a loaded object says. */
#ifndef CIRRUS_SDK_CHECK_ELF_H
#define CIRRUS_SDK_CHECK_ELF_H

#include <stdbool.h>

#include "base/strv.h"

struct elf_facts {
	struct strv exported; /* defined dynamic symbols */
	struct strv needed;   /* libraries */
	bool text_relocations, executable_stack;
};
/* false: this system has no way to tell. */
bool elf_facts(const char *path, struct elf_facts *out);

#endif
