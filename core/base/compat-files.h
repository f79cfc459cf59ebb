/* SPDX-License-Identifier: MIT */
/* What differs between Linux and macOS (compat.h): files as another process sees
 * them.  Where there is no such thing, all of them fail with ENOSYS. */
#ifndef CIRRUS_BASE_COMPAT_FILES_H
#define CIRRUS_BASE_COMPAT_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What a process sees as "/", to start from with compat_open_in, or -1 with
 * errno; and making it ours, for good. */
int compat_process_root(pid_t pid);
int compat_enter_root(int root);

/* A descriptor that only stands for a file, whatever it is: for a path below
 * `root`, which no link and no ".." leaves, following the last link or not; and
 * for a name in a directory, never following.  -1 with errno. */
int compat_open_in(int root, const char *path, bool follow);
int compat_look_at(int dir, const char *name);
/* Opens what such a descriptor stands for; `fds` is compat_open_fds, from
 * before the root was changed. */
int compat_open_fds(void);
int compat_reopen(int fds, int fd, int flags);
/* Whether it lies in a file system of the kernel's: processes, control groups
 * ... */
bool compat_is_kernel_fs(int fd);

/* Makes a pipe take as much as anybody may ask for. */
void compat_pipe_widen(int fd);
/* From a file, at *at, into a pipe without copying, as read(2) returns. */
ssize_t compat_splice(int file, int64_t *at, int pipe, size_t len);

#endif
