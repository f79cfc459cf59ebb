/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "data/xml.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include <expat.h>

struct reading {
	const struct xml_reader *reader;
	XML_Parser parser;
	int depth;
	bool stopped; /* by us: err says why */
	struct error **err;
};

static void stop(struct reading *r)
{
	error_prefix(r->err, "%lu:%lu", XML_GetCurrentLineNumber(r->parser),
		     XML_GetCurrentColumnNumber(r->parser) + 1);
	r->stopped = true;
	XML_StopParser(r->parser, XML_FALSE);
}

static void on_begin(void *ctx, const XML_Char *name, const XML_Char **attrs)
{
	struct reading *r = ctx;

	if (r->stopped)
		return;
	if (++r->depth > XML_DEPTH) {
		error_set(r->err, ERR_LIMIT,
			  "more than %d elements lie within each other",
			  XML_DEPTH);
		stop(r);
	} else if (r->reader->begin(r->reader->ctx, name,
				    (const char *const *)attrs, r->err) < 0) {
		stop(r);
	}
}

static void on_end(void *ctx, const XML_Char *name)
{
	struct reading *r = ctx;

	if (r->stopped)
		return;
	r->depth--;
	r->reader->end(r->reader->ctx, name);
}

static void on_text(void *ctx, const XML_Char *text, int len)
{
	const struct reading *r = ctx;

	if (!r->stopped)
		r->reader->text(r->reader->ctx, text, (size_t)len);
}

/* The beginning of every attack by expansion; no report needs one. */
static void on_entity(void *ctx, const XML_Char *name UNUSED,
		      int is_parameter UNUSED, const XML_Char *value UNUSED,
		      int value_length UNUSED, const XML_Char *base UNUSED,
		      const XML_Char *system_id UNUSED,
		      const XML_Char *public_id UNUSED,
		      const XML_Char *notation UNUSED)
{
	struct reading *r = ctx;

	if (r->stopped)
		return;
	error_set(r->err, ERR_CONFIG, "it declares an entity of its own");
	stop(r);
}

static int fail(const struct reading *r)
{
	if (r->stopped)
		return -1;
	return error_set(r->err, ERR_CONFIG, "%lu:%lu: %s",
			 XML_GetCurrentLineNumber(r->parser),
			 XML_GetCurrentColumnNumber(r->parser) + 1,
			 XML_ErrorString(XML_GetErrorCode(r->parser)));
}

int xml_read(const char *data, size_t len, const struct xml_reader *reader,
	     struct error **err)
{
	AUTO_ERROR struct error *why = NULL;
	struct reading r = {.reader = reader, .err = &why};
	int result = 0;

	if (len > INT_MAX)
		return error_set(err, ERR_LIMIT, "1:1: it is too large");
	r.parser = XML_ParserCreate(NULL);
	if (!r.parser)
		return error_set(err, ERR_SYSTEM, "1:1: out of memory");
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_begin, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetEntityDeclHandler(r.parser, on_entity);
	if (XML_Parse(r.parser, data, (int)len, 1) != XML_STATUS_OK)
		result = fail(&r);
	XML_ParserFree(r.parser);
	if (result < 0)
		error_pass(err, &why, NULL);
	return result;
}

const char *xml_attr(const char *const *attrs, const char *name)
{
	for (; *attrs; attrs += 2)
		if (strcmp(attrs[0], name) == 0)
			return attrs[1];
	return NULL;
}
