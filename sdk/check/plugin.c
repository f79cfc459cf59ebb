/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "check.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fd.h"

const char *plugin_load(struct t *t)
{
	t->module = dlopen(t->set->plugin, RTLD_NOW | RTLD_LOCAL);
	return t->module ? NULL : dlerror();
}

/* "/x/cirrus-my-vm.so" exports "cirrus_my_vm_LTX_<entry>". */
static char *entry_name(const char *path)
{
	const char *base = strrchr(path, '/');
	AUTO_FREE char *stem = NULL;

	base = base ? base + 1 : path;
	stem = xstrndup(base, strcspn(base, "."));
	for (char *p = stem; *p; p++)
		if (*p == '-')
			*p = '_';
	return xasprintf("%s_LTX_%s", stem, CIRRUS_ENTRY_SYMBOL);
}

const struct cirrus_backend *plugin_entry(struct t *t,
					  const struct cirrus_host *host)
{
	AUTO_FREE char *name = entry_name(t->set->plugin);
	cirrus_backend_entry_fn *entry;
	const struct cirrus_backend *be;
	void *symbol = dlsym(t->module, name);

	if (!symbol)
		symbol = dlsym(t->module, CIRRUS_ENTRY_SYMBOL);
	if (!symbol)
		failed(t, "it exports neither %s nor %s", name,
		       CIRRUS_ENTRY_SYMBOL);
	/* ISO C has no cast from data to functions */
	memcpy(&entry, &symbol, sizeof(entry));
	be = entry(host);
	want(t, be != NULL, "its entry returned NULL");
	return be;
}

const struct cirrus_option *option_find(const struct cirrus_option *const *list,
					const char *name)
{
	for (; list && *list; list++)
		if (strcmp((*list)->name, name) == 0)
			return *list;
	return NULL;
}

static char *make_dir(const struct t *t, const char *name)
{
	char *path = xasprintf("%s/%s", t->set->workspace, name);

	if (dir_make(path, 0700, NULL) < 0)
		abort();
	return path;
}

/* KEY=VALUE texts; the later of two counts. */
static void add_options(struct config *config, const char *const *pairs)
{
	for (; pairs && *pairs; pairs++) {
		size_t len = strcspn(*pairs, "="), i = 0;
		AUTO_FREE char *key = xstrndup(*pairs, len);

		while (i < config->c.n_kv &&
		       strcmp(config->kv[i].key, key) != 0)
			i++;
		if (i == ARRAY_LEN(config->kv))
			return;
		strv_push(&config->text, key);
		config->kv[i].key = config->text.v[config->text.len - 1];
		strv_push(&config->text, *pairs + len + 1);
		config->kv[i].value = config->text.v[config->text.len - 1];
		if (i == config->c.n_kv)
			config->c.n_kv++;
	}
}

void config_init(struct config *config, const struct t *t,
		 const char *const *override)
{
	*config = (struct config){0};
	config->label = (struct cirrus_kv){"cirrus-check", t->run};
	config->cache = make_dir(t, "cache");
	config->state = make_dir(t, "state");
	config->runtime = make_dir(t, "runtime");
	config->helper[0] = t->set->self;
	config->helper[1] = "--helper";
	config->helper[2] = t->set->plugin;
	add_options(config, (const char *const *)t->set->options.v);
	add_options(config, override);
	config->c.struct_size = sizeof(config->c);
	config->c.kv = config->kv;
	config->c.labels = &config->label;
	config->c.n_labels = 1;
	config->c.cache_dir = config->cache;
	config->c.state_dir = config->state;
	config->c.runtime_dir = config->runtime;
	config->c.helper_argv = config->helper;
}

void config_clear(struct config *config)
{
	strv_clear(&config->text);
	free(config->cache);
	free(config->state);
	free(config->runtime);
}

/* Lives until close, as the contract says. */
static struct config current;

static void choose_kind(struct t *t)
{
	const struct cirrus_kind *const *k = t->be->kinds;

	for (; k && *k; k++)
		if (!t->set->kind || strcmp((*k)->name, t->set->kind) == 0) {
			t->kind = *k;
			return;
		}
	failed(t, "it has no kind %s", t->set->kind ? t->set->kind : "at all");
}

void conn_up(struct t *t)
{
	CALL(t, open_call, 60000);
	CALL(t, info_call, 30000);
	cirrus_status s;

	choose_kind(t);
	config_init(&current, t, t->override);
	s = call_done(&open_call, "open",
		      t->be->open(&open_call.c, &current.c, &t->conn));
	want_status(&open_call, s, CIRRUS_OK, "open");
	want(t, t->conn != NULL, "open returned OK without a connection");
	t->info = xcalloc(1, CIRRUS_OUT_MAX);
	t->info->struct_size = sizeof(*t->info);
	s = ON_CONN(&info_call, system_info, t->kind->name, t->info);
	want_status(&info_call, s, CIRRUS_OK, "system_info");
	t->caps = t->info->capabilities[0];
}

void conn_down(struct t *t)
{
	if (t->conn) {
		CALL(t, call, 15000);

		t->be->close(t->conn, &call.c);
		t->conn = NULL;
		config_clear(&current);
	}
	free(t->info);
	t->info = NULL;
}
