/* SPDX-License-Identifier: MIT */
/* compare - time two commands in turn, A B A B ..., and print their medians and
 * the median of the ratios pair by pair, which holds when the machine's speed
 * drifts.
 *
 *	compare [-n ROUNDS] [-t TARGET] NAME A [B]
 *
 * A and B are commands for /bin/sh.  Their output goes into a pipe that is read
 * and thrown away; what was read is counted.  Memory is the largest resident
 * set of a process that was waited for; processor time is that of the command
 * and its children, not of a daemon it talks to.  TARGET is the ratio that is
 * hoped for, printed beside it: nothing here passes or fails.
 *
 * One line a command:  NAME  wall ms  cpu ms  peak MiB  output MiB  [ratio] */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/mem.h"

#define MAX_ROUNDS 100

struct measure {
	double wall_ms, cpu_ms, peak_mib, output_mib;
	int status;
};

static double seconds(struct timeval tv)
{
	return (double)tv.tv_sec + (double)tv.tv_usec / 1e6;
}

static NORETURN void die(const char *what)
{
	fprintf(stderr, "compare: %s: %s\n", what, strerror(errno));
	exit(2);
}

static pid_t start(const char *command, int *out)
{
	AUTO_ERROR struct error *err = NULL;
	int fds[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid_t pid;

	if (null < 0 || fd_pipe(fds, &err) < 0)
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		dup2(null, 0);
		dup2(fds[1], 1);
		if (!getenv("COMPARE_VERBOSE"))
			dup2(null, 2);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(null);
	close(fds[1]);
	*out = fds[0];
	return pid;
}

static struct measure measure(const char *command)
{
	static char chunk[1 << 18];
	struct measure m = {0};
	struct rusage usage;
	int64_t begin = clock_now();
	int out;
	pid_t pid = start(command, &out);
	ssize_t n;

	while ((n = fd_read(out, chunk, sizeof(chunk))) > 0)
		m.output_mib += (double)n / (1 << 20);
	close(out);
	if (wait4(pid, &m.status, 0, &usage) < 0)
		die("wait");
	m.wall_ms = (double)(clock_now() - begin) / 1e6;
	m.cpu_ms = 1e3 * (seconds(usage.ru_utime) + seconds(usage.ru_stime));
	m.peak_mib = (double)usage.ru_maxrss / 1024;
	return m;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of one figure, found at the same offset in each element. */
static double median(const void *first, size_t stride, int n)
{
	double v[MAX_ROUNDS];

	for (int i = 0; i < n; i++)
		v[i] = *(const double *)(const void *)((const char *)first +
						       (size_t)i * stride);
	qsort(v, (size_t)n, sizeof(*v), by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void print_row(const char *name, const char *which,
		      const struct measure *m, int n)
{
	printf("%-34s %-6s %9.1f %9.1f %8.1f %8.1f", name, which,
	       median(&m->wall_ms, sizeof(*m), n),
	       median(&m->cpu_ms, sizeof(*m), n),
	       median(&m->peak_mib, sizeof(*m), n),
	       median(&m->output_mib, sizeof(*m), n));
	for (int i = 0; i < n; i++)
		if (m[i].status != 0) {
			printf("  FAILED");
			break;
		}
}

int main(int argc, char **argv)
{
	static struct measure a[MAX_ROUNDS], b[MAX_ROUNDS];
	double ratio[MAX_ROUNDS];
	const char *target = NULL;
	int n = 10, c;

	while ((c = getopt(argc, argv, "n:t:")) != -1) {
		if (c == 'n')
			n = atoi(optarg);
		else if (c == 't')
			target = optarg;
		else
			return 2;
	}
	if (argc - optind < 2 || n < 1 || n > MAX_ROUNDS) {
		fputs("usage: compare [-n ROUNDS] [-t TARGET] NAME A [B]\n",
		      stderr);
		return 2;
	}
	argv += optind;
	measure(argv[1]); /* caches warm up */
	if (argv[2])
		measure(argv[2]);
	for (int i = 0; i < n; i++) {
		a[i] = measure(argv[1]);
		if (argv[2])
			b[i] = measure(argv[2]);
		ratio[i] = a[i].wall_ms / b[i].wall_ms;
	}
	print_row(argv[0], "ours", a, n);
	if (argv[2])
		printf("  ratio %.2f", median(ratio, sizeof(*ratio), n));
	if (target)
		printf(" (target %s)", target);
	if (argv[2]) {
		putchar('\n');
		print_row("", "engine", b, n);
	}
	putchar('\n');
	return 0;
}
