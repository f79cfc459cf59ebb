/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "space.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

/* The machine's own, seen by every instance; what is a link stays one. */
static const char *const machine_dirs[] = {
	"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32",
	"/usr", "/etc",  "/opt", "/nix",   "/dev",   "/sys",
};

/* In the order in which they have to be entered. */
enum { NS_USER, NS_MNT, NS_UTS, NS_NET, NS_PID };
static const char *const ns_names[] = {"user", "mnt", "uts", "net", "pid"};

static void add_machine_dir(struct space *s, const char *dir)
{
	AUTO_FREE char *target = xasprintf("%s%s", s->root, dir);
	char link[256];
	struct stat st;
	ssize_t n;

	if (lstat(dir, &st) < 0)
		return;
	if (S_ISLNK(st.st_mode)) {
		n = readlink(dir, link, sizeof(link) - 1);
		link[n < 0 ? 0 : n] = '\0';
		if (symlink(link, target) < 0 && errno != EEXIST)
			return;
		return;
	}
	mkdir(target, 0755);
	space_add(s, dir, dir, strcmp(dir, "/dev") != 0);
}

void space_init(struct space *s, const char *root)
{
	*s = (struct space){.root = xstrdup(root),
			    .user_ns = geteuid() != 0,
			    .ns = {-1, -1, -1, -1, -1}};
	snprintf(s->uid_map, sizeof(s->uid_map), "0 %u 1", (unsigned)geteuid());
	snprintf(s->gid_map, sizeof(s->gid_map), "0 %u 1", (unsigned)getegid());
	for (size_t i = 0; i < ARRAY_LEN(machine_dirs); i++)
		add_machine_dir(s, machine_dirs[i]);
}

void space_add(struct space *s, const char *source, const char *inside,
	       bool readonly)
{
	struct space_mount m = {.source = xstrdup_or_null(source),
				.target = xasprintf("%s%s", s->root, inside),
				.readonly = readonly};

	space_mounts_push(&s->mounts, m);
}

void space_clear(struct space *s)
{
	for (size_t i = 0; i < s->mounts.len; i++) {
		free(s->mounts.ptr[i].source);
		free(s->mounts.ptr[i].target);
	}
	space_mounts_clear(&s->mounts);
	free(s->root);
	free(s->hostname);
}

/* --- from here to the next line: after a fork, async-signal-safe only -------- */

struct child {
	const struct space *s;
	const struct space_job *job;
	int report_fd;
};

NORETURN static void die(const struct child *c, const char *step)
{
	struct space_report r = {.type = SPACE_FAILED, .error = errno};

	memcpy(r.step, step, strnlen(step, sizeof(r.step) - 1));
	if (write(c->report_fd, &r, sizeof(r)) < 0)
		_exit(125);
	_exit(errno == ENOENT ? 127 : 126);
}

static void must(const struct child *c, long result, const char *step)
{
	if (result < 0)
		die(c, step);
}

static void write_file(const struct child *c, const char *path,
		       const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	must(c, fd, path + 11);
	must(c, write(fd, text, strlen(text)), path + 11);
	close(fd);
}

static void loopback_up(void)
{
	struct ifreq ifr = {.ifr_name = "lo"};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	ioctl(fd, SIOCSIFFLAGS, &ifr);
	close(fd);
}

static void make_namespaces(const struct child *c)
{
	const struct space *s = c->s;

	if (s->user_ns) {
		must(c, unshare(CLONE_NEWUSER), "user namespace");
		write_file(c, "/proc/self/setgroups", "deny");
		write_file(c, "/proc/self/uid_map", s->uid_map);
		write_file(c, "/proc/self/gid_map", s->gid_map);
	}
	must(c,
	     unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS |
		     (s->no_net ? CLONE_NEWNET : 0)),
	     "namespaces");
	if (s->no_net)
		loopback_up();
	if (s->hostname)
		must(c, sethostname(s->hostname, strlen(s->hostname)),
		     "hostname");
}

/* A remount may not take away what the mount it copies forbids. */
static unsigned long kept_flags(const char *path)
{
	struct statvfs v;
	unsigned long flags = 0;

	if (statvfs(path, &v) < 0)
		return 0;
	flags |= v.f_flag & ST_NOSUID ? MS_NOSUID : 0;
	flags |= v.f_flag & ST_NODEV ? MS_NODEV : 0;
	flags |= v.f_flag & ST_NOEXEC ? MS_NOEXEC : 0;
	flags |= v.f_flag & ST_NOATIME ? MS_NOATIME : 0;
	flags |= v.f_flag & ST_NODIRATIME ? MS_NODIRATIME : 0;
	flags |= v.f_flag & ST_RELATIME ? MS_RELATIME : 0;
	return flags;
}

