/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/instructions.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "config/script.h"

static struct instruction *add(struct draft *d, const struct node *n,
			       enum instruction_kind kind, const char *name)
{
	struct instruction in = {.kind = kind,
				 .behaviour = d->behaviour,
				 .name = name,
				 .at = n->at};

	instruction_vec_push(&d->instructions, in);
	return &d->instructions.ptr[d->instructions.len - 1];
}

static const char *stem_of(struct draft *d, const struct node *n,
			   const char *suffix, const char *otherwise)
{
	return stem(d->p->arena, n->name, suffix, otherwise);
}

/* --- scripts ---------------------------------------------------------------------- */

int instruction_background_script(struct draft *d, const struct node *n,
				  void *at)
{
	const char *const *lines;

	(void)at;
	if (script_parse(d, n, &lines) < 0)
		return -1;
	add(d, n, INSTRUCTION_BACKGROUND_SCRIPT,
	    stem_of(d, n, "background_script", "main"))
		->scripts = lines;
	return 0;
}

int instruction_script(struct draft *d, const struct node *n, void *at)
{
	const char *const *lines;

	(void)at;
	if (script_parse(d, n, &lines) < 0)
		return -1;
	add(d, n, INSTRUCTION_SCRIPT, stem_of(d, n, "script", "main"))
		->scripts = lines;
	return 0;
}

/* --- cache ------------------------------------------------------------------------ */

struct cache_fields {
	const char *name, *folder, *fingerprint_key;
	const char *const *folders, *const *fingerprint_scripts,
					    *const *populate_scripts;
	struct {
		bool given, value;
	} reupload;
	bool optimistic;
};

static int field_script(struct draft *d, const struct node *n, void *at)
{
	return script_parse(d, n, at);
}

static int cache_reupload(struct draft *d, const struct node *n, void *at)
{
	struct cache_fields *c = at;

	c->reupload.given = true;
	return condition_node(d, n, &c->reupload.value);
}

static const struct field cache_table[] = {
	FIELD("name", field_string, struct cache_fields, name),
	FIELD("folder", field_early_string, struct cache_fields, folder),
	FIELD("folders", field_early_strings, struct cache_fields, folders),
	FIELD("fingerprint_script", field_script, struct cache_fields,
	      fingerprint_scripts),
	FIELD("fingerprint_key", field_early_string, struct cache_fields,
	      fingerprint_key),
	FIELD("populate_script", field_script, struct cache_fields,
	      populate_scripts),
	FIELD_WHOLE("reupload_on_changes", cache_reupload, 0),
	FIELD("optimistically_restore_on_miss", field_bool, struct cache_fields,
	      optimistic),
	{NULL},
};

static bool is_given(const char *s)
{
	return s && *s;
}

static bool has_items(const char *const *list)
{
	return list && *list;
}

static int cache_check(struct draft *d, const struct node *n,
		       const struct cache_fields *c)
{
	if (!is_given(c->folder) && !has_items(c->folders))
		return fail(d->p, n,
			    "please specify the folders to cache, with "
			    "either folder: or folders:");
	if (is_given(c->folder) && has_items(c->folders))
		return fail(d->p, n,
			    "please specify either folder: or "
			    "folders: but not both, to avoid "
			    "ambiguity");
	if (has_items(c->fingerprint_scripts) && is_given(c->fingerprint_key))
		return fail(d->p, n,
			    "please either use fingerprint_script: or "
			    "fingerprint_key, since otherwise there's "
			    "ambiguity about which one to prefer for cache "
			    "key calculation");
	return 0;
}

/* " ~/x " -> "$HOME/x" */
static const char *normal_folder(struct arena *a, const char *folder)
{
	size_t len;

	while (isspace((unsigned char)*folder))
		folder++;
	len = strlen(folder);
	while (len && isspace((unsigned char)folder[len - 1]))
		len--;
	if (len >= 2 && folder[0] == '~' && folder[1] == '/')
		return arena_printf(a, "$HOME%.*s", (int)(len - 1), folder + 1);
	return arena_memdup0(a, folder, len);
}

static const char *const *normal_folders(struct arena *a,
					 const struct cache_fields *c)
{
	const char *const one[] = {c->folder, NULL};
	const char *const *from = is_given(c->folder) ? one : c->folders;
	const char **to;
	size_t n = 0;

	while (from[n])
		n++;
	to = arena_alloc(a, (n + 1) * sizeof(*to));
	for (size_t i = 0; i < n; i++)
		to[i] = normal_folder(a, from[i]);
	return to;
}

int instruction_cache(struct draft *d, const struct node *n, void *at)
{
	struct cache_fields c = {0};
	struct instruction *in;
	const char *name = stem_of(d, n, "cache", "main");

	(void)at;
	if (map_parse(d, n, "a cache", cache_table, &c) < 0 ||
	    cache_check(d, n, &c) < 0)
		return -1;
	in = add(d, n, INSTRUCTION_CACHE, is_given(c.name) ? c.name : name);
	in->cache = (struct cache){
		.folders = normal_folders(d->p->arena, &c),
		.fingerprint_scripts = c.fingerprint_scripts,
		.fingerprint_key = c.fingerprint_key,
		.populate_scripts = c.populate_scripts,
		.reupload_on_changes =
			c.reupload.given
				? c.reupload.value
				: !c.fingerprint_scripts && !c.fingerprint_key,
		.optimistically_restore_on_miss = c.optimistic,
	};
	return 0;
}

