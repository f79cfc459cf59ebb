/* SPDX-License-Identifier: MIT */
/* L58 to L60: what all checks saw; they come last. */
#include "config.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "proc.h"

static void want_clean(struct t *t, int kind)
{
	want(t, t->ledger->count[kind] == 0, "%s%s", t->ledger->first[kind],
	     t->ledger->count[kind] > 1 ? " (and more of it)" : "");
}

static void fail_on_purpose(struct t *t)
{
	struct box *b = box_new(t);
	AUTO_FREE char *ref = xasprintf("localhost/absent/%s:1", t->run);
	struct target w;
	CALL(t, call, 60000);

	if (t->be->image_inspect) {
		struct cirrus_image_spec spec = {.struct_size = sizeof(spec),
						 .kind = t->kind->name,
						 .ref = ref};
		OUT(cirrus_image_info, info);

		ON_CONN(&call, image_inspect, &spec, info);
	}
	box_create(t, b);
	box_start(t, b);
	target_init(&w, BUF_FILE);
	copy_out(&call, b, "/no/such", NULL, &w);
	target_clear(&w);
	exec_prints(t, b, "echo fine", "fine");
}

static void l58_errors(struct t *t)
{
	fail_on_purpose(t);
	want_clean(t, LEDGER_ERRORS);
}

static void pull_with(struct t *t, const char *password, cirrus_status wanted,
		      const char *what)
{
	struct cirrus_image_spec spec = {.struct_size = sizeof(spec),
					 .kind = t->kind->name,
					 .ref = t->set->auth_image};
	OUT(cirrus_image_info, info);
	CALL(t, call, 60000);

	call.user = t->set->user;
	call.password = password;
	want_status(&call, ON_CONN(&call, image_pull, &spec, info), wanted,
		    what);
}

static void l59_secrets(struct t *t)
{
	AUTO_FREE char *wrong = xasprintf("wrong-%s", t->run);

	if (!t->set->auth_image || !t->set->user || !t->set->password)
		skipped(t, "no --auth-image, --user, --password given");
	pull_with(t, wrong, CIRRUS_E_AUTH, "pull with a wrong password");
	pull_with(t, t->set->password, CIRRUS_OK, "pull with the password");
	want_clean(t, LEDGER_SECRETS);
}

static void cycle(struct t *t)
{
	struct box *b = box_up(t);

	exec_prints(t, b, "echo fine", "fine");
	box_delete(t, b);
}

static void l60_leaks(struct t *t)
{
	struct proc_counts before, after;

	cycle(t);
	conn_down(t);
	conn_up(t);
	cycle(t);
	proc_count(&before);
	for (int i = 0; i < 5; i++)
		cycle(t);
	proc_count(&after);
	want(t, after.fds <= before.fds, "%d descriptors more after 5 cycles",
	     after.fds - before.fds);
	want(t, after.children <= before.children,
	     "%d children more after 5 cycles",
	     after.children - before.children);
	want_int(t, after.output, 0, "bytes it wrote to standard output");
	want_clean(t, LEDGER_LEAKS);
}

const struct check checks_report[] = {
	{"L58", "each failure is told once, with a text; success is silent", 0,
	 90, false, l58_errors},
	{"L59", "no message shows a secret", CAP(IMAGE_PULL), 120, false,
	 l59_secrets},
	{"L60",
	 "no descriptor, thread or child is left over; nothing is printed", 0,
	 120, false, l60_leaks},
	{0},
};
