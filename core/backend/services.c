/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/services.h"

#include <cirrus/sdk.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "backend/crash.h"
#include "backend/status.h"
#include "base/clock.h"
#include "base/fd.h"

/* Read while one is called: a plugin that was given up may call for ever, and
 * must not reach those who have gone. */
static pthread_rwlock_t hooks_lock = PTHREAD_RWLOCK_INITIALIZER;
static struct backend_hooks hooks;

void backend_set_hooks(const struct backend_hooks *h)
{
	pthread_rwlock_wrlock(&hooks_lock);
	hooks = *h;
	pthread_rwlock_unlock(&hooks_lock);
}

void services_log(void *scope, int32_t level, const char *fmt, ...)
{
	AUTO_FREE char *msg = NULL;
	va_list ap;

	va_start(ap, fmt);
	msg = xvasprintf(fmt, ap);
	va_end(ap);
	pthread_rwlock_rdlock(&hooks_lock);
	if (hooks.log)
		hooks.log(hooks.ctx, scope, level, msg);
	pthread_rwlock_unlock(&hooks_lock);
}

void services_secret(const char *text)
{
	pthread_rwlock_rdlock(&hooks_lock);
	if (hooks.secret && text && text[0])
		hooks.secret(hooks.ctx, text);
	pthread_rwlock_unlock(&hooks_lock);
}

static struct call *call_of(const struct cirrus_call *pub)
{
	union {
		const void *in;
		struct call *out;
	} back = {.in = pub ? pub->reserved : NULL};

	return back.out;
}

/* --- the host table ---------------------------------------------------------- */

static void host_log(const struct cirrus_call *pub, int32_t level,
		     const char *msg)
{
	const struct call *k = call_of(pub);

	services_log(k ? k->scope : NULL, level, "%s%s%s",
		     k ? k->table->name : "", k ? ": " : "", msg ? msg : "");
}

static void host_error(const struct cirrus_call *pub, cirrus_status status,
		       const char *msg, const char *hint)
{
	struct call *k = call_of(pub);

	(void)status; /* what the operation returns is what counts */
	if (!k)
		return;
	pthread_mutex_lock(&k->lock);
	if (k->errors++ == 0) {
		k->msg = msg && msg[0] ? xstrdup(msg) : NULL;
		k->hint = hint && hint[0] ? xstrdup(hint) : NULL;
	}
	pthread_mutex_unlock(&k->lock);
}

