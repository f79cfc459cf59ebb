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

/* What is said of one registry; NULL: nothing. */
struct login {
	const char *user, *password, *both;
};

static int add(struct credentials *c, const char *key,
	       const struct login *login, struct error **err)
{
	const char *user = login->user, *password = login->password;
	const char *both = login->both;
	AUTO_BUF struct buf text = BUF_INIT(BUF_LINE);
	AUTO_FREE char *name = registry_name(key);
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

static int not_a_config(struct error **err)
{
	return error_set(err, ERR_CONFIG,
			 "not the text of a config.json with \"auths\"");
}

int credentials_parse(struct credentials *c, const char *text,
		      struct error **err)
{
	AUTO_JSON struct cJSON *o = json_parse(text, strlen(text), NULL);
	const struct cJSON *auths = json_get(o, "auths");

	if (!auths)
		return not_a_config(err);
	for (const struct cJSON *e = json_first(auths); e; e = json_next(e)) {
		const struct login login = {json_get_str(e, "username"),
					    json_get_str(e, "password"),
					    json_get_str(e, "auth")};

		if (add(c, json_key(e), &login, err) < 0)
			return -1;
	}
	return 0;
}

/* The text below a key, which is the list's; NULL: there is none. */
static const char *text_of(const struct node *map, const char *key,
			   const struct credentials_texts *texts,
			   struct strv *list)
{
	const struct node *n =
		map->kind == NODE_MAP ? node_get(map, key) : NULL;

	if (!n || n->kind != NODE_SCALAR)
		return NULL;
	strv_push_steal(list, texts->expand(texts->ctx, n->text));
	return list->v[list->len - 1];
}

int credentials_read(struct credentials *c, const struct node *map,
		     const struct credentials_texts *texts, struct error **err)
{
	const struct node *auths = node_get(map, "auths");
	int r = 0;

	if (!auths || auths->kind != NODE_MAP)
		return not_a_config(err);
	for (size_t i = 0; i < auths->n_children && r == 0; i++) {
		const struct node *e = auths->children[i];
		AUTO_STRV struct strv list = {0};
		const struct login login = {
			text_of(e, "username", texts, &list),
			text_of(e, "password", texts, &list),
			text_of(e, "auth", texts, &list)};

		for (size_t k = 0; k < list.len && r == 0; k++)
			if (texts->is_absent(texts->ctx, list.v[k]))
				r = 1;
		if (r == 0)
			r = add(c, e->name, &login, err);
	}
	return r;
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
