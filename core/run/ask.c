/* SPDX-License-Identifier: MIT */
/* Questions of our own to the shell of a task, which nobody sees. */
#include "config.h"

#include <stdlib.h>

#include "run/each.h"
#include "run/instructions.h"

static void collect(void *ctx, const char *data, size_t len)
{
	buf_add(ctx, data, len);
}

static enum session_state ask_each(struct performance *p, const char *text,
				   struct step *s, struct session_result *end)
{
	AUTO_STRV struct strv argv = {0};
	struct each_job job = {&argv, p->env, s, p->deadline_ns};

	strv_push(&argv, "/bin/sh");
	strv_push(&argv, "-c");
	strv_push(&argv, text);
	return each_run(p->place, &job, end, &p->err);
}

enum session_state instructions_ask(struct performance *p, const char *text,
				    struct buf *out, int *status)
{
	struct step tap = STEP_TAP(collect, out);
	struct session *session = p->place->session;
	struct session_result end = {0};
	enum session_state state;

	if (p->place->each) {
		state = ask_each(p, text, &tap, &end);
	} else {
		AUTO_FREE char *function =
			xasprintf("cirrus_ask() {\n%s\n}", text);

		session_eval(session, function);
		session_run(session, &tap, "cirrus_ask", "");
		state = session_wait(session,
				     p->place->scope->run->o->cancel_fd,
				     p->deadline_ns, &end);
		if (state == SESSION_TIMEOUT)
			instructions_kill(p, &tap);
	}
	session_detach(session);
	*status = end.status;
	return state;
}
