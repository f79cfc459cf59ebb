/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/settings.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "backend/config-file.h"
#include "backend/helper.h"
#include "backend/hint.h"
#include "backend/need.h"
#include "backend/private-dir.h"
#include "backend/value.h"
#include "base/buf.h"
#include "base/compat.h"
#include "base/strv.h"

extern char **environ;

/* All that is looked at for the options of one backend. */
struct sources {
	const struct backend *backend;
	const struct backend_choice *choice;
	struct config_file file;
	struct arena *arena;
};

/* "CIRRUS_CLI_MY_VM_" of my-vm; the same for what follows. */
static char *upper(struct arena *a, const char *text)
{
	char *out = arena_strdup(a, text);

	for (char *p = out; *p; p++)
		*p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
	return out;
}

/* --- where an option's value comes from: the nearer source wins --------------- */

static const char *from_command_line(const struct sources *from,
				     const char *key, const char **where)
{
	const struct backend_choice *choice = from->choice;
	const char *name = from->backend->name;

	/* Of an option given twice the last counts. */
	for (size_t i = choice->n_options; i-- > 0;) {
		const struct backend_option *o = &choice->options[i];

		if (strcmp(o->name, name) != 0 || strcmp(o->key, key) != 0)
			continue;
		*where = arena_printf(from->arena, "--backend-option %s.%s",
				      name, key);
		return o->value;
	}
	return NULL;
}

static const char *from_environment(const struct sources *from, const char *key,
				    const char **where)
{
	*where = arena_printf(from->arena, "CIRRUS_CLI_%s_%s",
			      upper(from->arena, from->backend->name),
			      upper(from->arena, key));
	return getenv(*where);
}

/* *value stays NULL where nobody gave one. */
static int find_value(const struct sources *from,
		      const struct cirrus_option *option, const char **value,
		      struct error **err)
{
	const char *where = NULL;

	*value = from_command_line(from, option->name, &where);
	if (!*value)
		*value = from_environment(from, option->name, &where);
	if (!*value && config_file_get(&from->file, option, from->arena, value,
				       &where, err) < 0)
		return -1;
	if (!*value)
		return 0;
	*value = value_check(option, *value, from->arena, err);
	if (!*value) {
		error_prefix(err, "%s", where);
		return -1;
	}
	if (option->flags & CIRRUS_OPT_SECRET)
		services_secret(*value);
	return 0;
}

static int add_option(struct cirrus_config *config, struct cirrus_kv *kv,
		      const struct sources *from,
		      const struct cirrus_option *option, struct error **err)
{
	const char *name = from->backend->name, *value;

	if (find_value(from, option, &value, err) < 0)
		return -1;
	if (!value)
		value = option->default_value;
	if (value)
		kv[config->n_kv++] = (struct cirrus_kv){option->name, value};
	else if (option->flags & CIRRUS_OPT_REQUIRED)
		return error_set(err, ERR_CONFIG,
				 "backend %s needs the option \"%s\": "
				 "--backend-option %s.%s=VALUE",
				 name, option->name, name, option->name);
	return 0;
}

static int add_options(struct cirrus_config *config, const struct sources *from,
		       struct error **err)
{
	const struct cirrus_option *const *options =
		from->backend->table.options;
	struct cirrus_kv *kv;
	size_t n = 0;

	while (options && options[n])
		n++;
	kv = arena_alloc(from->arena, (n + 1) * sizeof(*kv));
	config->kv = kv;
	for (size_t i = 0; i < n; i++)
		if (add_option(config, kv, from, options[i], err) < 0)
			return -1;
	return 0;
}

/* --- what no option of the plugin answers to ---------------------------------- */

static int unknown_option(const struct backend *b, const char *where,
			  const char *key, struct error **err)
{
	const struct cirrus_option *const *options = b->table.options;
	AUTO_STRV struct strv names = {0};

	for (; options && *options; options++)
		strv_push(&names, (*options)->name);
	error_set(err, ERR_USAGE, "%s: backend %s has no option \"%s\"", where,
		  b->name, key);
	hint_names(err, key, &names, "options");
	return -1;
}

