/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/engine.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"

/* The newest version that this code was written for; engines that are older say
 * so in their ping, and newer ones keep it. */
#define API_NEWEST_MAJOR 1
#define API_NEWEST_MINOR 44

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void start_curl(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

void engine_negotiate(const char *offered, char *out, size_t size)
{
	int major = API_NEWEST_MAJOR, minor = API_NEWEST_MINOR;

	if (sscanf(offered, "%d.%d", &major, &minor) != 2 ||
	    major > API_NEWEST_MAJOR ||
	    (major == API_NEWEST_MAJOR && minor > API_NEWEST_MINOR)) {
		major = API_NEWEST_MAJOR;
		minor = API_NEWEST_MINOR;
	}
	snprintf(out, size, "%d.%d", major, minor);
}

/* "Docker/20.10.24+dfsg1 (linux)": the part between. */
static void version_of_server(const char *server, char *out, size_t size)
{
	const char *slash = strchr(server, '/');

	if (slash)
		snprintf(out, size, "%.*s", (int)strcspn(slash + 1, " "),
			 slash + 1);
}

static void read_facts(const struct http_reply *reply, struct engine_facts *f)
{
	f->is_podman = reply->libpod_version[0] ||
		       strncasecmp(reply->server, "Libpod/", 7) == 0;
	if (reply->libpod_version[0])
		snprintf(f->version, sizeof(f->version), "%s",
			 reply->libpod_version);
	else
		version_of_server(reply->server, f->version,
				  sizeof(f->version));
	engine_negotiate(reply->api_version, f->api, sizeof(f->api));
}

static cirrus_status ping(struct http *http, const struct cirrus_call *call,
			  struct engine_facts *facts, struct error **err)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	const struct http_request rq = {.method = "GET", .path = "/_ping"};
	cirrus_status s = http_perform(http, call, &rq, &reply, err);

	if (s < 0)
		return s;
	if (reply.status != 200) {
		s = engine_refused(&reply, http_url(http), err);
		/* the words of every server in Go */
		if (err && *err && strstr((*err)->msg, "to an HTTPS server"))
			http_hint_tls(http, err);
		return s;
	}
	read_facts(&reply, facts);
	return CIRRUS_OK;
}

cirrus_status engine_ping(const struct cirrus_call *call, struct endpoint *e,
			  struct engine_facts *facts, struct error **err)
{
	struct http *http;
	cirrus_status s;

	pthread_once(&curl_once, start_curl);
	http = http_new(e);
	s = ping(http, call, facts, err);
	http_free(http);
	return s;
}

cirrus_status engine_open(const struct cirrus_call *call,
			  const struct cirrus_config *config,
			  const struct engine_options *options,
			  cirrus_conn **out)
{
	AUTO_ERROR struct error *err = NULL;
	cirrus_conn *c = xcalloc(1, sizeof(*c));
	cirrus_status s;

	pthread_once(&curl_once, start_curl);
	c->options = *options;
	c->options.endpoint = NULL;
	c->is_local = options->endpoint->unix_path != NULL;
	c->helper_argv = config->helper_argv;
	c->cache_dir = config->cache_dir;
	c->http = http_new(options->endpoint);
	pthread_mutex_init(&c->info_lock, NULL);
	s = ping(c->http, call, &c->facts, &err);
	if (s < 0) {
		c->options.owner_close = NULL;
		cirrus_engine_close(c, call);
		return fault_report_as(call, s, &err);
	}
	*out = c;
	return CIRRUS_OK;
}

void cirrus_engine_close(cirrus_conn *c, const struct cirrus_call *call)
{
	http_free(c->http);
	pthread_mutex_destroy(&c->info_lock);
	if (c->options.owner_close)
		c->options.owner_close(c->options.owner, call);
	free(c);
}

const struct engine_facts *engine_facts(const cirrus_conn *c)
{
	return &c->facts;
}

void *engine_owner(const cirrus_conn *c)
{
	return c->options.owner;
}

/* --- requests ---------------------------------------------------------------- */

void engine_path(const cirrus_conn *c, struct buf *out, const char *fmt, ...)
{
	va_list ap;

	buf_addf(out, "/v%s", c->facts.api);
	va_start(ap, fmt);
	buf_vaddf(out, fmt, ap);
	va_end(ap);
}

void engine_libpod_path(const cirrus_conn *c, struct buf *out, const char *fmt,
			...)
{
	va_list ap;

	(void)c;
	/* Every Podman since 4.0 answers below this version. */
	buf_adds(out, "/v4.0.0/libpod");
	va_start(ap, fmt);
	buf_vaddf(out, fmt, ap);
	va_end(ap);
}

/* What engines say, where their HTTP status does not tell: Podman answers 500
 * to nearly everything, and errors in a stream have no status at all.  The first
 * that is found in the text, in any case of letters, counts. */
