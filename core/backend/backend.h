/* SPDX-License-Identifier: MIT */
/* Backends, as the rest of the core sees them: find, choose, open, call.
 *
 * Every call into a plugin goes through a conn_* function of this room, which
 * checks the request against the plugin's capabilities and `understood` bits,
 * hands over specs and out-structs of the size that the contract promises, puts
 * deadline and cancelling into effect, retries what may be retried, and turns
 * what the plugin reported into a struct error.  They return CIRRUS_OK or a
 * negative cirrus_status, with *err set; the status is for decisions, the error
 * for people.
 *
 * Threads: backends are found, opened and closed on one thread; everything else
 * may be called from any thread, as the contract says (cirrus-backend(3)). */
#ifndef CIRRUS_BACKEND_BACKEND_H
#define CIRRUS_BACKEND_BACKEND_H

#include <cirrus/backend.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

struct backend; /* a loaded plugin */
struct conn;    /* a connection it has opened */
struct member;  /* one instance of a group, or the environment itself */

/* --- what plugins tell us, while they work ------------------------------- */

/* Called on any thread, also on threads of the plugin; must not block.  `scope`
 * is what call_options carried.  All but ctx may be NULL. */
struct backend_hooks {
	void *ctx;
	void (*log)(void *ctx, void *scope, int32_t level, const char *msg);
	void (*progress)(void *ctx, void *scope,
			 const struct cirrus_progress *p);
	/* From now on this text must not be shown. */
	void (*secret)(void *ctx, const char *text);
	/* Credentials that configuration or command line gave for a registry:
	 * true if there are some; the strings stay alive until the next call
	 * with the same scope. */
	bool (*registry_auth)(void *ctx, void *scope, const char *registry,
			      const char **username, const char **password);
};
/* Once, before anything is loaded; the struct is copied. */
void backend_set_hooks(const struct backend_hooks *hooks);

/* What every call takes: when to give up, and on whose behalf it happens.
 * Operations that clean up (stop, delete, close) are not cancelled and have at
 * least 15 s, whatever stands here. */
struct call_options {
	int cancel_fd;       /* readable: give up; -1 or 0: never */
	int64_t deadline_ns; /* clock_now's clock; 0: none */
	void *scope;         /* handed to the hooks */
};

/* --- finding and choosing -------------------------------------------------- */

/* Options from --backend-option NAME.KEY=VALUE; the environment
 * (CIRRUS_CLI_<NAME>_<KEY>) and the configuration file come after them. */
struct backend_option {
	const char *name, *key, *value;
};

struct backend_choice {
	const char *name; /* NAME, /path/to/plugin.so, "auto"; NULL: the
			   * environment's CIRRUS_CONTAINER_BACKEND, else auto */
	const char *kind; /* of environment: "container" */
	const struct backend_option *options;
	size_t n_options;
	/* Of this run, for what the plugin makes on its own. */
	const struct cirrus_kv *labels;
	size_t n_labels;
	/* Told why a candidate was passed over, or chosen; may be NULL. */
	void (*note)(void *ctx, const char *text);
	void *note_ctx;
};

/* Loads, probes and opens what the choice asks for; on success *out is to be
 * closed with conn_close. */
int backend_connect(const struct backend_choice *choice,
		    const struct call_options *opts, struct conn **out,
		    struct error **err) MUST_CHECK;
void conn_close(struct conn *c, const struct call_options *opts);
/* A plugin that was given up still loads: exit(3) would wait for it, and so
 * would the next one; the program can but end by _exit. */
bool backend_is_stuck(void);

/* One line of `cirrus backends`; strings are owned by the list. */
enum backend_state {
	BACKEND_READY,
	BACKEND_UNAVAILABLE,
	BACKEND_BROKEN,
	BACKEND_INCOMPATIBLE
};
const char *backend_state_name(enum backend_state s); /* "ready" */
struct backend_listing {
	char *name, *detail;
	char *version, *abi, *path, *hint; /* NULL: unknown, or none */
	char *kinds;                       /* separated by spaces, or NULL */
	enum backend_state state;
	bool chosen; /* what "auto" would take */
};
struct backend_list {
	struct backend_listing *v;
	size_t len;
};
/* Loads and probes every candidate in a child process of its own, all at once,
 * in the order in which "auto" tries them.  Before any thread is started. */
int backend_list(struct backend_list *out, const struct backend_choice *choice,
		 struct error **err) MUST_CHECK;
void backend_list_clear(struct backend_list *l);
/* The error for an empty list: says where plugins were looked for.  -1. */
int backend_none(struct error **err);
/* `cirrus backends --dump NAME`: key=value lines, to be freed.  Before any
 * thread is started. */
int backend_dump(const char *name, char **out, struct error **err) MUST_CHECK;

/* A kind of environment that an installed backend provides, and the options that
 * a block of the configuration may set for it. */
struct backend_kind {
	const char *backend, *name;                 /* "podman", "container" */
	const struct cirrus_option *const *options; /* ended by NULL */
};
struct backend_kinds {
	struct arena arena; /* owns all of it */
	struct backend_kind *v;
	size_t len;
	char **broken; /* "backend NAME is broken: why", ended by NULL */
};
/* Of all backends, in the order in which "auto" tries them; nothing is asked of
 * their engines.  Before any thread is started. */
int backend_kinds(struct backend_kinds *out, struct error **err) MUST_CHECK;
void backend_kinds_clear(struct backend_kinds *k);
#define AUTO_BACKEND_KINDS __attribute__((__cleanup__(backend_kinds_clear)))
/* Whether an option of a kind takes this text. */
int backend_option_check(const struct cirrus_option *option, const char *text,
			 struct error **err) MUST_CHECK;

