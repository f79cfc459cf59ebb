/* SPDX-License-Identifier: MIT */
/* cirrus-backend-check: the conformance suite for backend plugins. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/vec.h"
#include "check.h"
#include "harness.h"
#include "report.h"

static const struct check *const tables[] = {
	checks_static,  checks_lifecycle, checks_images, checks_instances,
	checks_mounts,  checks_limits,    checks_exec,   checks_streams,
	checks_copy,    checks_logs,      checks_cancel, checks_broken,
	checks_session, checks_report,
};

VEC_DEFINE(check_vec, const struct check *);

/* "S3" before "L1" before "L22"; those that judge all others come last. */
static long order_of(const struct check *c)
{
	long n = strtol(c->id + 1, NULL, 10);

	if (c->id[0] == 'S')
		return n;
	return n >= 58 && n <= 60 ? 2000 + n : 1000 + n;
}

static int compare(const void *a, const void *b)
{
	long x = order_of(*(const struct check *const *)a);
	long y = order_of(*(const struct check *const *)b);

	return (x > y) - (x < y);
}

static void collect(struct check_vec *all)
{
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		for (const struct check *c = tables[i]; c->id; c++)
			check_vec_push(all, c);
	qsort(all->ptr, all->len, sizeof(*all->ptr), compare);
}

/* --- the command line ------------------------------------------------------------ */

enum {
	OPT_IMAGE = 256,
	OPT_ONLY,
	OPT_LIST,
	OPT_JSON,
	OPT_STRICT,
	OPT_KIND,
	OPT_PULL_IMAGE,
	OPT_AUTH_IMAGE,
	OPT_USER,
	OPT_PASSWORD,
	OPT_UNREACHABLE,
	OPT_STRESS,
	OPT_HELP,
	OPT_VERSION
};