/* --- upload_caches ------------------------------------------------------------------ */

/* Whether one of the first `n` instructions has that name. */
static bool is_defined(const struct draft *d, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(d->instructions.ptr[i].name, name) == 0)
			return true;
	return false;
}

static const char *upload_name(struct draft *d, const char *cache)
{
	return arena_printf(d->p->arena, "Upload '%s' cache", cache);
}

/* The nearest name of a cache among those that came before. */
static int hint_cache(struct draft *d, size_t n, const char *name)
{
	const char **caches =
		arena_alloc(d->p->arena, (n + 1) * sizeof(*caches));
	const char *nearest;
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		if (d->instructions.ptr[i].kind == INSTRUCTION_CACHE)
			caches[found++] = d->instructions.ptr[i].name;
	nearest = suggest(name, caches);
	return nearest ? fail_hint(d->p, "did you mean \"%s\"?", nearest) : -1;
}

static int add_upload(struct draft *d, const struct node *n, size_t before,
		      const char *cache)
{
	const char *name = upload_name(d, cache);

	if (!is_defined(d, before, cache)) {
		fail(d->p, n, "no cache with name \"%s\" is defined", cache);
		return hint_cache(d, before, cache);
	}
	if (is_defined(d, before, name))
		return fail(d->p, n,
			    "the cache with name \"%s\" is already scheduled "
			    "to be uploaded in one of the previous "
			    "upload_caches instructions",
			    name);
	add(d, n, INSTRUCTION_UPLOAD_CACHE, name)->cache_name = cache;
	return 0;
}

int instruction_upload_caches(struct draft *d, const struct node *n, void *at)
{
	const char *const *names = NULL;
	/* within one list duplicates are left to instructions_check_names */
	size_t before = d->instructions.len;

	(void)at;
	if (field_strings(d, n, &names) < 0)
		return -1;
	for (; *names; names++)
		if (add_upload(d, n, before, *names) < 0)
			return -1;
	return 0;
}

/* --- artifacts, file ---------------------------------------------------------------- */

struct artifact_fields {
	const char *name, *type, *format;
	const char *const *paths;
};

static int artifact_path(struct draft *d, const struct node *n, void *at)
{
	struct artifact_fields *a = at;
	const char **one = arena_alloc(d->p->arena, 2 * sizeof(*one));

	a->paths = one;
	return field_early_string(d, n, one);
}

static const struct field artifact_table[] = {
	FIELD("name", field_string, struct artifact_fields, name),
	FIELD_WHOLE("path", artifact_path, 0),
	FIELD("paths", field_early_strings, struct artifact_fields, paths),
	FIELD("type", field_string, struct artifact_fields, type),
	FIELD("format", field_string, struct artifact_fields, format),
	{NULL},
};

int instruction_artifacts(struct draft *d, const struct node *n, void *at)
{
	static const char *const none[] = {NULL};
	struct artifact_fields a = {.paths = none};
	const char *name = stem_of(d, n, "artifacts", "binary");

	(void)at;
	if (map_parse(d, n, "artifacts", artifact_table, &a) < 0)
		return -1;
	add(d, n, INSTRUCTION_ARTIFACTS, is_given(a.name) ? a.name : name)
		->artifacts = (struct artifacts){a.paths, a.type, a.format};
	return 0;
}

struct file_fields {
	const char *name, *path, *variable, *contents;
};

static int file_variable(struct draft *d, const struct node *n, void *at)
{
	struct file_fields *f = at;

	f->contents = NULL;
	if (field_raw(d, n, &f->variable) < 0)
		return -1;
	f->variable += f->variable[0] == '$';
	return 0;
}

static int file_contents(struct draft *d, const struct node *n, void *at)
{
	struct file_fields *f = at;

	f->variable = NULL;
	return field_string(d, n, &f->contents);
}

static const struct field file_table[] = {
	FIELD("name", field_string, struct file_fields, name),
	FIELD_MUST("path", field_early_string, struct file_fields, path),
	FIELD_WHOLE("variable_name", file_variable, 0),
	FIELD_WHOLE("from_contents", file_contents, 0),
	{NULL},
};

int instruction_file(struct draft *d, const struct node *n, void *at)
{
	struct file_fields f = {0};
	const char *name = stem_of(d, n, "file", "file");

	(void)at;
	if (map_parse(d, n, "a file instruction", file_table, &f) < 0)
		return -1;
	if (!f.variable && !f.contents)
		return fail(d->p, n,
			    "either \"variable_name\" or "
			    "\"from_contents\" field should be set");
	add(d, n, INSTRUCTION_FILE, is_given(f.name) ? f.name : name)->file =
		(struct file){f.path, f.variable, f.contents};
	return 0;
}

/* --- behaviour blocks ----------------------------------------------------------------- */

