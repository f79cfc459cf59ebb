/* SPDX-License-Identifier: MIT */
/* Environments, and what else has to be removed. */
#include "config.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"

static const char *const sh_entrypoint[] = {"/bin/sh", NULL};

struct box *box_new(struct t *t)
{
	struct box *b = xcalloc(1, sizeof(*b));
	char nonce[9];

	random_hex(nonce, 4);
	snprintf(b->name, sizeof(b->name), "check-%s-%s", t->run, nonce);
	b->label = (struct cirrus_kv){"cirrus-check", t->run};
	for (int i = 0; i < 2; i++) {
		b->member[i].struct_size = sizeof(b->member[i]);
		b->member[i].flags = CIRRUS_INSTANCE_IDLE;
		b->member[i].name = i ? "side" : "main";
		b->member[i].image = t->set->image;
		b->members[i] = &b->member[i];
	}
	b->group.struct_size = sizeof(b->group);
	b->group.kind = t->kind->name;
	b->group.name = b->name;
	b->group.members = b->members;
	b->group.n_members = 1;
	b->group.labels = &b->label;
	b->group.n_labels = 1;
	b->next = t->boxes;
	t->boxes = b;
	return b;
}

struct box *box_script(struct t *t, const char *script)
{
	struct box *b = box_new(t);
	const char **command = xcalloc(3, sizeof(*command));

	command[0] = "-c";
	command[1] = script;
	b->member[0].flags = 0;
	b->member[0].entrypoint = sh_entrypoint;
	b->member[0].command = command;
	return b;
}

cirrus_status box_try_create(struct call *call, struct box *b)
{
	return ON_CONN(call, instance_create, &b->group, b->it);
}

void box_create(struct t *t, struct box *b)
{
	CALL(t, call, 60000);
	cirrus_status s = box_try_create(&call, b);

	want_status(&call, s, CIRRUS_OK, "instance_create");
	for (size_t i = 0; i < b->group.n_members; i++)
		want(t, b->it[i] != NULL,
		     "instance_create returned OK without member %zu", i);
}

void box_start(struct t *t, struct box *b)
{
	for (size_t i = 0; i < b->group.n_members; i++) {
		struct cirrus_start_spec spec = {.struct_size = sizeof(spec)};
		CALL(t, call, 60000);

		want_status(&call,
			    ON_IT(&call, b->it[i], instance_start, &spec),
			    CIRRUS_OK, "instance_start");
	}
}

struct box *box_up(struct t *t)
{
	struct box *b = box_new(t);

	box_create(t, b);
	box_start(t, b);
	return b;
}

void box_delete(struct t *t, struct box *b)
{
	for (int i = 1; i >= 0; i--) {
		CALL(t, call, 15000);

		if (!b->it[i])
			continue;
		want_status(&call, call_delete(&call, b->it[i]), CIRRUS_OK,
			    "instance_delete");
		b->it[i] = NULL;
	}
}

int box_wait(struct t *t, struct box *b)
{
	OUT(cirrus_exit, end);
	CALL(t, call, 60000);

	want_status(&call, ON_IT(&call, b->it[0], instance_wait, end),
		    CIRRUS_OK, "instance_wait");
	return end->code;
}

cirrus_status box_stop(struct t *t, struct box *b, uint32_t grace_ms)
{
	struct cirrus_stop_spec spec = {.struct_size = sizeof(spec),
					.grace_ms = grace_ms};
	CALL(t, call, 15000 + grace_ms);

	return ON_IT(&call, b->it[0], instance_stop, &spec);
}

/* --- removal ------------------------------------------------------------------------ */

static void remember(char *why, size_t len, const char *what,
		     const struct call *call, cirrus_status s)
{
	if (s != CIRRUS_OK && !why[0])
		snprintf(why, len, "%s at the end: got %s (%s), wanted OK",
			 what, status_name(s), call->msg);
}

static void clear_box(struct t *t, struct box *b, char *why, size_t len)
{
	for (int i = 1; i >= 0; i--) {
		CALL(t, call, 15000);

		if (b->it[i])
			remember(why, len, "instance_delete", &call,
				 call_delete(&call, b->it[i]));
		b->it[i] = NULL;
	}
}

