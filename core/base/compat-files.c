/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/compat-files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

int compat_process_root(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/root", (int)pid);
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int compat_enter_root(int root)
{
	return fchdir(root) < 0 ? -1 : chroot(".");
}

int compat_open_in(int root, const char *path, bool follow)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

int compat_look_at(int dir, const char *name)
{
	return openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

int compat_open_fds(void)
{
	return open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int compat_reopen(int fds, int fd, int flags)
{
	char name[16];

	snprintf(name, sizeof(name), "%d", fd);
	return openat(fds, name, flags | O_CLOEXEC);
}

bool compat_is_kernel_fs(int fd)
{
	static const long kinds[] = {
		PROC_SUPER_MAGIC,    SYSFS_MAGIC,   CGROUP_SUPER_MAGIC,
		CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC,
		SECURITYFS_MAGIC,    BPF_FS_MAGIC,  DEVPTS_SUPER_MAGIC};
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return true;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if ((long)fs.f_type == kinds[i])
			return true;
	return false;
}

void compat_pipe_widen(int fd)
{
	/* the kernel's limit for everybody, unless it was changed: then the
	 * pipe stays as it is */
	fcntl(fd, F_SETPIPE_SZ, 1 << 20);
}

ssize_t compat_splice(int file, int64_t *at, int pipe, size_t len)
{
	return splice(file, at, pipe, NULL, len, SPLICE_F_MORE);
}

#else

static int not_here(void)
{
	errno = ENOSYS;
	return -1;
}

int compat_process_root(pid_t pid)
{
	(void)pid;
	return not_here();
}

int compat_enter_root(int root)
{
	(void)root;
	return not_here();
}

int compat_open_in(int root, const char *path, bool follow)
{
	(void)root;
	(void)path;
	(void)follow;
	return not_here();
}

int compat_look_at(int dir, const char *name)
{
	(void)dir;
	(void)name;
	return not_here();
}

int compat_open_fds(void)
{
	return not_here();
}

int compat_reopen(int fds, int fd, int flags)
{
	(void)fds;
	(void)fd;
	(void)flags;
	return not_here();
}

bool compat_is_kernel_fs(int fd)
{
	(void)fd;
	return true;
}

void compat_pipe_widen(int fd)
{
	(void)fd;
}

ssize_t compat_splice(int file, int64_t *at, int pipe, size_t len)
{
	(void)file;
	(void)at;
	(void)pipe;
	(void)len;
	return not_here();
}

#endif