static bool has_option(const struct backend *b, const char *key)
{
	const struct cirrus_option *const *options = b->table.options;

	for (; options && *options; options++)
		if (strcmp((*options)->name, key) == 0)
			return true;
	return false;
}

static bool has_variable(const struct backend *b, const char *key,
			 struct arena *a)
{
	const struct cirrus_option *const *options = b->table.options;

	for (; options && *options; options++)
		if (strcmp(upper(a, (*options)->name), key) == 0)
			return true;
	return false;
}

/* CIRRUS_CLI_DOCKER_HSOT: nobody else would ever say that it is not read. */
static int check_environment(const struct backend *b, struct arena *a,
			     struct error **err)
{
	const char *prefix =
		arena_printf(a, "CIRRUS_CLI_%s_", upper(a, b->name));

	for (char **e = environ; e && *e; e++) {
		AUTO_FREE char *key = NULL;

		if (!str_starts(*e, prefix))
			continue;
		key = xstrndup(*e + strlen(prefix),
			       strcspn(*e, "=") - strlen(prefix));
		if (has_variable(b, key, a))
			continue;
		for (char *p = key; *p; p++)
			*p = (char)tolower((unsigned char)*p);
		return unknown_option(b, "environment", key, err);
	}
	return 0;
}

static int check_unknown(const struct backend *b,
			 const struct backend_choice *choice, struct arena *a,
			 struct error **err)
{
	for (size_t i = 0; i < choice->n_options; i++) {
		const struct backend_option *o = &choice->options[i];

		if (strcmp(o->name, b->name) == 0 && !has_option(b, o->key))
			return unknown_option(b, "--backend-option", o->key,
					      err);
	}
	return check_environment(b, a, err);
}

/* --- the rest --------------------------------------------------------------------- */

static int add_directories(struct settings *s, const struct backend *b,
			   struct error **err)
{
	struct cirrus_config *c = s->config;

	c->cache_dir = private_dir(PRIVATE_CACHE, b->name, &s->arena, err);
	c->state_dir = private_dir(PRIVATE_STATE, b->name, &s->arena, err);
	c->runtime_dir = private_dir(PRIVATE_RUNTIME, b->name, &s->arena, err);
	return c->cache_dir && c->state_dir && c->runtime_dir ? 0 : -1;
}

/* Copied: a plugin that hangs may outlive those who gave them. */
static const struct cirrus_kv *copy_labels(const struct backend_choice *choice,
					   struct arena *a)
{
	struct cirrus_kv *labels =
		arena_alloc(a, (choice->n_labels + 1) * sizeof(*labels));

	for (size_t i = 0; i < choice->n_labels; i++) {
		labels[i].key = arena_strdup(a, choice->labels[i].key);
		labels[i].value = arena_strdup(a, choice->labels[i].value);
	}
	return labels;
}

int settings_make(struct settings *s, const struct backend *b,
		  const struct backend_choice *choice, struct error **err)
{
	const struct cirrus_config config = {.n_labels = choice->n_labels};
	struct sources from = {b, choice, .arena = &s->arena};

	*s = (struct settings){0};
	s->config = PADDED(&s->arena, &config);
	s->config->labels = copy_labels(choice, &s->arena);
	s->config->helper_argv = helper_argv(b, &s->arena);
	if (check_unknown(b, choice, &s->arena, err) < 0 ||
	    config_file_read(b, &s->arena, &from.file, err) < 0 ||
	    add_options(s->config, &from, err) < 0 ||
	    add_directories(s, b, err) < 0) {
		settings_clear(s);
		return -1;
	}
	return 0;
}

void settings_clear(struct settings *s)
{
	arena_free(&s->arena);
	*s = (struct settings){0};
}
