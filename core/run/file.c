/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/file.h"

#include <string.h>

#include "base/strv.h"
#include "run/each.h"
#include "run/script.h"
#include "run/variables.h"

static void file_function(struct buf *b, const char *path, const char *text)
{
	AUTO_FREE char *dir = xstrdup(path);
	char *slash = strrchr(dir, '/');

	buf_adds(b, "cirrus_file() {\n");
	if (slash && slash > dir) {
		*slash = '\0';
		buf_adds(b, "\tmkdir -p ");
		script_quote(b, dir);
		buf_adds(b, " &&\n");
	}
	buf_adds(b, "\tprintf %s ");
	script_quote(b, text);
	buf_adds(b, " >");
	script_quote(b, path);
	buf_adds(b, "\n}\n");
}

static struct step_result write_file(struct performance *p, struct step *s,
				     const char *path, const char *content)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);
	AUTO_ERROR struct error *err = NULL;

	if (!p->place->each) {
		file_function(&text, path, content);
		session_eval(p->place->session, text.data);
		return instructions_run(p, s, "cirrus_file", "");
	}
	if (each_write(p->place, path, content, &err) == 0)
		return (struct step_result){.status = STATUS_SUCCEEDED};
	tell_error(s->teller, s->task, s->number, err);
	p->failed = true;
	return (struct step_result){.status = STATUS_FAILED};
}

struct step_result file_create(struct performance *p, struct step *s,
			       const struct instruction *i, size_t index)
{
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *literal = NULL;
	const char *from = i->file.from_environment_variable;
	const char *content =
		from ? environment_get(p->env, from) : i->file.from_contents;
	struct step_result r;

	(void)index;
	if (!content || (from && str_starts(content, "ENCRYPTED"))) {
		step_say(s,
			 "Environment variable %s %s! Skipping file "
			 "creation...",
			 from ? from : "",
			 content ? "wasn't decrypted" : "is not set");
		return (struct step_result){.status = STATUS_SUCCEEDED};
	}
	path = instructions_expand(p, i->file.destination_path);
	literal = from ? variables_literal(content) : xstrdup(content);
	r = write_file(p, s, path, literal);
	step_say(s,
		 r.status == STATUS_SUCCEEDED ? "Created file %s!"
					      : "Failed to write file %s!",
		 path);
	return r;
}
