/* SPDX-License-Identifier: MIT */
/* The HTTP cache of ours, and the client of others', against each other. */
#include "config.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/buf.h"
#include "base/fd.h"
#include "net/http-server.h"
#include "net/http-store.h"
#include "tap.h"

#define SECRET "0123456789abcdef"

static struct cache_dir *caches;
static struct http_server *server;
static char *path;

static void serve(void)
{
	setenv("XDG_CACHE_HOME", test_dir(), 1);
	need(cache_dir_open("/p", &caches, NULL) == 0);
	path = xasprintf("%s/s", test_dir());
	need(http_server_new(caches, path, SECRET, &server, NULL) == 0);
}

static void stop(void)
{
	http_server_free(server);
	ok(access(path, F_OK) < 0);
	cache_dir_free(caches);
	free(path);
}

static size_t keep(char *data, size_t size, size_t n, void *ctx)
{
	return buf_add(ctx, data, size * n) == 0 ? size * n : 0;
}

/* The status of an answer; what came is added to out. */
static long ask(const char *method, const char *target, const char *body,
		struct buf *out)
{
	CURL *c = curl_easy_init();
	AUTO_FREE char *url = xasprintf("http://x%s", target);
	long status = 0;

	curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, path);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	else
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
	if (body)
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, out);
	if (curl_easy_perform(c) == CURLE_OK)
		curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(c);
	return status;
}

TEST(what_is_put_is_got)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_MESSAGE);

	serve();
	ok_int(ask("GET", "/" SECRET "/k", NULL, &out), 404);
	ok_int(ask("HEAD", "/" SECRET "/k", NULL, &out), 404);
	ok_int(ask("PUT", "/" SECRET "/k", "text", &out), 201);
	ok_int(ask("HEAD", "/" SECRET "/k", NULL, &out), 200);
	ok_int(ask("GET", "/" SECRET "/k", NULL, &out), 200);
	ok_str(out.data, "text");
	buf_reset(&out);
	ok_int(ask("POST", "/" SECRET "/k", "other", &out), 201);
	ok_int(ask("GET", "/" SECRET "/k", NULL, &out), 200);
	ok_str(out.data, "other");
	ok_int(ask("DELETE", "/" SECRET "/k", NULL, &out), 405);
	stop();
}

TEST(empty_blobs_and_strange_keys)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_MESSAGE);

	serve();
	ok_int(ask("PUT", "/" SECRET "/ac/a%2Fb%3F%25/../c", "x", &out), 201);
	ok_int(ask("GET", "/" SECRET "/ac/a/b%3f%25/../c", NULL, &out), 200);
	ok_str(out.data, "x");
	buf_reset(&out);
	ok_int(ask("PUT", "/" SECRET "/empty", "", &out), 201);
	ok_int(ask("GET", "/" SECRET "/empty", NULL, &out), 200);
	ok_int(out.len, 0);
	ok_int(ask("HEAD", "/" SECRET "/empty", NULL, &out), 200);
	stop();
}

TEST(without_the_secret_there_is_nothing)
{
	static const char *const targets[] = {"/k",
					      "/",
					      "/" SECRET,
					      "/x" SECRET "/k",
					      "/0123456789abcdeX/k",
					      "/" SECRET "x/k"};
	AUTO_BUF struct buf out = BUF_INIT(BUF_MESSAGE);

	serve();
	ok_int(ask("PUT", "/" SECRET "/k", "text", &out), 201);
	for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
		ok_int(ask("GET", targets[i], NULL, &out), 403);
		ok_int(ask("PUT", targets[i], "evil", &out), 403);
	}
	ok_int(out.len, 0);
	ok_int(ask("GET", "/" SECRET "/k", NULL, &out), 200);
	ok_str(out.data, "text");
	stop();
}

TEST(a_large_blob_arrives_whole)
{
	AUTO_FREE char *body = xmalloc(3000001);
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);

	for (size_t i = 0; i < 3000000; i++)
		body[i] = (char)('a' + i * 7 % 26);
	body[3000000] = '\0';
	serve();
	ok_int(ask("PUT", "/" SECRET "/k", body, &out), 201);
	ok_int(ask("GET", "/" SECRET "/k", NULL, &out), 200);
	ok_int(out.len, 3000000);
	ok(memcmp(out.data, body, 3000000) == 0);
	stop();
}

/* --- the client: through a port that leads to the socket ----------------------- */

struct bridge {
	int listener;
	unsigned int port;
	pthread_t thread;
};

