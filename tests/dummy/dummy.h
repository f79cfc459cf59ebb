/* SPDX-License-Identifier: MIT */
/* The dummy backend: an instance is a directory, its processes are processes of
 * this machine, and no engine is needed.
 *
 * A process sees the instance's directory as / (a mount namespace of its own,
 * inside a user namespace where we are not root) with the machine's programs
 * (/usr, /bin, /etc ...) bound read-only into it; everything else in it, /tmp
 * and the working directory included, is private to the instance.  So absolute
 * paths mean inside what they mean in a container.
 *
 * On disk, below the state directory that the host gives:
 *
 *	i/ID/spec      what the instance was created with, and its labels
 *	i/ID/root/     its file system
 *	i/ID/alive     a fifo that its supervisor holds open while it lives
 *	i/ID/exit      struct space_end, once the main process has ended
 *	i/ID/out, err  the main process's output where nobody took it
 *	v/NAME/        a volume: spec, data/
 *	m/NAME/        an image that was pulled, built or made of an instance
 *
 * Images are names, and every image is here, but for three families: what begins
 * with "missing" has to be pulled first, "denied" asks for credentials when it
 * is pulled, "absent" is nowhere.  What begins with "foreign" says that it is for
 * s390x.
 *
 * Everything is found there again by another process, so handles hold nothing
 * but names. */
#ifndef CIRRUS_TESTS_DUMMY_H
#define CIRRUS_TESTS_DUMMY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include <cirrus/sdk.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/strv.h"
#include "mutant.h"
#include "space.h"

struct cirrus_conn {
	const struct cirrus_config *config;
	char *state;
	struct strv images;    /* patterns of refs that exist */
	char *user, *password; /* what denied/... asks for */
	enum mutant mutant;
	uint64_t without; /* capabilities that it does not admit to */
	uint64_t with;    /* and those that it pretends to have */
};

struct cirrus_instance {
	struct cirrus_conn *conn;
	char *id, *dir;
	struct strv spec; /* "key=value", a key may come more than once */
};