static const struct option long_options[] = {
	{"image", 1, NULL, OPT_IMAGE},
	{"only", 1, NULL, OPT_ONLY},
	{"list", 0, NULL, OPT_LIST},
	{"json", 0, NULL, OPT_JSON},
	{"strict", 0, NULL, OPT_STRICT},
	{"kind", 1, NULL, OPT_KIND},
	{"pull-image", 1, NULL, OPT_PULL_IMAGE},
	{"auth-image", 1, NULL, OPT_AUTH_IMAGE},
	{"user", 1, NULL, OPT_USER},
	{"password", 1, NULL, OPT_PASSWORD},
	{"unreachable", 1, NULL, OPT_UNREACHABLE},
	{"stress", 1, NULL, OPT_STRESS},
	{"help", 0, NULL, OPT_HELP},
	{"version", 0, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

static const char usage[] =
	"Usage: cirrus-backend-check [OPTION]... PLUGIN.so|NAME\n"
	"Runs the conformance suite on a backend plugin; prints TAP.\n"
	"\n"
	"  -o KEY=VALUE          an option of the backend\n"
	"      --image=REF       the image to run (default: busybox:latest)\n"
	"      --kind=KIND       the kind of environment (default: its first)\n"
	"      --only=ID[,ID]... these checks only\n"
	"      --list            list the checks, run none\n"
	"      --json            print one JSON object instead of TAP\n"
	"      --strict          a skipped check counts as failed\n"
	"      --pull-image=REF  an image of a registry, to be pulled\n"
	"      --auth-image=REF  one that needs --user and --password\n"
	"      --user=NAME       for --auth-image\n"
	"      --password=TEXT   for --auth-image; @FILE: the file's first line\n"
	"      --unreachable=KEY=VALUE  an option that leads to no engine\n"
	"      --stress=SECONDS  how long L57 goes on (default: 20)\n"
	"      --help, --version\n";

struct command {
	struct settings set;
	struct strv only;
	const char *name; /* of the plugin, or its path */
	bool list;
};

PRINTF_LIKE(1, 2) static int bad_usage(const char *fmt, ...)
{
	va_list ap;

	fputs("cirrus-backend-check: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("\nTry 'cirrus-backend-check --help'.\n", stderr);
	return 2;
}

/* Keeps a password out of the list of processes. */
static const char *read_password(const char *arg)
{
	static struct buf b = BUF_INIT(BUF_LINE);

	if (arg[0] != '@')
		return arg;
	if (file_read(arg + 1, &b, NULL) < 0)
		return NULL;
	b.data[strcspn(b.data, "\n")] = '\0';
	return b.data;
}

static int take_option(struct command *c, int opt)
{
	struct settings *s = &c->set;
	const struct {
		int opt;
		const char **to;
	} texts[] = {{OPT_IMAGE, &s->image},
		     {OPT_KIND, &s->kind},
		     {OPT_PULL_IMAGE, &s->pull_image},
		     {OPT_AUTH_IMAGE, &s->auth_image},
		     {OPT_USER, &s->user},
		     {OPT_UNREACHABLE, &s->unreachable}};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (texts[i].opt == opt) {
			*texts[i].to = optarg;
			return 0;
		}
	switch (opt) {
	case 'o':
		strv_push(&s->options, optarg);
		return strchr(optarg, '=') ? 0 : -1;
	case OPT_ONLY:
		strv_split(&c->only, optarg, ',');
		return 0;
	case OPT_PASSWORD:
		s->password = read_password(optarg);
		return s->password ? 0 : -1;
	case OPT_STRESS:
		s->stress_s = (int)strtol(optarg, NULL, 10);
		return s->stress_s > 0 ? 0 : -1;
	case OPT_LIST:
		c->list = true;
		return 0;
	case OPT_JSON:
		s->json = true;
		return 0;
	case OPT_STRICT:
		s->strict = true;
		return 0;
	default:
		return -1;
	}
}

/* 0, or the exit status of a program that is done, plus one. */
static int parse(struct command *c, int argc, char **argv)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "o:", long_options, NULL)) >= 0) {
		if (opt == OPT_HELP || opt == OPT_VERSION) {
			fputs(opt == OPT_HELP
				      ? usage
				      : "cirrus-backend-check " PACKAGE_VERSION
					"\n",
			      stdout);
			return 1;
		}
		if (opt == '?' || take_option(c, opt) < 0)
			return 1 + bad_usage("bad option %s", argv[optind - 1]);
	}
	if (c->list)
		return 0;
	if (optind != argc - 1)
		return 1 + bad_usage("name one plugin");
	c->name = argv[optind];
	return 0;
}

/* --- finding the plugin --------------------------------------------------------- */

/* A module of a build tree lies beside its .la file, in .libs. */
static char *first_there(const char *dir, const char *name)
{
	static const char *const subdirs[] = {"", "/.libs"};

	for (size_t i = 0; i < ARRAY_LEN(subdirs); i++) {
		AUTO_FREE char *path =
			xasprintf("%s%s/cirrus-%s.so", dir, subdirs[i], name);

		if (access(path, R_OK) == 0)
			return STEAL_PTR(path);
	}
	return NULL;
}

static char *find_by_name(const char *name)
{
	const char *env = getenv("CIRRUS_CLI_BACKEND_DIR");
	AUTO_STRV struct strv dirs = {0};
	char *path = NULL;

	if (env)
		strv_split(&dirs, env, ':');
	strv_push(&dirs, BACKENDDIR);
	for (size_t i = 0; i < dirs.len && !path; i++)
		path = first_there(dirs.v[i], name);
	return path;
}

static char *find_plugin(const char *arg)
{
	AUTO_FREE char *path = NULL;
	char *real;

	if (!strchr(arg, '/') && !str_ends(arg, ".so"))
		path = find_by_name(arg);
	else
		path = xstrdup(arg);
	real = path ? realpath(path, NULL) : NULL;
	return real;
}

