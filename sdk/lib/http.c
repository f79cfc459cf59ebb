/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/http.h"

#include <curl/curl.h>
#include <cirrus/sdk.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/vec.h"
#include "sdk/lib/call.h"
#include "sdk/lib/dial.h"
#include "sdk/lib/fault.h"

#define CONNECT_TIMEOUT_MS 10000L
#define MAKE_MS            1500
#define TRANSFER_BUFFER    (256L * 1024)

/* A connection and the handle that drives it; at rest, or held by one call. */
struct slot {
	CURLM *multi;
	CURL *easy;
};
VEC_DEFINE(slot_vec, struct slot);

struct http {
	struct endpoint endpoint;
	char *base; /* of URLs */
	struct dialer *dialer;
	pthread_mutex_t idle_lock;
	struct slot_vec idle;
};

struct http *http_new(struct endpoint *endpoint)
{
	struct http *h = xcalloc(1, sizeof(*h));
	const struct endpoint *e = &h->endpoint;

	h->endpoint = *endpoint;
	*endpoint = (struct endpoint){0};
	if (e->host)
		h->base = xasprintf("%s://%s", e->tls ? "https" : "http",
				    e->host);
	else
		/* Never looked up: an address keeps the resolver out of it. */
		h->base = xstrdup("http://127.0.0.1");
	if (e->dial_argv.len)
		h->dialer = dialer_new((const char *const *)e->dial_argv.v);
	pthread_mutex_init(&h->idle_lock, NULL);
	return h;
}

static void slot_close(struct slot *s)
{
	curl_easy_cleanup(s->easy);
	curl_multi_cleanup(s->multi);
}

void http_free(struct http *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->idle.len; i++)
		slot_close(&h->idle.ptr[i]);
	slot_vec_clear(&h->idle);
	dialer_free(h->dialer);
	pthread_mutex_destroy(&h->idle_lock);
	free(h->base);
	endpoint_clear(&h->endpoint);
	free(h);
}

const char *http_url(const struct http *h)
{
	return h->endpoint.url;
}

void http_hint_tls(const struct http *h, struct error **err)
{
	if (!h->endpoint.tls && h->endpoint.tls_hint)
		error_hint(err, "%s", h->endpoint.tls_hint);
}

bool http_is_tls(const struct http *h)
{
	return h->endpoint.tls;
}

void http_reply_clear(struct http_reply *r)
{
	buf_clear(&r->body);
	r->status = 0;
}

/* --- the pool --------------------------------------------------------------- */

static struct slot slot_take(struct http *h)
{
	struct slot s = {NULL, NULL};

	pthread_mutex_lock(&h->idle_lock);
	if (h->idle.len)
		s = h->idle.ptr[--h->idle.len];
	pthread_mutex_unlock(&h->idle_lock);
	if (!s.multi) {
		s.multi = curl_multi_init();
		s.easy = curl_easy_init();
	}
	if (!s.multi || !s.easy)
		abort(); /* out of memory, as in base/mem.h */
	return s;
}

static void slot_put(struct http *h, struct slot s)
{
	curl_multi_remove_handle(s.multi, s.easy);
	curl_easy_reset(s.easy);
	pthread_mutex_lock(&h->idle_lock);
	slot_vec_push(&h->idle, s);
	pthread_mutex_unlock(&h->idle_lock);
}

/* --- libcurl's callbacks ------------------------------------------------------ */

/* Told right before the request goes out; libcurl sends it again on its own
 * where a connection that it kept turns out dead. */
static int before_sending(void *ctx, char *ip UNUSED, char *local_ip UNUSED,
			  int port UNUSED, int local_port UNUSED)
{
	struct http_transfer *t = ctx;

	if (t->sent++ && t->rq->changes)
		return CURL_PREREQFUNC_ABORT;
	return CURL_PREREQFUNC_OK;
}

static void header_copy(char *out, size_t size, const char *line, size_t len,
			const char *name)
{
	size_t n = strlen(name);

	if (len <= n || strncasecmp(line, name, n) != 0)
		return;
	for (line += n, len -= n; len && *line == ' '; line++)
		len--;
	while (len && (line[len - 1] == '\r' || line[len - 1] == '\n'))
		len--;
	snprintf(out, size, "%.*s", (int)len, line);
}

static size_t take_header(char *line, size_t one UNUSED, size_t len, void *ctx)
{
	struct http_reply *r = ((struct http_transfer *)ctx)->reply;

	/* libcurl has checked the line's form. */
	if (len > 12 && strncasecmp(line, "HTTP/", 5) == 0)
		r->status = strtol(line + 9, NULL, 10);
	header_copy(r->api_version, sizeof(r->api_version), line, len,
		    "Api-Version:");
	header_copy(r->libpod_version, sizeof(r->libpod_version), line, len,
		    "Libpod-Api-Version:");
	header_copy(r->server, sizeof(r->server), line, len, "Server:");
	return len;
}

