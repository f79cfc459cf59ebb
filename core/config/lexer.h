/* SPDX-License-Identifier: MIT */
/* Tokens of boolean expressions. */
#ifndef CIRRUS_CONFIG_LEXER_H
#define CIRRUS_CONFIG_LEXER_H

#include <stdbool.h>
#include <stddef.h>

enum token_kind {
	TOKEN_END,
	TOKEN_STRING, /* start and len with its quotes */
	TOKEN_BROKEN, /* a string without its end */
	TOKEN_NAME,   /* also `in`, `true`, `false` */
	TOKEN_NUMBER,
	TOKEN_RAW, /* in back quotes */
	TOKEN_OPERATOR,
	TOKEN_OTHER /* any other single character */
};

struct token {
	enum token_kind kind;
	const char *start;
	size_t len;
	int line, column; /* of its start, counted from 1 */
};

struct lexer {
	const char *at;
	int line, column;
};

void lexer_init(struct lexer *l, const char *text);
struct token lexer_next(struct lexer *l);
bool token_is(const struct token *t, const char *text);
/* "Ident", "String", "\")\"": what messages call it. */
const char *token_describe(const struct token *t, char out[16]);

#endif
