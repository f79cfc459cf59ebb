/* SPDX-License-Identifier: MIT */
/* The contract between cirrus and a backend plugin; cirrus-backend(3) is the
 * long form of it.
 *
 * DRAFT of version 1.0: major 0 and the entry symbol _v0 until the first
 * release, then 1 and frozen.
 *
 * Rules that apply to everything below:
 *   - zero or NULL means "absent" or "the default"; so does a file descriptor
 *     <= 2, which the host never hands out.  A zeroed struct is a valid one;
 *   - text for people is UTF-8; paths, arguments and environment are bytes;
 *     all of it ends in a NUL and is borrowed for the duration of the call;
 *   - a list of strings (const char *const *) ends with NULL;
 *   - every operation takes one spec and answers in one out-struct: both grow;
 *   - a list of structs is an array of pointers, so that elements can grow;
 *   - members are only ever appended, and released ones never change;
 *   - a flag bit or an enumerator you do not know: in a spec, return
 *     CIRRUS_E_NOTSUP before any side effect; elsewhere, ignore it;
 *   - `required` (spec) has a bit for each later-added member whose neglect
 *     would be wrong; the host does not call unless `understood` has them all;
 *   - what exists in 1.0 and some engine cannot do has a capability bit in 1.0.
 *
 * The host hands over out-structs zeroed, with struct_size set, in an area of
 * CIRRUS_OUT_MAX bytes, and pads specs and its own table with zeros to the same
 * size: to read or write a member of those is always safe.  Structs that a spec
 * points to are not padded: copy them first (CIRRUS_COPY in cirrus/sdk.h). */
#ifndef CIRRUS_BACKEND_H
#define CIRRUS_BACKEND_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CIRRUS_ABI_MAJOR 0
#define CIRRUS_ABI_MINOR 1
#define CIRRUS_OUT_MAX   4096

#ifdef __cplusplus
#define CIRRUS_EXTERN_C extern "C"
#else
#define CIRRUS_EXTERN_C extern
#endif
#if defined __GNUC__
#define CIRRUS_PUBLIC __attribute__((__visibility__("default")))
#else
#define CIRRUS_PUBLIC
#endif

/* Each plugin defines these two for itself.  C++: no member functions,
 * constructors or bases (a static build links several definitions); hold a
 * pointer to your own class. */
typedef struct cirrus_conn cirrus_conn;
typedef struct cirrus_instance cirrus_instance;

/* --- outcomes ------------------------------------------------------------ */

/* "The command exited 3" is no failure: CIRRUS_OK, and 3 in cirrus_exit.code.
 * A negative value that the receiver does not know means FAILED. */
typedef int32_t cirrus_status;
enum {
	CIRRUS_OK = 0,
	CIRRUS_E_FAILED = -1,     /* none of the below */
	CIRRUS_E_NOMEM = -2,      /* out of memory, on this side */
	CIRRUS_E_INVAL = -3,      /* malformed or contradictory */
	CIRRUS_E_NOTSUP = -4,     /* well formed, cannot be done here */
	CIRRUS_E_NOTFOUND = -5,   /* no such image, path, volume, instance */
	CIRRUS_E_EXISTS = -6,     /* the name is taken */
	CIRRUS_E_AUTH = -7,       /* credentials missing or refused */
	CIRRUS_E_UNAVAIL = -8,    /* not reached: NOTHING happened; the host may
				   * call again */
	CIRRUS_E_TIMEOUT = -9,    /* the deadline passed */
	CIRRUS_E_CANCELLED = -10, /* cancel_fd fired */
	CIRRUS_E_IO = -11,        /* a stream, reader or writer broke */
	CIRRUS_E_CONFLICT = -12,  /* not in this state, or in use */
	CIRRUS_E_NOSPACE = -13,   /* disk or quota is full */
	CIRRUS_E_LOST = -14,      /* broke off: it may or may not have happened;
				   * never called again */
	CIRRUS_E_GONE = -15       /* the environment was taken away (evicted,
				   * crashed), not its script's fault */
};

/* --- capabilities: bit n of word n / 64 ---------------------------------- */