static size_t take_body(char *data, size_t one UNUSED, size_t len, void *ctx)
{
	struct http_transfer *t = ctx;

	if (t->rq->take && t->reply->status / 100 == 2) {
		t->streamed = true;
		t->callback = t->rq->take(t->rq->ctx, data, len);
		return t->callback ? CURL_WRITEFUNC_ERROR : len;
	}
	return buf_add(&t->reply->body, data, len) ? CURL_WRITEFUNC_ERROR : len;
}

static size_t give_body(char *out, size_t one UNUSED, size_t len, void *ctx)
{
	struct http_transfer *t = ctx;
	int64_t n = t->rq->reader->read(t->rq->reader->ctx, out, len);

	if (n >= 0)
		return (size_t)n;
	t->callback = CIRRUS_E_IO;
	return CURL_READFUNC_ABORT;
}

/* --- one transfer ------------------------------------------------------------- */

static void set_tls(const struct endpoint *e, CURL *easy)
{
	if (e->ca)
		curl_easy_setopt(easy, CURLOPT_CAINFO, e->ca);
	if (e->cert)
		curl_easy_setopt(easy, CURLOPT_SSLCERT, e->cert);
	if (e->key)
		curl_easy_setopt(easy, CURLOPT_SSLKEY, e->key);
	if (e->insecure) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

void http_reach(struct http_transfer *t, void *easy, const char *path)
{
	struct http *h = t->http;
	AUTO_FREE char *url = xasprintf("%s%s", h->base, path);

	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
			 (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->curl_error);
	if (h->dialer || h->endpoint.unix_path)
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH,
				 h->dialer ? dialer_path(h->dialer)
					   : h->endpoint.unix_path);
	if (h->endpoint.tls)
		set_tls(&h->endpoint, easy);
}

static void set_body(struct http_transfer *t, CURL *easy)
{
	const struct http_request *rq = t->rq;

	if (rq->reader) {
		curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_body);
		curl_easy_setopt(easy, CURLOPT_READDATA, t);
		curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE,
				 TRANSFER_BUFFER);
		curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE,
				 (curl_off_t)(rq->size > 0 ? rq->size : -1));
	} else if (rq->body || strcmp(rq->method, "POST") == 0) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE,
				 (long)(rq->body ? strlen(rq->body) : 0));
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
				 rq->body ? rq->body : "");
	} else if (strcmp(rq->method, "HEAD") == 0) {
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	}
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, rq->method);
}

static struct curl_slist *headers_of(const struct http_request *rq)
{
	/* No pause for "100 Continue", no body type but our own. */
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	AUTO_FREE char *type =
		xasprintf("Content-Type:%s%s", rq->content_type ? " " : "",
			  rq->content_type ? rq->content_type : "");

	list = curl_slist_append(list, type);
	if (rq->header)
		list = curl_slist_append(list, rq->header);
	return list;
}

static void set_callbacks(struct http_transfer *t, CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, TRANSFER_BUFFER);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_sending);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
}

/* Whether the call may take longer; *late: until when, once it is over. */
static bool goes_on(struct http_transfer *t, int64_t *late)
{
	t->callback = cirrus_check_call(t->call);
	if (t->callback == CIRRUS_OK)
		return true;
	if (!t->rq->makes || !t->sent)
		return false;
	if (!*late)
		*late = clock_after_ms(MAKE_MS);
	if (clock_now() >= *late)
		return false;
	t->callback = CIRRUS_OK;
	return true;
}

int http_drive(struct http_transfer *t, void *multi)
{
	struct curl_waitfd cancel = {.fd = call_cancel_fd(t->call),
				     .events = CURL_WAIT_POLLIN};
	int64_t deadline = call_deadline(t->call), late = 0;
	int running = 0, left;
	CURLMsg *m;

	while (goes_on(t, &late)) {
		unsigned int n = cancel.fd < 0 || late ? 0 : 1;

		if (curl_multi_perform(multi, &running) != CURLM_OK)
			return CURLE_OUT_OF_MEMORY;
		if (!running) {
			m = curl_multi_info_read(multi, &left);
			return m ? (int)m->data.result : CURLE_FAILED_INIT;
		}
		left = fd_poll_timeout(late ? late : deadline);
		curl_multi_poll(multi, &cancel, n, left < 0 ? 3600000 : left,
				NULL);
	}
	return -1;
}

