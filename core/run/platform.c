/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/platform.h"

#include <string.h>

const char *platform_os(enum platform p)
{
	static const char *const names[] = {[PLATFORM_LINUX] = "linux",
					    [PLATFORM_WINDOWS] = "windows",
					    [PLATFORM_DARWIN] = "darwin"};

	return names[p];
}

const char *platform_arch(enum architecture a)
{
	return a == ARCH_ARM64 ? "arm64" : "amd64";
}

enum architecture platform_native(const struct conn *conn)
{
	const struct cirrus_system_info *info = conn_system_info(conn);

	return info && strcmp(info->arch, "arm64") == 0 ? ARCH_ARM64
							: ARCH_AMD64;
}

const struct cirrus_platform *platform_spec(struct platform_spec *store,
					    const struct conn *conn,
					    const struct container *c)
{
	const struct cirrus_system_info *info = conn_system_info(conn);

	store->platform = (struct cirrus_platform){
		.struct_size = sizeof(store->platform),
		.os = platform_os(c->platform),
		.arch = platform_arch(c->architecture)};
	if (!info || !info->arch[0] ||
	    strcmp(info->arch, store->platform.arch) == 0)
		return NULL;
	return &store->platform;
}
