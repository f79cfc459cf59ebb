/* SPDX-License-Identifier: MIT */
/* Plugins of a build without shared libraries: they are part of the program. */
#ifndef CIRRUS_CLI_PRELOADED_H
#define CIRRUS_CLI_PRELOADED_H

/* Tells the loader of them; does nothing where plugins are files. */
void preloaded_announce(void);

#endif
