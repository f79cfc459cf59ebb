/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "report/ansi.h"
#include "report/page.h"
#include "report/words.h"

static void put_one(const struct annotation *a, int64_t *budget, struct out *to)
{
	AUTO_FREE char *place = words_place(a);

	out_format(to, "<li class=\"%s\">", annotation_level_name(a->level));
	if (place) {
		out_text(to, "<code>");
		ansi_text(place, to);
		out_text(to, "</code> ");
	}
	if (a->title) {
		out_text(to, "<span>");
		ansi_text(a->title, to);
		out_text(to, "</span>");
	}
	if (a->details && *budget > 0) {
		out_text(to, "<pre>");
		ansi_text(a->details, to);
		out_text(to, "</pre>");
		*budget -= (int64_t)strlen(a->details);
	}
	out_text(to, "</li>\n");
}

void page_annotation_counts(size_t failures, size_t warnings, struct out *to)
{
	AUTO_FREE char *text = words_annotations(failures, warnings);

	if (text)
		out_format(to, "<span class=\"counts %s\">%s</span>",
			   failures > 0 ? "failure" : "warning", text);
}

void page_annotations(const struct step_view *s, int64_t *budget,
		      struct out *to)
{
	size_t all = s->n_annotations[ANNOTATION_FAILURE] +
		     s->n_annotations[ANNOTATION_WARNING];

	if (all == 0)
		return;
	out_text(to, "<ul class=\"annotations\">\n");
	for (size_t i = 0; i < s->annotations.len; i++)
		put_one(s->annotations.ptr[i], budget, to);
	if (all > s->annotations.len)
		out_format(to, "<li class=\"more\">... and %zu more</li>\n",
			   all - s->annotations.len);
	out_text(to, "</ul>\n");
}