enum {
	CIRRUS_CAP_IMAGE_PULL = 0,
	CIRRUS_CAP_IMAGE_PUSH = 1,
	CIRRUS_CAP_IMAGE_BUILD = 2,
	CIRRUS_CAP_SNAPSHOT = 3, /* instance_snapshot */
	CIRRUS_CAP_VOLUME = 4,
	CIRRUS_CAP_VOLUME_SHARED = 5, /* one volume in several environments, one
				       * after the other or at once */
	CIRRUS_CAP_VOLUME_CLONE = 6,  /* volume_spec.source */
	CIRRUS_CAP_MOUNT_BIND = 7,    /* paths of THIS host's file system:
				       * proven, not assumed */
	CIRRUS_CAP_MOUNT_TMPFS = 8,
	CIRRUS_CAP_MOUNT_READONLY = 9,
	CIRRUS_CAP_MOUNT_COW = 10,    /* CIRRUS_MOUNT_COW */
	CIRRUS_CAP_SIDECAR = 11,      /* more than one member in a group */
	CIRRUS_CAP_SIDECAR_STOP = 12, /* stop and delete of one member alone
				       * take effect at once */
	CIRRUS_CAP_COMMAND = 13,      /* without CIRRUS_INSTANCE_IDLE:
				       * entrypoint, command */
	CIRRUS_CAP_START_STDIO = 14,  /* start_spec's fds: the main process is
				       * attached to them */
	CIRRUS_CAP_USER = 15,
	CIRRUS_CAP_HOSTNAME = 16,
	CIRRUS_CAP_NET_NONE = 17,
	CIRRUS_CAP_NET_NAMED = 18,
	CIRRUS_CAP_PORTS = 19, /* instance_spec.ports: from the host */
	CIRRUS_CAP_PRIVILEGED = 20,
	CIRRUS_CAP_PLATFORM = 21,
	CIRRUS_CAP_DEVICE = 22,
	CIRRUS_CAP_CPU_LIMIT = 23,
	CIRRUS_CAP_MEMORY_LIMIT = 24,
	CIRRUS_CAP_OOM_REPORT = 25,  /* CIRRUS_EXIT_OOM is reliable */
	CIRRUS_CAP_EXIT_SIGNAL = 26, /* CIRRUS_EXIT_SIGNALED is reliable:
				      * `exit 137` is not a signal */
	CIRRUS_CAP_EXEC_CONCURRENT = 27,
	CIRRUS_CAP_EXEC_USER = 28,
	CIRRUS_CAP_EXEC_STDIN = 29,     /* stdin_fd may be given */
	CIRRUS_CAP_EXEC_STDIN_EOF = 30, /* ... and its end reaches the process
					 * while output goes on */
	CIRRUS_CAP_EXEC_SPLIT = 31,     /* stdout apart from stderr */
	CIRRUS_CAP_EXEC_ORDER = 32, /* equal fds: in the order of the writes */
	CIRRUS_CAP_EXEC_KILL = 33,  /* cancel and deadline end the command and
				     * its descendants */
	CIRRUS_CAP_EXEC_KILL_REST = 34, /* CIRRUS_EXEC_KILL_REST */
	CIRRUS_CAP_EXEC_SIGNAL = 35,    /* CIRRUS_CONTROL_SIGNAL */
	CIRRUS_CAP_EXEC_TTY = 36,
	CIRRUS_CAP_EXEC_RESIZE = 37,  /* CIRRUS_CONTROL_RESIZE */
	CIRRUS_CAP_COPY_STOPPED = 38, /* copy before start and after the end */
	CIRRUS_CAP_COPY_OWNER = 39,   /* owners in archives and copy_spec.owner
				       * are honoured */
	CIRRUS_CAP_LOGS = 40,
	CIRRUS_CAP_USAGE = 41,
	CIRRUS_CAP_DIAL = 42,
	CIRRUS_CAP_EXPOSE = 43,
	CIRRUS_CAP_LIST = 44,
	CIRRUS_CAP_OPEN = 45,         /* instance_open */
	CIRRUS_CAP_UNLOGGED = 46,     /* CIRRUS_INSTANCE_UNLOGGED */
	CIRRUS_CAP_BUILDKIT = 47,     /* CIRRUS_BUILD_BUILDKIT */
	CIRRUS_CAP_COPY_RUNNING = 48, /* copying into a running instance costs
				       * less than before its start */
	CIRRUS_CAP_VOLUME_MEMORY = 49 /* CIRRUS_VOLUME_MEMORY */
};

/* --- what the host offers ------------------------------------------------ */

struct cirrus_kv {
	const char *key, *value;
}; /* frozen */

/* One invocation.  Valid only during the call. */
struct cirrus_call {
	uint32_t struct_size;
	int32_t cancel_fd;   /* readable when the call must stop: poll it, never
			      * read it */
	int64_t deadline_ns; /* on the clock of host->now_ns; 0 = none */
	const struct cirrus_host *host; /* so that helpers need no global */
	const void *reserved; /* the host's: in a copy, with a nearer deadline
			       * perhaps, it goes along */
};

