/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/endpoint.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"

void endpoint_clear(struct endpoint *e)
{
	free(e->url);
	free(e->unix_path);
	free(e->host);
	strv_clear(&e->dial_argv);
	free(e->ca);
	free(e->cert);
	free(e->key);
	*e = (struct endpoint){0};
}

static int parse_unix(const char *path, const struct endpoint_client *client,
		      struct endpoint *e, struct error **err)
{
	struct sockaddr_un addr;

	(void)client;
	if (path[0] != '/')
		return error_set(err, ERR_CONFIG,
				 "%s: the path of a socket must be absolute",
				 e->url);
	if (strlen(path) >= sizeof(addr.sun_path))
		return error_set(
			err, ERR_CONFIG,
			"%s: longer than the %zu bytes that a socket's "
			"path may have",
			e->url, sizeof(addr.sun_path) - 1);
	e->unix_path = xstrdup(path);
	return 0;
}

static int parse_tcp(const char *rest, const struct endpoint_client *client,
		     struct endpoint *e, struct error **err)
{
	size_t len = strcspn(rest, "/");

	(void)client;
	if (len == 0)
		return error_set(err, ERR_CONFIG, "%s: no host", e->url);
	if (rest[len] == '/' && rest[len + 1])
		return error_set(err, ERR_CONFIG,
				 "%s: a path after the host is not supported",
				 e->url);
	e->host = xstrndup(rest, len);
	return 0;
}

static int parse_https(const char *rest, const struct endpoint_client *client,
		       struct endpoint *e, struct error **err)
{
	e->tls = true;
	return parse_tcp(rest, client, e, err);
}

/* The port's colon; one inside brackets belongs to an IPv6 address. */
static char *port_of(char *host)
{
	char *bracket = strrchr(host, ']');

	return strchr(bracket ? bracket : host, ':');
}

/* Nothing of a URL may be taken for an option of ssh's, so it refuses what
 * begins with a dash. */
static int parse_ssh(const char *rest, const struct endpoint_client *client,
		     struct endpoint *e, struct error **err)
{
	AUTO_FREE char *where = xstrndup(rest, strcspn(rest, "/"));
	const char *path = rest + strlen(where);
	char *at = strrchr(where, '@');
	char *host = at ? at + 1 : where;
	char *port = port_of(host);
	struct strv *argv = &e->dial_argv;

	if (at)
		*at = '\0';
	if (port)
		*port++ = '\0';
	if (host[0] == '\0' || host[0] == '-' || where[0] == '-')
		return error_set(err, ERR_CONFIG, "%s: no host", e->url);
	strv_push(argv, "ssh");
	strv_push(argv, "-oConnectTimeout=30");
	strv_push(argv, "-T");
	if (at)
		strv_pushf(argv, "-l%s", where);
	if (port)
		strv_pushf(argv, "-p%s", port);
	strv_push(argv, "--");
	strv_push(argv, host);
	strv_push(argv, client->name);
	if (path[0] && path[1]) {
		strv_push(argv, client->path_option);
		strv_pushf(argv, "unix://%s", path);
	}
	strv_push(argv, "system");
	strv_push(argv, "dial-stdio");
	return 0;
}

static const struct {
	const char *prefix;
	int (*parse)(const char *rest, const struct endpoint_client *client,
		     struct endpoint *e, struct error **err);
} schemes[] = {
	{"unix://", parse_unix}, {"tcp://", parse_tcp},
	{"http://", parse_tcp},  {"https://", parse_https},
	{"ssh://", parse_ssh},
};

int endpoint_parse(const char *url, const struct endpoint_client *client,
		   struct endpoint *e, struct error **err)
{
	if (url[0] == '/') {
		e->url = xasprintf("unix://%s", url);
		return parse_unix(url, client, e, err);
	}
	e->url = xstrdup(url);
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (str_starts(url, schemes[i].prefix))
			return schemes[i].parse(url + strlen(schemes[i].prefix),
						client, e, err);
	error_set(err, ERR_CONFIG, "%s: not the address of an engine", url);
	return error_hint(err, "write unix:///PATH, tcp://HOST:PORT or "
			       "ssh://USER@HOST");
}

void endpoint_finish(struct endpoint *e)
{
	AUTO_FREE char *bare = NULL;

	if (!e->host || port_of(e->host))
		return;
	bare = e->host;
	e->host = xasprintf("%s:%s", bare, e->tls ? "2376" : "2375");
}

/* The name of the group that may open the socket although others may not. */
static char *group_of(const char *path)
{
	struct group gr, *found = NULL;
	char space[4096];
	struct stat st;

	if (stat(path, &st) < 0 || !(st.st_mode & S_IWGRP) || st.st_gid == 0)
		return NULL;
	if (getgrgid_r(st.st_gid, &gr, space, sizeof(space), &found) || !found)
		return NULL;
	return xstrdup(gr.gr_name);
}

/* What carries the connection, as a person can run it. */
static int dial_hint(const struct endpoint *e, struct error **err)
{
	AUTO_BUF struct buf command = BUF_INIT(BUF_LINE);

	for (size_t i = 0; i < e->dial_argv.len; i++) {
		const char *word = e->dial_argv.v[i];

		if (strcmp(word, "system") == 0)
			break;
		if (!str_starts(word, "-o") && strcmp(word, "-T") != 0 &&
		    strcmp(word, "--") != 0)
			buf_addf(&command, "%s ", word);
	}
	return error_hint(err, "this must work without a question: %sversion",
			  command.data);
}

int endpoint_hint(const struct endpoint *e, int errnum, struct error **err)
{
	AUTO_FREE char *group = NULL;

	if (e->dial_argv.len)
		return dial_hint(e, err);
	if (errnum == EACCES && e->unix_path)
		group = group_of(e->unix_path);
	if (group)
		return error_hint(err,
				  "add yourself to the group %s: sudo usermod "
				  "-aG %s $USER, then log in again",
				  group, group);
	if (errnum == EACCES)
		return error_hint(err, "this user may not open the socket");
	if (e->start_hint)
		return error_hint(err, "%s", e->start_hint);
	return -1;
}