/* dummy.c */
/* "amd64" */
const char *machine_arch(void);
cirrus_status fail_errno(const struct cirrus_call *call, int errnum,
			 const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Hands an error of base's on. */
cirrus_status fail_error(const struct cirrus_call *call, struct error **err);
/* OK, or why the call must not even begin. */
cirrus_status call_begin(const struct cirrus_call *call,
			 const struct cirrus_conn *c);
/* CANCELLED or TIMEOUT, told to the host. */
cirrus_status call_broken(const struct cirrus_call *call, const char *what);
cirrus_status unknown_bits(const struct cirrus_conn *c,
			   const struct cirrus_call *call, uint32_t flags,
			   uint32_t known, uint64_t required);
/* Waits until fd is ready or hung up: OK, CANCELLED or TIMEOUT. */
cirrus_status call_wait(const struct cirrus_call *call, int fd, short events,
			const char *what);

/* spec.c: "key=value" records, one file each. */
const char *spec_get(const struct strv *spec, const char *key);
/* The values of key from *at on; NULL at the end. */
const char *spec_next(const struct strv *spec, const char *key, size_t *at);
int spec_save(const struct strv *spec, const char *dir, struct error **err);
int spec_load(struct strv *spec, const char *dir, struct error **err);
void spec_add_labels(struct strv *spec, const struct cirrus_kv *kv, size_t n);
/* A ref or a name as one path component. */
char *spec_file_name(const char *name);

/* build.c */
cirrus_status image_build(cirrus_conn *, const struct cirrus_call *,
			  const struct cirrus_build_spec *,
			  const struct cirrus_reader *,
			  const struct cirrus_writer *,
			  struct cirrus_image_info *);

/* image.c */
/* Where an image is kept that did not fall from heaven, for free(). */
char *image_dir(const struct cirrus_conn *c, const char *ref);
bool image_exists(const struct cirrus_conn *c, const char *ref);
/* Fills a new instance's file system. */
int image_unpack(const struct cirrus_conn *c, const char *ref, const char *root,
		 struct error **err);
/* cp -a of what is in from, into to. */
int tree_copy(const char *from, const char *to, struct error **err);
cirrus_status image_inspect(cirrus_conn *, const struct cirrus_call *,
			    const struct cirrus_image_spec *,
			    struct cirrus_image_info *);
cirrus_status image_pull(cirrus_conn *, const struct cirrus_call *,
			 const struct cirrus_image_spec *,
			 struct cirrus_image_info *);
cirrus_status image_delete(cirrus_conn *, const struct cirrus_call *,
			   const struct cirrus_image_spec *);
cirrus_status instance_snapshot(cirrus_instance *, const struct cirrus_call *,
				const struct cirrus_snapshot_spec *,
				struct cirrus_image_info *);
cirrus_status volume_create(cirrus_conn *, const struct cirrus_call *,
			    const struct cirrus_volume_spec *);
cirrus_status volume_delete(cirrus_conn *, const struct cirrus_call *,
			    const struct cirrus_volume_spec *);

/* create.c */
cirrus_status instance_create(cirrus_conn *, const struct cirrus_call *,
			      const struct cirrus_group_spec *,
			      cirrus_instance **);
cirrus_status instance_open(cirrus_conn *, const struct cirrus_call *,
			    const char *id, cirrus_instance **);
void instance_release(cirrus_instance *);
cirrus_status instance_delete(cirrus_instance *, const struct cirrus_call *);
cirrus_status instance_info(cirrus_instance *, const struct cirrus_call *,
			    struct cirrus_instance_info *);

/* instance.c */
cirrus_status instance_start(cirrus_instance *, const struct cirrus_call *,
			     const struct cirrus_start_spec *);
cirrus_status instance_wait(cirrus_instance *, const struct cirrus_call *,
			    struct cirrus_exit *);
cirrus_status instance_stop(cirrus_instance *, const struct cirrus_call *,
			    const struct cirrus_stop_spec *);
/* The main process as this process sees it; 0: not running. */
pid_t instance_pid(const cirrus_instance *);
/* Reads i/ID/exit; false: it has not ended, or was never started. */
bool instance_ended(const cirrus_instance *, struct space_end *);
/* The fifo's reading end, which hangs up when the instance is over. */
int instance_alive_fd(const cirrus_instance *);
/* SIGKILL, and wait until all of it is gone. */
cirrus_status instance_kill(const cirrus_instance *,
			    const struct cirrus_call *);
/* How its processes see the world; free with space_clear. */
void instance_space(const cirrus_instance *, struct space *);
void exit_fill(struct cirrus_exit *out, const struct space_end *e);

/* exec.c */
cirrus_status instance_exec(cirrus_instance *, const struct cirrus_call *,
			    const struct cirrus_exec_spec *,
			    struct cirrus_exit *);
/* The environment of a command: the instance's, with more on top. */
void env_fill(struct strv *env, const struct strv *spec,
	      const char *const *more);
/* "name", "uid", "uid:gid", "name:group" as numbers. */
int user_parse(const char *user, uid_t *uid, gid_t *gid);

/* copy.c */
cirrus_status instance_copy_in(cirrus_instance *, const struct cirrus_call *,
			       const struct cirrus_copy_spec *,
			       const struct cirrus_reader *);
cirrus_status instance_copy_out(cirrus_instance *, const struct cirrus_call *,
				const struct cirrus_copy_spec *,
				const struct cirrus_writer *);

/* logs.c */
cirrus_status instance_logs(cirrus_instance *, const struct cirrus_call *,
			    const struct cirrus_logs_spec *,
			    const struct cirrus_writer *);
cirrus_status instance_usage(cirrus_instance *, const struct cirrus_call *,
			     struct cirrus_usage *);

/* net.c */
cirrus_status instance_dial(cirrus_instance *, const struct cirrus_call *,
			    const struct cirrus_dial_spec *);
cirrus_status instance_expose(cirrus_instance *, const struct cirrus_call *,
			      const struct cirrus_expose_spec *,
			      struct cirrus_expose_info *);

/* list.c */
cirrus_status list(cirrus_conn *, const struct cirrus_call *,
		   const struct cirrus_list_spec *, const struct cirrus_sink *);
cirrus_status object_delete(cirrus_conn *, const struct cirrus_call *,
			    const struct cirrus_object *);

#endif