static void shovel(int a, int b)
{
	char chunk[65536];
	ssize_t n;

	for (;;) {
		fd_set set;

		FD_ZERO(&set);
		FD_SET(a, &set);
		FD_SET(b, &set);
		select((a > b ? a : b) + 1, &set, NULL, NULL, NULL);
		for (int side = 0; side < 2; side++) {
			int from = side ? b : a, to = side ? a : b;

			if (!FD_ISSET(from, &set))
				continue;
			n = fd_read(from, chunk, sizeof(chunk));
			if (n <= 0 || fd_write_all(to, chunk, (size_t)n) < 0)
				return;
		}
	}
}

static void *bridge_main(void *arg)
{
	struct bridge *b = arg;
	int in;

	while ((in = accept(b->listener, NULL, NULL)) >= 0) {
		struct sockaddr_un a = {.sun_family = AF_UNIX};
		int out = socket(AF_UNIX, SOCK_STREAM, 0);

		snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
		if (connect(out, (struct sockaddr *)&a, sizeof(a)) == 0)
			shovel(in, out);
		close(in);
		close(out);
	}
	return NULL;
}

static char *bridge_begin(struct bridge *b)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);

	b->listener = socket(AF_INET, SOCK_STREAM, 0);
	need(bind(b->listener, (struct sockaddr *)&a, sizeof(a)) == 0);
	need(listen(b->listener, 8) == 0);
	getsockname(b->listener, (struct sockaddr *)&a, &len);
	need(pthread_create(&b->thread, NULL, bridge_main, b) == 0);
	return xasprintf("127.0.0.1:%d/" SECRET, ntohs(a.sin_port));
}

static void bridge_end(struct bridge *b)
{
	shutdown(b->listener, SHUT_RDWR);
	pthread_join(b->thread, NULL);
	close(b->listener);
}

static int file_of(const char *text)
{
	AUTO_FREE char *name = xasprintf("%s/file", test_dir());
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	need(fd >= 0 && fd_write_all(fd, text, strlen(text)) == 0);
	return fd;
}

TEST(the_client_stores_and_fetches)
{
	struct bridge b;
	AUTO_FREE char *host = NULL;
	AUTO_CLOSE int fd = -1;
	AUTO_ERROR struct error *err = NULL;
	struct http_store store = {.cancel_fd = -1};
	char text[8] = "";
	int64_t size = 0;

	serve();
	host = bridge_begin(&b);
	store.host = host;
	fd = file_of("text");
	ok_int(http_store_has(&store, "a/b c?", &err), 0);
	ok_int(http_store_put(&store, "a/b c?", fd, 4, &err), 0);
	ok_int(http_store_has(&store, "a/b c?", &err), 1);
	close(fd);
	fd = file_of("");
	ok_int(http_store_get(&store, "none", fd, &size, &err), 0);
	ok_int(http_store_get(&store, "a/b c?", fd, &size, &err), 1);
	ok_int(size, 4);
	ok_int(pread(fd, text, 4, 0), 4);
	ok_str(text, "text");
	bridge_end(&b);
	stop();
}

TEST(failures_are_told)
{
	struct http_store store = {.host = "127.0.0.1:1", .cancel_fd = -1};
	AUTO_ERROR struct error *err = NULL;
	AUTO_CLOSE int fd = file_of("");
	int64_t size;

	ok_int(http_store_get(&store, "k", fd, &size, &err), -1);
	ok(strstr(err->msg, "http://127.0.0.1:1/k"));
}

TEST(who_cancels_need_not_wait)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	AUTO_CLOSE int silent = socket(AF_INET, SOCK_STREAM, 0);
	AUTO_CLOSE int fd = file_of("");
	AUTO_FREE char *host = NULL;
	AUTO_ERROR struct error *err = NULL;
	struct http_store store;
	int64_t size;
	int cancel[2];

	need(bind(silent, (struct sockaddr *)&a, sizeof(a)) == 0);
	need(listen(silent, 8) == 0);
	getsockname(silent, (struct sockaddr *)&a, &len);
	host = xasprintf("127.0.0.1:%d", ntohs(a.sin_port));
	need(fd_pipe(cancel, NULL) == 0 && write(cancel[1], "", 1) == 1);
	store = (struct http_store){.host = host, .cancel_fd = cancel[0]};
	ok_int(http_store_get(&store, "k", fd, &size, &err), -1);
	ok_int(err->code, ERR_CANCELLED);
	close(cancel[0]);
	close(cancel[1]);
}

TAP_MAIN()