static void mount_one(const struct child *c, const struct space_mount *m)
{
	if (!m->source) {
		must(c, mount("tmpfs", m->target, "tmpfs", 0, NULL), "tmpfs");
		return;
	}
	must(c, mount(m->source, m->target, NULL, MS_BIND | MS_REC, NULL),
	     "bind mount");
	if (m->readonly)
		must(c,
		     mount(NULL, m->target, NULL,
			   MS_REMOUNT | MS_BIND | MS_RDONLY |
				   kept_flags(m->target),
			   NULL),
		     "read-only mount");
}

static void build_view(const struct child *c)
{
	const struct space *s = c->s;

	must(c, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
	must(c, mount(s->root, s->root, NULL, MS_BIND | MS_REC, NULL), "root");
	for (size_t i = 0; i < s->mounts.len; i++)
		mount_one(c, &s->mounts.ptr[i]);
	must(c, chdir(s->root), "root");
	/* where the machine hides parts of /proc, its own has to do */
	if (mount("proc", "proc", "proc", 0, NULL) < 0)
		must(c, mount("/proc", "proc", NULL, MS_BIND | MS_REC, NULL),
		     "proc");
	must(c, syscall(SYS_pivot_root, ".", "."), "pivot_root");
	must(c, umount2(".", MNT_DETACH), "old root");
	must(c, chdir("/"), "new root");
}

static void join_namespaces(const struct child *c)
{
	for (size_t i = 0; i < ARRAY_LEN(c->s->ns); i++)
		if (c->s->ns[i] >= 0)
			must(c, setns(c->s->ns[i], 0), "setns");
}

/* Holds none of the host's descriptors open: only these. */
static void keep_only(int *fds[], size_t n)
{
	int limit = 3 + (int)n;

	/* first out of the way, then in order from 3 on */
	for (size_t i = 0; i < n; i++)
		if (*fds[i] >= 0)
			*fds[i] = fcntl(*fds[i], F_DUPFD_CLOEXEC, limit + 64);
	for (size_t i = 0; i < n; i++)
		if (*fds[i] >= 0) {
			dup3(*fds[i], 3 + (int)i, O_CLOEXEC);
			*fds[i] = 3 + (int)i;
		} else {
			close(3 + (int)i);
		}
	if (syscall(SYS_close_range, limit, ~0U, 0) < 0)
		for (int fd = limit; fd < 65536; fd++)
			close(fd);
}

static void reset_signals(void)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		sigaction(i, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void on_term(int sig)
{
	_exit(128 + sig);
}

/* The main process of an idle instance: the kernel reaps what others leave. */
NORETURN static void idle(const struct child *c)
{
	struct sigaction term = {.sa_handler = on_term};

	sigaction(SIGTERM, &term, NULL);
	signal(SIGCHLD, SIG_IGN);
	close(c->report_fd);
	for (;;)
		pause();
}

static void redirect(const struct child *c)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	must(c, null, "/dev/null");
	for (int i = 0; i < 3; i++)
		must(c, dup2(c->job->fds[i] >= 0 ? c->job->fds[i] : null, i),
		     "streams");
	if (c->job->tty)
		must(c, ioctl(0, TIOCSCTTY, 0), "terminal");
}

NORETURN static void command(const struct child *c)
{
	extern char **environ;
	const struct space_job *job = c->job;

	setsid();
	if (!c->s->join)
		build_view(c);
	redirect(c);
	if (job->workdir)
		must(c, chdir(job->workdir), "working directory");
	if (job->set_user && !c->s->user_ns) {
		gid_t gid = job->gid;

		must(c, syscall(SYS_setgroups, 1, &gid), "groups");
		must(c, setgid(job->gid), "group");
		must(c, setuid(job->uid), "user");
	}
	if (!job->argv)
		idle(c);
	environ = (char **)job->env;
	execvp(job->argv[0], (char *const *)job->argv);
	die(c, "exec");
}

static int64_t tv_ns(struct timeval tv)
{
	return (int64_t)tv.tv_sec * 1000000000 + (int64_t)tv.tv_usec * 1000;
}

/* Not reaped before its session is dead, so that its number stays its own. */
static void await_command(pid_t pid, bool kill_rest, struct space_report *r)
{
	struct rusage ru;
	siginfo_t info;
	int status = 0;

	while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) < 0 &&
	       errno == EINTR)
		;
	if (kill_rest)
		kill(-pid, SIGKILL);
	while (wait4(pid, &status, 0, &ru) < 0 && errno == EINTR)
		;
	r->type = SPACE_ENDED;
	r->end = (struct space_end){.status = status,
				    .user_ns = tv_ns(ru.ru_utime),
				    .system_ns = tv_ns(ru.ru_stime),
				    .peak_bytes = (int64_t)ru.ru_maxrss * 1024};
}

