/* SPDX-License-Identifier: MIT */
/* L1 to L6: probe, open, close. */
#include "config.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "proc.h"

static cirrus_status probe(struct call *call, const char *const *override,
			   struct cirrus_probe *out)
{
	struct config config;
	cirrus_status s;

	config_init(&config, call->t, override);
	s = call_done(call, "probe",
		      call->t->be->probe(&call->c, &config.c, out));
	config_clear(&config);
	return s;
}

static void need_probe(struct t *t)
{
	if (!t->be->probe)
		skipped(t, "it has no probe");
}

static void l1_probe(struct t *t)
{
	OUT(cirrus_probe, out);
	CALL(t, call, 10000);
	int64_t begin = clock_now();

	need_probe(t);
	want_status(&call, probe(&call, NULL, out), CIRRUS_OK, "probe");
	want(t, clock_now() - begin < 2 * NS_PER_S, "probe took %lld ms",
	     (long long)((clock_now() - begin) / NS_PER_MS));
	/* a connection is open already, so it is usable */
	want(t, out->score > 0, "open works, but probe's score is %d: %s",
	     (int)out->score, out->reason);
	want(t, memchr(out->reason, '\0', sizeof(out->reason)) != NULL,
	     "its reason has no end");
	want(t, out->reason[0] != '\0', "its reason is empty");
}

static void l2_probe_leaves_nothing(struct t *t)
{
	OUT(cirrus_probe, out);
	CALL(t, call, 10000);
	struct proc_counts before, after;

	need_probe(t);
	proc_count(&before);
	want_status(&call, probe(&call, NULL, out), CIRRUS_OK, "probe");
	proc_count(&after);
	want_int(t, after.fds, before.fds, "descriptors after probe");
	want_int(t, after.children, before.children, "children after probe");
}

/* What leads nowhere: told with --unreachable, else by an option whose name
 * says that it is the endpoint's. */
static char *unreachable(struct t *t)
{
	static const char *const names[] = {"endpoint", "host", "socket",
					    "url"};

	if (t->set->unreachable)
		return xstrdup(t->set->unreachable);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct cirrus_option *o =
			option_find(t->be->options, names[i]);

		if (o)
			return xasprintf(
				"%s=%s/nowhere/at.all", names[i],
				o->type == CIRRUS_OPT_PATH ? "" : "unix://");
	}
	skipped(t, "no --unreachable given, and no option named endpoint");
}

static void l3_unreachable(struct t *t)
{
	AUTO_FREE char *pair = unreachable(t);
	const char *override[] = {pair, NULL};
	const char *place = strchr(pair, '=') + 1;
	struct config config;
	cirrus_conn *conn = NULL;
	cirrus_status s;
	int64_t begin = clock_now();
	CALL(t, call, 30000);

	config_init(&config, t, override);
	s = call_done(&call, "open", t->be->open(&call.c, &config.c, &conn));
	want_status(&call, s, CIRRUS_E_UNAVAIL, "open of what is not there");
	want(t, !conn, "open failed, but gave a connection");
	want(t, clock_now() - begin < 5 * NS_PER_S, "open took %lld ms to fail",
	     (long long)((clock_now() - begin) / NS_PER_MS));
	place = strncmp(place, "unix://", 7) == 0 ? place + 7 : place;
	want(t, strstr(call.msg, place) != NULL,
	     "its message does not name %s: %s", place, call.msg);
	config_clear(&config);
}

static void open_and_close(struct t *t)
{
	struct config config;
	cirrus_conn *conn = NULL;
	CALL(t, call, 30000);

	config_init(&config, t, NULL);
	want_status(&call,
		    call_done(&call, "open",
			      t->be->open(&call.c, &config.c, &conn)),
		    CIRRUS_OK, "open");
	t->be->close(conn, &call.c);
	config_clear(&config);
}

static void l4_open_close(struct t *t)
{
	struct proc_counts before, after;

	open_and_close(t);
	proc_count(&before);
	for (int i = 0; i < 50; i++)
		open_and_close(t);
	proc_count(&after);
	want_int(t, after.fds, before.fds, "descriptors after 50 times");
	want(t, after.threads <= before.threads,
	     "%d threads more after 50 times", after.threads - before.threads);
	want(t, after.children <= before.children,
	     "%d children more after 50 times",
	     after.children - before.children);
	want(t, after.resident < before.resident + 16 * 1024 * 1024,
	     "%lld KiB of memory more after 50 times",
	     (long long)(after.resident - before.resident) / 1024);
}

static bool is_one_of(const char *s, const char *words)
{
	AUTO_STRV struct strv list = {0};

	strv_split(&list, words, ' ');
	return strv_contains(&list, s);
}

static void check_info(struct t *t, const struct cirrus_kind *kind)
{
	OUT(cirrus_system_info, info);
	CALL(t, call, 30000);

	want_status(&call, ON_CONN(&call, system_info, kind->name, info),
		    CIRRUS_OK, kind->name);
	want(t,
	     info->cpus >= 0 && info->memory_bytes >= 0 &&
		     info->max_instances >= 0,
	     "%s: negative figures", kind->name);
	want(t, is_one_of(info->os, "linux darwin windows freebsd"),
	     "%s: os \"%s\" is no OCI name", kind->name, info->os);
	want(t,
	     is_one_of(info->arch, "amd64 arm64 arm 386 ppc64le s390x riscv64 "
				   "loong64 mips64le"),
	     "%s: arch \"%s\" is no OCI name", kind->name, info->arch);
	want(t,
	     !(info->capabilities[0] & ~kind->capabilities[0]) &&
		     !(info->capabilities[1] & ~kind->capabilities[1]),
	     "%s: capabilities that its kind does not have", kind->name);
}

static void l5_system_info(struct t *t)
{
	for (const struct cirrus_kind *const *k = t->be->kinds; *k; k++)
		check_info(t, *k);
}

static void l6_close_idle(struct t *t)
{
	int64_t begin;

	if (t->be->list) {
		count_objects(t);
	}
	begin = clock_now();
	conn_down(t);
	want(t, clock_now() - begin < NS_PER_S, "close took %lld ms",
	     (long long)((clock_now() - begin) / NS_PER_MS));
}

const struct check checks_lifecycle[] = {
	{"L1", "probe says within 2 s what open would do", 0, 30, false,
	 l1_probe},
	{"L2", "probe leaves nothing behind", 0, 30, false,
	 l2_probe_leaves_nothing},
	{"L3", "an endpoint that is not there is UNAVAIL, and named", 0, 60,
	 false, l3_unreachable},
	{"L4", "50 times open and close leak nothing", 0, 120, false,
	 l4_open_close},
	{"L5", "system_info is plausible for every kind", 0, 60, false,
	 l5_system_info},
	{"L6", "close with an idle connection is quick", 0, 60, false,
	 l6_close_idle},
	{0},
};
