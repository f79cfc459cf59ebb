/* SPDX-License-Identifier: MIT */
/* Nothing is wrong with this one either: it provides several kinds with options
 * of every sort. */
#include "config.h"

#define NAME "kinds"
#include "bad.h"

#define OPTION(id, text, option_type, option_flags)                        \
	static const struct cirrus_option id = {.struct_size = sizeof(id), \
						.type = (option_type),     \
						.flags = (option_flags),   \
						.name = (text),            \
						.help = "for tests"}
OPTION(nice, "nice", CIRRUS_OPT_INT, 0);
OPTION(user, "user", CIRRUS_OPT_STRING, 0);
OPTION(template, "template", CIRRUS_OPT_STRING, CIRRUS_OPT_REQUIRED);
OPTION(disks, "disks", CIRRUS_OPT_JSON, 0);

static const char *const display_choices[] = {"none", "vnc", NULL};
static const struct cirrus_option display = {
	.struct_size = sizeof(display),
	.name = "display",
	.help = "for tests",
	.choices = display_choices,
};

static const struct cirrus_option *const container_options[] = {&nice, NULL};
static const struct cirrus_option *const tart_options[] = {&user, &display,
							   NULL};
static const struct cirrus_option *const freebsd_options[] = {&template, &disks,
							      NULL};
static const struct cirrus_kind container = {
	.struct_size = sizeof(container),
	.name = "container",
	.capabilities = {1u << CIRRUS_CAP_COMMAND},
	.options = container_options,
};
static const struct cirrus_kind tart = {
	.struct_size = sizeof(tart),
	.name = "tart",
	.options = tart_options,
};
static const struct cirrus_kind freebsd = {
	.struct_size = sizeof(freebsd),
	.name = "freebsd",
	.options = freebsd_options,
};
static const struct cirrus_kind *const kinds[] = {&container, &tart, &freebsd,
						  NULL};

#define bad_kinds kinds
static const struct cirrus_backend table = BAD_TABLE(NAME);

CIRRUS_REGISTER_BACKEND(kinds, table);
