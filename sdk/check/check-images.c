/* SPDX-License-Identifier: MIT */
/* L7 to L13: images. */
#include "config.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

static cirrus_status inspect(struct call *call, const char *ref,
			     struct cirrus_image_info *info)
{
	struct cirrus_image_spec spec = {.struct_size = sizeof(spec),
					 .kind = call->t->kind->name,
					 .ref = ref};

	return ON_CONN(call, image_inspect, &spec, info);
}

static void l7_inspect(struct t *t)
{
	AUTO_FREE char *ref = xasprintf("localhost/absent/%s:1", t->run);
	OUT(cirrus_image_info, info);
	CALL(t, call, 30000);

	if (!t->be->image_inspect)
		skipped(t, "it has no image_inspect");
	want_status(&call, inspect(&call, ref, info), CIRRUS_E_NOTFOUND,
		    "a missing image");
	want_status(&call, inspect(&call, t->set->image, info), CIRRUS_OK,
		    t->set->image);
	want(t, info->id[0] && info->os[0] && info->arch[0],
	     "id \"%s\", os \"%s\", arch \"%s\": none may be empty", info->id,
	     info->os, info->arch);
}

static const char *need_pull_image(struct t *t)
{
	if (!t->set->pull_image)
		skipped(t, "no --pull-image given");
	return t->set->pull_image;
}

static cirrus_status pull(struct call *call, const char *ref,
			  const struct cirrus_platform *platform,
			  struct cirrus_image_info *info)
{
	struct cirrus_image_spec spec = {.struct_size = sizeof(spec),
					 .kind = call->t->kind->name,
					 .ref = ref,
					 .platform = platform};

	return ON_CONN(call, image_pull, &spec, info);
}

/* "host:port" of a ref. */
static char *registry_of(const char *ref)
{
	return xstrndup(ref, strcspn(ref, "/"));
}

static void l8_pull_missing(struct t *t)
{
	AUTO_FREE char *registry = registry_of(need_pull_image(t));
	AUTO_FREE char *ref = xasprintf("%s/absent/%s:1", registry, t->run);
	OUT(cirrus_image_info, info);
	CALL(t, call, 60000);

	want_one_of(&call, pull(&call, ref, NULL, info), CIRRUS_E_NOTFOUND,
		    CIRRUS_E_AUTH, CIRRUS_OK, "pull of a missing image");
}

static void l9_auth(struct t *t)
{
	AUTO_FREE char *registry = registry_of(need_pull_image(t));
	OUT(cirrus_image_info, info);
	CALL(t, call, 60000);

	want_status(&call, pull(&call, t->set->pull_image, NULL, info),
		    CIRRUS_OK, "pull");
	want_int(t, call.auth_asked, 1, "times it asked registry_auth");
	want_str(t, call.auth_registry, registry, "the registry it asked for");
	if (!t->set->auth_image)
		return;
	{
		CALL(t, with, 60000);

		with.user = t->set->user;
		with.password = t->set->password;
		want_status(&with, pull(&with, t->set->auth_image, NULL, info),
			    CIRRUS_OK, "pull with credentials");
	}
}

/* --- L10 ------------------------------------------------------------------------------------ */

struct seen {
	struct {
		char item[128];
		int64_t done;
	} items[256];
	size_t n;
	char went_back[128];
	bool cancel; /* at the first sight */
	int64_t cancelled_ns;
};

static void on_progress(struct call *call, const struct cirrus_progress *p)
{
	struct seen *s = call->progress_ctx;
	const char *item = p->item ? p->item : "";
	size_t i = 0;

	if (s->cancel && !s->cancelled_ns) {
		s->cancelled_ns = clock_now();
		call_cancel(call);
	}
	while (i < s->n && strncmp(s->items[i].item, item, 127) != 0)
		i++;
	if (i == ARRAY_LEN(s->items))
		return;
	if (i == s->n) {
		s->n++;
		snprintf(s->items[i].item, sizeof(s->items[i].item), "%s",
			 item);
	} else if (p->done < s->items[i].done) {
		snprintf(s->went_back, sizeof(s->went_back), "%s", item);
	}
	s->items[i].done = p->done;
}

