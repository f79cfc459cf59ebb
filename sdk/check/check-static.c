/* SPDX-License-Identifier: MIT */
/* S1 to S12: what can be said without an engine. */
#include "config.h"

#include "check.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "elf.h"
#include "proc.h"

static void load(struct t *t)
{
	const char *why = plugin_load(t);

	want(t, !why, "the dynamic linker says: %s", why);
}

static void load_table(struct t *t)
{
	load(t);
	t->be = plugin_entry(t, &check_host);
}

static void s1_loads(struct t *t)
{
	load(t);
}

static void s2_exports(struct t *t)
{
	struct elf_facts facts = {0};
	int entries = 0;

	load(t);
	if (!elf_facts(t->set->plugin, &facts))
		skipped(t, "this system cannot list symbols");
	for (size_t i = 0; i < facts.exported.len; i++) {
		const char *name = facts.exported.v[i];

		if (str_ends(name, CIRRUS_ENTRY_SYMBOL))
			entries++;
		else
			want(t, name[0] == '_' || name[0] == '\0',
			     "it exports %s", name);
	}
	want_int(t, entries, 1, "entry symbols exported");
}

static void s3_object(struct t *t)
{
	struct elf_facts facts = {0};

	load(t);
	if (!elf_facts(t->set->plugin, &facts))
		skipped(t, "this system cannot list what an object needs");
	want(t, !facts.text_relocations, "it has text relocations");
	want(t, !facts.executable_stack, "it asks for an executable stack");
	for (size_t i = 0; i < facts.needed.len; i++)
		want(t, !str_starts(facts.needed.v[i], "cirrus-"),
		     "it needs another plugin: %s", facts.needed.v[i]);
}

static char *environment(void)
{
	extern char **environ;
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);

	for (char **e = environ; *e; e++)
		buf_addf(&b, "%s\n", *e);
	return buf_steal(&b);
}

static void s4_quiet_entry(struct t *t)
{
	struct proc_counts before, after;
	AUTO_FREE char *env_before = NULL;
	AUTO_FREE char *env_after = NULL;

	load(t);
	env_before = environment();
	proc_count(&before);
	plugin_entry(t, &check_host);
	proc_count(&after);
	env_after = environment();
	want_int(t, after.fds, before.fds, "descriptors after the entry");
	want_int(t, after.threads, before.threads, "threads after the entry");
	want_int(t, after.children, before.children,
		 "children after the entry");
	want_int(t, after.output, before.output, "bytes printed by the entry");
	want(t, strcmp(env_before, env_after) == 0,
	     "its entry changes the environment");
}

static void s5_same_table(struct t *t)
{
	load_table(t);
	want(t, plugin_entry(t, &check_host) == t->be,
	     "its entry returns another table when called again");
}

static void s6_versions(struct t *t)
{
	load_table(t);
	want(t,
	     t->be->struct_size >=
			     offsetof(struct cirrus_backend, image_inspect) &&
		     t->be->struct_size <= CIRRUS_OUT_MAX &&
		     t->be->struct_size % sizeof(void *) == 0,
	     "struct_size %u makes no sense", t->be->struct_size);
	want_int(t, t->be->abi_major, CIRRUS_ABI_MAJOR, "abi_major");
	want(t, t->be->min_host_minor <= CIRRUS_ABI_MINOR,
	     "it needs minor %u of the host, which is %d",
	     t->be->min_host_minor, CIRRUS_ABI_MINOR);
}

static bool is_name(const char *s)
{
	if (!s || !islower((unsigned char)*s))
		return false;
	for (; *s; s++)
		if (!islower((unsigned char)*s) &&
		    !isdigit((unsigned char)*s) && *s != '-')
			return false;
	return true;
}

static void want_line(struct t *t, const char *text, const char *what)
{
	want(t, text && *text, "it has no %s", what);
	want(t, !strpbrk(text, "\r\n"), "its %s is more than a line", what);
}

static void s7_name(struct t *t)
{
	AUTO_FREE char *file = NULL;

	load_table(t);
	want(t, is_name(t->be->name), "name: \"%s\" is none",
	     t->be->name ? t->be->name : "");
	file = xasprintf("/cirrus-%s.so", t->be->name);
	want(t, str_ends(t->set->plugin, file),
	     "it calls itself %s, but lies in %s", t->be->name, t->set->plugin);
	want_line(t, t->be->version, "version");
	want_line(t, t->be->description, "description");
}

/* --- S8: operations and capabilities ------------------------------------------ */

