/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/backend-args.h"

#include <stdlib.h>
#include <string.h>

void backend_args_clear(struct backend_args *a)
{
	free(a->v);
	strv_clear(&a->texts);
	*a = (struct backend_args){0};
}

/* Cuts text into its three parts. */
static int cut(char *text, struct backend_option *o, struct error **err)
{
	char *equals = strchr(text, '=');
	char *dot = strchr(text, '.');

	if (!equals || !dot || dot > equals || dot == text || dot + 1 == equals)
		return error_set(err, ERR_USAGE,
				 "--backend-option: \"%s\" is not "
				 "NAME.KEY=VALUE",
				 text);
	*dot = *equals = '\0';
	*o = (struct backend_option){text, dot + 1, equals + 1};
	return 0;
}

int backend_args_parse(const struct strv *args, struct backend_args *out,
		       struct error **err)
{
	AUTO_BACKEND_ARGS struct backend_args a = {0};

	a.v = xcalloc(args->len + 1, sizeof(*a.v));
	for (size_t i = 0; i < args->len; i++) {
		strv_push(&a.texts, args->v[i]);
		if (cut(a.texts.v[i], &a.v[i], err) < 0)
			return -1;
		a.len++;
	}
	*out = a;
	a = (struct backend_args){0};
	return 0;
}
