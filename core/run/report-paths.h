/* SPDX-License-Identifier: MIT */
/* Which files reports mean: tools write absolute paths, paths from the folder
 * they were started in, or names alone. */
#ifndef CIRRUS_RUN_REPORT_PATHS_H
#define CIRRUS_RUN_REPORT_PATHS_H

#include "base/strv.h"

/* A path as it is written in a report, from the working directory `work` on (or
 * `real`: the same without links; both clean) where it lies in there, else
 * absolute; for free(). */
char *report_path(const char *path, const char *work, const char *real);
/* Of files with the same last name the one that agrees with the path most, from
 * the end on; of several the one that is nearest to the top.  NULL: there is
 * none. */
const char *report_path_best(const char *path, const struct strv *files);

#endif