#define OP(name) offsetof(struct cirrus_backend, name), #name
static const struct {
	size_t offset;
	const char *name;
} mandatory[] = {
	{OP(open)},
	{OP(close)},
	{OP(system_info)},
	{OP(instance_create)},
	{OP(instance_release)},
	{OP(instance_start)},
	{OP(instance_exec)},
	{OP(instance_copy_in)},
	{OP(instance_copy_out)},
	{OP(instance_delete)},
};
static const struct {
	int cap;   /* needs the operation */
	bool both; /* ... which is there only with it */
	size_t offset;
	const char *name;
} paired[] = {
	{CIRRUS_CAP_IMAGE_PULL, true, OP(image_pull)},
	{CIRRUS_CAP_IMAGE_PUSH, true, OP(image_push)},
	{CIRRUS_CAP_IMAGE_BUILD, true, OP(image_build)},
	{CIRRUS_CAP_SNAPSHOT, true, OP(instance_snapshot)},
	{CIRRUS_CAP_VOLUME, true, OP(volume_create)},
	{CIRRUS_CAP_VOLUME, true, OP(volume_delete)},
	{CIRRUS_CAP_COMMAND, false, OP(instance_wait)},
	{CIRRUS_CAP_START_STDIO, false, OP(instance_wait)},
	{CIRRUS_CAP_SIDECAR_STOP, false, OP(instance_stop)},
	{CIRRUS_CAP_LOGS, true, OP(instance_logs)},
	{CIRRUS_CAP_USAGE, true, OP(instance_usage)},
	{CIRRUS_CAP_DIAL, true, OP(instance_dial)},
	{CIRRUS_CAP_EXPOSE, true, OP(instance_expose)},
	{CIRRUS_CAP_LIST, true, OP(list)},
	{CIRRUS_CAP_LIST, false, OP(object_delete)},
	{CIRRUS_CAP_OPEN, true, OP(instance_open)},
	{CIRRUS_CAP_OPEN, false, OP(instance_info)},
};
#undef OP

static bool has_op(const struct cirrus_backend *be, size_t offset)
{
	void (*op)(void);

	if (offset + sizeof(op) > be->struct_size)
		return false;
	memcpy(&op, (const char *)be + offset, sizeof(op));
	return op != NULL;
}

static uint64_t all_capabilities(const struct cirrus_backend *be)
{
	uint64_t caps = 0;

	for (const struct cirrus_kind *const *k = be->kinds; k && *k; k++)
		caps |= (*k)->capabilities[0];
	return caps;
}

static void s8_operations(struct t *t)
{
	uint64_t caps;

	load_table(t);
	caps = all_capabilities(t->be);
	for (size_t i = 0; i < ARRAY_LEN(mandatory); i++)
		want(t, has_op(t->be, mandatory[i].offset),
		     "it has no %s, which is mandatory", mandatory[i].name);
	for (size_t i = 0; i < ARRAY_LEN(paired); i++) {
		bool cap = caps >> paired[i].cap & 1;
		bool op = has_op(t->be, paired[i].offset);
		const char *name = capability((unsigned)paired[i].cap);

		want(t, !cap || op, "it claims %s, but has no %s", name,
		     paired[i].name);
		want(t, cap || !op || !paired[i].both,
		     "it has %s, but no kind claims %s", paired[i].name, name);
	}
}

static void s9_kinds(struct t *t)
{
	const struct cirrus_kind *const *k;
	AUTO_STRV struct strv names = {0};

	load_table(t);
	want(t, t->be->kinds && t->be->kinds[0], "it has no kinds");
	for (k = t->be->kinds; *k; k++) {
		want(t, is_name((*k)->name), "kind %s: not a name",
		     (*k)->name ? (*k)->name : "(null)");
		want(t, !strv_contains(&names, (*k)->name), "kind %s: twice",
		     (*k)->name);
		strv_push(&names, (*k)->name);
		want(t,
		     !((*k)->capabilities[0] >>
		       (CIRRUS_CAP_VOLUME_MEMORY + 1)) &&
			     !(*k)->capabilities[1],
		     "kind %s: unknown capability bits", (*k)->name);
	}
	want_int(t, (int64_t)t->be->understood, 0, "unknown understood bits");
}

/* --- S10: options ----------------------------------------------------------------- */

static bool value_fits(uint32_t type, const char *v)
{
	int64_t n;
	int yes;
	char *end;

	switch (type) {
	case CIRRUS_OPT_BOOL:
		return cirrus_parse_bool(v, &yes) == 0;
	case CIRRUS_OPT_INT:
		return cirrus_parse_int(v, &n) == 0;
	case CIRRUS_OPT_DURATION:
		return cirrus_parse_duration(v, &n) == 0;
	case CIRRUS_OPT_SIZE:
		return cirrus_parse_size(v, &n) == 0;
	case CIRRUS_OPT_NUMBER:
		strtod(v, &end);
		return *v && !*end;
	default:
		return true;
	}
}

static bool is_choice(const struct cirrus_option *o)
{
	for (const char *const *c = o->choices; c && *c; c++)
		if (strcmp(*c, o->default_value) == 0)
			return true;
	return !o->choices;
}

