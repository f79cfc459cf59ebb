/* SPDX-License-Identifier: MIT */
/* What is right where nothing was asked for: the format and colours, by the
 * terminal and the environment. */
#ifndef CIRRUS_REPORT_CHOOSE_H
#define CIRRUS_REPORT_CHOOSE_H

#include <stdbool.h>

/* As getenv(3); tests bring their own. */
typedef char *choose_getenv(const char *name);

/* "interactive", "github-actions" ... */
const char *choose_format(bool terminal, choose_getenv *get);
bool choose_color(bool terminal, choose_getenv *get);

#endif
