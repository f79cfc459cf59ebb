/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/compat.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tap.h"

static bool is_cloexec(int fd)
{
	return fcntl(fd, F_GETFD) == FD_CLOEXEC;
}

TEST(descriptors_are_closed_on_exec)
{
	int fds[2], fd = compat_socket(AF_UNIX, SOCK_STREAM, 0);

	ok(is_cloexec(fd));
	close(fd);
	need(compat_pipe(fds) == 0);
	ok(is_cloexec(fds[0]) && is_cloexec(fds[1]));
	close(fds[0]);
	close(fds[1]);
	need(compat_socketpair(fds) == 0);
	ok(is_cloexec(fds[0]) && is_cloexec(fds[1]));
	ok_int(write(fds[0], "x", 1), 1);
	close(fds[0]);
	close(fds[1]);
}

TEST(a_wait_ends_at_its_deadline)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	int64_t deadline = clock_after_ms(20);
	pthread_cond_t cond;

	compat_cond_init(&cond);
	pthread_mutex_lock(&lock);
	while (compat_cond_wait(&cond, &lock, deadline) != ETIMEDOUT)
		;
	pthread_mutex_unlock(&lock);
	ok(clock_now() >= deadline);
	pthread_cond_destroy(&cond);
}

TEST(boot_and_pid_namespace_are_the_same_each_time)
{
	char a[64], b[64];

	compat_boot_id(a, sizeof(a));
	compat_boot_id(b, sizeof(b));
	ok(a[0] != '\0');
	ok_str(a, b);
	compat_pid_namespace(a, sizeof(a));
	compat_pid_namespace(b, sizeof(b));
	ok(a[0] != '\0');
	ok_int(strspn(a, "0123456789"), strlen(a));
	ok_str(a, b);
}

TEST(start_times_tell_processes_apart)
{
	uint64_t mine = compat_start_time(getpid());
	pid_t pid = fork();

	if (pid == 0)
		pause();
	ok(mine > 0);
	ok(compat_start_time(getpid()) == mine);
	ok(compat_start_time(pid) >= mine);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ok_int(compat_start_time(pid), 0);
}

/* Also one that has ended already; and a zombie counts as gone. */
TEST(the_end_of_a_child_can_be_polled)
{
	pid_t pid = fork();
	struct pollfd p = {.events = POLLIN};

	if (pid == 0)
		_exit(3);
	p.fd = compat_process_fd(pid);
	need(p.fd >= 0);
	ok(is_cloexec(p.fd));
	ok_int(poll(&p, 1, 60000), 1);
	ok_int(compat_start_time(pid), 0);
	close(p.fd);
	p.fd = compat_process_fd(pid);
	ok_int(poll(&p, 1, 60000), 1);
	close(p.fd);
	waitpid(pid, NULL, 0);
}

TEST(a_child_that_runs_is_not_readable)
{
	pid_t pid = fork();
	struct pollfd p = {.events = POLLIN};

	if (pid == 0)
		pause();
	p.fd = compat_process_fd(pid);
	ok_int(poll(&p, 1, 0), 0);
	kill(pid, SIGKILL);
	ok_int(poll(&p, 1, 60000), 1);
	close(p.fd);
	waitpid(pid, NULL, 0);
}

TEST(the_machine_has_processors_and_memory)
{
	ok(compat_processors() >= 1);
	ok(compat_memory_bytes() > 1 << 20);
}

TEST(an_ordinary_program_is_not_privileged)
{
	ok(!compat_is_privileged());
}

TEST(the_program_knows_itself)
{
	AUTO_FREE char *path = compat_self_path();

	need(path);
	ok(access(path, X_OK) == 0);
	ok(strstr(path, "compat") != NULL);
}

TEST(errors_of_the_system_have_words)
{
	char buf[128];

	ok_str(compat_strerror(ENOENT, buf, sizeof(buf)),
	       "No such file or directory");
	ok(compat_strerror(99999, buf, sizeof(buf))[0] != '\0');
}

TEST(a_build_id_is_hexadecimal_or_nothing)
{
	char id[64], other[64];

	compat_build_id((const void *)compat_processors, id, sizeof(id));
	ok_int(strspn(id, "0123456789abcdef"), strlen(id));
	ok_int(strlen(id) % 2, 0);
	compat_build_id((const void *)&id, other, sizeof(other));
	ok_str(other, "");
}

TAP_MAIN()
