/* SPDX-License-Identifier: MIT */
/* Processes: started inside an instance, waited for, ended.
 *
 * A backend lives in threads of somebody else's process.  So children are made
 * with posix_spawn and waited for by their own pid, through a pidfd, which any
 * number of calls can poll next to their cancel_fd. */
#include "config.h"

#include "local.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Mounts the machine's directories below $root, makes it the root directory,
 * and becomes the command.  Until then, file descriptor 3 is ours: what is
 * written there is the reason why it could not be done, and its end means that
 * the command has taken over. */
static const char enter[] =
	"PATH=/usr/sbin:/usr/bin:/sbin:/bin root=$1 dir=$2 uid=$3 dirs=$4\n"
	"shift 4\n"
	"for d in $dirs; do\n"
	"	[ -d \"$root/$d\" ] && [ ! -L \"$root/$d\" ] || continue\n"
	"	mount --rbind \"/$d\" \"$root/$d\" 2>&3 || exit 125\n"
	"	case $uid,$d in 0,dev|0,proc|[!0]*) continue ;; esac\n"
	"	mount -o remount,bind,ro \"$root/$d\" 2>&3 || exit 125\n"
	"done\n"
	"exec chroot \"$root\" /bin/sh -c '\n"
	"	{ mkdir -p \"$0\" && cd \"$0\"; } 2>&3 || exit 125\n"
	"	exec env -i \"$@\" 3>&-' \"$dir\" \"$@\"\n";

#define BASE_PATH \
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

void process_init(struct process *p)
{
	memset(p, 0, sizeof(*p));
	p->fd = -1;
	pthread_mutex_init(&p->lock, NULL);
}

void process_clear(struct process *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	pthread_mutex_destroy(&p->lock);
}

