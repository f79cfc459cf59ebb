/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/compat.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __linux__
#include <elf.h>
#include <link.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#else
#include <mach-o/dyld.h>
#include <sys/event.h>
#include <sys/sysctl.h>
#include <sys/time.h>
#endif

#include "base/clock.h"
#include "base/mem.h"

#ifdef __linux__

int compat_pipe(int fds[2])
{
	return pipe2(fds, O_CLOEXEC);
}

int compat_socket(int domain, int type, int protocol)
{
	return socket(domain, type | SOCK_CLOEXEC, protocol);
}

int compat_socketpair(int fds[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds);
}

int compat_accept(int fd)
{
	return accept4(fd, NULL, NULL, SOCK_CLOEXEC);
}

void compat_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

int compat_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock,
		     int64_t deadline_ns)
{
	struct timespec ts = {.tv_sec = deadline_ns / NS_PER_S,
			      .tv_nsec = deadline_ns % NS_PER_S};

	if (deadline_ns == 0)
		return pthread_cond_wait(cond, lock);
	return pthread_cond_timedwait(cond, lock, &ts);
}

/* The first line of a small file of /proc. */
static void read_line(const char *path, char *out, size_t len)
{
	FILE *f = fopen(path, "re");

	out[0] = '\0';
	if (!f)
		return;
	if (!fgets(out, (int)len, f))
		out[0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	fclose(f);
}

void compat_boot_id(char *out, size_t len)
{
	read_line("/proc/sys/kernel/random/boot_id", out, len);
}

void compat_pid_namespace(char *out, size_t len)
{
	char link[64];
	ssize_t n = readlink("/proc/self/ns/pid", link, sizeof(link) - 1);
	char *open_bracket;

	out[0] = '\0';
	if (n <= 0)
		return;
	link[n] = '\0';
	open_bracket = strchr(link, '[');
	if (open_bracket)
		snprintf(out, len, "%.*s", (int)strcspn(open_bracket + 1, "]"),
			 open_bracket + 1);
}

uint64_t compat_start_time(pid_t pid)
{
	char path[64], line[1024];
	unsigned long long start = 0;
	char *p;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	read_line(path, line, sizeof(line));
	/* the name, in parentheses, may hold anything: count after its end */
	p = strrchr(line, ')');
	if (!p || p[1] == '\0' || p[2] == 'Z' || p[2] == 'X')
		return 0;
	p += 2;
	for (int field = 3; field < 22 && p; field++)
		p = strchr(p + 1, ' ');
	if (p)
		start = strtoull(p, NULL, 10);
	return start;
}

int compat_process_fd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static int open_namespace(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int join_namespace(int fd, int kind)
{
	return fd < 0 ? -1 : setns(fd, kind);
}

int compat_join_namespaces(pid_t pid, bool net)
{
	/* Once in the other user namespace, /proc may be out of reach. */
	int user_fd = open_namespace(pid, "user");
	int net_fd = net ? open_namespace(pid, "net") : -1;
	int rc = net ? join_namespace(net_fd, CLONE_NEWNET) : -1;
	int saved;

	if (rc < 0)
		rc = join_namespace(user_fd, CLONE_NEWUSER);
	/* EINVAL: it is ours already. */
	if (rc < 0 && errno == EINVAL && !net)
		rc = 0;
	else if (rc == 0 && net)
		rc = join_namespace(net_fd, CLONE_NEWNET);
	saved = errno;
	if (user_fd >= 0)
		close(user_fd);
	if (net_fd >= 0)
		close(net_fd);
	errno = saved;
	return rc;
}

void compat_close_from(int first)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, first, ~0U, 0) == 0)
		return;
#endif
	for (int fd = (int)sysconf(_SC_OPEN_MAX) - 1; fd >= first; fd--)
		close(fd);
}

int compat_processors(void)
{
	cpu_set_t set;

	long n;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return CPU_COUNT(&set);
	/* more of them than the set has room for */
	n = sysconf(_SC_NPROCESSORS_ONLN);
	return n > 0 ? (int)n : 1;
}

const char *compat_strerror(int errnum, char *buf, size_t len)
{
	return strerror_r(errnum, buf, len);
}

bool compat_is_privileged(void)
{
	return getauxval(AT_SECURE) != 0;
}

char *compat_self_path(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));

	return n > 0 && (size_t)n < sizeof(path) ? xmemdup0(path, (size_t)n)
						 : NULL;
}

/* --- the build id of a loaded object: a note that the linker wrote --------- */

struct build_id {
	uintptr_t address;
	char *out;
	size_t len;
};

static bool is_loaded_at(const struct dl_phdr_info *info, uintptr_t address)
{
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + p->p_vaddr;

		if (p->p_type == PT_LOAD && address >= start &&
		    address - start < p->p_memsz)
			return true;
	}
	return false;
}

static void write_hex(const unsigned char *id, size_t n, struct build_id *want)
{
	for (size_t i = 0; i < n && i * 2 + 2 < want->len; i++)
		snprintf(want->out + i * 2, 3, "%02x", id[i]);
}

