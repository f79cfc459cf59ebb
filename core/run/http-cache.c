/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/http-cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "backend/private-dir.h"
#include "base/arena.h"
#include "base/compat.h"
#include "base/fd.h"
#include "base/hash.h"
#include "net/http-server.h"

#define PORT   12321 /* where users of the old CLI found it */
#define SUFFIX ".http"

struct http_cache {
	struct http_server *server; /* NULL: it did not start */
	char *target;               /* "unix:/path" */
	char secret[33];
};

static void tell_why(struct run *run, int64_t task, const char *why)
{
	tell_message(&run->teller, task, -1, LEVEL_DEBUG, NULL,
		     "no HTTP cache is offered: %s", why);
}

bool http_cache_wanted(struct run *run, const struct environment *env)
{
	return run->caches && !environment_get(env, HTTP_CACHE_VARIABLE) &&
	       conn_can(run->conn, CIRRUS_CAP_EXPOSE);
}

/* --- the server --------------------------------------------------------------- */

/* A socket at which nobody answers is what a dead run left. */
static bool is_dead(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = compat_socket(AF_UNIX, SOCK_STREAM, 0);
	bool dead;

	if (fd < 0 || strlen(path) >= sizeof(a.sun_path)) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	memcpy(a.sun_path, path, strlen(path) + 1);
	dead = connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0;
	close(fd);
	return dead;
}

static void sweep(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		AUTO_FREE char *path = xasprintf("%s/%s", dir, e->d_name);

		if (str_ends(e->d_name, SUFFIX) && is_dead(path))
			unlink(path);
	}
	if (d)
		closedir(d);
}

/* Held while a socket is there that nobody listens at yet. */
static int lock(const char *dir, struct error **err)
{
	AUTO_FREE char *path = xasprintf("%s/lock", dir);
	AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return error_errno(err, errno, "cannot lock %s", path);
	return STEAL_FD(fd);
}

void http_cache_sweep(void)
{
	AUTO_ARENA struct arena arena = {0};
	AUTO_ERROR struct error *waste = NULL;
	const char *dir = private_dir(PRIVATE_RUNTIME, "http", &arena, &waste);
	AUTO_CLOSE int held = dir ? lock(dir, &waste) : -1;

	if (held >= 0)
		sweep(dir);
}

static int start(struct run *run, struct http_cache *h, struct error **err)
{
	AUTO_ARENA struct arena arena = {0};
	AUTO_FREE char *path = NULL;
	const char *dir = private_dir(PRIVATE_RUNTIME, "http", &arena, err);
	AUTO_CLOSE int held = dir ? lock(dir, err) : -1;

	if (held < 0)
		return -1;
	sweep(dir);
	path = xasprintf("%s/%s" SUFFIX, dir, run->id);
	random_hex(h->secret, 16);
	secrets_add(run->teller.secrets, h->secret);
	h->target = xasprintf("unix:%s", path);
	return http_server_new(run->caches, path, h->secret, &h->server, err);
}

/* The run's, started for the first task that asks. */
static struct http_cache *get(struct run *run, struct error **err)
{
	struct http_cache *h;

	pthread_mutex_lock(&run->lock);
	if (!run->http_cache) {
		run->http_cache = xcalloc(1, sizeof(*run->http_cache));
		if (start(run, run->http_cache, err) < 0)
			run->http_cache->server = NULL;
	}
	h = run->http_cache;
	pthread_mutex_unlock(&run->lock);
	if (!h->server && !*err)
		error_set(err, ERR_SYSTEM, "its server did not start");
	return h->server ? h : NULL;
}

void http_cache_leave(struct run *run)
{
	pthread_mutex_lock(&run->lock);
	if (run->http_cache && run->http_cache->server)
		unlink(run->http_cache->target + strlen("unix:"));
	pthread_mutex_unlock(&run->lock);
}

void http_cache_end(struct run *run)
{
	struct http_cache *h = run->http_cache;

	if (!h)
		return;
	http_server_free(h->server);
	free(h->target);
	free(h);
	run->http_cache = NULL;
}

/* --- tasks ---------------------------------------------------------------------- */

static cirrus_status expose(struct performance *p, const struct http_cache *h,
			    char *address, size_t size, struct error **err)
{
	cirrus_status s =
		place_expose(p->place, h->target, PORT, address, size, err);

	if (s != CIRRUS_E_EXISTS)
		return s;
	error_free_ptr(err);
	return place_expose(p->place, h->target, 0, address, size, err);
}

bool http_cache_offer(struct performance *p)
{
	AUTO_ERROR struct error *err = NULL;
	struct run *run = p->place->scope->run;
	struct http_cache *h = NULL;
	char address[256] = "";

	if (environment_get(p->env, HTTP_CACHE_VARIABLE))
		return false;
	if (!p->place->expose)
		error_set(&err, ERR_BACKEND, "%s cannot offer a port inside",
			  conn_name(run->conn));
	else
		h = get(run, &err);
	if (!h || expose(p, h, address, sizeof(address), &err) != CIRRUS_OK) {
		tell_why(run, p->task->id, err->msg);
		return false;
	}
	free(p->http_cache); /* of a pipe's last step */
	p->http_cache = xasprintf("%s/%s", address, h->secret);
	environment_set(p->env, HTTP_CACHE_VARIABLE, p->http_cache);
	if (!environment_get(p->env, "OMNI_CACHE_ADDRESS"))
		environment_set(p->env, "OMNI_CACHE_ADDRESS", p->http_cache);
	return true;
}

const char *http_cache_external(const struct performance *p)
{
	const char *host = environment_get(p->env, HTTP_CACHE_VARIABLE);

	if (!host || !*host ||
	    (p->http_cache && strcmp(host, p->http_cache) == 0))
		return NULL;
	return host;
}
