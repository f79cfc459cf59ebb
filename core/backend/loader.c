/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/loader.h"

#include <dlfcn.h>
#include <ltdl.h>
#include <libltdl/lt_dlloader.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "backend/crash.h"
#include "backend/services.h"
#include "base/buf.h"
#include "base/strv.h"

/* Guards libltdl, what it last said, and the list of what is loaded. */
static pthread_mutex_t loader_lock = PTHREAD_MUTEX_INITIALIZER;
static bool loader_ready;
static char *loader_reason; /* why dlopen failed */
static struct backend *loader_loaded;
static atomic_bool loader_at_work; /* in the plugin's own code */

/* --- a loader for libltdl that binds at once ------------------------------- */

static lt_module module_open(UNUSED lt_user_data data, const char *path,
			     UNUSED lt_dladvise advise)
{
	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	/* The text dies with the next dl* call of this thread, and libltdl
	 * would keep no more than a pointer to it.  The first one counts: with
	 * a .la file libltdl goes on to places where nothing is. */
	if (!module && !loader_reason) {
		const char *reason = dlerror();

		loader_reason = xstrdup(reason ? reason : "cannot be loaded");
	}
	return module;
}

static int module_close(UNUSED lt_user_data data, lt_module module)
{
	return dlclose(module) == 0 ? 0 : 1;
}

static void *module_find(UNUSED lt_user_data data, lt_module module,
			 const char *symbol)
{
	return dlsym(module, symbol);
}

/* The stock loader goes: libltdl would try again with it what ours refused, and
 * as it binds lazily, a plugin with an undefined symbol would load and die at
 * the first call. */
static int loader_init(struct error **err)
{
	static lt_dlvtable ours;
	const lt_dlvtable *stock;

	if (loader_ready)
		return 0;
	if (lt_dlinit() != 0)
		return error_set(err, ERR_INTERNAL, "libltdl: %s",
				 lt_dlerror());
	stock = lt_dlloader_find("lt_dlopen");
	ours = (lt_dlvtable){
		.name = "cirrus_dlopen",
		.sym_prefix = stock ? stock->sym_prefix : NULL,
		.module_open = module_open,
		.module_close = module_close,
		.find_sym = module_find,
		.priority = LT_DLLOADER_PREPEND,
	};
	if (lt_dlloader_add(&ours) != 0)
		return error_set(err, ERR_INTERNAL, "libltdl: %s",
				 lt_dlerror());
	if (stock)
		free(lt_dlloader_remove("lt_dlopen"));
	loader_ready = true;
	return 0;
}

/* --- one plugin -------------------------------------------------------------- */

/* What the dynamic linker's words mean for the person who reads them. */
static const struct {
	const char *words, *hint;
} reasons[] = {
	{"cannot open shared object",
	 "a library that the plugin needs is not installed"},
	{"undefined symbol",
	 "the plugin does not fit the libraries of this machine: build or "
	 "install it anew"},
	{"file too short", "the file is damaged: install the plugin anew"},
	{"invalid ELF header", "the file is not a plugin"},
	{"wrong ELF class", "the plugin was built for another machine"},
};

/* "PATH: undefined symbol: x" becomes "undefined symbol: x": who reads it knows
 * the path already.  (With a .la file it is the path in .libs.) */
static const char *without_path(const char *reason, const char *path)
{
	const char *colon = strstr(reason, ": ");
	const char *name = strrchr(path, '/');
	size_t stem = strcspn(name ? ++name : path, ".");

	if (!name || reason[0] != '/' || !colon)
		return reason;
	for (const char *p = colon; p > reason; p--)
		if (p[-1] == '/')
			return strncmp(p, name, stem) ? reason : colon + 2;
	return reason;
}

static int explain(const char *path, const char *fallback, struct error **err)
{
	const char *reason =
		loader_reason ? without_path(loader_reason, path) : fallback;

	error_set(err, ERR_BACKEND, "%s", reason);
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (strstr(reason, reasons[i].words)) {
			error_hint(err, "%s", reasons[i].hint);
			break;
		}
	}
	return -1;
}

