/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/images.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/vec.h"
#include "run/context.h"
#include "run/platform.h"

enum image_state { UNKNOWN, BUSY, READY };

struct known {
	char *ref;
	enum architecture arch;
	enum image_state state;
	char *user, *os, *arch_name;
};

VEC_DEFINE(known_vec, struct known *);

struct images {
	pthread_mutex_t lock; /* guards all of it */
	pthread_cond_t changed;
	struct known_vec all;
};

struct images *images_new(void)
{
	struct images *i = xcalloc(1, sizeof(*i));

	pthread_mutex_init(&i->lock, NULL);
	compat_cond_init(&i->changed);
	return i;
}

void images_free(struct images *i)
{
	if (!i)
		return;
	for (size_t n = 0; n < i->all.len; n++) {
		free(i->all.ptr[n]->ref);
		free(i->all.ptr[n]->user);
		free(i->all.ptr[n]->os);
		free(i->all.ptr[n]->arch_name);
		free(i->all.ptr[n]);
	}
	known_vec_clear(&i->all);
	pthread_cond_destroy(&i->changed);
	pthread_mutex_destroy(&i->lock);
	free(i);
}

/* With the lock held. */
static struct known *entry(struct images *i, const struct container *c)
{
	struct known *k;

	for (size_t n = 0; n < i->all.len; n++)
		if (strcmp(i->all.ptr[n]->ref, c->image) == 0 &&
		    i->all.ptr[n]->arch == c->architecture)
			return i->all.ptr[n];
	k = xcalloc(1, sizeof(*k));
	k->ref = xstrdup(c->image);
	k->arch = c->architecture;
	known_vec_push(&i->all, k);
	return k;
}

/* The image is ours to look at (UNKNOWN, now BUSY), or READY. */
static struct known *claim(struct images *i, const struct container *c)
{
	struct known *k;

	pthread_mutex_lock(&i->lock);
	k = entry(i, c);
	while (k->state == BUSY)
		compat_cond_wait(&i->changed, &i->lock, 0);
	if (k->state == UNKNOWN)
		k->state = BUSY;
	pthread_mutex_unlock(&i->lock);
	return k;
}

static void tell_facts(const struct known *k, struct image *out)
{
	*out = (struct image){k->user, k->os, k->arch_name};
}

static void settle(struct images *i, const struct container *c,
		   const struct cirrus_image_info *info, struct image *out)
{
	struct known *k;

	pthread_mutex_lock(&i->lock);
	k = entry(i, c);
	k->state = info ? READY : UNKNOWN;
	if (info && !k->user) {
		k->user = xstrdup(info->user);
		k->os = xstrdup(info->os);
		k->arch_name = xstrdup(info->arch);
	}
	tell_facts(k, out);
	pthread_cond_broadcast(&i->changed);
	pthread_mutex_unlock(&i->lock);
}

void images_built(struct images *i, const struct container *c,
		  const struct cirrus_image_info *info)
{
	struct image waste;

	settle(i, c, info, &waste);
}

static struct call_options options(struct scope *scope, int64_t ms)
{
	return (struct call_options){.cancel_fd = scope->run->o->cancel_fd,
				     .deadline_ns = clock_after_ms(ms),
				     .scope = scope};
}

static int not_here(const struct container *c, struct error **err)
{
	error_set(err, ERR_BACKEND,
		  "image %s is not here, and --pull=never forbids to fetch it",
		  c->image);
	return error_hint(err, "pull it, or use --pull=missing");
}

static int inspect(struct scope *scope, const struct container *c,
		   struct cirrus_image_info *info, struct error **err)
{
	AUTO_ERROR struct error *cause = NULL;
	struct call_options o = options(scope, QUICK_MS);
	struct platform_spec platform;
	struct cirrus_image_spec spec = {
		.struct_size = sizeof(spec),
		.kind = "container",
		.ref = c->image,
		.platform = platform_spec(&platform, scope->run->conn, c)};
	cirrus_status st;

	st = conn_image_inspect(scope->run->conn, &o, &spec, info, &cause);
	if (st == CIRRUS_OK)
		return 1;
	if (st == CIRRUS_E_NOTFOUND)
		return 0;
	/* then it is for create to find out, or to fetch it */
	if (st == CIRRUS_E_NOTSUP)
		return 1;
	return error_pass(err, &cause, "cannot look at image %s", c->image);
}

int images_find(struct images *i, struct scope *scope,
		const struct container *c, struct image *out,
		struct error **err)
{
	enum pull_policy policy = scope->run->o->pull;
	struct cirrus_image_info info = {.struct_size = sizeof(info)};
	struct known *k = claim(i, c);
	int r;

	if (k->state == READY) {
		tell_facts(k, out);
		return 1;
	}
	if (policy == PULL_ALWAYS)
		return 0;
	r = inspect(scope, c, &info, err);
	if (r == 0 && policy == PULL_MISSING)
		return 0;
	settle(i, c, r > 0 ? &info : NULL, out);
	return r == 0 ? not_here(c, err) : r;
}

int images_fetch(struct images *i, struct scope *scope,
		 const struct container *c, struct image *out,
		 struct error **err)
{
	AUTO_ERROR struct error *cause = NULL;
	struct cirrus_image_info info = {.struct_size = sizeof(info)};
	struct call_options o = options(scope, 0);
	struct platform_spec platform;
	struct cirrus_image_spec spec = {
		.struct_size = sizeof(spec),
		.kind = "container",
		.ref = c->image,
		.platform = platform_spec(&platform, scope->run->conn, c)};
	cirrus_status st;

	st = conn_image_pull(scope->run->conn, &o, &spec, &info, &cause);
	settle(i, c, st == CIRRUS_OK ? &info : NULL, out);
	if (st == CIRRUS_OK)
		return 0;
	return error_pass(err, &cause, "cannot pull %s", c->image);
}
