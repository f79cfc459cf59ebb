/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/saved.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/fd.h"
#include "data/json.h"
#include "report/annotation-json.h"
#include "report/words.h"

/* Raised when a field changes its meaning or goes away, not when one comes. */
#define SCHEMA 1

/* No run of ours writes more. */
#define SAVED_MAX ((size_t)256 << 20)

/* "failures": how many of that level there were; to be freed. */
static char *key_of_count(enum annotation_level level)
{
	return xasprintf("%ss", annotation_level_name(level));
}

/* --- writing ---------------------------------------------------------------- */

static void add_text(struct cJSON *o, const char *key, const char *text)
{
	if (text)
		json_add_str(o, key, text);
}

static void add_end(struct cJSON *o, bool finished, enum event_status status,
		    int64_t duration_ns)
{
	if (!finished)
		return;
	json_add_str(o, "status", event_status_name(status));
	json_add_int(o, "duration_ms", duration_ns / NS_PER_MS);
}

static void add_time(struct cJSON *o, int64_t at_ns)
{
	char time[32];

	json_add_str(o, "time", clock_format_utc(at_ns, time));
	json_add_int(o, "time_ms", at_ns / NS_PER_MS);
}

/* The run's directory may be moved; what lies in it is named from there. */
static const char *relative(const struct view *v, const char *path)
{
	size_t len = v->dir ? strlen(v->dir) : 0;

	if (len > 0 && strncmp(path, v->dir, len) == 0 && path[len] == '/')
		return path + len + 1;
	return path;
}

/* Those that are known, and how many there were. */
static void add_annotations(struct cJSON *o, const struct step_view *s)
{
	struct cJSON *list;

	for (int i = 0; i < ANNOTATION_LEVELS; i++) {
		AUTO_FREE char *key = key_of_count((enum annotation_level)i);

		if (s->n_annotations[i] > 0)
			json_add_int(o, key, (int64_t)s->n_annotations[i]);
	}
	if (s->annotations.len == 0)
		return;
	list = json_add(o, "annotations", json_array());
	for (size_t i = 0; i < s->annotations.len; i++)
		annotation_to_json(s->annotations.ptr[i],
				   json_add(list, NULL, json_object()));
}

static struct cJSON *json_of_step(const struct view *v,
				  const struct step_view *s)
{
	struct cJSON *o = json_object();

	json_add_str(o, "kind", step_kind_name(s->kind));
	json_add_str(o, "name", s->name);
	add_time(o, s->at_ns);
	add_end(o, s->finished, s->status, s->duration_ns);
	if (s->exit_code != 0)
		json_add_int(o, "exit_code", s->exit_code);
	if (s->signal != 0)
		json_add_int(o, "signal", s->signal);
	add_text(o, "note", s->note);
	add_text(o, "error", s->error);
	add_text(o, "hint", s->hint);
	add_annotations(o, s);
	if (s->path)
		json_add_str(o, "log", relative(v, s->path));
	return o;
}

static struct cJSON *json_of_task(const struct view *v,
				  const struct task_view *t)
{
	struct cJSON *o = json_object();
	struct cJSON *steps;

	json_add_int(o, "task", t->id);
	json_add_str(o, "name", t->name);
	add_text(o, "labels", t->suffix);
	add_time(o, t->at_ns);
	add_end(o, t->finished, t->status, t->duration_ns);
	if (t->allowed)
		json_add_bool(o, "allowed", true);
	add_text(o, "reason", t->reason);
	steps = json_add(o, "steps", json_array());
	for (size_t i = 0; i < t->steps.len; i++)
		json_add(steps, NULL, json_of_step(v, t->steps.ptr[i]));
	return o;
}

struct cJSON *saved_json(const struct view *v)
{
	struct cJSON *o = json_object();
	struct cJSON *tasks;

	json_add_int(o, "schema", SCHEMA);
	add_text(o, "run", v->run_id);
	add_text(o, "project", v->project);
	add_text(o, "logs", v->dir);
	add_text(o, "options", v->options);
	add_time(o, v->at_ns);
	json_add_int(o, "selected", v->total);
	if (v->finished) {
		json_add_int(o, "duration_ms", v->duration_ns / NS_PER_MS);
		json_add_int(o, "exit_status", v->exit_code);
	}
	tasks = json_add(o, "tasks", json_array());
	for (size_t i = 0; i < v->tasks.len; i++)
		json_add(tasks, NULL, json_of_task(v, v->tasks.ptr[i]));
	return o;
}

int saved_write(const struct view *v, struct error **err)
{
	AUTO_JSON struct cJSON *o = saved_json(v);
	AUTO_BUF struct buf text = BUF_INIT(SAVED_MAX);
	AUTO_FREE char *path = xasprintf("%s/run.json", v->dir);

	json_print(o, JSON_PRETTY, &text);
	return file_replace(path, text.data, text.len, 0600, err);
}

