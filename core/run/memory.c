/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "run/place-create.h"

/* Of both versions of control groups: the limit alone on its line, and among
 * others "oom_kill N". */
#define QUESTION                                                     \
	"cd /sys/fs/cgroup && cat memory.max memory.events "         \
	"memory/memory.limit_in_bytes memory/memory.oom_control 2>/" \
	"dev/null; :"
/* Limits are whole pages, which may be large. */
#define PAGE (64 * 1024)

/* The number behind `word` at the front of a line; -1: there is none. */
static int64_t number_after(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *line = text; line && *line;) {
		const char *end = strchr(line, '\n');

		if (strncmp(line, word, len) == 0 && line[len] >= '0' &&
		    line[len] <= '9')
			return strtoll(line + len, NULL, 10);
		line = end ? end + 1 : NULL;
	}
	return -1;
}

int64_t memory_kills(const char *text, int64_t limit)
{
	int64_t in_force = number_after(text, "");
	int64_t kills = number_after(text, "oom_kill ");

	if (in_force < 0 || in_force > limit || limit - in_force >= PAGE)
		return 0;
	return kills > 0 ? kills : 0;
}

/* A shell is there to ask, and the time that is left is enough. */
static bool can_ask(const struct performance *p)
{
	return !p->place->each &&
	       (!p->deadline_ns || clock_now() + NS_PER_S < p->deadline_ns);
}

void memory_tell(struct performance *p, struct step *s)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_LINE);
	int64_t limit = place_memory_limit(p->place), kills;
	int status;

	if (!s->teller || limit <= 0 || !can_ask(p) ||
	    instructions_ask(p, QUESTION, &text, &status) != SESSION_DONE)
		return;
	kills = memory_kills(text.data, limit);
	if (kills <= p->memory_kills)
		return;
	p->memory_kills = kills;
	tell_message(s->teller, s->task, s->number, LEVEL_ERROR,
		     "give it more with memory: in the file, or with --memory",
		     "out of memory: a process was killed, as the limit is "
		     "%" PRId64 " MiB",
		     limit >> 20);
}
