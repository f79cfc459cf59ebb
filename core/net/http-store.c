/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "net/http-store.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"

#define CONNECT_MS 10000

struct transfer {
	const struct http_store *store;
	CURL *curl;
	char *url;
	struct curl_slist *headers;
	int fd;
	int64_t at; /* bytes of fd that went, or came */
	int fd_errno;
	char text[CURL_ERROR_SIZE];
};

/* --- what curl calls ---------------------------------------------------------- */

static size_t on_data(char *data, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	long status = 0;

	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200 || t->fd < 0)
		return size * n; /* a page that explains the failure */
	if (fd_write_all(t->fd, data, size * n) < 0) {
		t->fd_errno = errno;
		return 0;
	}
	t->at += (int64_t)(size * n);
	return size * n;
}

static size_t on_want(char *data, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	ssize_t got = pread(t->fd, data, size * n, t->at);

	if (got < 0) {
		t->fd_errno = errno;
		return CURL_READFUNC_ABORT;
	}
	t->at += got;
	return (size_t)got;
}

/* Also called while nothing moves, at least once a second. */
static int on_progress(void *ctx, curl_off_t a UNUSED, curl_off_t b UNUSED,
		       curl_off_t c UNUSED, curl_off_t d UNUSED)
{
	const struct transfer *t = ctx;
	struct pollfd p = {.fd = t->store->cancel_fd, .events = POLLIN};

	return t->store->cancel_fd > 0 && poll(&p, 1, 0) > 0;
}

/* --- one request ---------------------------------------------------------------- */

static void init_curl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

static char *make_url(CURL *curl, const char *host, const char *key)
{
	bool whole = strncmp(host, "http://", 7) == 0 ||
		     strncmp(host, "https://", 8) == 0;
	size_t len = strlen(host);
	char *part = curl_easy_escape(curl, key, 0);
	char *url;

	while (len > 0 && host[len - 1] == '/')
		len--;
	url = xasprintf("%s%.*s/%s", whole ? "" : "http://", (int)len, host,
			part ? part : "");
	curl_free(part);
	return url;
}

static void begin(struct transfer *t, const struct http_store *store,
		  const char *key, int fd)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int64_t left_ms = (store->deadline_ns - clock_now()) / NS_PER_MS;

	pthread_once(&once, init_curl);
	*t = (struct transfer){
		.store = store, .curl = curl_easy_init(), .fd = fd};
	t->url = make_url(t->curl, store->host, key);
	curl_easy_setopt(t->curl, CURLOPT_URL, t->url);
	curl_easy_setopt(t->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(t->curl, CURLOPT_ERRORBUFFER, t->text);
	curl_easy_setopt(t->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	if (store->deadline_ns > 0)
		curl_easy_setopt(t->curl, CURLOPT_TIMEOUT_MS,
				 left_ms > 1 ? (long)left_ms : 1L);
	curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(t->curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(t->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(t->curl, CURLOPT_XFERINFODATA, t);
}

static enum error_code code_of(CURLcode r)
{
	if (r == CURLE_ABORTED_BY_CALLBACK)
		return ERR_CANCELLED;
	return r == CURLE_OPERATION_TIMEDOUT ? ERR_TIMEOUT : ERR_SYSTEM;
}

/* The status of the answer; -1: there was none. */
static long perform(struct transfer *t, struct error **err)
{
	CURLcode r = curl_easy_perform(t->curl);
	long status = -1;

	if (r == CURLE_OK)
		curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	else if (t->fd_errno)
		error_errno(err, t->fd_errno, "cannot store %s", t->url);
	else
		error_set(err, code_of(r), "%s: %s", t->url,
			  *t->text ? t->text : curl_easy_strerror(r));
	return status;
}

static void end(struct transfer *t)
{
	curl_slist_free_all(t->headers);
	curl_easy_cleanup(t->curl);
	free(t->url);
}

/* 1, 0 or -1 of a look-up. */
static int found(const struct transfer *t, long status, struct error **err)
{
	if (status == 200)
		return 1;
	if (status == 404 || status == 204)
		return 0;
	if (status > 0)
		error_set(err, ERR_SYSTEM, "%s: HTTP status %ld", t->url,
			  status);
	return -1;
}

int http_store_get(const struct http_store *s, const char *key, int fd,
		   int64_t *size, struct error **err)
{
	struct transfer t;
	int r;

	begin(&t, s, key, fd);
	r = found(&t, perform(&t, err), err);
	*size = t.at;
	end(&t);
	return r;
}

int http_store_has(const struct http_store *s, const char *key,
		   struct error **err)
{
	struct transfer t;
	int r;

	begin(&t, s, key, -1);
	curl_easy_setopt(t.curl, CURLOPT_NOBODY, 1L);
	r = found(&t, perform(&t, err), err);
	end(&t);
	return r;
}

int http_store_put(const struct http_store *s, const char *key, int fd,
		   int64_t size, struct error **err)
{
	struct transfer t;
	long status;

	begin(&t, s, key, fd);
	t.headers = curl_slist_append(NULL,
				      "Content-Type: application/octet-stream");
	t.headers = curl_slist_append(t.headers, "Expect:");
	curl_easy_setopt(t.curl, CURLOPT_HTTPHEADER, t.headers);
	curl_easy_setopt(t.curl, CURLOPT_POST, 1L);
	curl_easy_setopt(t.curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
	curl_easy_setopt(t.curl, CURLOPT_READFUNCTION, on_want);
	curl_easy_setopt(t.curl, CURLOPT_READDATA, &t);
	status = perform(&t, err);
	if (status > 0 && (status < 200 || status > 299))
		error_set(err, ERR_SYSTEM, "%s: HTTP status %ld", t.url,
			  status);
	end(&t);
	return status >= 200 && status <= 299 ? 0 : -1;
}
