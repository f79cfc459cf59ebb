/* SPDX-License-Identifier: MIT */
/* `--report`: a run as one page of HTML that needs nothing beside itself. */
#ifndef CIRRUS_REPORT_PAGE_H
#define CIRRUS_REPORT_PAGE_H

#include "report/out.h"
#include "report/view.h"

/* Logs are read now; of long ones the beginning and the end. */
void page_write(const struct view *v, struct out *to);

/* --- between page.c and page-log.c ------------------------------------------- */

/* What is left for output to take in the page. */
#define PAGE_BYTES ((int64_t)32 << 20)

/* The output of a step in <pre>; nothing where there is none. */
void page_log(struct step_view *s, int64_t *budget, struct out *to);

extern const char page_css[], page_js[]; /* the texts of page.css, page.js */

/* What was reported about a step, as a list; takes from the budget likewise. */
void page_annotations(const struct step_view *s, int64_t *budget,
		      struct out *to);
/* How much there is of it, as a word or two; nothing where there is none. */
void page_annotation_counts(size_t failures, size_t warnings, struct out *to);

#endif
