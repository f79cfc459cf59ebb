/* SPDX-License-Identifier: MIT */
/* Characters of UTF-8 text, without regard to the locale. */
#ifndef CIRRUS_BASE_UTF8_H
#define CIRRUS_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands for bytes that are no character. */
#define UTF8_BAD 0xfffd
/* The replacement character, in UTF-8. */
#define UTF8_MARK "\xef\xbf\xbd"

/* The character at data (len > 0) and how many bytes it takes.  Overlong forms,
 * surrogates and stray bytes are UTF8_BAD and take one byte. */
size_t utf8_next(const char *data, size_t len, uint32_t *character);
/* How many bytes at the end of data begin a character that is not complete. */
size_t utf8_unfinished(const char *data, size_t len);
/* Makes a text safe to show: control characters, which a terminal would obey,
 * become '?', but for tabs and, with `lines`, newlines. */
void utf8_tame(char *text, bool lines);
/* Columns on a terminal: 0 for what combines with the one before, 2 for East
 * Asian wide characters and emoji, else 1; control characters count 0. */
int utf8_width(uint32_t character);
/* The sum over a text, as a terminal shows it. */
int utf8_text_width(const char *text, size_t len);

#endif