/* A program without shared libraries carries its plugins, under bare names; a
 * path is all that counts elsewhere, so that no search of libltdl's happens. */
static lt_dlhandle open_module(const struct candidate *c, struct error **err)
{
	AUTO_FREE char *bare = xasprintf("cirrus-%s", c->name);
	lt_dladvise advise;
	lt_dlhandle module = NULL;

	free(STEAL_PTR(loader_reason));
	if (lt_dladvise_init(&advise) != 0) {
		error_set(err, ERR_INTERNAL, "libltdl: %s", lt_dlerror());
		return NULL;
	}
	if (lt_dladvise_resident(&advise) == 0 &&
	    (c->path ? lt_dladvise_local(&advise)
		     : lt_dladvise_preload(&advise)) == 0)
		module = lt_dlopenadvise(c->path ? c->path : bare, advise);
	if (!module)
		explain(c->path ? c->path : bare, lt_dlerror(), err);
	lt_dladvise_destroy(&advise);
	return module;
}

/* The entry's name carries the ABI's major version, so one that we do not offer
 * shows as another name.  */
static void no_entry(lt_dlhandle module, enum table_fault *fault,
		     struct error **err)
{
	for (int major = 0; major < 10; major++) {
		AUTO_FREE char *name =
			xasprintf("cirrus_backend_entry_v%d", major);

		if (major == CIRRUS_ABI_MAJOR || !lt_dlsym(module, name))
			continue;
		*fault = TABLE_INCOMPATIBLE;
		table_wrong_major(major, err);
		return;
	}
	*fault = TABLE_BROKEN;
	error_set(err, ERR_BACKEND, "no entry symbol " CIRRUS_ENTRY_SYMBOL);
	error_hint(err, "the file is not a plugin of cirrus, or was linked "
			"without exporting its entry");
}

static int load_table(const struct candidate *c, struct backend *out,
		      enum table_fault *fault, struct error **err)
{
	lt_dlhandle module = open_module(c, err);
	cirrus_backend_entry_fn *entry;
	void *symbol;

	if (!module)
		return -1;
	symbol = lt_dlsym(module, CIRRUS_ENTRY_SYMBOL);
	if (!symbol) {
		no_entry(module, fault, err);
		return -1;
	}
	memcpy(&entry, &symbol, sizeof(entry));
	out->theirs = entry(services_host());
	return table_copy(out->theirs, c->name, &out->table, fault, err);
}

static bool is_candidate(const struct backend *b, const struct candidate *c)
{
	if (!b->path || !c->path)
		return !b->path && !c->path && strcmp(b->name, c->name) == 0;
	return strcmp(b->path, c->path) == 0;
}

static struct backend *load(const struct candidate *c, enum table_fault *fault,
			    struct error **err)
{
	struct backend loaded = {0};
	struct backend *b;
	int failed;

	for (b = loader_loaded; b; b = b->next)
		if (is_candidate(b, c))
			return b;
	if (loader_init(err) < 0)
		return NULL;
	crash_enter(c->name, "load");
	loader_at_work = true;
	failed = load_table(c, &loaded, fault, err);
	loader_at_work = false;
	crash_leave();
	if (failed)
		return NULL;
	b = xmalloc(sizeof(*b));
	*b = loaded;
	b->name = xstrdup(c->name);
	b->path = xstrdup_or_null(c->path);
	b->next = loader_loaded;
	loader_loaded = b;
	return b;
}

struct backend *loader_load(const struct candidate *c, enum table_fault *fault,
			    struct error **err)
{
	struct backend *b;

	*fault = TABLE_BROKEN;
	if (search_refuses(c, err))
		return NULL;
	pthread_mutex_lock(&loader_lock);
	b = load(c, fault, err);
	pthread_mutex_unlock(&loader_lock);
	return b;
}

bool loader_busy(void)
{
	return loader_at_work;
}