/* Between us and the command: in our process namespace, but in the others of
 * the instance, so that it sees the command's process as we name it. */
NORETURN static void supervise(const struct child *parent)
{
	struct space_job job = *parent->job;
	struct space space = *parent->s;
	struct space_report r = {.type = SPACE_STARTED};
	struct child mine = {
		.s = &space, .job = &job, .report_fd = parent->report_fd};
	const struct child *c = &mine;
	int *kept[] = {&mine.report_fd, &job.fds[0],  &job.fds[1],
		       &job.fds[2],     &job.pid_fd,  &job.exit_fd,
		       &job.alive_fd,   &space.ns[0], &space.ns[1],
		       &space.ns[2],    &space.ns[3], &space.ns[4]};
	ssize_t n;
	pid_t pid;

	keep_only(kept, ARRAY_LEN(kept));
	reset_signals();
	if (space.join)
		join_namespaces(c);
	else
		make_namespaces(c);
	pid = fork();
	must(c, pid, "fork");
	if (pid == 0)
		command(c);
	for (int i = 0; i < 3; i++)
		if (job.fds[i] >= 0)
			close(job.fds[i]);
	r.pid = pid;
	if (job.detached && write(job.pid_fd, &r.pid, sizeof(r.pid)) < 0) {
		kill(pid, SIGKILL);
		die(c, "pid");
	}
	n = write(c->report_fd, &r, sizeof(r));
	if (job.detached)
		close(c->report_fd);
	await_command(pid, job.kill_rest, &r);
	if (job.detached)
		n = write(job.exit_fd, &r.end, sizeof(r.end));
	else
		n = write(c->report_fd, &r, sizeof(r));
	_exit(n < 0);
}

NORETURN static void after_fork(const struct child *c)
{
	if (c->job->detached) {
		pid_t pid = fork();

		if (pid != 0)
			_exit(pid < 0);
		setsid();
	}
	supervise(c);
}

/* --- before a fork again ------------------------------------------------------ */

static int open_namespaces(struct space *s)
{
	for (size_t i = 0; i < ARRAY_LEN(ns_names); i++) {
		char path[64];

		/* the machine's own are not to be entered */
		if ((i == NS_USER && !s->user_ns) ||
		    (i == NS_NET && !s->no_net))
			continue;
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)s->join,
			 ns_names[i]);
		s->ns[i] = open(path, O_RDONLY | O_CLOEXEC);
		if (s->ns[i] < 0)
			return -1;
	}
	return 0;
}

static void close_namespaces(struct space *s)
{
	for (size_t i = 0; i < ARRAY_LEN(s->ns); i++)
		fd_close(&s->ns[i]);
}

int space_run(const struct space *s, const struct space_job *job, pid_t *helper)
{
	struct space local = *s;
	struct child c = {.s = &local, .job = job};
	int pipe_fds[2];

	if (fd_pipe(pipe_fds, NULL) < 0)
		return -1;
	c.report_fd = pipe_fds[1];
	if (s->join && open_namespaces(&local) < 0)
		*helper = -1;
	else
		*helper = fork();
	if (*helper == 0)
		after_fork(&c);
	close_namespaces(&local);
	close(pipe_fds[1]);
	if (*helper > 0)
		return pipe_fds[0];
	close(pipe_fds[0]);
	return -1;
}

bool space_possible(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (geteuid() != 0 && unshare(CLONE_NEWUSER) < 0)
			_exit(1);
		_exit(unshare(CLONE_NEWNS | CLONE_NEWPID) < 0);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && status == 0;
}
