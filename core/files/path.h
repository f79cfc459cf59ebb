/* SPDX-License-Identifier: MIT */
/* Paths as text: no file system is asked. */
#ifndef CIRRUS_FILES_PATH_H
#define CIRRUS_FILES_PATH_H

/* An absolute path, or glob, without empty, "." and ".." parts; for free(). */
char *path_clean(const char *path);
/* What of a clean path lies below a clean directory: "" is the directory itself,
 * NULL: it lies elsewhere. */
const char *path_below(const char *path, const char *dir);

#endif
