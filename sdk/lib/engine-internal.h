/* SPDX-License-Identifier: MIT */
/* What the engine-*.c files share.  Their inner functions return a status and
 * explain it in *err; the operation around them reports that to the host, once:
 *
 *	AUTO_ERROR struct error *err = NULL;
 *
 *	return fault_report_as(call, inspect(c, call, spec, out, &err), &err);
 */
#ifndef CIRRUS_SDK_ENGINE_INTERNAL_H
#define CIRRUS_SDK_ENGINE_INTERNAL_H

#include <pthread.h>

#include "base/buf.h"
#include "base/strv.h"
#include "sdk/lib/engine.h"
#include "sdk/lib/http.h"
#include "sdk/lib/cj.h"

struct cirrus_conn {
	struct http *http;
	struct engine_options options; /* without the endpoint */
	struct engine_facts facts;
	bool is_local; /* its socket is a file of this machine */
	const char *const *helper_argv;
	const char *cache_dir; /* the host's, until close; or NULL */

	/* Written once, by system_info. */
	pthread_mutex_t info_lock;
	bool has_info;
	bool is_beside_us; /* its files and processes are this machine's ... */
	bool is_ours;      /* ... and we may do with its processes as we like */
	struct cirrus_system_info info;
};

struct engine_process {
	pid_t pid;
	uint64_t start; /* compat_start_time */
};

struct direct_helper;

/* The copy-on-write mounts of a container. */
struct cow {
	struct strv targets;
	char *scratch; /* how names of volumes begin that go with it; or NULL */
};

struct cirrus_instance {
	cirrus_conn *conn;
	char *id, *name;
	struct cow cow;
	bool has_input; /* created with an input that stays open */

	/* The thread that moves START_STDIO's streams. */
	struct attachment *attachment;

	pthread_mutex_t main_lock;
	struct engine_process main; /* as last seen */

	/* Started beside the container, for the copy that follows. */
	_Atomic(struct direct_helper *) warm;

	pthread_mutex_t exposed_lock;
	struct exposure *exposed; /* a list */
};

/* The version to use with an engine that offers this one. */
void engine_negotiate(const char *offered, char *out, size_t size);