/* Bytes on their way into a plugin.  read: > 0 bytes, 0 at the end, or a
 * negative status to be returned as it is.  May block; one thread at a time. */
struct cirrus_reader {
	void *ctx;
	int64_t (*read)(void *ctx, void *buf, size_t len);
}; /* frozen */

/* Bytes on their way out.  write takes all of it or returns a negative status,
 * upon which the call ends with CIRRUS_E_IO.  Archives go to CIRRUS_STDOUT. */
enum { CIRRUS_STDOUT = 1, CIRRUS_STDERR = 2 };
struct cirrus_writer {
	void *ctx;
	cirrus_status (*write)(void *ctx, int32_t stream, const void *buf,
			       size_t len);
}; /* frozen */

struct cirrus_progress {
	uint32_t struct_size, flags;
	int64_t done, total; /* bytes; total 0 = unknown */
	const char *item;    /* a stable key: "sha256:1f2e..."; done never goes
			      * back for one item */
	const char *what;    /* for people: "downloading" */
};

/* Filled by the host up to the struct_size that the plugin set.  The strings
 * are the host's until the call returns, then wiped. */
struct cirrus_registry_auth {
	uint32_t struct_size, flags;
	const char *username, *password, *identity_token, *server;
};

enum {
	CIRRUS_LOG_ERROR = 0,
	CIRRUS_LOG_WARN = 1,
	CIRRUS_LOG_INFO = 2,
	CIRRUS_LOG_DEBUG = 3
};

/* Safe from any thread, never blocks, copies what it keeps. */
struct cirrus_host {
	uint32_t struct_size;
	uint16_t abi_major, abi_minor;
	const char *version;

	/* A line of diagnosis; call may be NULL between open and close. */
	void (*log)(const struct cirrus_call *call, int32_t level,
		    const char *msg);
	/* As often as you like: the host thins it out. */
	void (*progress)(const struct cirrus_call *call,
			 const struct cirrus_progress *p);
	/* Why the call is about to fail: once, at the place that knows.  msg:
	 * lower case, no full stop, names the object.  hint: what to try, or
	 * NULL. */
	void (*error)(const struct cirrus_call *call, cirrus_status status,
		      const char *msg, const char *hint);
	/* Non-zero once cancel_fd is readable. */
	int32_t (*cancelled)(const struct cirrus_call *call);
	/* What configuration or command line say about this registry
	 * ("registry.example.org:5000"); NOTFOUND: look into the engine's own
	 * store. */
	cirrus_status (*registry_auth)(const struct cirrus_call *call,
				       const char *registry,
				       struct cirrus_registry_auth *out);
	/* Mask this text in everything shown from now on. */
	void (*secret)(const char *text);
	/* The clock of deadline_ns: monotonic. */
	int64_t (*now_ns)(void);
};

/* --- what a plugin says about itself ------------------------------------- */

/* A key the plugin accepts; the host checks values before they arrive.  A host
 * treats a type that it does not know as STRING. */
enum {
	CIRRUS_OPT_STRING = 0,
	CIRRUS_OPT_BOOL = 1,     /* "true" or "false" */
	CIRRUS_OPT_INT = 2,      /* "-12" */
	CIRRUS_OPT_DURATION = 3, /* "90s", "1h30m" */
	CIRRUS_OPT_PATH = 4,
	CIRRUS_OPT_NUMBER = 5, /* "0.5" */
	CIRRUS_OPT_SIZE = 6,   /* bytes: "512", "512K", "4G" */
	CIRRUS_OPT_JSON = 7    /* the node of the configuration, lists and maps
				* included, as JSON text */
};
#define CIRRUS_OPT_REQUIRED (1u << 0)
#define CIRRUS_OPT_SECRET   (1u << 1)
struct cirrus_option {
	uint32_t struct_size, type, flags, reserved;
	const char *name, *default_value, *help;
	const char *const *choices; /* NULL, or the only values allowed */
};

/* One kind of environment.  The keys image, cpu, memory and volumes of an
 * isolation block become members of the specs and never options; every other
 * key must be in options. */
struct cirrus_kind {
	uint32_t struct_size, flags;
	uint64_t capabilities[2]; /* the most it can ever do */
	const char *name;         /* "container", "parallels" */
	const struct cirrus_option *const *options;
};

/* --- lifecycle ----------------------------------------------------------- */