/* --- reading ---------------------------------------------------------------- */

static char *get_text(const struct cJSON *o, const char *key)
{
	return xstrdup_or_null(json_get_str(o, key));
}

static char *get_name(const struct cJSON *o)
{
	const char *name = json_get_str(o, "name");

	return xstrdup(name ? name : "");
}

static int64_t get_ms(const struct cJSON *o, const char *key)
{
	return json_get_int(o, key, 0) * NS_PER_MS;
}

static enum event_status get_status(const struct cJSON *o, bool *finished)
{
	const char *name = json_get_str(o, "status");

	*finished = name != NULL;
	for (int i = STATUS_NONE; name && i <= STATUS_ERROR; i++)
		if (strcmp(name, event_status_name(i)) == 0)
			return i;
	return STATUS_NONE;
}

static enum step_kind get_kind(const struct cJSON *o)
{
	const char *name = json_get_str(o, "kind");

	for (int i = 0; name && i < STEP_OTHER; i++)
		if (strcmp(name, step_kind_name(i)) == 0)
			return i;
	return STEP_OTHER;
}

static void read_annotations(struct step_view *s, const struct cJSON *o)
{
	const struct cJSON *list = json_get(o, "annotations");

	for (int i = 0; i < ANNOTATION_LEVELS; i++) {
		AUTO_FREE char *key = key_of_count((enum annotation_level)i);
		int64_t n = json_get_int(o, key, 0);

		s->n_annotations[i] = n > 0 ? (size_t)n : 0;
	}
	for (const struct cJSON *a = json_first(list); a; a = json_next(a))
		annotation_views_push(&s->annotations, annotation_from_json(a));
}

static void read_step(const struct view *v, struct task_view *t,
		      const struct cJSON *o)
{
	struct step_view *s = xcalloc(1, sizeof(*s));
	const char *log = json_get_str(o, "log");
	struct stat st;

	s->kind = get_kind(o);
	s->name = get_name(o);
	s->title = words_step(s->kind, s->name);
	s->at_ns = get_ms(o, "time_ms");
	s->status = get_status(o, &s->finished);
	s->duration_ns = get_ms(o, "duration_ms");
	s->exit_code = (int)json_get_int(o, "exit_code", 0);
	s->signal = (int)json_get_int(o, "signal", 0);
	s->note = get_text(o, "note");
	s->error = get_text(o, "error");
	s->hint = get_text(o, "hint");
	read_annotations(s, o);
	s->log_fd = -1;
	if (log)
		s->path = *log == '/' ? xstrdup(log)
				      : xasprintf("%s/%s", v->dir, log);
	if (s->path && stat(s->path, &st) == 0)
		s->length = st.st_size;
	step_views_push(&t->steps, s);
}

static void read_task(struct view *v, const struct cJSON *o)
{
	struct task_view *t = xcalloc(1, sizeof(*t));
	const struct cJSON *steps = json_get(o, "steps");

	t->id = json_get_int(o, "task", -1);
	t->name = get_name(o);
	t->suffix = get_text(o, "labels");
	t->title = words_task(t->name, t->suffix);
	t->at_ns = get_ms(o, "time_ms");
	t->status = get_status(o, &t->finished);
	t->duration_ns = get_ms(o, "duration_ms");
	t->allowed = json_get_bool(o, "allowed", false);
	t->reason = get_text(o, "reason");
	for (const struct cJSON *s = json_first(steps); s; s = json_next(s))
		read_step(v, t, s);
	task_views_push(&v->tasks, t);
	if (t->finished)
		task_views_push(&v->ended, t);
}

int saved_read(const char *dir, struct view *v, struct error **err)
{
	AUTO_FREE char *path = xasprintf("%s/run.json", dir);
	AUTO_BUF struct buf text = BUF_INIT(SAVED_MAX);
	AUTO_JSON struct cJSON *o = NULL;
	const char *slash = strrchr(dir, '/');

	if (file_read(path, &text, err) < 0)
		return -1;
	o = json_parse(text.data, text.len, err);
	if (!o) {
		error_prefix(err, "%s", path);
		return -1;
	}
	if (json_get_int(o, "schema", 0) != SCHEMA)
		return error_set(err, ERR_CONFIG,
				 "%s: written by another version", path);
	v->run_id = xstrdup(slash ? slash + 1 : dir);
	v->dir = xstrdup(dir);
	v->project = get_text(o, "project");
	v->options = get_text(o, "options");
	v->at_ns = get_ms(o, "time_ms");
	v->total = json_get_int(o, "selected", 0);
	v->duration_ns = get_ms(o, "duration_ms");
	v->finished = json_get(o, "exit_status") != NULL;
	v->exit_code = (int)json_get_int(o, "exit_status", 0);
	for (const struct cJSON *t = json_first(json_get(o, "tasks")); t;
	     t = json_next(t))
		read_task(v, t);
	return 0;
}