/* --- what it is ------------------------------------------------------------- */

const char *conn_name(const struct conn *c); /* "podman" */
const char *conn_kind(const struct conn *c); /* "container" */
/* As the plugin tells it when probed, which this does the first time it is
 * asked; on the thread that opened the connection. */
const char *conn_endpoint(struct conn *c);
const struct cirrus_backend *conn_table(const struct conn *c);
/* Here and now, for the kind it was chosen for. */
bool conn_can(const struct conn *c, unsigned int capability);
const char *capability_name(unsigned int capability); /* "MOUNT_BIND" */
const struct cirrus_system_info *conn_system_info(const struct conn *c);

/* --- what it does ------------------------------------------------------------
 * One function per operation of the contract, same order of arguments, with the
 * call replaced by `opts` and the error appended.  Out-structs need only be of
 * the size this host knows. */

cirrus_status conn_image_inspect(struct conn *, const struct call_options *,
				 const struct cirrus_image_spec *,
				 struct cirrus_image_info *, struct error **);
cirrus_status conn_image_pull(struct conn *, const struct call_options *,
			      const struct cirrus_image_spec *,
			      struct cirrus_image_info *, struct error **);
cirrus_status conn_image_push(struct conn *, const struct call_options *,
			      const struct cirrus_image_spec *,
			      struct cirrus_image_info *, struct error **);
cirrus_status conn_image_build(struct conn *, const struct call_options *,
			       const struct cirrus_build_spec *,
			       const struct cirrus_reader *context,
			       const struct cirrus_writer *log,
			       struct cirrus_image_info *, struct error **);
cirrus_status conn_image_delete(struct conn *, const struct call_options *,
				const struct cirrus_image_spec *,
				struct error **);
cirrus_status conn_volume_create(struct conn *, const struct call_options *,
				 const struct cirrus_volume_spec *,
				 struct error **);
cirrus_status conn_volume_delete(struct conn *, const struct call_options *,
				 const struct cirrus_volume_spec *,
				 struct error **);

/* Creates the group; out[0..n_members) are handles to be ended by
 * member_delete or member_release.  On failure everything that came into being
 * was deleted already, and all of out is NULL. */
cirrus_status conn_create(struct conn *, const struct call_options *,
			  const struct cirrus_group_spec *, struct member **out,
			  struct error **);
cirrus_status conn_reopen(struct conn *, const struct call_options *,
			  const char *id, struct member **out, struct error **);
void member_release(struct member *);
cirrus_status member_info(struct member *, const struct call_options *,
			  struct cirrus_instance_info *, struct error **);
cirrus_status member_start(struct member *, const struct call_options *,
			   const struct cirrus_start_spec *, struct error **);
cirrus_status member_wait(struct member *, const struct call_options *,
			  struct cirrus_exit *, struct error **);
cirrus_status member_logs(struct member *, const struct call_options *,
			  const struct cirrus_logs_spec *,
			  const struct cirrus_writer *, struct error **);
cirrus_status member_exec(struct member *, const struct call_options *,
			  const struct cirrus_exec_spec *, struct cirrus_exit *,
			  struct error **);
cirrus_status member_copy_in(struct member *, const struct call_options *,
			     const struct cirrus_copy_spec *,
			     const struct cirrus_reader *tar, struct error **);
cirrus_status member_copy_out(struct member *, const struct call_options *,
			      const struct cirrus_copy_spec *,
			      const struct cirrus_writer *tar, struct error **);
cirrus_status member_snapshot(struct member *, const struct call_options *,
			      const struct cirrus_snapshot_spec *,
			      struct cirrus_image_info *, struct error **);
cirrus_status member_dial(struct member *, const struct call_options *,
			  const struct cirrus_dial_spec *, struct error **);
cirrus_status member_expose(struct member *, const struct call_options *,
			    const struct cirrus_expose_spec *,
			    struct cirrus_expose_info *, struct error **);
cirrus_status member_usage(struct member *, const struct call_options *,
			   struct cirrus_usage *, struct error **);
cirrus_status member_stop(struct member *, const struct call_options *,
			  const struct cirrus_stop_spec *, struct error **);
/* Ends the handle where it succeeds; where it fails the handle survives for a
 * second attempt. */
cirrus_status member_delete(struct member *, const struct call_options *,
			    struct error **);

cirrus_status conn_list(struct conn *, const struct call_options *,
			const struct cirrus_list_spec *,
			const struct cirrus_sink *, struct error **);
cirrus_status conn_object_delete(struct conn *, const struct call_options *,
				 const struct cirrus_object *, struct error **);

const char *status_name(cirrus_status s); /* "NOTFOUND" */

/* --- for main ------------------------------------------------------------------ */

/* A crash inside a plugin ends the program with one line that names plugin and
 * operation, and status 3; one of our own with status 4.  `restore_terminal` is
 * called first, if not NULL; it may do only what a signal handler may. */
void backend_catch_crashes(void (*restore_terminal)(void));

/* `cirrus plugin-helper NAME-OR-PATH ARGS...`, which only plugins start: loads
 * that plugin and becomes its helper.  argv[0] is "plugin-helper". */
#define BACKEND_HELPER_COMMAND "plugin-helper"
int backend_helper_main(int argc, char **argv);

/* The names of the plugins that were linked into the program, ended by a NULL;
 * only in a build without shared libraries. */
void backend_preloaded(const char *const *names);

#endif
