/* SPDX-License-Identifier: MIT */
/* What is left, whoever made it: listed by label, removed by id. */
#include "config.h"

#include "local.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LABELS 64

/* key=value lines of text, taken apart in place. */
static size_t parse_labels(char *text, struct cirrus_kv labels[MAX_LABELS])
{
	size_t n = 0;
	char *line, *eq;

	while ((line = strsep(&text, "\n")) && n < MAX_LABELS) {
		eq = strchr(line, '=');
		if (!eq)
			continue;
		*eq = '\0';
		labels[n].key = line;
		labels[n++].value = eq + 1;
	}
	return n;
}

static ssize_t read_labels(int state, const char *name, char *text, size_t size)
{
	char path[300];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%.255s/labels", name);
	fd = openat(state, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, text, size - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n;
}

static cirrus_status list_one(int state, const char *name,
			      const struct cirrus_list_spec *spec,
			      const struct cirrus_sink *sink)
{
	struct cirrus_object object = {.struct_size = sizeof(object),
				       .type = CIRRUS_OBJECT_INSTANCE,
				       .id = name,
				       .name = name};
	struct cirrus_kv labels[MAX_LABELS];
	const char *value;
	char text[MAX_LABELS * 130];
	struct stat st;

	if (read_labels(state, name, text, sizeof(text)) < 0 ||
	    fstatat(state, name, &st, 0) < 0)
		return CIRRUS_OK; /* not ours, or gone while we looked */
	object.labels = labels;
	object.n_labels = parse_labels(text, labels);
	object.created_ns =
		(int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	if (spec->label_key) {
		value = cirrus_kv_get(labels, object.n_labels, spec->label_key,
				      NULL);
		if (!value || (spec->label_value &&
			       strcmp(value, spec->label_value) != 0))
			return CIRRUS_OK;
	}
	return sink->object(sink->ctx, &object);
}

cirrus_status local_list(cirrus_conn *conn, const struct cirrus_call *call,
			 const struct cirrus_list_spec *spec,
			 const struct cirrus_sink *sink)
{
	cirrus_status st = CIRRUS_CHECK_SPEC(call, "list", spec, 0, 0);
	struct dirent *e;
	DIR *dir;

	if (st < 0)
		return st;
	dir = opendir(conn->state);
	if (!dir)
		return cirrus_errorf(call, cirrus_status_of_errno(errno), NULL,
				     "cannot read %s: %s", conn->state,
				     strerror(errno));
	while (st == CIRRUS_OK && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			st = list_one(dirfd(dir), e->d_name, spec, sink);
	closedir(dir);
	if (st < 0)
		return cirrus_errorf(call, st, NULL, "list: %s",
				     cirrus_status_text(st));
	return st;
}

cirrus_status local_object_delete(cirrus_conn *conn,
				  const struct cirrus_call *call,
				  const struct cirrus_object *object)
{
	cirrus_instance *it;
	cirrus_status st;

	it = instance_new(conn, object->id);
	if (!it)
		return cirrus_errorf(call, CIRRUS_E_NOMEM, NULL, "no memory");
	if (strchr(object->id, '/') || access(it->dir, F_OK) < 0)
		st = cirrus_errorf(call, CIRRUS_E_NOTFOUND, NULL,
				   "instance %s is not there", object->id);
	else
		st = instance_remove(call, it->dir, it->root);
	local_release(it);
	return st;
}
