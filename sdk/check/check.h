/* SPDX-License-Identifier: MIT */
/* cirrus-backend-check: what the checks share.
 *
 * Every check is one function that runs in a process of its own, with the
 * plugin loaded and, if it is a live one, a connection open.  It says what it
 * wants with the want_* functions; the first that does not hold ends the check.
 * Whatever it created by the functions of box.c is removed afterwards, however
 * it ends: by this process, or where that died, by label. */
#ifndef CIRRUS_SDK_CHECK_H
#define CIRRUS_SDK_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include <cirrus/sdk.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/strv.h"

#define CAP(name) (UINT64_C(1) << CIRRUS_CAP_##name)

/* What the command line said. */
struct settings {
	char *self;      /* path of this program, for helpers */
	char *plugin;    /* path of the shared object */
	char *workspace; /* our directory, gone at the end */
	struct strv options;
	const char *kind, *image;
	const char *pull_image, *auth_image, *user, *password;
	const char *unreachable; /* KEY=VALUE that leads nowhere */
	int stress_s;
	bool strict, json;
};

/* What the checks of one run saw besides their own purpose; lies in memory
 * that all their processes share. */
enum { LEDGER_ERRORS, LEDGER_SECRETS, LEDGER_LEAKS, LEDGER_KINDS };
struct ledger {
	int32_t count[LEDGER_KINDS];
	char first[LEDGER_KINDS][512]; /* the first case of each */
};

struct box;
struct t {
	const struct settings *set;
	const struct check *check;
	struct ledger *ledger;
	int verdict_fd;
	void *module;
	const struct cirrus_backend *be;
	const struct cirrus_kind *kind;
	uint64_t caps;
	struct cirrus_system_info *info;
	cirrus_conn *conn;
	const char *const *override; /* options for the next conn_up */
	struct box *boxes;           /* to be deleted */
	struct strv volumes, images;
	char run[20]; /* the value of our label in this run */
	bool over;    /* nothing is left to be cleaned up */
};

/* --- the table ---------------------------------------------------------------- */

struct check {
	const char *id, *sentence;
	uint64_t needs; /* capability bits */
	int limit_s;
	bool is_static; /* needs no connection */
	void (*run)(struct t *);
};
extern const struct check checks_static[], checks_lifecycle[], checks_images[],
	checks_instances[], checks_mounts[], checks_limits[], checks_exec[],
	checks_streams[], checks_copy[], checks_logs[], checks_cancel[],
	checks_broken[], checks_session[], checks_report[];

/* --- verdicts (harness.c) ------------------------------------------------------ */

