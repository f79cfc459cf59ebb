/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/services.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/fd.h"
#include "tap.h"

static const struct cirrus_backend table = {.name = "fake"};
static int scope;

/* --- what the hooks were told ---------------------------------------------- */

static struct {
	int n;
	int64_t done;
	char item[32], what[32], log[128], secret[32];
	void *scope;
	bool known;
} told;

static void on_log(void *ctx, void *where, int32_t level, const char *msg)
{
	(void)ctx;
	(void)level;
	told.scope = where;
	snprintf(told.log, sizeof(told.log), "%s", msg);
}

static void on_progress(void *ctx, void *where, const struct cirrus_progress *p)
{
	(void)ctx;
	told.scope = where;
	told.n++;
	told.done = p->done;
	snprintf(told.item, sizeof(told.item), "%s", p->item);
	snprintf(told.what, sizeof(told.what), "%s", p->what ? p->what : "");
}

static void on_secret(void *ctx, const char *text)
{
	(void)ctx;
	snprintf(told.secret, sizeof(told.secret), "%s", text);
}

static bool on_auth(void *ctx, void *where, const char *registry,
		    const char **username, const char **password)
{
	(void)ctx;
	told.scope = where;
	*username = "me";
	*password = "hunter2";
	return strcmp(registry, "127.0.0.1:5000") == 0;
}

static const struct cirrus_host *begin(struct call *k)
{
	static const struct backend_hooks hooks = {
		.log = on_log,
		.progress = on_progress,
		.secret = on_secret,
		.registry_auth = on_auth,
	};
	const struct call_options o = {.scope = &scope};

	memset(&told, 0, sizeof(told));
	backend_set_hooks(&hooks);
	call_begin(k, &table, "image_pull", &o);
	return k->padded.s.host;
}

static void progress(const struct call *k, const char *item, const char *what,
		     int64_t done, int64_t total)
{
	const struct cirrus_progress p = {
		.struct_size = sizeof(p),
		.item = item,
		.what = what,
		.done = done,
		.total = total,
	};

	k->padded.s.host->progress(&k->padded.s, &p);
}

/* --- the table --------------------------------------------------------------- */

TEST(the_table_is_padded)
{
	const struct cirrus_host *h = services_host();
	const char *p = (const char *)h;

	ok_int(h->struct_size, sizeof(*h));
	ok_int(h->abi_major, CIRRUS_ABI_MAJOR);
	ok_str(h->version, PACKAGE_VERSION);
	for (size_t i = sizeof(*h); i < CIRRUS_OUT_MAX; i++)
		if (!ok(p[i] == 0))
			break;
	ok(h->now_ns() <= clock_now());
}

TEST(logs_with_the_plugin_s_name)
{
	struct call k;
	const struct cirrus_host *h = begin(&k);

	h->log(&k.padded.s, CIRRUS_LOG_INFO, "hello");
	ok_str(told.log, "fake: hello");
	ok(told.scope == &scope);
	h->log(NULL, CIRRUS_LOG_INFO, "nobody's");
	ok_str(told.log, "nobody's");
	ok(!told.scope);
	(void)call_end(&k, CIRRUS_OK, NULL);
}

TEST(passes_secrets_on_and_empty_ones_not)
{
	struct call k;
	const struct cirrus_host *h = begin(&k);

	h->secret("hunter2");
	ok_str(told.secret, "hunter2");
	h->secret("");
	h->secret(NULL);
	ok_str(told.secret, "hunter2");
	(void)call_end(&k, CIRRUS_OK, NULL);
}

TEST(works_with_a_copy_of_the_call)
{
	struct call k;
	const struct cirrus_host *h = begin(&k);
	struct cirrus_call nearer = k.padded.s;
	AUTO_ERROR struct error *err = NULL;

	nearer.deadline_ns = clock_now();
	h->error(&nearer, CIRRUS_E_AUTH, "no entry", NULL);
	ok_int(call_end(&k, CIRRUS_E_AUTH, &err), CIRRUS_E_AUTH);
	ok_str(err ? err->msg : NULL, "fake: no entry");
}

TEST(the_first_error_counts_and_the_plugin_is_blamed)
{
	struct call k;
	const struct cirrus_host *h = begin(&k);
	AUTO_ERROR struct error *err = NULL;

	h->error(&k.padded.s, CIRRUS_E_AUTH, "first", "try this");
	h->error(&k.padded.s, CIRRUS_E_AUTH, "second", NULL);
	ok_int(call_end(&k, CIRRUS_E_AUTH, &err), CIRRUS_E_AUTH);
	need(err);
	ok_str(err->msg, "fake: first");
	ok_str(err->hint, "try this");
	ok_str(told.log, "plugin fake: image_pull reported more than one error "
			 "(AUTH)");
}

TEST(a_full_disk_needs_no_hint_of_the_plugin_s)
{
	struct call k;
	const struct cirrus_host *h = begin(&k);
	AUTO_ERROR struct error *err = NULL;

	h->error(&k.padded.s, CIRRUS_E_NOSPACE, "no room", NULL);
	ok_int(call_end(&k, CIRRUS_E_NOSPACE, &err), CIRRUS_E_NOSPACE);
	need(err && err->hint);
	ok(strstr(err->hint, "make room on the disk"));
}