/* Starts a path below the negotiated version: "/v1.41/containers/...". */
void engine_path(const cirrus_conn *c, struct buf *out, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* The same below Podman's own API. */
void engine_libpod_path(const cirrus_conn *c, struct buf *out, const char *fmt,
			...) PRINTF_LIKE(3, 4);

/* A request whose failure is a failure of the engine's: any status but 2xx and
 * 304 ("it is so already") becomes one of ours, explained as "what: the
 * engine's words".  rq->path is used as it stands. */
cirrus_status engine_request(cirrus_conn *c, const struct cirrus_call *call,
			     const struct http_request *rq,
			     struct http_reply *reply, const char *what,
			     struct error **err) MUST_CHECK;
/* What an answer that says no amounts to. */
cirrus_status engine_refused(const struct http_reply *reply, const char *what,
			     struct error **err);
/* What the engine's words alone amount to (errors in a stream, after 200). */
cirrus_status engine_status_of_words(const char *words, cirrus_status fallback);

/* GET and parse. */
cirrus_status engine_get(cirrus_conn *c, const struct cirrus_call *call,
			 const char *path, const char *what, cJSON **out,
			 struct error **err) MUST_CHECK;

/* engine-image.c: "linux/arm64/v8", for free(); NULL for NULL. */
char *engine_platform(const struct cirrus_platform *p);
cirrus_status engine_check_image(const struct cirrus_call *call,
				 const struct cirrus_image_spec *spec);
/* Where the tag of a reference begins (at its colon); NULL: it has none. */
const char *engine_tag_of(const char *ref);
bool engine_is_platform(const struct cirrus_image_info *i,
			const struct cirrus_platform *p);
cirrus_status engine_inspect_image(cirrus_conn *c,
				   const struct cirrus_call *call,
				   const char *ref,
				   struct cirrus_image_info *out,
				   struct error **err) MUST_CHECK;

cirrus_instance *engine_instance_new(cirrus_conn *c, const char *id,
				     const char *name);
void engine_instance_free(cirrus_instance *it);

/* engine-instance.c */
cirrus_status engine_inspect(cirrus_instance *it,
			     const struct cirrus_call *call, cJSON **out,
			     struct error **err) MUST_CHECK;
/* POST without a body, for what changes something. */
cirrus_status engine_post(cirrus_instance *it, const struct cirrus_call *call,
			  const char *path, struct error **err) MUST_CHECK;
/* engine-copy.c: unpacks an archive in a directory that is there. */
cirrus_status engine_put(cirrus_instance *it, const struct cirrus_call *call,
			 const char *dir, const struct buf *tar,
			 const char *what, struct error **err) MUST_CHECK;
/* engine-direct.c: has the helper of the next copy start while something else is
 * waited for; and away with it. */
void direct_warm(cirrus_instance *it);
void direct_cool(cirrus_instance *it);
/* false: nothing has happened, and it is the engine that has to
 * be asked; true: *s says how it ended.  owner: "UID:GID", or "". */
bool direct_copy_out(cirrus_instance *it, const struct cirrus_call *call,
		     const struct cirrus_copy_spec *spec,
		     const struct cirrus_writer *tar, cirrus_status *s,
		     struct error **err) MUST_CHECK;
bool direct_copy_in(cirrus_instance *it, const struct cirrus_call *call,
		    const struct cirrus_copy_spec *spec, const char *owner,
		    const struct cirrus_reader *tar, cirrus_status *s,
		    struct error **err) MUST_CHECK;
/* engine-volume.c: by name; *path_out, for free(), is where the engine keeps it;
 * path_out may be NULL. */
cirrus_status engine_make_volume(cirrus_conn *c, const struct cirrus_call *call,
				 const struct cirrus_volume_spec *v,
				 char **path_out,
				 struct error **err) MUST_CHECK;
cirrus_status engine_find_volume(cirrus_conn *c, const struct cirrus_call *call,
				 const char *name, char **path_out,
				 struct error **err) MUST_CHECK;
cirrus_status engine_remove_volume(cirrus_conn *c,
				   const struct cirrus_call *call,
				   const char *name,
				   struct error **err) MUST_CHECK;

/* engine-mounts.c: what is to be mounted into one container that is asked for. */
struct mounting {
	cirrus_conn *conn;
	const struct cirrus_call *call;
	const struct cirrus_group_spec *group;
	const char *name; /* of the container */
	cJSON *config, *host;
	struct cow cow; /* filled; for cow_undo or the instance */
};
/* Reported. */
cirrus_status engine_add_mounts(struct mounting *w,
				const struct cirrus_mount *const *mounts,
				size_t n) MUST_CHECK;
/* As the option -v of both engines' clients has it. */
cirrus_status engine_add_bind(struct mounting *w, const struct cirrus_mount *m,
			      const char *options) MUST_CHECK;

/* engine-cow.c */
bool cow_is_possible(const cirrus_conn *c, const cJSON *info);
/* Reported. */
cirrus_status cow_add(struct mounting *w, cJSON *mounts,
		      const struct cirrus_mount *m) MUST_CHECK;
/* Those of a container that is there already. */
void cow_recall(struct cow *cow, const cJSON *inspected);
/* What is left of it behind its container. */
cirrus_status cow_delete(const struct cow *cow, cirrus_conn *c,
			 const struct cirrus_call *call,
			 struct error **err) MUST_CHECK;
void cow_clear(struct cow *cow);
/* Both, as well as it goes: there is no container. */
void cow_undo(struct cow *cow, cirrus_conn *c);
/* CONFLICT: Podman would copy into what is shared, or out of it. */
cirrus_status cow_check_path(cirrus_instance *it,
			     const struct cirrus_call *call, const char *path,
			     struct error **err) MUST_CHECK;

/* engine-list.c */
cirrus_status engine_delete_path(cirrus_conn *c, const struct cirrus_call *call,
				 const char *path, const char *what,
				 struct error **err) MUST_CHECK;

/* engine-expose.c: ends all of the list. */
void exposure_end(struct exposure *list);
/* engine-main.c: its main process on this machine; CONFLICT: */
cirrus_status engine_not_running(cirrus_instance *it, struct error **err);
cirrus_status engine_main_pid(cirrus_instance *it,
			      const struct cirrus_call *call, pid_t *out,
			      struct error **err) MUST_CHECK;

/* engine-attach.c */
/* Ends the thread, if there is one; the process is left alone. */
void attachment_end(struct attachment *a);

#endif