/* Strings, labels and helper_argv live until close. */
struct cirrus_config {
	uint32_t struct_size, flags;
	const struct cirrus_kv *kv; /* given values and defaults of options */
	size_t n_kv;
	const struct cirrus_kv *labels; /* of this run: for everything the
					 * plugin makes on its own */
	size_t n_labels;
	/* Private to this plugin, exist, mode 0700. */
	const char *cache_dir, *state_dir, *runtime_dir;
	const char *const *helper_argv; /* argv prefix that ends in
					 * cirrus_backend.helper */
};

struct cirrus_probe { /* out */
	uint32_t struct_size;
	int32_t score;      /* > 0: open will work; the highest is taken */
	char endpoint[512]; /* "unix:///run/engine.sock" */
	char reason[512];   /* what it is; score 0: why not, and on a second
			     * line what to try */
};

struct cirrus_system_info { /* out */
	uint32_t struct_size, flags;
	int64_t cpus, memory_bytes; /* 0 = elastic or unknown: no clamping */
	int64_t max_instances;      /* at a time; 0 = no limit known */
	uint64_t capabilities[2];   /* here and now, a subset of the kind's */
	char os[32], arch[32];      /* as images name them: "linux", "amd64" */
	char engine[64], engine_version[64];
	char platforms[256]; /* "linux/amd64 linux/arm64"; "" = os/arch only */
};

/* --- images -------------------------------------------------------------- */

struct cirrus_platform {
	uint32_t struct_size, flags;
	const char *os, *arch, *variant;
};

struct cirrus_image_info { /* out */
	uint32_t struct_size, flags;
	int64_t size_bytes;
	char id[256]; /* usable wherever a ref is */
	char digest[128], os[32], arch[32], user[64], workdir[256];
};

enum {
	CIRRUS_PULL_DEFAULT = 0,
	CIRRUS_PULL_ALWAYS = 1,
	CIRRUS_PULL_MISSING = 2,
	CIRRUS_PULL_NEVER = 3
};
struct cirrus_image_spec {
	uint32_t struct_size, flags;
	uint64_t required;
	const char *kind, *ref;
	const struct cirrus_platform *platform;
	const void *reserved;
};

/* PULL: fetch newer base images.  BUILDKIT: the Dockerfile has what BuildKit added
 * to the language (RUN --mount, heredocs, COPY --link). */
#define CIRRUS_BUILD_PULL     (1u << 0)
#define CIRRUS_BUILD_BUILDKIT (1u << 1)
struct cirrus_build_spec {
	uint32_t struct_size, flags;
	uint64_t required;
	const char *const *tags;
	const char *kind, *dockerfile, *target;
	const struct cirrus_kv *args, *labels;
	size_t n_args, n_labels;
	const struct cirrus_platform *platform;
	const char *const *registries; /* those the host has credentials for:
					* ask registry_auth */
};

struct cirrus_snapshot_spec {
	uint32_t struct_size, flags;
	uint64_t required;
	const char *name;
	const struct cirrus_kv *labels;
	size_t n_labels;
	const void *reserved;
};

/* --- volumes ------------------------------------------------------------- */

/* SHARED: several environments mount it.  MEMORY: in memory, as long as a running
 * instance mounts it; what copies bring or take meanwhile is what is in it. */
#define CIRRUS_VOLUME_SHARED (1u << 0)
#define CIRRUS_VOLUME_MEMORY (1u << 1)
struct cirrus_volume_spec {
	uint32_t struct_size, flags;
	uint64_t required;
	const char *name;
	const char *source; /* start as a copy of that volume */
	int64_t size_bytes; /* 0 = the backend's default */
	const struct cirrus_kv *labels;
	size_t n_labels;
};

/* --- instances ----------------------------------------------------------- */

enum { CIRRUS_MOUNT_BIND = 1, CIRRUS_MOUNT_VOLUME = 2, CIRRUS_MOUNT_TMPFS = 3 };
/* COW: writable; what is written is this instance's alone and dies with it.
 * Copying reaches what is in it only while the instance runs; where the owner and
 * mode of the target itself matter, an archive that goes in before names it.
 * RELABEL: SELinux: give the source a label that all instances may use. */
#define CIRRUS_MOUNT_READONLY (1u << 0)
#define CIRRUS_MOUNT_COW      (1u << 1)
#define CIRRUS_MOUNT_RELABEL  (1u << 2)
struct cirrus_mount {
	uint32_t struct_size, type, flags, reserved;
	const char *source, *target;
};

struct cirrus_device {
	uint32_t struct_size, flags;
	int64_t count;
	const char *name; /* a path ("/dev/kvm") or a resource
			   * ("nvidia.com/gpu", "nvidia.com/gpu=all") */
	const char *reserved;
};

struct cirrus_port {
	uint32_t struct_size, flags;
	uint16_t inside, outside; /* TCP; outside 0 = any */
	uint32_t reserved;
};

