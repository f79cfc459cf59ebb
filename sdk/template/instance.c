/* SPDX-License-Identifier: MIT */
/* Instances: made, started, ended, found again. */
#include "config.h"

#include "local.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void list_free(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

/* A copy of both lists, one behind the other; NULL: no memory. */
static char **list_join(const char *const *a, const char *const *b)
{
	static const char *const none[] = {NULL};
	const char *const *parts[] = {a ? a : none, b ? b : none};
	size_t n = 1, i, j;
	char **out;

	for (i = 0; i < 2; i++)
		for (j = 0; parts[i][j]; j++)
			n++;
	out = calloc(n, sizeof(*out));
	for (i = 0, n = 0; out && i < 2; i++)
		for (j = 0; parts[i][j]; j++)
			out[n++] = strdup(parts[i][j]);
	for (j = 0; out && j < n; j++) {
		if (out[j])
			continue;
		list_free(out);
		return NULL;
	}
	return out;
}

void local_release(cirrus_instance *it)
{
	process_clear(&it->main);
	list_free(it->argv);
	list_free(it->env);
	free(it->workdir);
	free(it->root);
	free(it->dir);
	free(it);
}

cirrus_instance *instance_new(cirrus_conn *conn, const char *name)
{
	cirrus_instance *it = calloc(1, sizeof(*it));

	if (!it)
		return NULL;
	it->conn = conn;
	process_init(&it->main);
	if (asprintf(&it->dir, "%s/%s", conn->state, name) < 0)
		it->dir = NULL;
	if (!it->dir || asprintf(&it->root, "%s/root", it->dir) < 0) {
		it->root = NULL;
		local_release(it);
		return NULL;
	}
	return it;
}

/* --- create -------------------------------------------------------------- */

/* Everything that this backend cannot do is refused by name. */
static cirrus_status check_member(const struct cirrus_call *call,
				  const struct cirrus_instance_spec *m)
{
	const struct {
		bool asked;
		const char *what;
	} wants[] = {{m->platform, "another platform"},
		     {m->nano_cpus, "a limit of cpus"},
		     {m->memory_bytes, "a limit of memory"},
		     {m->user, "another user"},
		     {m->hostname, "a host name"},
		     {m->n_mounts, "mounts"},
		     {m->n_devices, "devices"},
		     {m->n_ports, "ports"}};
	cirrus_status st;

	st = CIRRUS_CHECK_SPEC(call, "instance", m, CIRRUS_INSTANCE_IDLE, 0);
	if (st == CIRRUS_OK)
		st = cirrus_check_enum(call, "pull policy", m->pull_policy, 0,
				       CIRRUS_PULL_NEVER);
	for (size_t i = 0; st == CIRRUS_OK && i < 8; i++)
		if (wants[i].asked)
			st = cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
					   "%s cannot be had here",
					   wants[i].what);
	return st;
}

static cirrus_status check_group(const struct cirrus_call *call,
				 const struct cirrus_group_spec *spec)
{
	cirrus_status st;

	st = CIRRUS_CHECK_SPEC(call, "environment", spec, 0, 0);
	if (st == CIRRUS_OK)
		st = cirrus_check_enum(call, "network", spec->net_mode, 0,
				       CIRRUS_NET_DEFAULT);
	if (st == CIRRUS_OK && spec->n_members != 1)
		st = cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
				   "an environment has one member here");
	return st;
}

static cirrus_status check_image(const struct cirrus_call *call,
				 const char *image)
{
	if (image && strcmp(image, LOCAL_IMAGE) == 0)
		return CIRRUS_OK;
	return cirrus_errorf(
		call, CIRRUS_E_NOTFOUND,
		"image: " LOCAL_IMAGE " is this machine's own system",
		"there is no image %s here", image ? image : "\"\"");
}

/* The command, environment and directory that start and exec will use. */
static bool keep_spec(cirrus_instance *it, const struct cirrus_instance_spec *m)
{
	static const char *const idle[] = {"sleep", "infinity", NULL};
	static const char *const shell[] = {"/bin/sh", NULL};

	if (m->flags & CIRRUS_INSTANCE_IDLE)
		it->argv = list_join(idle, NULL);
	else if (m->entrypoint || m->command)
		it->argv = list_join(m->entrypoint, m->command);
	else
		it->argv = list_join(shell, NULL); /* the image's own */
	it->env = list_join(m->env, NULL);
	it->workdir = strdup(m->workdir ? m->workdir : "/");
	return it->argv && it->env && it->workdir;
}

/* Where the machine's directories will be mounted; what is a symbolic link here
 * (/bin to usr/bin) is one there. */
