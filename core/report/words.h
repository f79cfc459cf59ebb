/* SPDX-License-Identifier: MIT */
/* The words in which things are told, in one place, as users of the old CLI
 * know them. */
#ifndef CIRRUS_REPORT_WORDS_H
#define CIRRUS_REPORT_WORDS_H

#include "base/buf.h"
#include "model/event.h"

/* "'build' task", "'Lint' Task (go:1.22)"; to be freed. */
char *words_task(const char *name, const char *suffix);
/* "'build' script", "image pull"; to be freed. */
char *words_step(enum step_kind kind, const char *name);
/* The title as it stands in a sentence: quoted unless it holds quotes. */
char *words_quoted(const char *title);

/* How a script that did not succeed ended, "Exit status: 4"; to be freed, NULL
 * where there is nothing to say: status 1 says no more than "failed". */
char *words_ending(enum event_status status, int exit_code, int signal);

/* "succeeded", "failed" ... for "'x' task succeeded in 1.0s!". */
const char *words_finished(enum event_status status);
/* As in a list: "timed out", "skipped" ... */
const char *words_status(enum event_status status);

/* Where an annotation is, "src/a.c:12:3"; to be freed, NULL: nowhere. */
char *words_place(const struct annotation *a);
/* An annotation as a line, as compilers write it: "src/a.c:12: failure: title:
 * details", of these the first line; to be freed. */
char *words_annotation(const struct annotation *a);
/* "2 failures, 1 warning", in the order of their weight; to be freed, NULL where
 * there are neither. */
char *words_annotations(size_t failures, size_t warnings);

/* What a person types to run this task alone, with the options (or NULL) that
 * the run had; to be freed. */
char *words_run_again(const char *options, const char *name,
		      const char *suffix);
/* A word in the quotes that a shell needs, if it needs any. */
void words_shell(struct buf *b, const char *word);

/* The signal's name in lower case: "killed". */
void words_signal(int signal, char *out, size_t len);

#endif