/* IDLE: there is no command; the backend keeps it alive in its own way.
 * UNLOGGED: its output goes to start_spec's fds; instance_logs is not called, so
 * that none need be kept. */
#define CIRRUS_INSTANCE_PRIVILEGED (1u << 0)
#define CIRRUS_INSTANCE_IDLE       (1u << 1)
#define CIRRUS_INSTANCE_UNLOGGED   (1u << 2)
struct cirrus_instance_spec {
	uint32_t struct_size, flags;
	uint64_t required;
	int64_t nano_cpus, memory_bytes; /* limits */
	const char *name;                /* unique in the group */
	const char *image;
	const struct cirrus_platform *platform;
	/* NULL = the image's; both NULL with IDLE. */
	const char *const *entrypoint, *const *command;
	const char *const *env; /* "NAME=value", on top of the image's */
	const char *workdir, *user, *hostname;
	const struct cirrus_mount *const *mounts;
	const struct cirrus_device *const *devices;
	const struct cirrus_port *const *ports;
	size_t n_mounts, n_devices, n_ports;
	const void *reserved_ptr;
	uint32_t pull_policy, reserved; /* where create fetches */
};

/* One environment: members[0] is the main one; the others share its network
 * (localhost) and its life. */
enum { CIRRUS_NET_DEFAULT = 0, CIRRUS_NET_NONE = 1, CIRRUS_NET_NAMED = 2 };
#define CIRRUS_GROUP_EXPOSE (1u << 0) /* instance_expose will be called */
struct cirrus_group_spec {
	uint32_t struct_size, flags;
	uint64_t required;
	const char *kind;
	const char *name; /* [a-z0-9]([a-z0-9-]*[a-z0-9])?, at most 63, unique;
			   * NULL: you choose */
	const struct cirrus_instance_spec *const *members;
	size_t n_members;
	/* Keys and values: [A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?, at most
	 * 63; list finds things by them. */
	const struct cirrus_kv *labels;
	const struct cirrus_kv *notes;   /* any text, for people; droppable */
	const struct cirrus_kv *options; /* keys from cirrus_kind.options */
	size_t n_labels, n_notes, n_options;
	uint32_t net_mode, reserved;
	const char *net_name, *reserved_ptr;
};

struct cirrus_instance_info { /* out */
	uint32_t struct_size, flags;
	char id[256];                  /* what instance_open takes */
	char attach[512], remove[512]; /* shell commands for a person */
};

/* With CIRRUS_CAP_START_STDIO: the main process's streams until it ends.  The
 * plugin duplicates what it keeps; instance_wait tells the end.  Absent: input
 * at end of file, output to instance_logs. */
struct cirrus_start_spec {
	uint32_t struct_size, flags;
	uint64_t required;
	int32_t stdin_fd, stdout_fd, stderr_fd;
	int32_t control_fd; /* struct cirrus_control records, or absent */
};

struct cirrus_stop_spec {
	uint32_t struct_size, flags;
	uint64_t required;
	uint32_t grace_ms, reserved; /* TERM, wait, KILL; 0 = KILL */
};

#define CIRRUS_LOGS_NO_FOLLOW (1u << 0) /* what there is, then return */
struct cirrus_logs_spec {
	uint32_t struct_size, flags;
	uint64_t required;
};

/* SIGNALED: it died of `signal`.  OOM: it was killed for its memory. */
#define CIRRUS_EXIT_SIGNALED (1u << 0)
#define CIRRUS_EXIT_OOM      (1u << 1)
struct cirrus_exit { /* out */
	uint32_t struct_size, flags;
	int32_t code; /* as the engine says; Windows guests use all 32 bits */
	int32_t signal;
	/* Of this command and its descendants; 0 = unknown. */
	int64_t user_ns, system_ns, memory_peak_bytes;
	char reason[256]; /* the engine's words, if it has any */
};

struct cirrus_usage { /* out; 0 = unknown */
	uint32_t struct_size, flags;
	int64_t user_ns, system_ns, memory_bytes, memory_peak_bytes, disk_bytes;
	int64_t io_read_bytes, io_write_bytes, net_in_bytes, net_out_bytes;
};

