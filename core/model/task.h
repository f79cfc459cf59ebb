/* SPDX-License-Identifier: MIT */
/* What a configuration says, once it is parsed, merged and expanded: plain data.
 *
 * A struct tasks owns everything below it through its arena; nothing in here is
 * freed alone, nothing is written once config/ has handed it over.  Strings are
 * NUL-terminated; a list of strings is a NULL-terminated array, never NULL;
 * what the file leaves out is NULL or 0 unless a default is stated.
 *
 * The field names are those of the language (spec: `cirrus.yml(5)`). */
#ifndef CIRRUS_MODEL_TASK_H
#define CIRRUS_MODEL_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/node.h"

/* A key and value in the order of the file. */
struct pair {
	const char *key, *value;
};
/* What tasks have in common stands once, in a base that they share: what v says
 * counts before it, and a NULL in v takes a key of it away.  Where there is a
 * base, both are sorted by key. */
struct pairs {
	struct pair *v;
	size_t len;
	const struct pairs *base; /* or NULL */
};

/* All of them, those of the bases too:
 *
 *	struct pairs_walk w = pairs_walk(p);
 *	while ((pair = pairs_next(&w)))
 *		...
 */
#define PAIRS_LEVELS 6
struct pairs_walk {
	const struct pairs *level[PAIRS_LEVELS];
	size_t at[PAIRS_LEVELS];
	size_t n;
};
struct pairs_walk pairs_walk(const struct pairs *p);
const struct pair *pairs_next(struct pairs_walk *w); /* NULL: no more */

enum behaviour {
	BEHAVIOUR_ON_SUCCESS,
	BEHAVIOUR_ON_FAILURE,
	BEHAVIOUR_ALWAYS,
	BEHAVIOUR_ON_TIMEOUT
};

enum instruction_kind {
	INSTRUCTION_SCRIPT,
	INSTRUCTION_BACKGROUND_SCRIPT,
	INSTRUCTION_CACHE,
	INSTRUCTION_UPLOAD_CACHE,
	INSTRUCTION_CLONE,
	INSTRUCTION_FILE,
	INSTRUCTION_ARTIFACTS
};

struct cache {
	const char *const *folders;
	const char *const *fingerprint_scripts;
	const char *fingerprint_key;
	const char *const *populate_scripts;
	bool reupload_on_changes;
	bool optimistically_restore_on_miss;
};

struct file {
	const char *destination_path;
	const char *from_environment_variable; /* or */
	const char *from_contents;
};

struct artifacts {
	const char *const *paths;
	const char *type, *format;
};

struct instruction {
	enum instruction_kind kind;
	enum behaviour behaviour;
	const char *name; /* unique in its task */
	struct position at;
	const char *step_image; /* the first instruction of a pipe's step */
	union {
		const char *const *scripts; /* SCRIPT, BACKGROUND_SCRIPT */
		struct cache cache;
		const char *cache_name; /* UPLOAD_CACHE */
		struct file file;
		struct artifacts artifacts;
	};
};

enum platform { PLATFORM_LINUX, PLATFORM_WINDOWS, PLATFORM_DARWIN };
enum architecture { ARCH_AMD64, ARCH_ARM64 };

struct port_mapping {
	uint32_t container_port, host_port; /* host_port 0: none asked for */
};

struct volume {
	const char *name, *source, *target;
	bool read_only, cleanup;
};

struct additional_container {
	const char *name, *image;
	struct position at;
	float cpu;           /* default 0.5 */
	uint32_t memory_mib; /* default 512 */
	bool has_memory;     /* the file says so */
	struct pairs environment;
	const char *const *command;
	const char *const *readiness_command;
	bool privileged;
	struct port_mapping *ports;
	size_t n_ports;
};

enum instance_kind {
	INSTANCE_NONE, /* the file names none; missing-instances mode */
	INSTANCE_CONTAINER,
	INSTANCE_PIPE,
	INSTANCE_PREBUILT_IMAGE,
	INSTANCE_PERSISTENT_WORKER,
	INSTANCE_MACOS,
	INSTANCE_DOCKER_BUILDER,
	INSTANCE_OTHER /* a type that only `block` describes */
};