static void clear_volumes(struct t *t, char *why, size_t len)
{
	for (size_t i = 0; i < t->volumes.len; i++) {
		struct cirrus_volume_spec spec = {.struct_size = sizeof(spec),
						  .name = t->volumes.v[i]};
		CALL(t, call, 15000);
		cirrus_status s = ON_CONN(&call, volume_delete, &spec);

		if (s != CIRRUS_E_NOTFOUND)
			remember(why, len, "volume_delete", &call, s);
	}
	strv_clear(&t->volumes);
}

static void clear_images(struct t *t, char *why, size_t len)
{
	for (size_t i = 0; i < t->images.len; i++) {
		struct cirrus_image_spec spec = {.struct_size = sizeof(spec),
						 .kind = t->kind->name,
						 .ref = t->images.v[i]};
		CALL(t, call, 30000);
		cirrus_status s = ON_CONN(&call, image_delete, &spec);

		if (s != CIRRUS_E_NOTFOUND)
			remember(why, len, "image_delete", &call, s);
	}
	strv_clear(&t->images);
}

void boxes_clear(struct t *t, char *why, size_t len)
{
	if (!t->conn)
		return;
	while (t->boxes) {
		struct box *b = t->boxes;

		t->boxes = b->next;
		clear_box(t, b, why, len);
		free(b);
	}
	clear_volumes(t, why, len);
	clear_images(t, why, len);
}

void volume_make(struct t *t, const char *name)
{
	struct cirrus_kv label = {"cirrus-check", t->run};
	struct cirrus_volume_spec spec = {.struct_size = sizeof(spec),
					  .flags = CIRRUS_VOLUME_SHARED,
					  .name = name,
					  .labels = &label,
					  .n_labels = 1};
	CALL(t, call, 30000);

	if (!can(t, CIRRUS_CAP_VOLUME_SHARED))
		spec.flags = 0;
	strv_push(&t->volumes, name);
	want_status(&call, ON_CONN(&call, volume_create, &spec), CIRRUS_OK,
		    "volume_create");
}

static cirrus_status count_one(void *ctx, const struct cirrus_object *o)
{
	(void)o;
	++*(int *)ctx;
	return CIRRUS_OK;
}

int count_objects(struct t *t)
{
	int n = 0;
	struct cirrus_sink sink = {&n, count_one};
	struct cirrus_list_spec spec = {.struct_size = sizeof(spec),
					.label_key = "cirrus-check",
					.label_value = t->run};
	CALL(t, call, 30000);

	if (!can(t, CIRRUS_CAP_LIST))
		return 0;
	want_status(&call, ON_CONN(&call, list, &spec, &sink), CIRRUS_OK,
		    "list");
	return n;
}

/* The snapshot of a new environment, which nothing else can be based on. */
static void snapshot(struct t *t, const char *name)
{
	struct box *b = box_up(t);
	struct cirrus_kv label = {"cirrus-check", t->run};
	struct cirrus_snapshot_spec spec = {.struct_size = sizeof(spec),
					    .name = name,
					    .labels = &label,
					    .n_labels = 1};
	AUTO_OUTPUT struct output o = {0};
	OUT(cirrus_image_info, info);
	CALL(t, call, 60000);

	exec_sh(t, b, "echo of our own >/own-image", &o);
	want_status(&call,
		    ON_IT(&call, b->it[0], instance_snapshot, &spec, info),
		    CIRRUS_OK, "instance_snapshot");
	box_delete(t, b);
}

static void pull(struct t *t, const char *ref)
{
	struct cirrus_image_spec spec = {
		.struct_size = sizeof(spec), .kind = t->kind->name, .ref = ref};
	OUT(cirrus_image_info, info);
	CALL(t, call, 60000);

	want_status(&call, ON_CONN(&call, image_pull, &spec, info), CIRRUS_OK,
		    "image_pull");
}

const char *own_image(struct t *t)
{
	char name[64];

	if (!t->be->image_delete)
		skipped(t, "it has no image_delete");
	snprintf(name, sizeof(name), "cirrus-check/%s:1", t->run);
	if (can(t, CIRRUS_CAP_SNAPSHOT)) {
		strv_push(&t->images, name);
		snapshot(t, name);
	} else if (can(t, CIRRUS_CAP_IMAGE_PULL) && t->set->pull_image) {
		strv_push(&t->images, t->set->pull_image);
		pull(t, t->set->pull_image);
	} else {
		skipped(t, "no SNAPSHOT, and no --pull-image given");
	}
	return t->images.v[t->images.len - 1];
}