/* KILL_REST: when the command ends, kill what it left behind. */
#define CIRRUS_EXEC_TTY       (1u << 0)
#define CIRRUS_EXEC_KILL_REST (1u << 1)
struct cirrus_exec_spec {
	uint32_t struct_size, flags;
	uint64_t required;
	const char *const *argv;
	const char *const *env; /* "NAME=value", on top of the instance's */
	const char *workdir, *user;
	/* Absent: end of file; discard; equal: merged. */
	int32_t stdin_fd, stdout_fd, stderr_fd;
	int32_t control_fd;     /* struct cirrus_control records, or absent */
	uint32_t kill_grace_ms; /* cancel, deadline: TERM, wait, KILL; 0 =
				 * KILL at once */
	uint16_t tty_rows, tty_cols;
};

/* What comes out of a control_fd.  RESIZE: a rows, b columns.  SIGNAL: a is the
 * number as Linux counts them. */
enum { CIRRUS_CONTROL_RESIZE = 1, CIRRUS_CONTROL_SIGNAL = 2 };
struct cirrus_control {
	uint32_t type, a, b, reserved;
}; /* frozen */

#define CIRRUS_COPY_MKDIR (1u << 0) /* make dir and its parents if missing */
struct cirrus_copy_spec {
	uint32_t struct_size, flags;
	uint64_t required;
	int64_t size_bytes; /* in: a hint; 0 = unknown */
	const char *dir;    /* absolute; member names are relative to it, both
			     * ways */
	const char *const *paths; /* out: what to take, relative to dir; NULL =
				   * all of dir */
	const char *owner; /* in: "uid:gid" or a name for all of it; NULL = as
			    * archived */
	const void *reserved;
};

/* Connect to a TCP port as seen from inside, then copy both ways until both
 * ends are done.  fd absent: only try. */
struct cirrus_dial_spec {
	uint32_t struct_size, flags;
	uint64_t required;
	uint32_t port;
	int32_t fd;
};

/* Let processes inside reach a socket of the host, until the instance is
 * deleted. */
struct cirrus_expose_spec {
	uint32_t struct_size, flags;
	uint64_t required;
	const char
		*target; /* of the host: "unix:/path", "tcp:127.0.0.1:port" */
	const void *reserved_ptr;
	uint32_t port, reserved; /* inside; 0 = any */
};
struct cirrus_expose_info { /* out */
	uint32_t struct_size, flags;
	char address[256]; /* "127.0.0.1:12321" */
};

/* --- what is left -------------------------------------------------------- */

enum {
	CIRRUS_OBJECT_INSTANCE = 1,
	CIRRUS_OBJECT_VOLUME = 2,
	CIRRUS_OBJECT_IMAGE = 3,
	CIRRUS_OBJECT_OTHER = 4 /* networks, pods, keys ... */
};
struct cirrus_object {
	uint32_t struct_size, type;
	const char *id, *name;
	const struct cirrus_kv *labels;
	size_t n_labels;
	int64_t created_ns, size_bytes; /* since the epoch; 0 = unknown */
};
/* Where list puts what it finds.  A negative status ends the listing. */
struct cirrus_sink {
	void *ctx;
	cirrus_status (*object)(void *ctx, const struct cirrus_object *);
}; /* frozen */
struct cirrus_list_spec {
	uint32_t struct_size, flags;
	uint64_t required;
	const char *label_key, *label_value; /* NULL value = any */
};

/* --- the table -------------------------------------------------------------
 *
 * Must be there: open close system_info instance_create instance_release
 * instance_start instance_exec instance_copy_in instance_copy_out
 * instance_delete; list and object_delete if what you make can outlive the
 * process.  The others may be NULL: the capability is then absent.
 *
 * All calls block, on threads of the host, and any of them may run next to any
 * other, on the same instance too.  Except: probe, open and close of one plugin
 * never overlap, and delete and release have their handle for themselves.
 *
 * Each may also answer NOTSUP and INVAL (the spec), UNAVAIL, LOST (the
 * connection), TIMEOUT, CANCELLED (the call, within 2 s), NOSPACE, FAILED; the
 * comments name what else to expect.  Every failure is explained by one call of
 * host->error. */
struct cirrus_backend {
	uint32_t struct_size;
	uint16_t abi_major, abi_minor; /* CIRRUS_ABI_* of this header */
	uint16_t min_host_minor;       /* older hosts must not load it */
	uint16_t reserved16;
	uint32_t reserved;
	uint64_t understood; /* bits of `required` that are honoured */
	const char *name;    /* [a-z][a-z0-9-]*; the file is cirrus-NAME.so */
	const char *longname, *version, *description, *url;
	const struct cirrus_option *const *options; /* of the whole plugin */
	const struct cirrus_kind *const *kinds;

	/* Could open work, and how well?  Changes nothing, starts nothing,
	 * answers within 2 s.  An engine that is absent is no failure: score 0
	 * and a reason.  NULL: open is tried instead. */
	cirrus_status (*probe)(const struct cirrus_call *call,
			       const struct cirrus_config *config,
			       struct cirrus_probe *out);

