/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "run/cache.h"
#include "run/instructions.h"
#include "run/script.h"

/* What of an instruction runs as a script: some have two. */
struct script_part {
	const char *part; /* of its file's name */
	const char *const *items;
};
#define PARTS 2

static void parts_of(const struct instruction *i,
		     struct script_part parts[PARTS])
{
	parts[0] = parts[1] = (struct script_part){0};
	if (i->kind == INSTRUCTION_CACHE) {
		parts[0].part = CACHE_FINGERPRINT;
		parts[0].items = i->cache.fingerprint_scripts;
		parts[1].part = CACHE_POPULATE;
		parts[1].items = i->cache.populate_scripts;
	} else if (i->kind == INSTRUCTION_SCRIPT ||
		   i->kind == INSTRUCTION_BACKGROUND_SCRIPT) {
		parts[0].part = "";
		parts[0].items = i->scripts;
	}
}

static void add_file(struct archive_source *files, const char *name,
		     const char *data, size_t len)
{
	AUTO_FREE char *path = xasprintf("%s/%s", PLACE_BASE + 1, name);

	archive_source_file(files, path, data, len, 0755);
}

static int add_script(const struct environment *env,
		      struct archive_source *files,
		      const struct script_part *part, size_t index,
		      struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);
	char name[24];

	script_text(&text, environment_get(env, "CIRRUS_SHELL"), part->items);
	if (text.overflow)
		return error_set(err, ERR_LIMIT, "a script is too long");
	snprintf(name, sizeof(name), "%zu%s", index, part->part);
	add_file(files, name, text.data, text.len);
	return 0;
}

/* CIRRUS_SHELL: direct needs no file, but has to make sense. */
static int check_direct(const struct script_part *part, struct error **err)
{
	for (const char *const *item = part->items; *item; item++) {
		AUTO_STRV struct strv words = {0};

		if (script_words(*item, &words, err) < 0)
			return -1;
	}
	return 0;
}

static int add_scripts(const struct environment *env,
		       struct archive_source *files,
		       const struct instruction *i, size_t index,
		       struct error **err)
{
	struct script_part parts[PARTS];
	int r = 0;

	parts_of(i, parts);
	for (size_t n = 0; n < PARTS && r == 0; n++)
		if (parts[n].items && *parts[n].items)
			r = script_is_direct(env)
				    ? check_direct(&parts[n], err)
				    : add_script(env, files, &parts[n], index,
						 err);
	if (r < 0)
		error_prefix(err, "instruction \"%s\"", i->name);
	return r;
}

int instructions_files(const struct task *task, const struct environment *env,
		       struct archive_source *files, struct error **err)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_FILE);

	if (script_environment(&text, env, err) < 0)
		return -1;
	archive_source_directory(files, PLACE_BASE + 1, 0755);
	for (size_t n = 0; n < task->n_instructions; n++)
		if (add_scripts(env, files, &task->instructions[n], n, err) < 0)
			return -1;
	add_file(files, "environment", text.data, text.len);
	add_file(files, "driver", session_driver, strlen(session_driver));
	return 0;
}
