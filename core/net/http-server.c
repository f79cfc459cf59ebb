/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "net/http-server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/fd.h"

#define IDLE_S 60u /* after so much silence a connection is closed */

struct http_server {
	struct MHD_Daemon *daemon;
	struct cache_dir *caches;
	char *path, *secret;
};

/* What comes in by PUT or POST. */
struct upload {
	struct cache_writer *writer;
	struct hash *hash;
	int64_t size;
	int error; /* errno; 0: all is well */
};

/* --- answers ------------------------------------------------------------------ */

static enum MHD_Result answer(struct MHD_Connection *c, unsigned int status)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(
		0, NULL, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result done = MHD_queue_response(c, status, r);

	MHD_destroy_response(r);
	return done;
}

static enum MHD_Result answer_file(struct MHD_Connection *c, int fd,
				   int64_t size)
{
	struct MHD_Response *r;
	enum MHD_Result done;

	if (size == 0) {
		close(fd);
		return answer(c, MHD_HTTP_OK);
	}
	/* closes fd */
	r = MHD_create_response_from_fd_at_offset64((uint64_t)size, fd, 0);
	if (!r) {
		close(fd);
		return MHD_NO;
	}
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE,
				"application/octet-stream");
	done = MHD_queue_response(c, MHD_HTTP_OK, r);
	MHD_destroy_response(r);
	return done;
}

static enum MHD_Result get(struct http_server *s, struct MHD_Connection *c,
			   const char *key)
{
	AUTO_CACHE_ENTRY struct cache_entry e = {0};
	AUTO_CLOSE int fd = -1;
	AUTO_ERROR struct error *err = NULL;

	if (cache_find(s->caches, CACHE_BLOB, key, &e, &fd, &err) != 1 ||
	    cache_verify(fd, &e, &err) < 0)
		return answer(c, MHD_HTTP_NOT_FOUND);
	cache_touch(fd);
	return answer_file(c, STEAL_FD(fd), e.size);
}

/* --- uploads -------------------------------------------------------------------- */

static enum MHD_Result begin_upload(struct http_server *s, void **state)
{
	struct upload *u = xcalloc(1, sizeof(*u));

	*state = u;
	u->hash = hash_new(HASH_SHA256);
	if (cache_create(s->caches, &u->writer, NULL) < 0)
		u->error = EIO;
	return MHD_YES;
}

static void take(struct upload *u, const char *data, size_t len)
{
	if (u->error)
		return;
	if (fd_write_all(cache_writer_fd(u->writer), data, len) < 0)
		u->error = errno;
	hash_add(u->hash, data, len);
	u->size += (int64_t)len;
}

static enum MHD_Result end_upload(struct MHD_Connection *c, struct upload *u,
				  const char *key)
{
	struct cache_entry e = {.kind = CACHE_BLOB,
				.key = (char *)key,
				.size = u->size,
				.content = u->size,
				.files = 1};

	hash_end(STEAL_PTR(u->hash), e.sha256);
	if (!u->error && cache_commit(STEAL_PTR(u->writer), &e, NULL) < 0)
		u->error = EIO;
	if (!u->error)
		return answer(c, MHD_HTTP_CREATED);
	return answer(c, u->error == ENOSPC ? MHD_HTTP_INSUFFICIENT_STORAGE
					    : MHD_HTTP_INTERNAL_SERVER_ERROR);
}

/* However a request ended. */
static void on_completed(void *ctx UNUSED, struct MHD_Connection *c UNUSED,
			 void **state,
			 enum MHD_RequestTerminationCode why UNUSED)
{
	struct upload *u = *state;
	char waste[HASH_TEXT];

	*state = NULL;
	if (!u)
		return;
	if (u->hash)
		hash_end(u->hash, waste);
	cache_discard(u->writer);
	free(u);
}

/* --- requests ------------------------------------------------------------------- */

/* The key of a URL; NULL: it does not know the secret.  Takes as long however
 * much of it is right. */
static const char *key_of(const struct http_server *s, const char *url)
{
	size_t len = strlen(s->secret);
	unsigned char differs = 0;

	if (strlen(url) < len + 2 || url[0] != '/' || url[len + 1] != '/')
		return NULL;
	for (size_t i = 0; i < len; i++)
		differs |= (unsigned char)(url[i + 1] ^ s->secret[i]);
	return differs ? NULL : url + len + 2;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c,
				  const char *url, const char *method,
				  const char *version UNUSED, const char *data,
				  size_t *len, void **state)
{
	struct http_server *s = ctx;
	const char *key = key_of(s, url);
	bool put = strcmp(method, MHD_HTTP_METHOD_PUT) == 0 ||
		   strcmp(method, MHD_HTTP_METHOD_POST) == 0;

	if (!key)
		return answer(c, MHD_HTTP_FORBIDDEN);
	if (!put && strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
	    strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return answer(c, MHD_HTTP_METHOD_NOT_ALLOWED);
	if (!put)
		return get(s, c, key);
	if (!*state)
		return begin_upload(s, state);
	if (*len == 0)
		return end_upload(c, *state, key);
	take(*state, data, *len);
	*len = 0;
	return MHD_YES;
}

/* --- the socket ------------------------------------------------------------------- */

static int listen_at(const char *path, struct error **err)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	AUTO_CLOSE int fd = compat_socket(AF_UNIX, SOCK_STREAM, 0);

	if (strlen(path) >= sizeof(a.sun_path))
		return error_set(err, ERR_SYSTEM, "%s is too long for a socket",
				 path);
	memcpy(a.sun_path, path, strlen(path) + 1);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    listen(fd, 64) < 0)
		return error_errno(err, errno, "cannot serve at %s", path);
	return STEAL_FD(fd);
}

int http_server_new(struct cache_dir *caches, const char *path,
		    const char *secret, struct http_server **out,
		    struct error **err)
{
	struct http_server *s;
	int fd = listen_at(path, err);

	if (fd < 0)
		return -1;
	s = xcalloc(1, sizeof(*s));
	s->caches = caches;
	s->path = xstrdup(path);
	s->secret = xstrdup(secret);
	s->daemon = MHD_start_daemon(
		MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL,
		on_request, s, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
		MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S, MHD_OPTION_END);
	if (s->daemon) {
		*out = s;
		return 0;
	}
	close(fd);
	http_server_free(s);
	return error_set(err, ERR_SYSTEM, "cannot start an HTTP server");
}

void http_server_free(struct http_server *s)
{
	if (!s)
		return;
	if (s->daemon)
		MHD_stop_daemon(s->daemon); /* closes the socket */
	unlink(s->path);
	free(s->path);
	free(s->secret);
	free(s);
}
