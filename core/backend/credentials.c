/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/credentials.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "data/json.h"

/* "https://index.docker.io/v1/" -> "docker.io" */
static char *registry_name(const char *key)
{
	const char *scheme = strstr(key, "://");
	AUTO_FREE char *host = NULL;

	key = scheme ? scheme + 3 : key;
	host = xstrndup(key, strcspn(key, "/"));
	if (strcmp(host, "index.docker.io") == 0 ||
	    strcmp(host, "registry-1.docker.io") == 0)
		return xstrdup("docker.io");
	return STEAL_PTR(host);
}

static int digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Base64; -1: it is none. */
static int decode(const char *text, struct buf *out)
{
	unsigned int bits = 0;
	int n = 0;

	for (; *text && *text != '='; text++) {
		int d = digit(*text);

		if (d < 0)
			return -1;
		bits = bits << 6 | (unsigned int)d;
		n += 6;
		if (n < 8)
			continue;
		n -= 8;
		buf_addc(out, (char)(bits >> n & 0xff));
	}
	return 0;
}

static int add(struct credentials *c, const struct cJSON *entry,
	       struct error **err)
{
	const char *user = json_get_str(entry, "username");
	const char *password = json_get_str(entry, "password");
	const char *both = json_get_str(entry, "auth");
	AUTO_BUF struct buf text = BUF_INIT(BUF_LINE);
	AUTO_FREE char *name = registry_name(json_key(entry));
	char *colon;

	if (!user && both) {
		colon = decode(both, &text) == 0 ? strchr(text.data, ':')
						 : NULL;
		if (!colon)
			return error_set(err, ERR_CONFIG,
					 "\"auth\" of %s is not "
					 "USER:PASSWORD in base64",
					 name);
		*colon = '\0';
		user = text.data;
		password = colon + 1;
	}
	if (!user || !password)
		return 0;
	strv_push(&c->registries, name);
	strv_push(&c->texts, name);
	strv_push(&c->texts, user);
	strv_push(&c->texts, password);
	return 0;
}

int credentials_parse(struct credentials *c, const char *text,
		      struct error **err)
{
	AUTO_JSON struct cJSON *o = json_parse(text, strlen(text), NULL);
	const struct cJSON *auths = json_get(o, "auths");

	if (!auths)
		return error_set(err, ERR_CONFIG,
				 "not the text of a config.json with "
				 "\"auths\"");
	for (const struct cJSON *e = json_first(auths); e; e = json_next(e))
		if (add(c, e, err) < 0)
			return -1;
	return 0;
}

void credentials_clear(struct credentials *c)
{
	for (size_t i = 0; i < c->texts.len; i++)
		explicit_bzero(c->texts.v[i], strlen(c->texts.v[i]));
	strv_clear(&c->texts);
	strv_clear(&c->registries);
}

bool credentials_find(const struct credentials *c, const char *registry,
		      const char **user, const char **password)
{
	AUTO_FREE char *name = registry_name(registry);

	for (size_t i = 0; i + 2 < c->texts.len; i += 3)
		if (strcmp(c->texts.v[i], name) == 0) {
			*user = c->texts.v[i + 1];
			*password = c->texts.v[i + 2];
			return true;
		}
	return false;
}
