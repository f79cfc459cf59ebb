/* SPDX-License-Identifier: MIT */
/* lookup PLUGIN.so MODULE: finds the entry by its name, as any loader does, and
 * prints what the table says about itself; then lets open fail. */
#include "config.h"

#include <cirrus/backend.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static void print_error(const struct cirrus_call *call, cirrus_status status,
			const char *msg, const char *hint)
{
	(void)call;
	(void)hint;
	printf("error %d %s\n", status, msg);
}

static void describe(cirrus_backend_entry_fn *entry)
{
	static const struct cirrus_host host = {
		.struct_size = sizeof(host),
		.error = print_error,
	};
	struct cirrus_call call = {.struct_size = sizeof(call), .host = &host};
	struct cirrus_config config = {.struct_size = sizeof(config)};
	const struct cirrus_backend *b = entry(&host);
	cirrus_conn *conn = NULL;

	printf("name %s\nabi %d.%d\nstruct_size %d\n", b->name, b->abi_major,
	       b->abi_minor, (int)b->struct_size);
	printf("same table %d\n", entry(&host) == b);
	printf("open %d\n", b->open(&call, &config, &conn));
}

int main(int argc, char **argv)
{
	cirrus_backend_entry_fn *entry;
	char symbol[256];
	void *module, *found;

	if (argc != 3)
		return 2;
	module = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
	if (!module) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	snprintf(symbol, sizeof(symbol), "cirrus_%s_LTX_%s", argv[2],
		 CIRRUS_ENTRY_SYMBOL);
	found = dlsym(module, symbol);
	if (!found) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	memcpy(&entry, &found, sizeof(entry));
	describe(entry);
	return 0;
}