static void l10_progress(struct t *t)
{
	static struct seen seen;
	OUT(cirrus_image_info, info);
	CALL(t, call, 120000);
	CALL(t, broken, 120000);
	cirrus_status s;

	call.progress = broken.progress = on_progress;
	call.progress_ctx = broken.progress_ctx = &seen;
	want_status(&call, pull(&call, need_pull_image(t), NULL, info),
		    CIRRUS_OK, "pull");
	want(t, !seen.went_back[0], "progress of %s went back", seen.went_back);
	seen = (struct seen){.cancel = true};
	s = pull(&broken, t->set->pull_image, NULL, info);
	if (!seen.cancelled_ns)
		return;
	want_one_of(&broken, s, CIRRUS_OK, CIRRUS_E_CANCELLED,
		    CIRRUS_E_CANCELLED, "a cancelled pull");
	want(t, clock_now() - seen.cancelled_ns < 2 * NS_PER_S,
	     "a cancelled pull took %lld ms to end",
	     (long long)((clock_now() - seen.cancelled_ns) / NS_PER_MS));
}

static void l11_platform(struct t *t)
{
	struct cirrus_platform own = {.struct_size = sizeof(own),
				      .os = t->info->os,
				      .arch = t->info->arch};
	struct cirrus_platform odd = {
		.struct_size = sizeof(odd), .os = "linux", .arch = "s390x"};
	OUT(cirrus_image_info, info);
	OUT(cirrus_image_info, other);
	CALL(t, call, 60000);
	cirrus_status s;

	s = pull(&call, need_pull_image(t), &own, info);
	want_status(&call, s, CIRRUS_OK, "pull for our own platform");
	want_str(t, info->arch, t->info->arch, "arch of what was pulled");
	s = pull(&call, t->set->pull_image, &odd, other);
	if (s == CIRRUS_OK)
		want_str(t, other->arch, "s390x", "arch of what was pulled");
	else
		want_one_of(&call, s, CIRRUS_E_INVAL, CIRRUS_E_NOTFOUND,
			    CIRRUS_E_NOTSUP, "pull for another platform");
}

static void l12_delete(struct t *t)
{
	AUTO_FREE char *ref = xasprintf("localhost/absent/%s:1", t->run);
	struct cirrus_image_spec spec = {
		.struct_size = sizeof(spec), .kind = t->kind->name, .ref = ref};
	struct box *b;
	CALL(t, call, 60000);

	if (!t->be->image_delete)
		skipped(t, "it has no image_delete");
	want_status(&call, ON_CONN(&call, image_delete, &spec),
		    CIRRUS_E_NOTFOUND, "delete of a missing image");
	spec.ref = own_image(t);
	b = box_new(t);
	b->member[0].image = spec.ref;
	box_create(t, b);
	box_start(t, b);
	want_status(&call, ON_CONN(&call, image_delete, &spec),
		    CIRRUS_E_CONFLICT, "delete of an image in use");
	box_delete(t, b);
	want_status(&call, ON_CONN(&call, image_delete, &spec), CIRRUS_OK,
		    "delete of an image no longer in use");
}

/* --- L13: builds -------------------------------------------------------------------------------- */

struct build {
	struct cirrus_build_spec spec;
	struct source source;
	struct target log;
	struct buf tar;
	const char *tags[2];
	char *dockerfile;
};

static void build_init(struct build *d, struct t *t, const char *steps,
		       const char *tag)
{
	struct entry files[2];

	*d = (struct build){.tar = BUF_INIT(BUF_FILE)};
	d->dockerfile = xasprintf("FROM %s\nARG WHO=nobody\n%s\n",
				  t->set->image, steps);
	files[0] = (struct entry){.name = "Dockerfile",
				  .data = d->dockerfile,
				  .len = strlen(d->dockerfile)};
	files[1] = (struct entry){
		.name = "given", .data = "from the context\n", .len = 17};
	tar_make(&d->tar, files, 2);
	target_init(&d->log, BUF_FILE);
	d->source = (struct source){
		.data = d->tar.data, .len = d->tar.len, .chunk = 700};
	d->tags[0] = tag;
	d->spec = (struct cirrus_build_spec){.struct_size = sizeof(d->spec),
					     .tags = d->tags,
					     .kind = t->kind->name,
					     .dockerfile = "Dockerfile"};
}

