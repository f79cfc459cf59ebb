/* SPDX-License-Identifier: MIT */
/* Credentials of registries as a configuration gives them (`registry_config`):
 * the text of a config.json of Docker, or the same as a map, of which only "auths"
 * counts. */
#ifndef CIRRUS_BACKEND_CREDENTIALS_H
#define CIRRUS_BACKEND_CREDENTIALS_H

#include "base/error.h"
#include "base/strv.h"
#include "model/node.h"

struct credentials {
	/* Three for each: the registry as images name it, user, password. */
	struct strv texts;
	struct strv registries;
};

int credentials_parse(struct credentials *c, const char *text,
		      struct error **err) MUST_CHECK;
/* The same written as a map of the configuration.  What its texts amount to, for
 * free(), and whether that is not there at all: then 1 is returned. */
struct credentials_texts {
	void *ctx;
	char *(*expand)(void *ctx, const char *text);
	bool (*is_absent)(void *ctx, const char *text);
};
int credentials_read(struct credentials *c, const struct node *map,
		     const struct credentials_texts *texts,
		     struct error **err) MUST_CHECK;
void credentials_clear(struct credentials *c);
bool credentials_find(const struct credentials *c, const char *registry,
		      const char **user, const char **password);

#endif
