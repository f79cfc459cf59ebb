/* SPDX-License-Identifier: MIT */
/* What artifacts report about the sources: read, put into place, told. */
#ifndef CIRRUS_RUN_ANNOTATIONS_H
#define CIRRUS_RUN_ANNOTATIONS_H

#include "annotate/annotate.h"
#include "base/strv.h"
#include "files/save.h"
#include "run/instructions.h"

/* names: files that were saved.  A report that cannot be read fails the
 * instruction, once all that the others say is told. */
struct step_result annotations_report(struct performance *p, struct step *s,
				      const struct annotate_format *format,
				      const struct save *save,
				      struct strv *names);

#endif