static void make_mount_points(const cirrus_instance *it, int root)
{
	char *dirs = strdup(it->conn->dirs), *rest = dirs, *dir;
	char here[256], target[256];
	ssize_t n;

	while (dirs && (dir = strsep(&rest, " "))) {
		snprintf(here, sizeof(here), "/%.200s", dir);
		n = readlink(here, target, sizeof(target) - 1);
		if (n > 0) {
			target[n] = '\0';
			(void)!symlinkat(target, root, dir);
		} else if (access(here, F_OK) == 0) {
			mkdirat(root, dir, 0755);
		}
	}
	free(dirs);
}

static int write_labels(int dir, const struct cirrus_kv *labels, size_t n)
{
	int fd = openat(dir, "labels", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (!f)
		return -1;
	for (size_t i = 0; i < n; i++)
		fprintf(f, "%s=%s\n", labels[i].key, labels[i].value);
	return fclose(f);
}

/* 0, or -1 with errno; EEXIST: the name is taken, nothing was made. */
static int make_dirs(const cirrus_instance *it,
		     const struct cirrus_group_spec *spec)
{
	int dir, root, rc = -1;

	if (mkdir(it->dir, 0700) < 0)
		return -1;
	dir = open(it->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -1;
	if (mkdir(it->root, 0755) == 0 &&
	    (root = open(it->root, O_PATH | O_DIRECTORY | O_CLOEXEC)) >= 0) {
		make_mount_points(it, root);
		mkdirat(root, "tmp", 01777);
		fchmodat(root, "tmp", 01777, 0);
		mkdirat(root, "root", 0700);
		close(root);
		rc = write_labels(dir, spec->labels, spec->n_labels);
	}
	close(dir);
	return rc;
}

static cirrus_status create(cirrus_conn *conn, const struct cirrus_call *call,
			    const struct cirrus_group_spec *spec,
			    const struct cirrus_instance_spec *m,
			    cirrus_instance **out)
{
	static int serial;
	cirrus_instance *it;
	cirrus_status st;
	char name[64];

	snprintf(name, sizeof(name), "local-%ld-%d", (long)getpid(),
		 __atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED));
	it = instance_new(conn, spec->name ? spec->name : name);
	if (!it || !keep_spec(it, m)) {
		if (it)
			local_release(it);
		return cirrus_errorf(call, CIRRUS_E_NOMEM, NULL, "no memory");
	}
	*out = it;
	if (make_dirs(it, spec) == 0)
		return CIRRUS_OK;
	st = cirrus_status_of_errno(errno);
	if (st == CIRRUS_E_EXISTS) {
		*out = NULL; /* of a part that we made, the host deletes it */
		local_release(it);
	}
	return cirrus_errorf(call, st, NULL, "cannot make an instance: %s",
			     cirrus_status_text(st));
}

cirrus_status local_create(cirrus_conn *conn, const struct cirrus_call *call,
			   const struct cirrus_group_spec *given,
			   cirrus_instance **out)
{
	struct cirrus_instance_spec member;
	struct cirrus_group_spec spec;
	cirrus_status st;

	CIRRUS_COPY(&spec, given);
	st = cirrus_check_call(call);
	if (st < 0)
		return cirrus_errorf(call, st, NULL, "create: %s",
				     cirrus_status_text(st));
	st = check_group(call, &spec);
	if (st < 0)
		return st;
	CIRRUS_COPY(&member, spec.members[0]);
	st = check_member(call, &member);
	if (st == CIRRUS_OK)
		st = check_image(call, member.image);
	return st < 0 ? st : create(conn, call, &spec, &member, out);
}

/* --- while it lives ------------------------------------------------------ */

cirrus_status local_info(cirrus_instance *it, const struct cirrus_call *call,
			 struct cirrus_instance_info *out)
{
	(void)call;
	snprintf(out->id, sizeof(out->id), "%.250s", strrchr(it->dir, '/') + 1);
	snprintf(out->remove, sizeof(out->remove), "rm -rf '%.490s'", it->dir);
	return CIRRUS_OK;
}

cirrus_status local_start(cirrus_instance *it, const struct cirrus_call *call,
			  const struct cirrus_start_spec *spec)
{
	const struct command cmd = {
		.argv = (const char *const *)it->argv,
		.workdir = it->workdir,
		.stdin_fd = spec->stdin_fd,
		.stdout_fd = spec->stdout_fd,
		.stderr_fd = spec->stderr_fd,
	};
	cirrus_status st;

	st = CIRRUS_CHECK_SPEC(call, "start", spec, 0, 0);
	if (st < 0)
		return st;
	if (spec->control_fd > 2)
		return cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
				     "control of a process cannot be had here");
	if (process_started(&it->main))
		return cirrus_errorf(call, CIRRUS_E_CONFLICT, NULL,
				     "instance %s was started before", it->dir);
	return process_start(it, call, &cmd, &it->main);
}

