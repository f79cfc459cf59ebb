/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/idle.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "tap.h"

#if defined(__linux__) && defined(__x86_64__)
static const char own_arch[] = "amd64";
#elif defined(__linux__) && defined(__aarch64__)
static const char own_arch[] = "arm64";
#else
static const char own_arch[] = "";
#endif

TEST(every_program_is_a_whole_file)
{
	static const char *const archs[] = {"amd64", "arm64"};

	for (size_t i = 0; i < ARRAY_LEN(archs); i++) {
		AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
		uint64_t size;

		ok(idle_program(archs[i], &b));
		ok_mem(b.data, 4, "\177ELF", 4);
		/* p_filesz of the first segment, least byte first as here */
		memcpy(&size, b.data + 64 + 32, sizeof(size));
		ok_int((long long)size, (long long)b.len);
	}
}

TEST(there_is_none_for_what_nobody_knows)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);

	ok(!idle_program("vax", &b));
	ok_int((long long)b.len, 0);
}

static pid_t start(void)
{
	AUTO_FREE char *path = xasprintf("%s/idle", test_dir());
	AUTO_BUF struct buf b = BUF_INIT(BUF_LINE);
	pid_t pid;

	if (!idle_program(own_arch, &b))
		skip("no program for this machine");
	ok_int(file_replace(path, b.data, b.len, 0700, NULL), 0);
	pid = fork();
	if (pid == 0) {
		execl(path, path, (char *)NULL);
		_exit(127);
	}
	return pid;
}

/* Whether it sleeps, having said that it ignores SIGCHLD, bit 16: it blocks the
 * others in between, which does not show while it waits for them. */
static bool waits(pid_t pid)
{
	AUTO_BUF struct buf status = BUF_INIT(BUF_LINE);
	char path[64];
	const char *ignored;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (file_read(path, &status, NULL) < 0)
		return false;
	ignored = strstr(status.data, "SigIgn:");
	return strstr(status.data, "\nState:\tS") && ignored &&
	       strtoull(ignored + strlen("SigIgn:"), NULL, 16) & 0x10000;
}

static bool await_waiting(pid_t pid)
{
	int64_t until = clock_after_ms(10000);

	while (!waits(pid) && clock_now() < until)
		usleep(1000);
	return waits(pid);
}

static void ends_by(int signal)
{
	pid_t pid = start();
	int status = -1;

	ok(await_waiting(pid));
	ok_int(waitpid(pid, &status, WNOHANG), 0);
	ok_int(kill(pid, signal), 0);
	ok_int(waitpid(pid, &status, 0), pid);
	ok_int(status, 0);
}

TEST(waits_for_term)
{
	ends_by(SIGTERM);
}

TEST(waits_for_int)
{
	ends_by(SIGINT);
}

TAP_MAIN()
