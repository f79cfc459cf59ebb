/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/preloaded.h"

/* The build says PLUGIN(docker) PLUGIN(podman). */
#ifdef PRELOADED
#include <cirrus/backend.h>
#include <ltdl.h>

#include "backend/backend.h"

#define PLUGIN(name) \
	cirrus_backend_entry_fn cirrus_##name##_LTX_cirrus_backend_entry_v0;
PRELOADED
#undef PLUGIN

/* What libtool would write for -dlopen; but that brings all names of a plugin's
 * archive into the program, where the SDK's and ours would collide.  libltdl
 * looks for a module by its name in letters, digits and _, and ".a". */
static const lt_dlsymlist symbols[] = {
	{"@PROGRAM@", NULL},
#define PLUGIN(name)                                          \
	{"cirrus_" #name ".a", NULL},                         \
		{"cirrus_" #name "_LTX_" CIRRUS_ENTRY_SYMBOL, \
		 (void *)cirrus_##name##_LTX_cirrus_backend_entry_v0},
	PRELOADED
#undef PLUGIN
	{NULL, NULL},
};

static const char *const names[] = {
#define PLUGIN(name) #name,
	PRELOADED
#undef PLUGIN
		NULL,
};

void preloaded_announce(void)
{
	lt_dlpreload_default(symbols);
	backend_preloaded(names);
}
#else
void preloaded_announce(void)
{
}
#endif
