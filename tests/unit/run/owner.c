/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <ctype.h>
#include <signal.h>

#include "run/owner.h"
#include "tap.h"

static void judge(const struct owner *other, enum owner_state want,
		  const char *const *boots)
{
	struct owner self;

	owner_self(&self, "now", false);
	ok_int(owner_judge(other->labels, OWNER_LABELS, &self, boots), want);
}

TEST(we_are_alive)
{
	struct owner o;

	owner_self(&o, "run-1", false);
	judge(&o, OWNER_ALIVE, NULL);
	ok_str(owner_label(o.labels, OWNER_LABELS, OWNER_LABEL_RUN), "run-1");
}

TEST(what_is_kept_is_marked)
{
	struct owner o;

	owner_self(&o, "run-1", true);
	ok(owner_is_kept(o.labels, OWNER_LABELS));
	owner_self(&o, "run-1", false);
	ok(!owner_is_kept(o.labels, OWNER_LABELS));
	ok(!owner_is_kept(NULL, 0));
}

TEST(who_has_ended_is_dead)
{
	struct owner o;
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	need(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
	owner_self(&o, "run-1", false);
	snprintf(o.pid, sizeof(o.pid), "%d", pid);
	judge(&o, OWNER_DEAD, NULL); /* a zombie */
	waitpid(pid, NULL, 0);
	judge(&o, OWNER_DEAD, NULL);
}

TEST(a_pid_that_was_used_again_is_another_process)
{
	struct owner o;

	owner_self(&o, "run-1", false);
	snprintf(o.start, sizeof(o.start), "1");
	judge(&o, OWNER_DEAD, NULL);
}

TEST(others_are_left_alone)
{
	struct owner o;

	owner_self(&o, "run-1", false);
	snprintf(o.pid, sizeof(o.pid), "1999999999");
	snprintf(o.pid_namespace, sizeof(o.pid_namespace), "7");
	judge(&o, OWNER_UNKNOWN, NULL);
	owner_self(&o, "run-1", false);
	snprintf(o.boot, sizeof(o.boot), "another-machine");
	judge(&o, OWNER_UNKNOWN, NULL);
	snprintf(o.boot, sizeof(o.boot), "none");
	judge(&o, OWNER_UNKNOWN, NULL);
}

TEST(an_earlier_boot_of_this_machine_is_over)
{
	static const char *const boots[] = {"first", "second", NULL};
	struct owner o;

	owner_self(&o, "run-1", false);
	snprintf(o.boot, sizeof(o.boot), "second");
	judge(&o, OWNER_DEAD, boots);
	snprintf(o.boot, sizeof(o.boot), "third");
	judge(&o, OWNER_UNKNOWN, boots);
}

TEST(what_carries_no_label_is_unknown)
{
	struct owner o = {0};

	ok_int(owner_judge(NULL, 0, &o, NULL), OWNER_UNKNOWN);
}

TEST(labels_fit_every_engine)
{
	struct owner o;

	owner_self(&o, "run-1", false);
	for (size_t i = 0; i < OWNER_LABELS; i++)
		for (int side = 0; side < 2; side++) {
			const char *text =
				side ? o.labels[i].value : o.labels[i].key;
			size_t len = strlen(text);

			ok(len > 0 && len <= 63);
			ok(isalnum((unsigned char)text[0]) &&
			   isalnum((unsigned char)text[len - 1]));
			ok_int(strspn(text, "abcdefghijklmnopqrstuvwxyz"
					    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					    "0123456789._-"),
			       len);
		}
}

TAP_MAIN()