static const struct field behaviour_table[] = {
	INSTRUCTION_BACKGROUND,
	INSTRUCTION_FIELDS,
	{NULL},
};

static enum behaviour behaviour_of(const char *key)
{
	static const struct {
		const char *key;
		enum behaviour behaviour;
	} keys[] = {
		{"on_failure", BEHAVIOUR_ON_FAILURE},
		{"on_timeout", BEHAVIOUR_ON_TIMEOUT},
		{"always", BEHAVIOUR_ALWAYS},
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(keys[i].key, key) == 0)
			return keys[i].behaviour;
	return BEHAVIOUR_ON_SUCCESS;
}

int instruction_behaviour(struct draft *d, const struct node *n, void *at)
{
	const char *what = arena_printf(d->p->arena, "%s:", n->name);
	int r;

	(void)at;
	d->behaviour = behaviour_of(n->name);
	r = map_parse(d, n, what, behaviour_table, d);
	d->behaviour = BEHAVIOUR_ON_SUCCESS;
	return r;
}

/* --- what is implied -------------------------------------------------------------------- */

void instructions_imply_uploads(struct draft *d)
{
	size_t n = d->instructions.len;

	for (size_t i = 0; i < n; i++)
		if (d->instructions.ptr[i].kind == INSTRUCTION_UPLOAD_CACHE)
			return;
	for (size_t i = 0; i < n; i++) {
		struct instruction in = d->instructions.ptr[i];
		const char *cache = in.name;

		if (in.kind != INSTRUCTION_CACHE)
			continue;
		in = (struct instruction){.kind = INSTRUCTION_UPLOAD_CACHE,
					  .behaviour = in.behaviour,
					  .name = upload_name(d, cache),
					  .at = in.at,
					  .cache_name = cache};
		instruction_vec_push(&d->instructions, in);
	}
}

/* Hands the list over to the task, behind a clone unless the file has one. */
void instructions_add_clone(struct draft *d)
{
	struct task *t = d->task;
	size_t n = d->instructions.len;
	bool has_clone = is_defined(d, n, "clone");
	struct instruction *all =
		arena_alloc(d->p->arena, (n + !has_clone) * sizeof(*all));

	if (!has_clone) {
		all[0] = (struct instruction){.kind = INSTRUCTION_CLONE,
					      .name = "clone"};
		/* the first stage of a pipe begins with the clone */
		if (n) {
			all[0].step_image = d->instructions.ptr[0].step_image;
			d->instructions.ptr[0].step_image = NULL;
		}
	}
	if (n)
		memcpy(all + !has_clone, d->instructions.ptr, n * sizeof(*all));
	t->instructions = all;
	t->n_instructions = n + !has_clone;
}

static const char *type_words(enum instruction_kind kind)
{
	static const char *const words[] = {
		[INSTRUCTION_SCRIPT] = "script",
		[INSTRUCTION_BACKGROUND_SCRIPT] = "background script",
		[INSTRUCTION_CACHE] = "cache",
		[INSTRUCTION_UPLOAD_CACHE] = "upload cache",
		[INSTRUCTION_CLONE] = "clone",
		[INSTRUCTION_FILE] = "file",
		[INSTRUCTION_ARTIFACTS] = "artifacts",
	};

	return words[kind];
}

static int duplicate(struct parser *p, const struct task *t,
		     const struct instruction *first,
		     const struct instruction *second)
{
	if (first->kind == second->kind)
		fail_at(p, second->at,
			"task '%s' has two %s instructions with an identical "
			"name '%s'",
			t->name, type_words(first->kind), first->name);
	else
		fail_at(p, second->at,
			"task '%s' has %s and %s instructions with an "
			"identical name '%s'",
			t->name, type_words(first->kind),
			type_words(second->kind), first->name);
	return fail_hint(p, "give one of them a name of its own, as in "
			    "NAME_script or NAME_cache");
}

static int by_name(const void *a, const void *b)
{
	const struct instruction *x = *(const struct instruction *const *)a;
	const struct instruction *y = *(const struct instruction *const *)b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	return x < y ? -1 : x > y;
}

/* The first that repeats the name of one before it. */
static int check_names(struct parser *p, const struct draft *d)
{
	const struct instruction **sorted, *first = NULL, *second = NULL;
	size_t n = d->instructions.len;

	sorted = xreallocarray(NULL, n + 1, sizeof(*sorted));
	for (size_t i = 0; i < n; i++)
		sorted[i] = &d->instructions.ptr[i];
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 1; i < n; i++) {
		bool again = strcmp(sorted[i]->name, sorted[i - 1]->name) == 0;

		if (again && (!second || sorted[i] < second)) {
			first = sorted[i - 1];
			second = sorted[i];
		}
	}
	free(sorted);
	return second ? duplicate(p, d->task, first, second) : 0;
}

int instructions_check_names(struct parser *p)
{
	for (size_t i = 0; i < p->drafts.len; i++)
		if (!p->drafts.ptr[i]->task->filtered &&
		    check_names(p, p->drafts.ptr[i]) < 0)
			return -1;
	return 0;
}
