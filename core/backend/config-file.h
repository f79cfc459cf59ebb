/* SPDX-License-Identifier: MIT */
/* The user's settings, $XDG_CONFIG_HOME/cirrus/config.yml:
 *
 *	backends:
 *	  docker:
 *	    host: unix:///run/engine.sock
 *
 * Every key must be known; backends that are not installed may be named. */
#ifndef CIRRUS_BACKEND_CONFIG_FILE_H
#define CIRRUS_BACKEND_CONFIG_FILE_H

#include "backend/loader.h"
#include "base/arena.h"

struct config_file {
	const char *path;
	const struct node *options; /* of one backend; NULL: none */
};

/* Reads what the file says about this backend, and checks that the backend has
 * such options.  Where there is no file there is nothing to say. */
int config_file_read(const struct backend *b, struct arena *a,
		     struct config_file *out, struct error **err) MUST_CHECK;

/* The value given for an option, *value NULL where there is none, as text: JSON
 * for an option of that type.  *where: "PATH:LINE:COLUMN". */
int config_file_get(const struct config_file *f,
		    const struct cirrus_option *option, struct arena *a,
		    const char **value, const char **where,
		    struct error **err) MUST_CHECK;

#endif