NORETURN void failed(struct t *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
NORETURN void skipped(struct t *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
void want(struct t *t, bool holds, const char *fmt, ...) PRINTF_LIKE(3, 4);
void want_int(struct t *t, int64_t got, int64_t wanted, const char *what);
void want_str(struct t *t, const char *got, const char *wanted,
	      const char *what);
void want_bytes(struct t *t, const struct buf *got, const void *wanted,
		size_t len, const char *what);
bool can(const struct t *t, unsigned int cap);
const char *capability(unsigned int cap); /* its name */
void ledger_note(struct t *t, int kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* --- calls (host.c) --------------------------------------------------------------- */

/* One invocation, and what the plugin said during it. */
struct call {
	struct cirrus_call c;
	struct t *t;
	int cancel[2]; /* a pipe; -1: cannot be cancelled */
	int errors;    /* how often error() was called */
	cirrus_status told;
	char msg[1024], hint[512];
	void (*progress)(struct call *, const struct cirrus_progress *);
	void *progress_ctx;
	/* what registry_auth answers and was asked */
	const char *user, *password;
	int auth_asked;
	char auth_registry[256];
};
#define CALL(t, name, ms)                                          \
	__attribute__((__cleanup__(call_clear))) struct call name; \
	call_init(&(name), (t), (ms))

extern const struct cirrus_host check_host;
/* timeout_ms: 0 = none. */
void call_init(struct call *call, struct t *t, int64_t timeout_ms);
void call_clear(struct call *call);
void call_cancel(struct call *call);
/* Every operation goes through it: keeps the books on error(). */
cirrus_status call_done(struct call *call, const char *op, cirrus_status s);
#define ON_CONN(call, op, ...) \
	call_done((call), #op, \
		  (call)->t->be->op((call)->t->conn, &(call)->c, __VA_ARGS__))
#define ON_IT(call, it, op, ...) \
	call_done((call), #op, (call)->t->be->op((it), &(call)->c, __VA_ARGS__))
cirrus_status call_delete(struct call *call, cirrus_instance *it);
const char *status_name(cirrus_status s);
/* Fails unless s is the wanted one; shows what the plugin said. */
void want_status(const struct call *call, cirrus_status s, cirrus_status wanted,
		 const char *what);
/* One of two or three; CIRRUS_OK fills up. */
void want_one_of(const struct call *call, cirrus_status s, cirrus_status a,
		 cirrus_status b, cirrus_status c, const char *what);
/* A zeroed area as the contract wants for out-structs. */
#define OUT(type, name)                                           \
	AUTO_FREE struct type *name = xcalloc(1, CIRRUS_OUT_MAX); \
	name->struct_size = sizeof(*name)

/* --- configuration and connections (plugin.c) --------------------------------- */

/* Loads t->set->plugin into t->module; NULL, or the linker's words. */
const char *plugin_load(struct t *t);
/* The entry point's table; fails the check where there is none. */
const struct cirrus_backend *plugin_entry(struct t *t,
					  const struct cirrus_host *host);
struct config {
	struct cirrus_config c;
	struct cirrus_kv label;
	struct cirrus_kv kv[32];
	struct strv text;
	const char *helper[4];
	char *cache, *state, *runtime;
};
void config_init(struct config *config, const struct t *t,
		 const char *const *override);
void config_clear(struct config *config);
/* The option of that name; NULL: there is none. */
const struct cirrus_option *option_find(const struct cirrus_option *const *list,
					const char *name);
void conn_up(struct t *t);   /* open and system_info, or fail */
void conn_down(struct t *t); /* close */

/* --- environments (box.c) ------------------------------------------------------ */

/* A group of one, or more, and how it was asked for. */
struct box {
	struct box *next;
	cirrus_instance *it[2];
	struct cirrus_group_spec group;
	struct cirrus_instance_spec member[2];
	const struct cirrus_instance_spec *members[2];
	struct cirrus_kv label;
	char name[40];
};
/* An idle one of the image under test, not created yet, to be changed. */
struct box *box_new(struct t *t);
/* members[0] runs sh -c script instead. */
struct box *box_script(struct t *t, const char *script);
cirrus_status box_try_create(struct call *call, struct box *b);
void box_create(struct t *t, struct box *b);
void box_start(struct t *t, struct box *b);
struct box *box_up(struct t *t); /* new, created, started */
/* NULL handle afterwards. */
void box_delete(struct t *t, struct box *b);
int box_wait(struct t *t, struct box *b); /* the main process's exit code */
cirrus_status box_stop(struct t *t, struct box *b, uint32_t grace_ms);
/* All that was registered; the first failure's text, or "". */
void boxes_clear(struct t *t, char *why, size_t len);
void volume_make(struct t *t, const char *name);
/* How many objects of this run the backend lists. */
int count_objects(struct t *t);
/* An image of our own that nothing else uses; registered for removal. */
const char *own_image(struct t *t);

/* --- commands (run.c) --------------------------------------------------------------- */

struct output {
	struct buf out, err;
	struct cirrus_exit *exit;
	cirrus_status status;
	int64_t took_ns;
};
#define AUTO_OUTPUT __attribute__((__cleanup__(output_clear)))
void output_clear(struct output *o);

struct input {
	const void *data; /* given to stdin, then its end */
	size_t len;
};
/* Executes with captured output; spec's fds are filled in here unless its
 * struct_size's owner set them already.  input may be NULL: no stdin. */
void exec_run(struct call *call, cirrus_instance *it,
	      struct cirrus_exec_spec *spec, const struct input *input,
	      struct output *o);
/* sh -c script; must return OK and exit with 0. */
void exec_sh(struct t *t, struct box *b, const char *script, struct output *o);
/* The same; what it printed, without the last newline, must be `wanted`. */
void exec_prints(struct t *t, struct box *b, const char *script,
		 const char *wanted);
int exec_status(struct t *t, struct box *b, const char *script);
/* Whether the environment has that program. */
bool has_program(struct t *t, struct box *b, const char *name);
#define SH(script) ((const char *const[]){"sh", "-c", (script), NULL})

/* --- threads (run.c) ------------------------------------------------------------------ */

/* A call on a thread of its own. */
struct async;
struct async *async_run(void (*fn)(void *), void *arg);
void async_join(struct async *a);
void sleep_ms(int ms);

/* --- archives (archive.c) ---------------------------------------------------------- */

/* One member; a zeroed one is a file, empty, mode 0644 unless mode is set. */
struct entry {
	const char *name;
	unsigned int type; /* S_IFREG (0 too), S_IFDIR, S_IFLNK */
	unsigned int mode;
	int64_t mtime;
	unsigned int uid, gid;
	const char *symlink, *hardlink;
	const void *data;
	size_t len;
};
/* A tar of n members. */
void tar_make(struct buf *tar, const struct entry *e, size_t n);
struct found {
	bool present;
	struct entry e;
	char *name, *symlink, *hardlink;
	struct buf data;
};
#define AUTO_FOUND __attribute__((__cleanup__(found_clear)))
/* The member of that name, however it is written ("./a/", "a"); NULL: any. */
struct found tar_find(struct t *t, const struct buf *tar, const char *name);
void found_clear(struct found *f);

struct source { /* a reader's */
	const char *data;
	size_t len, chunk; /* chunk 0: as much as wanted */
	size_t given;
	int calls;
};
struct cirrus_reader source_reader(struct source *s);
struct target { /* a writer's */
	struct buf out, err;
	size_t fail_after; /* bytes; 0: never */
	size_t got;
	int calls, calls_after_failing;
	int64_t first_ns, last_ns;
};
struct cirrus_writer target_writer(struct target *w);
void target_init(struct target *w, size_t max);
void target_clear(struct target *w);
cirrus_status copy_in(struct call *call, struct box *b, const char *dir,
		      const struct buf *tar);
cirrus_status copy_out(struct call *call, struct box *b, const char *dir,
		       const char *const *paths, struct target *w);

#endif
