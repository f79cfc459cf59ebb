/* SPDX-License-Identifier: MIT */
/* Where the configuration is, and how its text is read. */
#ifndef CIRRUS_CLI_LOCATION_H
#define CIRRUS_CLI_LOCATION_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "config/config.h"

struct location {
	char *dir;  /* absolute: the project's folder */
	char *path; /* of the configuration, as it reads from here */
	bool star;  /* a .cirrus.star lies beside it */
};

/* With `file`: that file, and the current directory as the project.  Without:
 * .cirrus.yaml or .cirrus.yml in the current directory or the nearest one above
 * it, up to the root of the repository or the home directory.  path is NULL
 * where there is only a .cirrus.star. */
int location_find(const char *file, struct location *out,
		  struct error **err) MUST_CHECK;
void location_clear(struct location *l);
#define AUTO_LOCATION __attribute__((__cleanup__(location_clear)))

/* The project as the parse sees it; ctx is its folder. */
extern const struct config_files location_files;

#endif