cirrus_status local_wait(cirrus_instance *it, const struct cirrus_call *call,
			 struct cirrus_exit *out)
{
	cirrus_status st;

	if (!process_started(&it->main))
		return cirrus_errorf(call, CIRRUS_E_CONFLICT, NULL,
				     "instance %s was never started", it->dir);
	st = process_wait(&it->main, call);
	if (st < 0)
		return cirrus_errorf(call, st, NULL, "wait for %s: %s", it->dir,
				     cirrus_status_text(st));
	process_exit(&it->main, out);
	return CIRRUS_OK;
}

static cirrus_status check_exec(cirrus_instance *it,
				const struct cirrus_call *call,
				const struct cirrus_exec_spec *spec)
{
	cirrus_status st = CIRRUS_CHECK_SPEC(call, "exec", spec, 0, 0);

	if (st < 0)
		return st;
	if (spec->user || spec->control_fd > 2)
		return cirrus_errorf(
			call, CIRRUS_E_NOTSUP, NULL, "%s cannot be had here",
			spec->user ? "another user" : "control of a process");
	if (!process_running(&it->main))
		return cirrus_errorf(call, CIRRUS_E_CONFLICT, NULL,
				     "instance %s is not running", it->dir);
	return CIRRUS_OK;
}

/* The child holds the descriptor itself, so that it, not we, gets SIGPIPE. */
static bool nobody_reads(int fd)
{
	struct pollfd p = {.fd = fd > 2 ? fd : -1, .events = POLLOUT};

	return poll(&p, 1, 0) == 1 && (p.revents & POLLERR);
}

static cirrus_status exec_end(struct process *p, const struct cirrus_call *call,
			      const struct cirrus_exec_spec *spec,
			      struct cirrus_exit *out)
{
	cirrus_status st = process_wait(p, call);

	if (st < 0) {
		process_end(p, spec->kill_grace_ms);
		return cirrus_errorf(call, st, NULL, "exec of %s: %s",
				     spec->argv[0], cirrus_status_text(st));
	}
	if (nobody_reads(spec->stdout_fd) || nobody_reads(spec->stderr_fd))
		return cirrus_errorf(call, CIRRUS_E_IO, NULL,
				     "nobody reads the output of %s",
				     spec->argv[0]);
	process_exit(p, out);
	return CIRRUS_OK;
}

cirrus_status local_exec(cirrus_instance *it, const struct cirrus_call *call,
			 const struct cirrus_exec_spec *given,
			 struct cirrus_exit *out)
{
	struct cirrus_exec_spec spec;
	struct command cmd = {0};
	struct process p;
	cirrus_status st;

	CIRRUS_COPY(&spec, given);
	st = check_exec(it, call, &spec);
	if (st < 0)
		return st;
	cmd.argv = spec.argv;
	cmd.env = spec.env;
	cmd.workdir = spec.workdir ? spec.workdir : it->workdir;
	cmd.stdin_fd = spec.stdin_fd;
	cmd.stdout_fd = spec.stdout_fd;
	cmd.stderr_fd = spec.stderr_fd;
	process_init(&p);
	st = process_start(it, call, &cmd, &p);
	if (st == CIRRUS_OK)
		st = exec_end(&p, call, &spec, out);
	process_clear(&p);
	return st;
}

cirrus_status local_stop(cirrus_instance *it, const struct cirrus_call *call,
			 const struct cirrus_stop_spec *spec)
{
	cirrus_status st = CIRRUS_CHECK_SPEC(call, "stop", spec, 0, 0);

	if (st == CIRRUS_OK)
		process_end(&it->main, spec->grace_ms);
	return st;
}

/* --- the end ------------------------------------------------------------- */

/* Tasks take rights away from directories; their owner can give them back. */
cirrus_status instance_remove(const struct cirrus_call *call, const char *dir,
			      const char *root)
{
	static const char script[] = "rm -rf -- \"$1\" && exit\n"
				     "chmod -R u+rwX -- \"$1\"\n"
				     "exec rm -rf -- \"$1\"";
	const char *const argv[] = {"sh", "-c", script, "sh", dir, NULL};

	process_kill_all(root);
	if (process_run(argv) == 0)
		return CIRRUS_OK;
	return cirrus_errorf(call, CIRRUS_E_FAILED, NULL, "cannot remove %s",
			     dir);
}

cirrus_status local_delete(cirrus_instance *it, const struct cirrus_call *call)
{
	cirrus_status st;

	process_end(&it->main, 0);
	st = instance_remove(call, it->dir, it->root);
	if (st == CIRRUS_OK)
		local_release(it);
	return st;
}