static int transfer_once(struct http_transfer *t)
{
	struct slot s = slot_take(t->http);
	struct curl_slist *headers = headers_of(t->rq);
	int result;

	http_reach(t, s.easy, t->rq->path);
	set_body(t, s.easy);
	set_callbacks(t, s.easy);
	curl_easy_setopt(s.easy, CURLOPT_HTTPHEADER, headers);
	curl_multi_add_handle(s.multi, s.easy);
	result = http_drive(t, s.multi);
	curl_easy_getinfo(s.easy, CURLINFO_OS_ERRNO, &t->os_errno);
	slot_put(t->http, s);
	curl_slist_free_all(headers);
	return result;
}

/* --- what went wrong ------------------------------------------------------------ */

static void add_reason(struct http_transfer *t, int result, struct buf *why)
{
	char text[128];

	if (t->http->dialer)
		dial_complaint(t->http->dialer, why);
	if (why->len)
		return;
	/* libcurl's own words are of the address that stands for a socket. */
	if (!t->sent && t->os_errno && t->http->endpoint.unix_path)
		buf_adds(why, strerror_r((int)t->os_errno, text, sizeof(text)));
	else
		buf_adds(why, t->curl_error[0] ? t->curl_error
					       : curl_easy_strerror(result));
}

/* Whether it was TLS that failed: also behind the handshake, where the engine
 * does not like our certificate. */
static bool is_tls_fault(const struct http_transfer *t, int result)
{
	static const int results[] = {
		CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION,
		CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE};

	for (size_t i = 0; i < ARRAY_LEN(results); i++)
		if (result == results[i])
			return true;
	return t->http->endpoint.tls && strstr(t->curl_error, " alert ");
}

static void add_hint(struct http_transfer *t, int result, struct error **err)
{
	const struct endpoint *e = &t->http->endpoint;

	if (is_tls_fault(t, result) && e->tls_hint)
		error_hint(err, "%s", e->tls_hint);
	else if (!t->sent || (e->dial_argv.len && !t->reply->status))
		endpoint_hint(e, (int)t->os_errno, err);
}

static cirrus_status explain_unreached(struct http_transfer *t, int result,
				       struct error **err)
{
	AUTO_BUF struct buf why = BUF_INIT(BUF_LINE);

	add_reason(t, result, &why);
	fault_set(err, CIRRUS_E_UNAVAIL, "cannot connect to %s: %s",
		  t->http->endpoint.url, why.data);
	add_hint(t, result, err);
	return CIRRUS_E_UNAVAIL;
}

static cirrus_status explain_callback(struct http_transfer *t,
				      struct error **err)
{
	return fault_set(err, t->callback, "%s %s: %s", t->rq->method,
			 t->rq->path, cirrus_status_text(t->callback));
}

cirrus_status http_explain(struct http_transfer *t, int result,
			   struct error **err)
{
	cirrus_status s = t->rq->changes ? CIRRUS_E_LOST : CIRRUS_E_IO;
	AUTO_BUF struct buf why = BUF_INIT(BUF_LINE);

	if (t->callback)
		return explain_callback(t, err);
	if (!t->sent)
		return explain_unreached(t, result, err);
	if (t->reply->body.overflow)
		return fault_set(err, CIRRUS_E_FAILED,
				 "the answer of %s to %s is too large",
				 t->http->endpoint.url, t->rq->path);
	add_reason(t, result, &why);
	fault_set(err, s, "connection to %s broke off during %s %s: %s",
		  t->http->endpoint.url, t->rq->method, t->rq->path, why.data);
	add_hint(t, result, err);
	return s;
}

/* May be sent again: it changes nothing, and nobody saw part of an answer. */
static bool may_retry(const struct http_transfer *t)
{
	return !t->callback && t->sent && !t->rq->changes && !t->rq->reader &&
	       !t->streamed && !t->reply->body.overflow;
}

/* What the second try says is enough. */
static void forget_complaint(struct http *h)
{
	AUTO_BUF struct buf first = BUF_INIT(BUF_LINE);

	if (h->dialer)
		dial_complaint(h->dialer, &first);
}

cirrus_status http_perform(struct http *h, const struct cirrus_call *call,
			   const struct http_request *rq,
			   struct http_reply *reply, struct error **err)
{
	struct http_transfer t = {
		.http = h, .call = call, .rq = rq, .reply = reply};
	int result = transfer_once(&t);

	if (result != CURLE_OK && may_retry(&t)) {
		buf_reset(&reply->body);
		forget_complaint(h);
		t.curl_error[0] = '\0';
		t.sent = 0;
		result = transfer_once(&t);
	}
	if (result == CURLE_OK)
		return CIRRUS_OK;
	reply->lost = t.sent && !reply->status;
	return http_explain(&t, result, err);
}
