/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/progress.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"

/* No image has more; what lies beyond shows no progress. */
#define MAX_LAYERS 512

void progress_clear(struct progress *p)
{
	progress_layers_clear(&p->layers);
	buf_clear(&p->error);
	buf_clear(&p->object);
}

/* --- layers --------------------------------------------------------------- */

static struct progress_layer *layer_of(struct progress *p, const char *id)
{
	struct progress_layer l = {.done = 0};

	for (size_t i = 0; i < p->layers.len; i++)
		if (strcmp(p->layers.ptr[i].id, id) == 0)
			return &p->layers.ptr[i];
	if (p->layers.len == MAX_LAYERS)
		return NULL;
	snprintf(l.id, sizeof(l.id), "%s", id);
	progress_layers_push(&p->layers, l);
	return &p->layers.ptr[p->layers.len - 1];
}

/* Words after which nothing of a layer is left to be transferred.  Extracting
 * counts the same bytes again. */
static bool is_transferred(const char *status)
{
	static const char *const words[] = {
		"Verifying Checksum",  "Download complete", "Extracting",
		"Pull complete",       "Already exists",    "Pushed",
		"Layer already exists"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(status, words[i]) == 0)
			return true;
	return false;
}

static void show_layer(struct progress *p, const cJSON *o, const char *id,
		       const char *status)
{
	struct progress_layer *l = layer_of(p, id);
	int64_t done = cj_int(o, "progressDetail.current");
	int64_t total = cj_int(o, "progressDetail.total");

	if (!l)
		return;
	if (total > l->total)
		l->total = total;
	if (is_transferred(status))
		done = l->total;
	if (done > l->done)
		l->done = done;
	p->call->host->progress(
		p->call, &(struct cirrus_progress){
				 .struct_size = sizeof(struct cirrus_progress),
				 .done = l->done,
				 .total = l->total,
				 .item = l->id,
				 .what = status});
}

/* --- objects ---------------------------------------------------------------- */

static void keep_line(struct progress *p, const char *text)
{
	size_t len = strcspn(text, "\r\n");

	/* Empty lines and "exit code" alone explain nothing. */
	if (len && strncmp(text, "--->", 4) != 0 && text[0] != ' ')
		snprintf(p->last_line, sizeof(p->last_line), "%.*s", (int)len,
			 text);
}

static cirrus_status show_output(struct progress *p, const char *text)
{
	keep_line(p, text);
	if (!p->log || !*text)
		return CIRRUS_OK;
	return p->log->write(p->log->ctx, CIRRUS_STDOUT, text, strlen(text));
}

static void keep_results(struct progress *p, const cJSON *o)
{
	const char *words = cj_str(o, "errorDetail.message");

	if (!*words)
		words = cj_str(o, "error");
	if (*words && !p->error.len)
		buf_adds(&p->error, words);
	if (*cj_str(o, "aux.ID"))
		cj_copy(o, "aux.ID", p->id, sizeof(p->id));
	if (*cj_str(o, "aux.Digest"))
		cj_copy(o, "aux.Digest", p->digest, sizeof(p->digest));
}

static cirrus_status take_object(struct progress *p)
{
	AUTO_CJ cJSON *o = cj_parse(p->object.data, p->object.len);
	const char *id = cj_str(o, "id");
	const char *status = cj_str(o, "status");

	keep_results(p, o);
	if (*cj_str(o, "stream"))
		return show_output(p, cj_str(o, "stream"));
	if (*id && cj_at(o, "progressDetail"))
		show_layer(p, o, id, status);
	else if (*status)
		p->call->host->log(p->call, CIRRUS_LOG_DEBUG, status);
	return CIRRUS_OK;
}

/* --- bytes ------------------------------------------------------------------ */

/* Where text at data stops being inside of a string. */
static void track(struct progress *p, char c)
{
	if (p->escaped)
		p->escaped = false;
	else if (p->in_string && c == '\\')
		p->escaped = true;
	else if (c == '"')
		p->in_string = !p->in_string;
	else if (!p->in_string && c == '{')
		p->depth++;
	else if (!p->in_string && c == '}' && p->depth > 0)
		p->depth--;
}

cirrus_status progress_take(void *ctx, const char *data, size_t len)
{
	struct progress *p = ctx;
	cirrus_status s = CIRRUS_OK;

	for (size_t i = 0; i < len && s == CIRRUS_OK; i++) {
		bool inside = p->depth > 0;

		track(p, data[i]);
		if (!inside && !p->depth) {
			p->in_string = false;
			continue;
		}
		buf_addc(&p->object, data[i]);
		if (p->depth)
			continue;
		p->too_large |= p->object.overflow;
		s = take_object(p);
		buf_reset(&p->object);
	}
	return s;
}

cirrus_status progress_end(struct progress *p, const char *what,
			   struct error **err)
{
	if (p->error.len)
		return fault_set(
			err,
			engine_status_of_words(p->error.data, CIRRUS_E_FAILED),
			"%s: %s", what, p->error.data);
	if (p->depth)
		return fault_set(err, CIRRUS_E_LOST,
				 "%s: the engine's answer broke off", what);
	if (p->too_large)
		return fault_set(err, CIRRUS_E_IO,
				 "%s: the engine's answer is too large", what);
	return CIRRUS_OK;
}
