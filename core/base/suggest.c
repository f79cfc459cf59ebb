/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/suggest.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define WORD_MAX 64

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Damerau's distance (optimal string alignment), three rows at a time. */
size_t suggest_distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1], *before = rows[0], *last = rows[1],
				      *row = rows[2], *spare;
	size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= b_len; j++)
		last[j] = before[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			bool same = a[i - 1] == b[j - 1];

			row[j] = min3(last[j] + 1, row[j - 1] + 1,
				      last[j - 1] + !same);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[b_len];
}

const char *suggest(const char *word, const char *const *candidates)
{
	size_t len = strlen(word), best = (len + 2) / 3 + 1;
	const char *found = NULL;

	for (; *candidates; candidates++) {
		size_t d = strcasecmp(word, *candidates) == 0
				   ? 0
				   : suggest_distance(word, *candidates);

		if (d < best && d < len) {
			best = d;
			found = *candidates;
		}
	}
	return found;
}