static void read_notes(const char *note, size_t left, struct build_id *want)
{
	ElfW(Nhdr) h;

	while (left > sizeof(h)) {
		size_t name, size;

		memcpy(&h, note, sizeof(h));
		name = (h.n_namesz + 3u) & ~3u;
		size = (h.n_descsz + 3u) & ~3u;
		if (left - sizeof(h) < name + size)
			return;
		if (h.n_type == NT_GNU_BUILD_ID && h.n_namesz == 4 &&
		    memcmp(note + sizeof(h), "GNU", 4) == 0)
			write_hex((const unsigned char *)note + sizeof(h) +
					  name,
				  h.n_descsz, want);
		note += sizeof(h) + name + size;
		left -= sizeof(h) + name + size;
	}
}

static int visit_object(struct dl_phdr_info *info, size_t size, void *data)
{
	struct build_id *want = data;

	(void)size;
	if (!is_loaded_at(info, want->address))
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_NOTE)
			read_notes((const char *)info->dlpi_addr +
					   info->dlpi_phdr[i].p_vaddr,
				   info->dlpi_phdr[i].p_memsz, want);
	return 1;
}

void compat_build_id(const void *address, char *out, size_t len)
{
	struct build_id want = {(uintptr_t)address, out, len};

	out[0] = '\0';
	dl_iterate_phdr(visit_object, &want);
}

#else /* macOS */

static int cloexec(int fd)
{
	int on = 1;

	if (fd >= 0) {
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on));
	}
	return fd;
}

int compat_pipe(int fds[2])
{
	if (pipe(fds) < 0)
		return -1;
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	return 0;
}

int compat_socket(int domain, int type, int protocol)
{
	return cloexec(socket(domain, type, protocol));
}

int compat_socketpair(int fds[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		return -1;
	cloexec(fds[0]);
	cloexec(fds[1]);
	return 0;
}

int compat_accept(int fd)
{
	return cloexec(accept(fd, NULL, NULL));
}

void compat_cond_init(pthread_cond_t *cond)
{
	pthread_cond_init(cond, NULL);
}

int compat_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock,
		     int64_t deadline_ns)
{
	int64_t left = deadline_ns - clock_now();
	struct timespec ts = {0};

	if (deadline_ns == 0)
		return pthread_cond_wait(cond, lock);
	if (left > 0) {
		ts.tv_sec = left / NS_PER_S;
		ts.tv_nsec = left % NS_PER_S;
	}
	return pthread_cond_timedwait_relative_np(cond, lock, &ts);
}

void compat_boot_id(char *out, size_t len)
{
	out[0] = '\0';
	sysctlbyname("kern.bootsessionuuid", out, &len, NULL, 0);
}

void compat_pid_namespace(char *out, size_t len)
{
	snprintf(out, len, "0");
}

uint64_t compat_start_time(pid_t pid)
{
	int name[] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, pid};
	struct kinfo_proc info;
	size_t len = sizeof(info);

	if (sysctl(name, 4, &info, &len, NULL, 0) < 0 || len == 0 ||
	    info.kp_proc.p_stat == SZOMB)
		return 0;
	return (uint64_t)info.kp_proc.p_starttime.tv_sec * 1000000 +
	       (uint64_t)info.kp_proc.p_starttime.tv_usec;
}

int compat_process_fd(pid_t pid)
{
	struct kevent ev;
	int fd = kqueue();

	if (fd < 0)
		return -1;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	EV_SET(&ev, pid, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, NULL);
	/* A process that has ended already is not watched any more. */
	if (kevent(fd, &ev, 1, NULL, 0, NULL) < 0 && errno == ESRCH) {
		EV_SET(&ev, 1, EVFILT_USER, EV_ADD | EV_ENABLE, NOTE_TRIGGER, 0,
		       NULL);
		kevent(fd, &ev, 1, NULL, 0, NULL);
	}
	return fd;
}

int compat_join_namespaces(pid_t pid, bool net)
{
	(void)pid;
	(void)net;
	errno = ENOSYS;
	return -1;
}

void compat_close_from(int first)
{
	for (int fd = (int)sysconf(_SC_OPEN_MAX) - 1; fd >= first; fd--)
		close(fd);
}

int compat_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (int)n : 1;
}

const char *compat_strerror(int errnum, char *buf, size_t len)
{
	if (strerror_r(errnum, buf, len) != 0)
		snprintf(buf, len, "error %d", errnum);
	return buf;
}

bool compat_is_privileged(void)
{
	return issetugid() != 0;
}

char *compat_self_path(void)
{
	char path[PATH_MAX];
	uint32_t len = sizeof(path);

	return _NSGetExecutablePath(path, &len) == 0 ? xstrdup(path) : NULL;
}

void compat_build_id(const void *address, char *out, size_t len)
{
	(void)address;
	(void)len;
	out[0] = '\0';
}

#endif

int64_t compat_memory_bytes(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	return pages > 0 && size > 0 ? (int64_t)pages * size : 0;
}
