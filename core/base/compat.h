/* SPDX-License-Identifier: MIT */
/* What differs between Linux and macOS, and nothing else.  No other file names
 * a platform. */
#ifndef CIRRUS_BASE_COMPAT_H
#define CIRRUS_BASE_COMPAT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

int compat_pipe(int fds[2]); /* pipe2 with O_CLOEXEC */
/* Sockets that are close-on-exec and never raise SIGPIPE. */
int compat_socket(int domain, int type, int protocol);
int compat_socketpair(int fds[2]);
int compat_accept(int fd);

/* A condition variable whose waits are measured on clock_now's clock. */
void compat_cond_init(pthread_cond_t *cond);
/* Waits until signalled or the deadline (0: none): 0, or ETIMEDOUT. */
int compat_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock,
		     int64_t deadline_ns);

/* Which boot of which machine, which process-id space; "" where unknown. */
void compat_boot_id(char *out, size_t len);
void compat_pid_namespace(char *out, size_t len);
/* When a process was started, in the kernel's own units; 0: it is not there
 * (a zombie counts as gone). */
uint64_t compat_start_time(pid_t pid);
/* A descriptor that becomes readable when the process, a child of ours, ends;
 * -1 with errno set. */
int compat_process_fd(pid_t pid);
/* Makes this process, which must have one thread, one of the user namespace of
 * another process, where that is a different one, and with `net` of its network
 * namespace: 0, or -1 with errno.  ENOSYS where there is no such thing. */
int compat_join_namespaces(pid_t pid, bool net);
/* Closes every descriptor from `first` on: in a child, where other threads'
 * descriptors must not live on. */
void compat_close_from(int first);
int compat_processors(void);       /* this process may use; at least 1 */
int64_t compat_memory_bytes(void); /* physical; 0: unknown */
/* What errnum means; the text may or may not be in buf. */
const char *compat_strerror(int errnum, char *buf, size_t len);
/* True where another user's privileges are in play (set-user-ID), so that the
 * environment must not choose what code is loaded. */
bool compat_is_privileged(void);
/* The path of this program's own executable, for free(); NULL: unknown. */
char *compat_self_path(void);
/* The build id of the loaded object that this address lies in, as lower-case
 * hexadecimal digits; "" where it has none.  64 bytes are enough. */
void compat_build_id(const void *address, char *out, size_t len);

#endif