/* --- the run --------------------------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

static int interrupt_pipe[2];

static void on_signal(int sig)
{
	interrupted = sig;
	if (write(interrupt_pipe[1], "x", 1) < 0)
		_exit(128 + sig);
}

static void catch_signals(void)
{
	if (fd_pipe(interrupt_pipe, NULL) < 0)
		exit(2);
	harness_interrupt_fd = interrupt_pipe[0];
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
}

static bool chosen(const struct command *c, const struct check *check)
{
	return c->only.len == 0 || strv_contains(&c->only, check->id);
}

static int only_known(const struct command *c, const struct check_vec *all)
{
	for (size_t i = 0; i < c->only.len; i++) {
		bool known = false;

		for (size_t k = 0; k < all->len; k++)
			known |= strcmp(all->ptr[k]->id, c->only.v[i]) == 0;
		if (!known)
			return bad_usage("no check %s; see --list",
					 c->only.v[i]);
	}
	return 0;
}

static void make_workspace(struct settings *set)
{
	const char *tmp = getenv("TMPDIR");
	char *dir =
		xasprintf("%s/cirrus-backend-check.XXXXXX", tmp ? tmp : "/tmp");

	if (!mkdtemp(dir)) {
		fprintf(stderr, "cirrus-backend-check: cannot create %s: %s\n",
			dir, strerror(errno));
		exit(2);
	}
	set->workspace = dir;
}

static int run_all(const struct command *c, const struct check_vec *all)
{
	struct report report = {.json = c->set.json, .strict = c->set.strict};
	struct ledger *ledger = ledger_new();
	AUTO_FREE char *left = NULL;
	char run[17];

	random_hex(run, 8);
	report_begin(&report, c->set.plugin);
	for (size_t i = 0; i < all->len && !interrupted; i++) {
		struct result r = {0};

		if (!chosen(c, all->ptr[i]))
			continue;
		harness_run(&c->set, all->ptr[i], run, ledger, &r);
		report_check(&report, all->ptr[i], &r);
		free(r.text);
	}
	left = harness_sweep(&c->set, run, ledger);
	return report_end(&report, left, interrupted);
}

static int list_all(const struct check_vec *all)
{
	for (size_t i = 0; i < all->len; i++)
		printf("%s\t%s\n", all->ptr[i]->id, all->ptr[i]->sentence);
	return 0;
}

/* --helper PLUGIN ARG...: where plugins that need a process of their own
 * arrive. */
static int be_helper(int argc, char **argv)
{
	static struct settings set;
	static struct t t = {.set = &set};
	const struct cirrus_backend *be;

	set.plugin = argv[2];
	if (plugin_load(&t))
		return 2;
	be = plugin_entry(&t, &check_host);
	return be->helper ? be->helper(argc - 2, argv + 2) : 2;
}

static void settings_clear(struct settings *set)
{
	strv_clear(&set->options);
	free(set->self);
	free(set->plugin);
	free(set->workspace);
}

static int run_chosen(struct command *c, const struct check_vec *all)
{
	int status;

	if (c->list)
		return list_all(all);
	if (only_known(c, all))
		return 2;
	c->set.self = compat_self_path();
	c->set.plugin = find_plugin(c->name);
	if (!c->set.plugin)
		return bad_usage("no plugin %s", c->name);
	catch_signals();
	make_workspace(&c->set);
	status = run_all(c, all);
	dir_remove(c->set.workspace);
	return status;
}

int main(int argc, char **argv)
{
	struct command c = {.set = {.image = "busybox:latest", .stress_s = 20}};
	struct check_vec all = {0};
	int status;

	if (argc > 2 && strcmp(argv[1], "--helper") == 0)
		return be_helper(argc, argv);
	collect(&all);
	status = parse(&c, argc, argv);
	status = status ? status - 1 : run_chosen(&c, &all);
	check_vec_clear(&all);
	strv_clear(&c.only);
	settings_clear(&c.set);
	return status;
}
