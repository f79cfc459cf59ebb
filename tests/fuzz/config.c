/* SPDX-License-Identifier: MIT */
/* Text -> tasks -> JSON.  Every Dockerfile has the text as its contents.  Few
 * tasks are allowed: hundreds of thousands are only slow. */
#include "config.h"

#include "config/config.h"

#include "base/buf.h"
#include "config/json-model.h"
#include "data/json.h"
#include "fuzz.h"

struct input {
	const uint8_t *data;
	size_t size;
};

static int read_same(void *ctx, const char *path, char **data, size_t *len)
{
	const struct input *in = ctx;

	(void)path;
	*data = xmemdup0(in->data, in->size);
	*len = in->size;
	return 0;
}

static int walk_none(void *ctx, const char *path,
		     void (*each)(void *each_ctx, const char *path),
		     void *each_ctx)
{
	(void)ctx;
	(void)path;
	(void)each;
	(void)each_ctx;
	return -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const affected[] = {"a/b.c", "README", NULL};
	struct input input = {data, size};
	struct config_files files = {&input, read_same, walk_none};
	struct config_input in = {.text = (const char *)data,
				  .len = size,
				  .path = "f",
				  .affected_files = affected,
				  .files = &files,
				  .max_tasks = 2000};
	AUTO_ERROR struct error *err = NULL;
	AUTO_TASKS struct tasks *tasks = NULL;
	AUTO_BUF struct buf out = BUF_INIT(BUF_FILE);
	AUTO_JSON struct cJSON *json = NULL;

	if (config_parse(&in, &tasks, NULL, &err) < 0)
		return 0;
	json = json_model_tasks(tasks);
	json_print(json, JSON_LINE, &out);
	return 0;
}
