/* SPDX-License-Identifier: MIT */
/* The first calls into a plugin, which may not come back from them. */
#ifndef CIRRUS_BACKEND_FIRST_H
#define CIRRUS_BACKEND_FIRST_H

#include "backend/loader.h"
#include "backend/settings.h"

/* As loader_load. */
struct backend *first_load(const struct candidate *c,
			   const struct call_options *o,
			   enum table_fault *fault,
			   struct error **err) MUST_CHECK;
/* Asks whether the backend is there.  0: it is, *words say what it found, and
 * the settings are still the caller's; else they are gone. */
int first_probe(const struct backend *b, struct settings *settings,
		const struct call_options *o, char **words,
		struct error **err) MUST_CHECK;
/* As conn_open, which takes over the settings in any case. */
int first_open(struct backend *b, const struct cirrus_kind *kind,
	       struct settings *settings, const struct call_options *o,
	       struct conn **out, struct error **err) MUST_CHECK;

#endif