	/* Connects to the engine.  *out is the plugin's until close; on failure
	 * nothing is left.  UNAVAIL: no engine there; AUTH: not for us. */
	cirrus_status (*open)(const struct cirrus_call *call,
			      const struct cirrus_config *config,
			      cirrus_conn **out);

	/* Frees the connection, when all its handles are released and no call
	 * is running.  Instances stay as they are. */
	void (*close)(cirrus_conn *conn, const struct cirrus_call *call);

	/* What the engine is and can, here and now, for one of `kinds`. */
	cirrus_status (*system_info)(cirrus_conn *conn,
				     const struct cirrus_call *call,
				     const char *kind,
				     struct cirrus_system_info *out);

	/* The main function of a fresh, single-threaded process that
	 * config.helper_argv starts; returns its exit status.  May be NULL. */
	int32_t (*helper)(int32_t argc, char **argv);

	/* Is the image here?  Never fetches.  NOTFOUND: no. */
	cirrus_status (*image_inspect)(cirrus_conn *conn,
				       const struct cirrus_call *call,
				       const struct cirrus_image_spec *spec,
				       struct cirrus_image_info *out);

	/* Fetches the image even if it is here.  NOTFOUND, AUTH.  TIMEOUT and
	 * UNAVAIL are tried again. */
	cirrus_status (*image_pull)(cirrus_conn *conn,
				    const struct cirrus_call *call,
				    const struct cirrus_image_spec *spec,
				    struct cirrus_image_info *out);

	/* Sends the image to the registry in its name.  NOTFOUND, AUTH. */
	cirrus_status (*image_push)(cirrus_conn *conn,
				    const struct cirrus_call *call,
				    const struct cirrus_image_spec *spec,
				    struct cirrus_image_info *out);

	/* Builds spec->dockerfile of the tar stream; log gets the output as it
	 * comes.  A step that fails is FAILED, with its last line. */
	cirrus_status (*image_build)(cirrus_conn *conn,
				     const struct cirrus_call *call,
				     const struct cirrus_build_spec *spec,
				     const struct cirrus_reader *context_tar,
				     const struct cirrus_writer *log,
				     struct cirrus_image_info *out);

	/* NOTFOUND; CONFLICT: an instance uses it. */
	cirrus_status (*image_delete)(cirrus_conn *conn,
				      const struct cirrus_call *call,
				      const struct cirrus_image_spec *spec);

	/* A volume lives until volume_delete.  EXISTS; NOTFOUND: source. */
	cirrus_status (*volume_create)(cirrus_conn *conn,
				       const struct cirrus_call *call,
				       const struct cirrus_volume_spec *spec);

	/* By name alone.  NOTFOUND; CONFLICT: in use. */
	cirrus_status (*volume_delete)(cirrus_conn *conn,
				       const struct cirrus_call *call,
				       const struct cirrus_volume_spec *spec);

	/* Makes all members, runs nothing.  out has room for n_members handles,
	 * all NULL on entry; whatever is not NULL on return, success or not,
	 * the host deletes.  EXISTS: the name; NOTFOUND, AUTH: the image. */
	cirrus_status (*instance_create)(cirrus_conn *conn,
					 const struct cirrus_call *call,
					 const struct cirrus_group_spec *spec,
					 cirrus_instance **out);

	/* A new handle for what instance_info called id, also from another
	 * process.  NOTFOUND. */
	cirrus_status (*instance_open)(cirrus_conn *conn,
				       const struct cirrus_call *call,
				       const char *id, cirrus_instance **out);

	/* Ends the handle and leaves the thing alone; cannot fail. */
	void (*instance_release)(cirrus_instance *instance);

	/* How to find it again, and what a person would type. */
	cirrus_status (*instance_info)(cirrus_instance *instance,
				       const struct cirrus_call *call,
				       struct cirrus_instance_info *out);

	/* Starts the main process; returns when exec would work.  members[0]
	 * first; who starts all at once does it then.  CONFLICT: running. */
	cirrus_status (*instance_start)(cirrus_instance *instance,
					const struct cirrus_call *call,
					const struct cirrus_start_spec *spec);

	/* Blocks until the main process has ended; before, during, after,
	 * again.  GONE. */
	cirrus_status (*instance_wait)(cirrus_instance *instance,
				       const struct cirrus_call *call,
				       struct cirrus_exit *out);

	/* All output of the main process from its start, and what follows until
	 * it ends. */
	cirrus_status (*instance_logs)(cirrus_instance *instance,
				       const struct cirrus_call *call,
				       const struct cirrus_logs_spec *spec,
				       const struct cirrus_writer *writer);