static size_t count(const char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

/* unshare ... sh -c ENTER ... NAME=value ... argv; to be freed, but not what is
 * in it.  uid has room for a number. */
static const char **enter_argv(const struct cirrus_instance *it,
			       const struct command *cmd, char uid[16])
{
	const char *const head[] = {"unshare",      geteuid() ? "-rm" : "-m",
				    "--",           "sh",
				    "-c",           enter,
				    "cirrus-local", it->root,
				    cmd->workdir,   uid,
				    it->conn->dirs, BASE_PATH,
				    "HOME=/root",   NULL};
	const char *const *const parts[] = {head, (const char *const *)it->env,
					    cmd->env, cmd->argv};
	const char **argv;
	size_t n = 1, i, j;

	snprintf(uid, 16, "%u", (unsigned int)geteuid());
	for (i = 0; i < 4; i++)
		n += count(parts[i]);
	argv = calloc(n, sizeof(*argv));
	for (i = 0, n = 0; argv && i < 4; i++)
		for (j = 0; j < count(parts[i]); j++)
			argv[n++] = parts[i][j];
	return argv;
}

static void add_fd(posix_spawn_file_actions_t *actions, int fd, int as)
{
	if (fd > 2)
		posix_spawn_file_actions_adddup2(actions, fd, as);
	else
		posix_spawn_file_actions_addopen(actions, as, "/dev/null",
						 as ? O_WRONLY : O_RDONLY, 0);
}

/* A session of its own, no signal blocked or ignored: the host may do both. */
static int spawn(const char *const *argv, const int fds[4], pid_t *pid)
{
	static char *const environment[] = {(char *)"LC_ALL=C",
					    (char *)BASE_PATH, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int rc, i;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID |
						POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawn_file_actions_init(&actions);
	for (i = 0; i < 3; i++)
		add_fd(&actions, fds[i], i);
	if (fds[3] > 2)
		posix_spawn_file_actions_adddup2(&actions, fds[3], 3);
	rc = posix_spawnp(pid, argv[0], &actions, &attr, (char *const *)argv,
			  environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return rc;
}

static int pidfd_of(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* Reads what `enter` has to say: OK if that is nothing. */
static cirrus_status wait_entered(const struct cirrus_call *call,
				  const struct command *cmd, int fd)
{
	char text[512];
	cirrus_status st;
	ssize_t n;

	st = cirrus_poll(call, fd, POLLIN);
	if (st < 0)
		return cirrus_errorf(call, st, NULL, "start of %s: %s",
				     cmd->argv[0], cirrus_status_text(st));
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return CIRRUS_OK;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return cirrus_errorf(call, CIRRUS_E_FAILED, NULL,
			     "cannot enter the instance: %s", text);
}

static cirrus_status spawn_inside(struct cirrus_instance *it,
				  const struct cirrus_call *call,
				  const struct command *cmd, int status_fd,
				  struct process *p)
{
	const int fds[] = {cmd->stdin_fd, cmd->stdout_fd, cmd->stderr_fd,
			   status_fd};
	const char **argv;
	char uid[16];
	pid_t pid;
	int rc;

	argv = enter_argv(it, cmd, uid);
	if (!argv)
		return cirrus_errorf(call, CIRRUS_E_NOMEM, NULL, "no memory");
	rc = spawn(argv, fds, &pid);
	free(argv);
	if (rc)
		return cirrus_errorf(call, cirrus_status_of_errno(rc), NULL,
				     "cannot start unshare: %s", strerror(rc));
	pthread_mutex_lock(&p->lock);
	p->pid = pid;
	p->fd = pidfd_of(pid);
	pthread_mutex_unlock(&p->lock);
	if (p->fd >= 0)
		return CIRRUS_OK;
	process_end(p, 0);
	return cirrus_errorf(call, CIRRUS_E_FAILED, "Linux 5.3 is needed",
			     "cannot watch a process: %s", strerror(errno));
}

cirrus_status process_start(struct cirrus_instance *it,
			    const struct cirrus_call *call,
			    const struct command *cmd, struct process *p)
{
	cirrus_status st;
	int fds[2];

	st = cirrus_check_call(call);
	if (st < 0)
		return cirrus_errorf(call, st, NULL, "start of %s: %s",
				     cmd->argv[0], cirrus_status_text(st));
	if (strchr(cmd->argv[0], '='))
		return cirrus_errorf(call, CIRRUS_E_INVAL, NULL,
				     "a command's name must not contain =: %s",
				     cmd->argv[0]);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return cirrus_errorf(call, cirrus_status_of_errno(errno), NULL,
				     "cannot make a pipe: %s", strerror(errno));
	st = spawn_inside(it, call, cmd, fds[1], p);
	close(fds[1]);
	if (st == CIRRUS_OK) {
		st = wait_entered(call, cmd, fds[0]);
		if (st < 0)
			process_end(p, 0);
	}
	close(fds[0]);
	return st;
}

/* The end, if it has come; keeps what waitpid gives to the first who asks. */
static bool reap(struct process *p, int flags)
{
	bool ended;

	pthread_mutex_lock(&p->lock);
	if (p->pid && !p->reaped)
		p->reaped = waitpid(p->pid, &p->status, flags) == p->pid;
	ended = !p->pid || p->reaped;
	pthread_mutex_unlock(&p->lock);
	return ended;
}

bool process_started(struct process *p)
{
	bool started;

	pthread_mutex_lock(&p->lock);
	started = p->pid != 0;
	pthread_mutex_unlock(&p->lock);
	return started;
}

bool process_running(struct process *p)
{
	return !reap(p, WNOHANG);
}

cirrus_status process_wait(struct process *p, const struct cirrus_call *call)
{
	cirrus_status st = cirrus_poll(call, p->fd, POLLIN);

	if (st == CIRRUS_OK)
		reap(p, 0);
	return st;
}

/* The whole group; never one that was reaped, whose number may be another's. */
static void signal_group(struct process *p, int sig)
{
	pthread_mutex_lock(&p->lock);
	if (p->pid && !p->reaped)
		kill(-p->pid, sig);
	pthread_mutex_unlock(&p->lock);
}

void process_end(struct process *p, uint32_t grace_ms)
{
	struct pollfd fd = {.fd = p->fd, .events = POLLIN};

	if (!process_running(p))
		return;
	if (grace_ms) {
		signal_group(p, SIGTERM);
		poll(&fd, 1, grace_ms < INT_MAX ? (int)grace_ms : INT_MAX);
	}
	signal_group(p, SIGKILL);
	reap(p, 0);
}

void process_exit(struct process *p, struct cirrus_exit *out)
{
	pthread_mutex_lock(&p->lock);
	if (WIFSIGNALED(p->status)) {
		out->flags = CIRRUS_EXIT_SIGNALED;
		out->signal = WTERMSIG(p->status);
		out->code = 128 + out->signal;
	} else {
		out->code = WEXITSTATUS(p->status);
	}
	pthread_mutex_unlock(&p->lock);
}

/* Kills pid if its root directory is `root`, and waits until it is no more. */
static bool kill_if_inside(int proc, const char *pid, const struct stat *root)
{
	struct pollfd fd = {.events = POLLIN};
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "%.20s/root", pid);
	if (fstatat(proc, path, &st, 0) < 0 || st.st_ino != root->st_ino ||
	    st.st_dev != root->st_dev)
		return false;
	fd.fd = pidfd_of((pid_t)atoi(pid));
	if (fd.fd < 0)
		return false;
	syscall(SYS_pidfd_send_signal, fd.fd, SIGKILL, NULL, 0);
	poll(&fd, 1, 1000);
	close(fd.fd);
	return true;
}

void process_kill_all(const char *root)
{
	int rounds = 10; /* what forks while we look is found next time */
	bool found = true;
	struct dirent *e;
	struct stat st;
	DIR *proc;

	proc = opendir("/proc");
	if (!proc)
		return;
	while (stat(root, &st) == 0 && found && rounds--) {
		found = false;
		rewinddir(proc);
		while ((e = readdir(proc)))
			if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
				found |= kill_if_inside(dirfd(proc), e->d_name,
							&st);
	}
	closedir(proc);
}

int process_run(const char *const *argv)
{
	const int none[] = {-1, -1, -1, -1};
	pid_t pid;
	int status;

	if (spawn(argv, none, &pid))
		return -1;
	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