static bool is_option_name(const char *s)
{
	return s && *s && islower((unsigned char)*s) &&
	       s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static void check_option(struct t *t, const struct cirrus_option *o,
			 struct strv *seen, const char *whose)
{
	static const char *const taken[] = {"image", "cpu", "memory",
					    "volumes"};

	want(t, is_option_name(o->name), "%s: option \"%s\": not a name", whose,
	     o->name ? o->name : "");
	want(t, !strv_contains(seen, o->name), "%s: option %s: twice", whose,
	     o->name);
	strv_push(seen, o->name);
	for (size_t i = 0; i < ARRAY_LEN(taken); i++)
		want(t, strcmp(o->name, taken[i]) != 0,
		     "%s: option %s: the host's own", whose, o->name);
	want(t, o->help && *o->help, "%s: option %s: no help", whose, o->name);
	want(t, !o->default_value || value_fits(o->type, o->default_value),
	     "%s: option %s: its default \"%s\" is not of its type", whose,
	     o->name, o->default_value);
	want(t, !o->default_value || is_choice(o),
	     "%s: option %s: its default \"%s\" is not among its choices",
	     whose, o->name, o->default_value);
	want(t, !(o->flags & CIRRUS_OPT_REQUIRED) || !o->default_value,
	     "%s: option %s: required, and yet with a default", whose, o->name);
}

static void check_options(struct t *t, const struct cirrus_option *const *list,
			  const char *whose)
{
	AUTO_STRV struct strv seen = {0};

	for (; list && *list; list++)
		check_option(t, *list, &seen, whose);
}

static void s10_options(struct t *t)
{
	load_table(t);
	check_options(t, t->be->options, "backend");
	for (const struct cirrus_kind *const *k = t->be->kinds; k && *k; k++)
		check_options(t, (*k)->options, (*k)->name);
}

/* A host of the first minor: what came later is not there, and what lies behind
 * its table must not be touched. */
static void s11_oldest_host(struct t *t)
{
	static struct {
		struct cirrus_host host;
		uintptr_t poison[64];
	} old;
	struct config config;
	OUT(cirrus_probe, probe);
	cirrus_conn *conn = NULL;
	cirrus_status s;

	old.host = check_host;
	old.host.abi_minor = 0;
	for (size_t i = 0; i < ARRAY_LEN(old.poison); i++)
		old.poison[i] = 8;
	load(t);
	t->be = plugin_entry(t, &old.host);
	config_init(&config, t, NULL);
	{
		CALL(t, call, 30000);

		call.c.host = &old.host;
		if (t->be->probe)
			t->be->probe(&call.c, &config.c, probe);
		s = t->be->open(&call.c, &config.c, &conn);
		want_one_of(&call, s, CIRRUS_OK, CIRRUS_E_UNAVAIL, CIRRUS_OK,
			    "open");
	}
	if (conn) {
		CALL(t, call, 15000);

		call.c.host = &old.host;
		t->be->close(conn, &call.c);
	}
	config_clear(&config);
}

static void s12_option_keys(struct t *t)
{
	load_table(t);
	for (size_t i = 0; i < t->set->options.len; i++) {
		const char *pair = t->set->options.v[i];
		AUTO_FREE char *key = xstrndup(pair, strcspn(pair, "="));

		want(t, option_find(t->be->options, key) != NULL,
		     "it was given %s, which is not among its options", key);
	}
	for (const struct cirrus_option *const *o = t->be->options; o && *o;
	     o++) {
		bool given = false;

		for (size_t i = 0; i < t->set->options.len; i++)
			given |=
				str_starts(t->set->options.v[i], (*o)->name) &&
				t->set->options.v[i][strlen((*o)->name)] == '=';
		want(t, given || !((*o)->flags & CIRRUS_OPT_REQUIRED),
		     "its option %s is required: give it with -o", (*o)->name);
	}
}

#define STATIC(id, sentence, fn)              \
	{                                     \
		id, sentence, 0, 30, true, fn \
	}
const struct check checks_static[] = {
	STATIC("S1", "loads with immediate binding", s1_loads),
	STATIC("S2", "exports its entry symbol and nothing else", s2_exports),
	STATIC("S3",
	       "no text relocations, no executable stack, no other plugin",
	       s3_object),
	STATIC("S4", "the entry has no side effect", s4_quiet_entry),
	STATIC("S5", "the entry returns the same table each time",
	       s5_same_table),
	STATIC("S6", "struct_size and versions make sense", s6_versions),
	STATIC("S7", "its name is one, and its file's; version, description",
	       s7_name),
	STATIC("S8", "mandatory operations; capabilities match operations",
	       s8_operations),
	STATIC("S9", "kinds have unique names and known capabilities",
	       s9_kinds),
	STATIC("S10", "options have names, types, defaults and help",
	       s10_options),
	STATIC("S11", "works with a host of the first minor version",
	       s11_oldest_host),
	STATIC("S12",
	       "the options given are among its options; none is missing",
	       s12_option_keys),
	{0},
};
