/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/background.h"

#include <stdlib.h>

#include "base/clock.h"

struct background {
	struct background *next;
	struct line *line;
	struct step *step;
};

static int needs(const struct place *p, struct error **err)
{
	static const unsigned int caps[] = {CIRRUS_CAP_EXEC_CONCURRENT,
					    CIRRUS_CAP_EXEC_STDIN};
	struct conn *conn = p->scope->run->conn;

	for (size_t i = 0; i < ARRAY_LEN(caps); i++)
		if (!conn_can(conn, caps[i]))
			return error_set(err, ERR_BACKEND,
					 "backend %s cannot run background "
					 "scripts: it lacks %s",
					 conn_name(conn),
					 capability_name(caps[i]));
	return p->each ? place_lacks_shell(p, err) : 0;
}

int background_start(struct background **list, struct place *place,
		     const char *text, struct step *step, const char *function,
		     const char *file, struct error **err)
{
	AUTO_FREE char *own = xasprintf("%s.", file);
	struct background *b;
	struct line *line;

	if (needs(place, err) < 0 || line_open(place, own, &line, err) < 0)
		return -1;
	b = xcalloc(1, sizeof(*b));
	b->next = *list;
	b->line = line;
	b->step = step;
	*list = b;
	session_eval(line_session(line), text);
	session_run(line_session(line), step, function, file);
	return 0;
}

/* One that ended by itself tells how; one that is to be ended did its duty. */
static void end_one(struct background *b)
{
	struct session *s = line_session(b->line);
	struct session_result end;
	struct step_result r = {.status = STATUS_SUCCEEDED};

	if (session_wait(s, -1, clock_now(), &end) == SESSION_DONE &&
	    end.status != 0) {
		r.status = STATUS_FAILED;
		r.exit_code = end.died ? 0 : end.status;
		r.signal = end.died ? end.status - 128 : 0;
	}
	session_detach(s);
	step_end(b->step, &r);
	free(b->step);
	line_close(b->line);
}

void background_end(struct background *list)
{
	while (list) {
		struct background *next = list->next;

		end_one(list);
		free(list);
		list = next;
	}
}