/* Isolation of a persistent worker. */
enum isolation_kind {
	ISOLATION_UNSET,
	ISOLATION_NONE,
	ISOLATION_CONTAINER,
	ISOLATION_PARALLELS,
	ISOLATION_TART,
	ISOLATION_VETU,
	ISOLATION_OTHER
};

struct container {
	const char *image;
	float cpu;                /* default 2 */
	uint32_t memory_mib;      /* default 4096 */
	bool has_cpu, has_memory; /* the file says so itself */
	struct additional_container *additional;
	size_t n_additional;
	enum platform platform;
	enum architecture architecture;
	const char *dockerfile;
	const char *buildkit; /* what of it needs BuildKit: "line 3: RUN
			       * --mount"; NULL: nothing */
	bool wants_buildkit;  /* but can do without */
	struct pairs docker_arguments;
	const char *os_version;
	struct volume *volumes; /* of a persistent worker's container */
	size_t n_volumes;
};

struct vm {
	const char *image, *user, *password, *display, *bridged_interface;
	uint32_t port, cpu, memory_mib, disk_size;
	enum platform platform;
	bool softnet, host_network;
	struct volume *volumes;
	size_t n_volumes;
};

struct resource {
	const char *name;
	double amount;
};

struct instance {
	enum instance_kind kind;
	const char *key;    /* as in the file: "container", "ec2_instance" */
	struct position at; /* of that key */
	struct node *block; /* the whole block, also of known types */

	struct container container; /* CONTAINER; PIPE: cpu, memory; and
				     * PERSISTENT_WORKER with a container */
	struct vm vm;               /* MACOS; PERSISTENT_WORKER with a VM */

	/* PREBUILT_IMAGE */
	const char *repository, *reference, *dockerfile;
	struct pairs arguments;
	enum platform platform; /* also DOCKER_BUILDER */
	const char *os_version; /* DOCKER_BUILDER */

	/* PERSISTENT_WORKER */
	enum isolation_kind isolation;
	const char *isolation_name; /* its key in the file */
	struct pairs labels;
	struct resource *resources;
	size_t n_resources;
};

struct task {
	int64_t id;
	const char *name;
	const char *alias; /* NULL: the file gives none */
	struct position at;
	bool skipped;  /* `skip` is true: never run */
	bool filtered; /* `only_if` is false: not part of the build */
	const char *filtered_why; /* the expression, for people */
	const int64_t *required;  /* ids of the tasks it depends on */
	size_t n_required;
	struct pairs environment;  /* raw, unexpanded */
	const char *const *labels; /* unique labels */
	struct pairs properties;   /* config.md 9.2: sorted by key */
	int64_t timeout_ns;        /* default an hour */
	bool allow_failures, manual, stateful, experimental;
	struct instruction *instructions;
	size_t n_instructions;
	struct instance instance;
	struct node **extra; /* keys that only execution needs, also unknown */
	size_t n_extra;
};

/* A finding that does not stop the parse. */
enum issue_level { ISSUE_INFO, ISSUE_WARNING, ISSUE_ERROR };
struct issue {
	enum issue_level level;
	const char *message;
	bool is_lint;           /* of ours; the reference would be silent */
	const char *suggestion; /* what was probably meant, or NULL */
	const char *path;       /* the file */
	struct position at;
};

struct tasks {
	struct arena arena; /* owns all of this */
	struct task **v;    /* by id; those that only_if drops are filtered */
	size_t len;
	struct issue *issues;
	size_t n_issues;
	size_t n_before_filtering; /* 0 where only_if keeps none */
};

struct tasks *tasks_new(void);
void tasks_free(struct tasks *t);
void tasks_free_ptr(struct tasks **t);
#define AUTO_TASKS __attribute__((__cleanup__(tasks_free_ptr)))

/* Its unique labels as people read them, "(go:1.22 linux)", for free(); NULL:
 * there are none. */
char *task_suffix(const struct task *t);

/* Whether it brings the project, which is there already: nobody performs it. */
bool instruction_is_clone(const struct instruction *i);

/* The value, or NULL. */
const char *pairs_get(const struct pairs *p, const char *key);

#endif