static int32_t host_cancelled(const struct cirrus_call *pub)
{
	struct pollfd p = {.fd = pub ? pub->cancel_fd : -1, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

/* An answer in a struct of the plugin's, which may know less of it than we. */
static cirrus_status host_registry_auth(const struct cirrus_call *pub,
					const char *registry,
					struct cirrus_registry_auth *out)
{
	struct call *k = call_of(pub);
	const char *user = NULL, *password = NULL;
	struct cirrus_registry_auth auth = {0};
	bool found;

	if (!k || !registry || !out || out->struct_size < sizeof(uint32_t))
		return CIRRUS_E_INVAL;
	pthread_mutex_lock(&k->lock);
	pthread_rwlock_rdlock(&hooks_lock);
	found = hooks.registry_auth &&
		hooks.registry_auth(hooks.ctx, k->scope, registry, &user,
				    &password);
	if (found) {
		auth.username = xstrdup(user ? user : "");
		auth.password = xstrdup(password ? password : "");
		auth.server = xstrdup(registry);
		strv_push_steal(&k->lent, (char *)auth.username);
		strv_push_steal(&k->lent, (char *)auth.password);
		strv_push_steal(&k->lent, (char *)auth.server);
	}
	pthread_rwlock_unlock(&hooks_lock);
	pthread_mutex_unlock(&k->lock);
	if (!found)
		return CIRRUS_E_NOTFOUND;
	auth.struct_size = out->struct_size;
	memcpy(out, &auth,
	       out->struct_size < sizeof(auth) ? out->struct_size
					       : sizeof(auth));
	return CIRRUS_OK;
}

/* --- progress: told at most this often, and the last word always -------------- */

#define PROGRESS_INTERVAL (50 * NS_PER_MS)
#define PROGRESS_ITEMS    512

static void show_progress(const struct call *k, struct call_progress *p)
{
	const struct cirrus_progress told = {
		.struct_size = sizeof(told),
		.flags = p->flags,
		.done = p->done,
		.total = p->total,
		.item = p->item,
		.what = p->what,
	};

	p->pending = false;
	p->shown_ns = clock_now();
	pthread_rwlock_rdlock(&hooks_lock);
	if (hooks.progress)
		hooks.progress(hooks.ctx, k->scope, &told);
	pthread_rwlock_unlock(&hooks_lock);
}

static struct call_progress *progress_item(struct call *k, const char *item)
{
	for (size_t i = 0; i < k->progress.len; i++)
		if (strcmp(k->progress.ptr[i].item, item) == 0)
			return &k->progress.ptr[i];
	if (k->progress.len == PROGRESS_ITEMS)
		return NULL;
	call_progress_vec_push(&k->progress,
			       (struct call_progress){.item = xstrdup(item)});
	return &k->progress.ptr[k->progress.len - 1];
}

static void note_progress(struct call *k, const struct cirrus_progress *told)
{
	struct call_progress *p =
		progress_item(k, told->item ? told->item : "");
	bool other_words;

	if (!p)
		return;
	other_words =
		told->what && (!p->what || strcmp(p->what, told->what) != 0);
	if (other_words) {
		free(p->what);
		p->what = xstrdup(told->what);
	}
	p->flags = told->flags;
	p->total = told->total;
	if (told->done > p->done)
		p->done = told->done;
	p->pending = true;
	if (other_words || (p->total > 0 && p->done >= p->total) ||
	    clock_now() - p->shown_ns >= PROGRESS_INTERVAL)
		show_progress(k, p);
}

static void host_progress(const struct cirrus_call *pub,
			  const struct cirrus_progress *told)
{
	struct call *k = call_of(pub);

	if (!k || !told || !CIRRUS_HAS(told, struct cirrus_progress, what))
		return;
	pthread_mutex_lock(&k->lock);
	note_progress(k, told);
	pthread_mutex_unlock(&k->lock);
}

static void end_progress(struct call *k, bool good)
{
	for (size_t i = 0; i < k->progress.len; i++) {
		struct call_progress *p = &k->progress.ptr[i];

		if (good && p->pending)
			show_progress(k, p);
		free(p->item);
		free(p->what);
	}
	call_progress_vec_clear(&k->progress);
}

const struct cirrus_host *services_host(void)
{
	static const ABI_PADDED(struct cirrus_host) host = {
		.s =
			{
				.struct_size = sizeof(struct cirrus_host),
				.abi_major = CIRRUS_ABI_MAJOR,
				.abi_minor = CIRRUS_ABI_MINOR,
				.version = PACKAGE_VERSION,
				.log = host_log,
				.progress = host_progress,
				.error = host_error,
				.cancelled = host_cancelled,
				.registry_auth = host_registry_auth,
				.secret = services_secret,
				.now_ns = clock_now,
			},
	};

	return &host.s;
}

/* --- beginning and end ---------------------------------------------------------- */

static int never_fds[2] = {-1, -1};

static void make_never(void)
{
	if (fd_pipe(never_fds, NULL) < 0)
		never_fds[0] = -1;
}

/* Nothing is ever written to it: a plugin may poll cancel_fd without a thought,
 * also where nobody can cancel. */
static int never_fires(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, make_never);
	return never_fds[0];
}

void call_begin(struct call *k, const struct cirrus_backend *table,
		const char *op, const struct call_options *o)
{
	*k = (struct call){.table = table, .op = op, .scope = o->scope};
	pthread_mutex_init(&k->lock, NULL);
	k->padded.s = (struct cirrus_call){
		.struct_size = sizeof(k->padded.s),
		.cancel_fd = o->cancel_fd > 2 ? o->cancel_fd : never_fires(),
		.deadline_ns = o->deadline_ns,
		.host = services_host(),
		.reserved = k,
	};
	crash_enter(table->name, op);
}

/* What the contract forbids and we can live with: told to those who debug. */
static void blame(const struct call *k, cirrus_status status)
{
	const struct cirrus_call *pub = &k->padded.s;
	const char *fault = NULL;

	if (status != CIRRUS_OK && k->errors == 0)
		fault = "failed without a word";
	else if (status == CIRRUS_OK && k->errors > 0)
		fault = "reported an error and succeeded";
	else if (k->errors > 1)
		fault = "reported more than one error";
	else if (pub->deadline_ns &&
		 clock_now() > pub->deadline_ns + 2 * NS_PER_S)
		fault = "came back more than 2 s after its deadline";
	if (fault)
		services_log(k->scope, CIRRUS_LOG_DEBUG,
			     "plugin %s: %s %s (%s)", k->table->name, k->op,
			     fault, status_name(status));
}

static void wipe(struct strv *lent)
{
	for (size_t i = 0; i < lent->len; i++)
		explicit_bzero(lent->v[i], strlen(lent->v[i]));
	strv_clear(lent);
}

cirrus_status call_end(struct call *k, cirrus_status status, struct error **err)
{
	const char *hint;

	crash_leave();
	status = status_known(status);
	hint = k->hint ? k->hint : status_hint(status);
	blame(k, status);
	end_progress(k, status == CIRRUS_OK);
	if (status != CIRRUS_OK) {
		if (k->msg)
			error_set(err, status_error_code(status), "%s: %s",
				  k->table->name, k->msg);
		else
			error_set(err, status_error_code(status), "%s: %s: %s",
				  k->table->name, k->op,
				  cirrus_status_text(status));
		if (hint)
			error_hint(err, "%s", hint);
	}
	wipe(&k->lent);
	free(k->msg);
	free(k->hint);
	pthread_mutex_destroy(&k->lock);
	return status;
}