static const struct {
	const char *words;
	cirrus_status status;
} meanings[] = {
	{"no space left on device", CIRRUS_E_NOSPACE},
	{"disk quota exceeded", CIRRUS_E_NOSPACE},
	{"unauthorized", CIRRUS_E_AUTH},
	{"authentication required", CIRRUS_E_AUTH},
	{"no basic auth credentials", CIRRUS_E_AUTH},
	{"access to the requested resource is not authorized", CIRRUS_E_AUTH},
	{"invalid username/password", CIRRUS_E_AUTH},
	{"name is already in use", CIRRUS_E_EXISTS},
	{"\" is already in use by", CIRRUS_E_EXISTS},
	{"volume already exists", CIRRUS_E_EXISTS},
	{"manifest unknown", CIRRUS_E_NOTFOUND},
	{"no such", CIRRUS_E_NOTFOUND},
	{"not known: image not known", CIRRUS_E_NOTFOUND},
	{"image not known", CIRRUS_E_NOTFOUND},
	{"repository name not known", CIRRUS_E_NOTFOUND},
	{"not found: manifest", CIRRUS_E_NOTFOUND},
	{"no image found in manifest list", CIRRUS_E_INVAL},
	{"no matching manifest", CIRRUS_E_INVAL},
	{"container state improper", CIRRUS_E_CONFLICT},
	{"is not running", CIRRUS_E_CONFLICT},
	{"in use by", CIRRUS_E_CONFLICT},
	{"is being used", CIRRUS_E_CONFLICT},
	{"is using", CIRRUS_E_CONFLICT},
	{"not found", CIRRUS_E_NOTFOUND},
};

cirrus_status engine_status_of_words(const char *words, cirrus_status fallback)
{
	for (size_t i = 0; i < ARRAY_LEN(meanings); i++)
		if (strcasestr(words, meanings[i].words))
			return meanings[i].status;
	return fallback;
}

static cirrus_status status_of_http(long status, const char *words)
{
	switch (status) {
	case 400:
		return engine_status_of_words(words, CIRRUS_E_INVAL);
	case 401:
	case 403:
		return CIRRUS_E_AUTH;
	case 404:
		return engine_status_of_words(words, CIRRUS_E_NOTFOUND) ==
				       CIRRUS_E_AUTH
			       ? CIRRUS_E_AUTH
			       : CIRRUS_E_NOTFOUND;
	case 409:
		return engine_status_of_words(words, CIRRUS_E_CONFLICT) ==
				       CIRRUS_E_EXISTS
			       ? CIRRUS_E_EXISTS
			       : CIRRUS_E_CONFLICT;
	case 501:
		return CIRRUS_E_NOTSUP;
	default:
		return engine_status_of_words(words, CIRRUS_E_FAILED);
	}
}

/* Behind the brace that closes the one at p, or NULL. */
static const char *skip_braces(const char *p)
{
	int depth = 0;
	bool quoted = false;

	for (; *p; p++) {
		if (*p == '\\' && quoted && p[1])
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (!quoted && (*p == '{' || *p == '}'))
			depth += *p == '{' ? 1 : -1;
		if (depth == 0)
			return p + 1;
	}
	return NULL;
}

/* Podman's words for a copy that failed hold the whole request, a kilobyte of
 * Go, in front of the cause. */
static void without_dump(const char *words, struct buf *out)
{
	static const char dump[] = " for copier.request{";
	const char *at = strstr(words, dump);
	const char *end =
		at ? skip_braces(at + sizeof(dump) - sizeof("{")) : NULL;

	if (!end)
		at = end = words;
	buf_add(out, words, (size_t)(at - words));
	buf_adds(out, end);
	while (out->len && strchr("\n.", out->data[out->len - 1]))
		buf_truncate(out, out->len - 1);
}

cirrus_status engine_refused(const struct http_reply *reply, const char *what,
			     struct error **err)
{
	AUTO_CJ cJSON *o = cj_parse(reply->body.data, reply->body.len);
	AUTO_BUF struct buf text = BUF_INIT(BUF_ANSWER);
	const char *words = cj_str(o, "message");

	if (!*words)
		words = reply->body.len ? reply->body.data : "no reason given";
	without_dump(words, &text);
	return fault_set(err, status_of_http(reply->status, text.data),
			 "%s: %.1500s", what, text.data);
}

cirrus_status engine_request(cirrus_conn *c, const struct cirrus_call *call,
			     const struct http_request *rq,
			     struct http_reply *reply, const char *what,
			     struct error **err)
{
	cirrus_status s = http_perform(c->http, call, rq, reply, err);

	if (s < 0) {
		error_prefix(err, "%s", what);
		return s;
	}
	if (reply->status / 100 == 2 || reply->status == 304)
		return CIRRUS_OK;
	return engine_refused(reply, what, err);
}

cirrus_status engine_get(cirrus_conn *c, const struct cirrus_call *call,
			 const char *path, const char *what, cJSON **out,
			 struct error **err)
{
	AUTO_REPLY struct http_reply reply = HTTP_REPLY_INIT;
	const struct http_request rq = {.method = "GET", .path = path};
	cirrus_status s = engine_request(c, call, &rq, &reply, what, err);

	*out = NULL;
	if (s < 0)
		return s;
	*out = cj_parse(reply.body.data, reply.body.len);
	if (!*out)
		return fault_set(err, CIRRUS_E_IO,
				 "%s: the engine's answer is no JSON", what);
	return CIRRUS_OK;
}