TEST(an_error_before_a_success_is_blamed_and_dropped)
{
	struct call k;
	const struct cirrus_host *h = begin(&k);
	AUTO_ERROR struct error *err = NULL;

	h->error(&k.padded.s, CIRRUS_E_AUTH, "not so bad", NULL);
	ok_int(call_end(&k, CIRRUS_OK, &err), CIRRUS_OK);
	ok(!err);
	ok_str(told.log, "plugin fake: image_pull reported an error and "
			 "succeeded (OK)");
}

TEST(cancelled_follows_the_fd)
{
	struct call k;
	struct call_options o = {0};
	int fds[2];

	need(fd_pipe(fds, NULL) == 0);
	o.cancel_fd = fds[0];
	call_begin(&k, &table, "open", &o);
	ok_int(services_host()->cancelled(&k.padded.s), 0);
	need(write(fds[1], "x", 1) == 1);
	ok(services_host()->cancelled(&k.padded.s) != 0);
	ok_int(services_host()->cancelled(NULL), 0);
	(void)call_end(&k, CIRRUS_OK, NULL);
	close(fds[0]);
	close(fds[1]);
}

/* --- progress ------------------------------------------------------------------ */

TEST(progress_is_thinned_out_and_its_last_word_told)
{
	struct call k;

	begin(&k);
	for (int i = 1; i <= 1000; i++)
		progress(&k, "layer", "downloading", i, 100000);
	ok(told.n >= 1 && told.n < 100);
	ok_int(call_end(&k, CIRRUS_OK, NULL), CIRRUS_OK);
	ok_int(told.done, 1000);
	ok(told.scope == &scope);
}

TEST(new_items_new_words_and_ends_are_told_at_once)
{
	struct call k;

	begin(&k);
	progress(&k, "a", "downloading", 1, 10);
	progress(&k, "b", "downloading", 1, 10);
	ok_int(told.n, 2);
	progress(&k, "b", "downloading", 2, 10);
	ok_int(told.n, 2);
	progress(&k, "b", "extracting", 2, 10);
	ok_int(told.n, 3);
	ok_str(told.what, "extracting");
	progress(&k, "a", "downloading", 10, 10);
	ok_int(told.n, 4);
	ok_str(told.item, "a");
	(void)call_end(&k, CIRRUS_OK, NULL);
	ok_int(told.n, 4);
}

TEST(progress_never_goes_back)
{
	struct call k;

	begin(&k);
	progress(&k, "a", "downloading", 5, 10);
	progress(&k, "a", "again", 3, 10);
	ok_int(told.done, 5);
	(void)call_end(&k, CIRRUS_OK, NULL);
}

static void *report_a_lot(void *arg)
{
	const struct call *k = arg;

	for (int i = 0; i < 5000; i++)
		progress(k, i & 1 ? "a" : "b", "downloading", i, 5000);
	return NULL;
}

TEST(progress_comes_from_any_thread)
{
	pthread_t threads[4];
	struct call k;

	begin(&k);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_create(&threads[i], NULL, report_a_lot, &k);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	(void)call_end(&k, CIRRUS_OK, NULL);
	ok(told.n > 0);
}

/* --- credentials ---------------------------------------------------------------- */

TEST(lends_credentials)
{
	struct call k;
	const struct cirrus_host *h = begin(&k);
	struct cirrus_registry_auth auth = {.struct_size = sizeof(auth)};

	ok_int(h->registry_auth(&k.padded.s, "127.0.0.1:5000", &auth),
	       CIRRUS_OK);
	ok_str(auth.username, "me");
	ok_str(auth.password, "hunter2");
	ok_str(auth.server, "127.0.0.1:5000");
	ok(told.scope == &scope);
	ok_int(h->registry_auth(&k.padded.s, "elsewhere", &auth),
	       CIRRUS_E_NOTFOUND);
	(void)call_end(&k, CIRRUS_OK, NULL);
}

TEST(fills_no_more_than_the_plugin_knows)
{
	struct call k;
	const struct cirrus_host *h = begin(&k);
	struct cirrus_registry_auth auth = {
		.struct_size = offsetof(struct cirrus_registry_auth, password),
		.password = "untouched",
	};

	ok_int(h->registry_auth(&k.padded.s, "127.0.0.1:5000", &auth),
	       CIRRUS_OK);
	ok_str(auth.username, "me");
	ok_str(auth.password, "untouched");
	ok_int(auth.struct_size,
	       offsetof(struct cirrus_registry_auth, password));
	(void)call_end(&k, CIRRUS_OK, NULL);
}

TEST(asks_nobody_where_nobody_answers)
{
	const struct backend_hooks none = {0};
	struct call k;
	const struct cirrus_host *h = begin(&k);
	struct cirrus_registry_auth auth = {.struct_size = sizeof(auth)};

	backend_set_hooks(&none);
	ok_int(h->registry_auth(&k.padded.s, "127.0.0.1:5000", &auth),
	       CIRRUS_E_NOTFOUND);
	h->log(&k.padded.s, CIRRUS_LOG_INFO, "into the void");
	progress(&k, "a", "b", 1, 2);
	ok_str(told.log, "");
	(void)call_end(&k, CIRRUS_OK, NULL);
}

TAP_MAIN()