static cirrus_status build_run(struct call *call, struct build *d,
			       struct cirrus_image_info *info)
{
	struct cirrus_reader reader = source_reader(&d->source);
	struct cirrus_writer writer = target_writer(&d->log);

	return ON_CONN(call, image_build, &d->spec, &reader, &writer, info);
}

static void build_clear(struct build *d)
{
	buf_clear(&d->tar);
	target_clear(&d->log);
	free(d->dockerfile);
}

/* With BUILDKIT, in what it alone understands. */
static void good_build(struct t *t, const char *tag, uint32_t flags)
{
	static const struct cirrus_kv args[] = {{"WHO", "the check"}};
	struct build d;
	struct box *b = box_new(t);
	OUT(cirrus_image_info, info);
	CALL(t, call, 120000);

	build_init(&d, t,
		   flags & CIRRUS_BUILD_BUILDKIT
			   ? "COPY given /given\nRUN "
			     "--mount=type=tmpfs,target=/kit "
			     "echo built for $WHO | tee /kit/x >/built && "
			     "echo a line of the build"
			   : "COPY given /given\nRUN echo built for $WHO "
			     ">/built && echo a line of the build",
		   tag);
	d.spec.flags = flags;
	d.spec.args = args;
	d.spec.n_args = 1;
	strv_push(&t->images, tag);
	want_status(&call, build_run(&call, &d, info), CIRRUS_OK, "build");
	want(t, d.source.calls > 1, "the context was not streamed");
	want(t,
	     strstr(d.log.out.data, "a line of the build") ||
		     strstr(d.log.err.data, "a line of the build"),
	     "the log does not have what a step printed");
	want(t, info->id[0] != '\0', "the built image has no id");
	b->member[0].image = tag;
	box_create(t, b);
	box_start(t, b);
	exec_prints(t, b, "cat /given /built",
		    "from the context\nbuilt for the check");
	build_clear(&d);
}

static void bad_build(struct t *t, const char *tag, uint32_t flags)
{
	struct build d;
	OUT(cirrus_image_info, info);
	CALL(t, call, 120000);

	build_init(&d, t, "RUN echo the reason why && exit 9", tag);
	d.spec.flags = flags;
	want_status(&call, build_run(&call, &d, info), CIRRUS_E_FAILED,
		    "a build whose step fails");
	want(t, strstr(call.msg, "9") || strstr(call.msg, "the reason why"),
	     "its message does not say why: %s", call.msg);
	build_clear(&d);
}

static void l13_build(struct t *t)
{
	AUTO_FREE char *tag = xasprintf("cirrus-check/%s:build", t->run);
	AUTO_FREE char *bad = xasprintf("cirrus-check/%s:bad", t->run);

	AUTO_FREE char *kit = xasprintf("cirrus-check/%s:kit", t->run);

	good_build(t, tag, 0);
	bad_build(t, bad, 0);
	if (!can(t, CIRRUS_CAP_BUILDKIT))
		return;
	good_build(t, kit, CIRRUS_BUILD_BUILDKIT);
	bad_build(t, bad, CIRRUS_BUILD_BUILDKIT);
}

const struct check checks_images[] = {
	{"L7", "inspect tells a missing image from one that is there", 0, 60,
	 false, l7_inspect},
	{"L8", "pull of a missing image is NOTFOUND or AUTH", CAP(IMAGE_PULL),
	 90, false, l8_pull_missing},
	{"L9", "pull asks for credentials, once, by the registry's name",
	 CAP(IMAGE_PULL), 120, false, l9_auth},
	{"L10", "progress of a pull never goes back; cancelling ends it",
	 CAP(IMAGE_PULL), 180, false, l10_progress},
	{"L11", "pull gives the platform that was asked for",
	 CAP(IMAGE_PULL) | CAP(PLATFORM), 120, false, l11_platform},
	{"L12", "delete of an image: NOTFOUND, CONFLICT in use", 0, 180, false,
	 l12_delete},
	{"L13", "build streams, logs, honours tags and arguments, and fails",
	 CAP(IMAGE_BUILD), 300, false, l13_build},
	{0},
};
