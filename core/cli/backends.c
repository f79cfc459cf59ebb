/* SPDX-License-Identifier: MIT */
/* cirrus backends: which engines could run tasks here, and why not. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "backend/backend.h"
#include "cli/backend-args.h"
#include "cli/command.h"
#include "data/json.h"
#include "model/exit.h"

struct values {
	bool json;
	const char *dump;
	struct strv backend_options;
};

static const struct option options[] = {
	{"json", 0, &OPTION_FLAG, OPTION_AT(struct values, json),
	 .help = "print the list as JSON"},
	{"dump", 0, &OPTION_TEXT, OPTION_AT(struct values, dump), .arg = "NAME",
	 .help = "print what one backend says about itself, as key=value "
		 "lines"},
	{"backend-option", 0, &OPTION_LIST,
	 OPTION_AT(struct values, backend_options), .arg = "NAME.KEY=VALUE",
	 .help = "set an option of a backend"},
	{0},
};

/* --- as a table ------------------------------------------------------------------ */

enum { COLUMN_NAME, COLUMN_VERSION, COLUMN_ABI, COLUMN_STATUS, COLUMNS };

static const char *const titles[COLUMNS] = {"NAME", "VERSION", "ABI", "STATUS"};

static const char *cell(const struct backend_listing *l, int column)
{
	static const char *const ready[] = {"ready", "ready *"};
	const char *text = NULL;

	switch (column) {
	case COLUMN_NAME:
		text = l->name;
		break;
	case COLUMN_VERSION:
		text = l->version;
		break;
	case COLUMN_ABI:
		text = l->abi;
		break;
	case COLUMN_STATUS:
		text = l->state == BACKEND_READY ? ready[l->chosen]
						 : backend_state_name(l->state);
		break;
	}
	return text && *text ? text : "-";
}

static void measure(const struct backend_list *list, int widths[COLUMNS])
{
	for (int i = 0; i < COLUMNS; i++) {
		widths[i] = (int)strlen(titles[i]);
		for (size_t j = 0; j < list->len; j++) {
			int len = (int)strlen(cell(&list->v[j], i));

			if (len > widths[i])
				widths[i] = len;
		}
	}
}

static void print_row(const int widths[COLUMNS], const char *const *cells,
		      const char *detail)
{
	for (int i = 0; i < COLUMNS; i++)
		printf("%-*s  ", widths[i], cells[i]);
	puts(detail);
}

static void print_listing(const int widths[COLUMNS],
			  const struct backend_listing *l)
{
	const char *cells[COLUMNS];
	const char *const blank[COLUMNS] = {"", "", "", ""};

	for (int i = 0; i < COLUMNS; i++)
		cells[i] = cell(l, i);
	print_row(widths, cells, l->detail);
	if (l->hint && *l->hint) {
		AUTO_FREE char *hint = xasprintf("hint: %s", l->hint);

		print_row(widths, blank, hint);
	}
}

static void print_table(const struct backend_list *list)
{
	int widths[COLUMNS];

	if (list->len == 0)
		return;
	measure(list, widths);
	print_row(widths, titles, "DETAIL");
	for (size_t i = 0; i < list->len; i++)
		print_listing(widths, &list->v[i]);
}

/* --- as JSON ---------------------------------------------------------------------- */

static struct cJSON *listing_json(const struct backend_listing *l)
{
	struct cJSON *o = json_object(), *kinds = json_array();
	AUTO_STRV struct strv words = {0};

	json_add_str(o, "name", l->name);
	json_add_str(o, "status", backend_state_name(l->state));
	json_add_bool(o, "auto", l->chosen);
	json_add_str(o, "version", l->version);
	json_add_str(o, "abi", l->abi);
	json_add_str(o, "path", l->path);
	strv_split(&words, l->kinds ? l->kinds : "", ' ');
	for (size_t i = 0; l->kinds && i < words.len; i++)
		json_add_str(kinds, NULL, words.v[i]);
	json_add(o, "kinds", kinds);
	json_add_str(o, "detail", l->detail);
	json_add_str(o, "hint", l->hint);
	return o;
}

static void print_json(const struct backend_list *list)
{
	AUTO_JSON struct cJSON *array = json_array();
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);

	for (size_t i = 0; i < list->len; i++)
		json_add(array, NULL, listing_json(&list->v[i]));
	json_print(array, JSON_PRETTY, &out);
	fputs(out.data, stdout);
}

/* --- the command ------------------------------------------------------------------- */

static int dump(const char *name, struct error **err)
{
	AUTO_FREE char *text = NULL;

	if (backend_dump(name, &text, err) < 0)
		return -1;
	fputs(text, stdout);
	return 0;
}

/* Not a failure: the listing worked. */
static void tell_there_are_none(void)
{
	AUTO_ERROR struct error *none = NULL;

	backend_none(&none);
	(void)command_fail(none);
}

static int list(const struct values *v, struct error **err)
{
	AUTO_BACKEND_ARGS struct backend_args args = {0};
	struct backend_choice choice = {.kind = "container"};
	struct backend_list found;
	int result;

	if (backend_args_parse(&v->backend_options, &args, err) < 0)
		return -1;
	choice.options = args.v;
	choice.n_options = args.len;
	result = backend_list(&found, &choice, err);
	if (result == 0) {
		(v->json ? print_json : print_table)(&found);
		if (found.len == 0)
			tell_there_are_none();
	}
	backend_list_clear(&found);
	return result;
}

static int run(const void *values, char **operands UNUSED)
{
	const struct values *v = values;
	AUTO_ERROR struct error *err = NULL;

	if ((v->dump ? dump(v->dump, &err) : list(v, &err)) < 0)
		return command_fail(err);
	return EXIT_OK;
}

const struct command command_backends = {
	.name = "backends",
	.summary = "list the engines that tasks could run on, or say why not",
	.operands = "",
	.options = options,
	.size = sizeof(struct values),
	.run = run,
};