	/* Runs argv[0] inside and returns when it has ended, whoever may still
	 * hold its output open; all that it wrote is in the fds by then.
	 * Borrowed fds: neither closed nor their flags changed.  Never found or
	 * not executable: 127 and 126 in out, or NOTFOUND and INVAL.
	 * CONFLICT: not running; GONE; IO: an fd. */
	cirrus_status (*instance_exec)(cirrus_instance *instance,
				       const struct cirrus_call *call,
				       const struct cirrus_exec_spec *spec,
				       struct cirrus_exit *out);

	/* Unpacks a tar stream below spec->dir; never leaves it through
	 * symlinks.  NOTFOUND: dir; IO: the stream. */
	cirrus_status (*instance_copy_in)(cirrus_instance *instance,
					  const struct cirrus_call *call,
					  const struct cirrus_copy_spec *spec,
					  const struct cirrus_reader *tar);

	/* Writes spec->paths below spec->dir as one tar stream.  NOTFOUND. */
	cirrus_status (*instance_copy_out)(cirrus_instance *instance,
					   const struct cirrus_call *call,
					   const struct cirrus_copy_spec *spec,
					   const struct cirrus_writer *tar);

	/* Makes an image of the instance's file system.  EXISTS. */
	cirrus_status (*instance_snapshot)(
		cirrus_instance *instance, const struct cirrus_call *call,
		const struct cirrus_snapshot_spec *spec,
		struct cirrus_image_info *out);

	/* Returns when both directions are done.  UNAVAIL: nobody listens. */
	cirrus_status (*instance_dial)(cirrus_instance *instance,
				       const struct cirrus_call *call,
				       const struct cirrus_dial_spec *spec);

	/* Returns at once; the way stays until delete.  EXISTS: the port. */
	cirrus_status (*instance_expose)(cirrus_instance *instance,
					 const struct cirrus_call *call,
					 const struct cirrus_expose_spec *spec,
					 struct cirrus_expose_info *out);

	/* What it has used so far. */
	cirrus_status (*instance_usage)(cirrus_instance *instance,
					const struct cirrus_call *call,
					struct cirrus_usage *out);

	/* Ends the main process; OK if it has ended already. */
	cirrus_status (*instance_stop)(cirrus_instance *instance,
				       const struct cirrus_call *call,
				       const struct cirrus_stop_spec *spec);

	/* Kills, removes with all that belongs to it, frees the handle; OK if
	 * the engine lost it before.  After a failure the handle lives on, for
	 * a second attempt. */
	cirrus_status (*instance_delete)(cirrus_instance *instance,
					 const struct cirrus_call *call);

	/* Everything with that label, whoever made it, in the order in which
	 * object_delete can take it. */
	cirrus_status (*list)(cirrus_conn *conn, const struct cirrus_call *call,
			      const struct cirrus_list_spec *spec,
			      const struct cirrus_sink *sink);

	/* What instance_delete does, by id and type of a listed object.
	 * NOTFOUND: gone already. */
	cirrus_status (*object_delete)(cirrus_conn *conn,
				       const struct cirrus_call *call,
				       const struct cirrus_object *object);
	const void *reserved_ptr;
};

/* The one function a plugin exports: returns the same constant table each time,
 * without side effects. */
typedef const struct cirrus_backend *cirrus_backend_entry_fn(
	const struct cirrus_host *host);
#define CIRRUS_ENTRY_SYMBOL "cirrus_backend_entry_v0"

/* CIRRUS_REGISTER_BACKEND(my_vm, table): the backend's name with - turned to _,
 * so that several backends link into one static program. */
#define CIRRUS_REGISTER_BACKEND(module, table)                  \
	CIRRUS_EXTERN_C CIRRUS_PUBLIC cirrus_backend_entry_fn   \
		cirrus_##module##_LTX_cirrus_backend_entry_v0;  \
	CIRRUS_PUBLIC const struct cirrus_backend               \
		*cirrus_##module##_LTX_cirrus_backend_entry_v0( \
			const struct cirrus_host *host)         \
	{                                                       \
		(void)host;                                     \
		return &(table);                                \
	}                                                       \
	typedef int cirrus_##module##_registered_

/* Does *p, whose writer may be older, reach as far as member m? */
#define CIRRUS_HAS(p, type, m) \
	((p)->struct_size >= offsetof(type, m) + sizeof((p)->m))

#ifdef __cplusplus
}
#endif
#endif /* CIRRUS_BACKEND_H */
