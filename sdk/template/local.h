/* SPDX-License-Identifier: MIT */
/* cirrus-local: environments made of a directory and local processes.
 *
 * An instance is a directory that its processes see as /, with the programs of
 * this machine (/usr, /bin, /etc ...) mounted into it.  The mounts are made by
 * unshare(1) and mount(8) anew for each process that is started inside, in a
 * mount namespace that ends with it; so nothing of them is ever left over.
 *
 * On disk, below the state directory that cirrus gives us:
 *
 *	ID/root/    the file system
 *	ID/labels   what the instance was created with, a key=value per line
 */
#ifndef LOCAL_H
#define LOCAL_H

#include <cirrus/sdk.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

#define LOCAL_IMAGE "local" /* the only image there is: this machine */

struct cirrus_conn {
	char *state; /* directory of the instances */
	char *dirs;  /* the machine's directories that are seen inside */
};

/* A child that runs inside an instance. */
struct process {
	pthread_mutex_t lock; /* guards all below; pid and fd, once set, stay */
	pid_t pid; /* 0: never started; leads its session and group */
	int fd;    /* readable once it has ended; any number may poll it */
	bool reaped;
	int status; /* of waitpid(2), once reaped */
};

struct cirrus_instance {
	struct cirrus_conn *conn;
	char *dir, *root, *workdir;
	char **argv, **env;
	struct process main;
};

/* --- process.c --- */

/* What to run inside, and with what; fds <= 2 are absent. */
struct command {
	const char *const *argv, *const *env;
	const char *workdir;
	int stdin_fd, stdout_fd, stderr_fd;
};

void process_init(struct process *p);
void process_clear(struct process *p);
bool process_started(struct process *p); /* and perhaps ended since */
bool process_running(struct process *p);
/* Returns when the command has taken over, inside. */
cirrus_status process_start(struct cirrus_instance *it,
			    const struct cirrus_call *call,
			    const struct command *cmd, struct process *p);
/* Returns when it has ended: OK, CANCELLED, TIMEOUT; reports nothing. */
cirrus_status process_wait(struct process *p, const struct cirrus_call *call);
/* TERM, at most grace_ms, KILL, and waits for the end. */
void process_end(struct process *p, uint32_t grace_ms);
void process_exit(struct process *p, struct cirrus_exit *out);
/* Kills everything that has `root` as its root directory. */
void process_kill_all(const char *root);
/* Runs a program of this machine to its end, without input or output: its exit
 * status, -1 if it could not be started. */
int process_run(const char *const *argv);

/* --- instance.c --- */

/* The handle of what lies, or will lie, in state/name; NULL: no memory. */
cirrus_instance *instance_new(cirrus_conn *conn, const char *name);
/* Kills what runs below root and removes dir. */
cirrus_status instance_remove(const struct cirrus_call *call, const char *dir,
			      const char *root);
cirrus_status local_create(cirrus_conn *, const struct cirrus_call *,
			   const struct cirrus_group_spec *,
			   cirrus_instance **);
void local_release(cirrus_instance *);
cirrus_status local_info(cirrus_instance *, const struct cirrus_call *,
			 struct cirrus_instance_info *);
cirrus_status local_start(cirrus_instance *, const struct cirrus_call *,
			  const struct cirrus_start_spec *);
cirrus_status local_wait(cirrus_instance *, const struct cirrus_call *,
			 struct cirrus_exit *);
cirrus_status local_exec(cirrus_instance *, const struct cirrus_call *,
			 const struct cirrus_exec_spec *, struct cirrus_exit *);
cirrus_status local_stop(cirrus_instance *, const struct cirrus_call *,
			 const struct cirrus_stop_spec *);
cirrus_status local_delete(cirrus_instance *, const struct cirrus_call *);

/* --- list.c --- */

cirrus_status local_list(cirrus_conn *, const struct cirrus_call *,
			 const struct cirrus_list_spec *,
			 const struct cirrus_sink *);
cirrus_status local_object_delete(cirrus_conn *, const struct cirrus_call *,
				  const struct cirrus_object *);

/* --- copy.c --- */

cirrus_status local_copy_in(cirrus_instance *, const struct cirrus_call *,
			    const struct cirrus_copy_spec *,
			    const struct cirrus_reader *);
cirrus_status local_copy_out(cirrus_instance *, const struct cirrus_call *,
			     const struct cirrus_copy_spec *,
			     const struct cirrus_writer *);

#endif
