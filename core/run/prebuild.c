/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/prebuild.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/vec.h"
#include "model/exit.h"
#include "run/build-context.h"
#include "run/platform.h"
#include "run/step.h"
#include "run/variables.h"
#include "run/wants.h"

#define LABEL_HASH "cirrus.dockerfile-hash"

VEC_DEFINE(kv_vec, struct cirrus_kv);

/* --- names --------------------------------------------------------------------- */

/* Every %s of the template becomes the hash. */
static char *fill_template(const char *template, const char *hash)
{
	AUTO_BUF struct buf out = BUF_INIT(BUF_LINE);

	for (const char *p = template; *p; p++) {
		if (p[0] == '%' && p[1] == 's') {
			buf_adds(&out, hash);
			p++;
		} else {
			buf_addc(&out, *p);
		}
	}
	return buf_steal(&out);
}

/* A hash does not tell the architecture unless CIRRUS_ARCH does. */
static char *name_for(const struct run_options *o, const char *hash,
		      const struct pairs *env, enum architecture arch)
{
	const char *told = pairs_get(env, "CIRRUS_ARCH");
	AUTO_FREE char *tag = xasprintf(
		"%s%s", hash,
		arch == ARCH_ARM64 && (!told || !*told) ? "-arm64" : "");

	return fill_template(
		o->image_template ? o->image_template : PREBUILD_TEMPLATE, tag);
}

char *prebuild_image_of(const struct run_options *o, const struct task *t)
{
	const char *hash = pairs_get(&t->properties, "dockerfile_hash");
	const struct container *c = &t->instance.container;

	if (!c->dockerfile || !*c->dockerfile || !hash)
		return NULL;
	return name_for(o, hash, &t->environment, c->architecture);
}

static const char *hash_of_task(const struct task *t)
{
	const char *slash = strrchr(t->instance.repository, '/');

	return slash ? slash + 1 : t->instance.repository;
}

/* --- one image ------------------------------------------------------------------- */

struct building {
	const struct prebuild *p;
	struct run *run;
	struct container c; /* image and platform */
	int64_t deadline_ns;
	struct step step;
	struct error *err;
};

static struct call_options options(const struct building *b, int64_t ms)
{
	int64_t until = ms ? clock_after_ms(ms) : b->deadline_ns;

	return (struct call_options){.cancel_fd = b->run->o->cancel_fd,
				     .deadline_ns = until,
				     .scope = b->p->scope};
}

static void begin(struct building *b, enum step_kind kind, const char *title)
{
	b->p->scope->step = *b->p->step;
	step_begin(&b->step, &b->run->teller, b->run->logs, b->p->task->id,
		   (*b->p->step)++, kind, title);
}

static enum event_status end(struct building *b, enum event_status status)
{
	struct step_result r = {.status = status};

	if (b->err && status != STATUS_ABORTED)
		tell_error(&b->run->teller, b->p->task->id, b->step.number,
			   b->err);
	step_end(&b->step, &r);
	b->p->scope->step = -1;
	return status;
}

/* What a Dockerfile does wrong is not the engine's failure. */
static enum event_status status_of(cirrus_status s)
{
	switch (s) {
	case CIRRUS_OK:
		return STATUS_SUCCEEDED;
	case CIRRUS_E_FAILED:
		return STATUS_FAILED;
	case CIRRUS_E_TIMEOUT:
		return STATUS_TIMED_OUT;
	case CIRRUS_E_CANCELLED:
		return STATUS_ABORTED;
	default:
		return STATUS_ERROR;
	}
}

static struct cirrus_image_spec image_spec(const struct building *b,
					   struct platform_spec *platform)
{
	return (struct cirrus_image_spec){
		.struct_size = sizeof(struct cirrus_image_spec),
		.kind = "container",
		.ref = b->c.image,
		.platform = platform_spec(platform, b->run->conn, &b->c)};
}

/* Here already, or in the registry that the template names: nobody else's is
 * asked for it.  True: there it is. */
static bool find(struct building *b, struct cirrus_image_info *info)
{
	const struct run_options *o = b->run->o;
	struct platform_spec platform;
	struct cirrus_image_spec spec = image_spec(b, &platform);
	struct call_options opts = options(b, QUICK_MS);

	if (conn_image_inspect(b->run->conn, &opts, &spec, info, NULL) ==
	    CIRRUS_OK) {
		step_say(&b->step, "Re-using local image %s...", b->c.image);
		return true;
	}
	if (!o->image_template || o->pull == PULL_NEVER)
		return false;
	step_say(&b->step, "Pulling image %s...", b->c.image);
	opts = options(b, 0);
	if (conn_image_pull(b->run->conn, &opts, &spec, info, NULL) !=
	    CIRRUS_OK)
		return false;
	step_say(&b->step, "Using pulled image %s...", b->c.image);
	return true;
}

static cirrus_status log_line(void *ctx, int32_t stream, const void *data,
			      size_t len)
{
	(void)stream;
	step_write(ctx, data, len);
	return CIRRUS_OK;
}

static void add_arguments(const struct building *b, struct strv *texts,
			  struct kv_vec *args)
{
	const struct pairs *given = &b->p->task->instance.arguments;

	for (size_t i = 0; i < given->len; i++)
		strv_push_steal(texts, variables_expand_text(given->v[i].value,
							     b->p->env, NULL));
	for (size_t i = 0; i < given->len; i++)
		kv_vec_push(args,
			    (struct cirrus_kv){given->v[i].key, texts->v[i]});
}

static uint32_t build_flags(const struct building *b)
{
	const struct container *c = &b->p->task->instance.container;
	uint32_t flags = 0;

	if (b->run->o->pull == PULL_ALWAYS)
		flags |= CIRRUS_BUILD_PULL;
	if (c->buildkit ||
	    (c->wants_buildkit && conn_can(b->run->conn, CIRRUS_CAP_BUILDKIT)))
		flags |= CIRRUS_BUILD_BUILDKIT;
	return flags;
}

static cirrus_status call_build(struct building *b, struct build_context *ctx,
				struct cirrus_image_info *info)
{
	const char *const tags[] = {b->c.image, NULL};
	const struct cirrus_kv labels[] = {
		{LABEL_HASH, hash_of_task(b->p->task)}};
	AUTO_STRV struct strv texts = {0};
	struct kv_vec args = {0};
	struct platform_spec platform;
	struct cirrus_reader tar = {ctx->tar, archive_source_read};
	struct cirrus_writer log = {&b->step, log_line};
	struct call_options opts = options(b, 0);
	struct cirrus_build_spec spec = {
		.struct_size = sizeof(spec),
		.flags = build_flags(b),
		.tags = tags,
		.kind = "container",
		.dockerfile = ctx->dockerfile,
		.labels = labels,
		.n_labels = 1,
		.platform = platform_spec(&platform, b->run->conn, &b->c)};
	cirrus_status s;

	add_arguments(b, &texts, &args);
	if (b->p->scope->credentials)
		spec.registries =
			(const char *const *)
				b->p->scope->credentials->registries.v;
	spec.args = args.ptr;
	spec.n_args = args.len;
	s = conn_image_build(b->run->conn, &opts, &spec, &tar, &log, info,
			     &b->err);
	kv_vec_clear(&args);
	return s;
}

static enum event_status build(struct building *b,
			       struct cirrus_image_info *info)
{
	AUTO_BUILD_CONTEXT struct build_context ctx = {0};
	const char *context =
		environment_get(b->p->env, "CIRRUS_DOCKER_CONTEXT");
	const struct build_context_input in = {
		.project_dir = b->run->o->project_dir,
		.working_dir = b->p->working_dir,
		.no_gitignore = b->run->o->no_gitignore,
		.dockerfile = b->p->task->instance.dockerfile,
		.context = context && *context ? context : NULL};

	begin(b, STEP_OTHER, "image build");
	step_say(&b->step,
		 "Image %s is not available locally%s, building it...",
		 b->c.image, b->run->o->image_template ? " nor remotely" : "");
	if (build_context_open(&in, &ctx, &b->err) < 0)
		return end(b, STATUS_ERROR);
	return end(b, status_of(call_build(b, &ctx, info)));
}

static enum event_status push(struct building *b)
{
	struct cirrus_image_info info = {.struct_size = sizeof(info)};
	struct platform_spec platform;
	struct cirrus_image_spec spec = image_spec(b, &platform);
	struct call_options opts = options(b, 0);
	enum event_status status;

	begin(b, STEP_OTHER, "image push");
	step_say(&b->step, "Pushing image %s...", b->c.image);
	status = status_of(
		conn_image_push(b->run->conn, &opts, &spec, &info, &b->err));
	return end(b, status == STATUS_FAILED ? STATUS_ERROR : status);
}

static enum event_status make(struct building *b)
{
	struct cirrus_image_info info = {.struct_size = sizeof(info)};
	enum event_status status;
	bool there;

	begin(b, STEP_PREPARE, "Preparing execution environment...");
	there = find(b, &info);
	end(b, STATUS_SUCCEEDED);
	status = there ? STATUS_SUCCEEDED : build(b, &info);
	if (status != STATUS_SUCCEEDED)
		return status;
	images_built(b->run->images, &b->c, &info);
	if (!there && b->run->o->image_push)
		return push(b);
	return status;
}

bool prebuild_is_due(struct run *run, const struct task *user)
{
	AUTO_FREE char *image = prebuild_image_of(run->o, user);
	struct cirrus_image_info info = {.struct_size = sizeof(info)};
	struct call_options o = {.cancel_fd = run->o->cancel_fd,
				 .deadline_ns = clock_after_ms(QUICK_MS)};
	struct platform_spec platform;
	struct cirrus_image_spec spec = {
		.struct_size = sizeof(spec),
		.kind = "container",
		.ref = image,
		.platform = platform_spec(&platform, run->conn,
					  &user->instance.container)};

	if (!image || (run->o->image_template && run->o->pull != PULL_NEVER))
		return false;
	return conn_image_inspect(run->conn, &o, &spec, &info, NULL) ==
	       CIRRUS_E_NOTFOUND;
}

/* --- the task -------------------------------------------------------------------- */

static bool uses(const struct planned *user, int64_t id)
{
	for (size_t i = 0; i < user->task->n_required; i++)
		if (user->task->required[i] == id)
			return user->verdict == PLAN_RUN &&
			       user->task->instance.container.dockerfile;
	return false;
}

/* Who uses the image first says with what credentials it is made. */
static int read_credentials(const struct prebuild *p, struct credentials *out,
			    struct error **err)
{
	const struct plan *plan = &p->scope->run->plan;

	for (size_t i = 0; i < plan->len && !p->scope->credentials; i++)
		if (uses(&plan->v[i], p->task->id) &&
		    wants_credentials(p->scope, plan->v[i].task, p->env, out,
				      err) < 0)
			return -1;
	return 0;
}

static enum event_status make_for(const struct prebuild *p,
				  enum architecture arch, char **why)
{
	struct run *run = p->scope->run;
	const struct task *t = p->task;
	AUTO_FREE char *image =
		name_for(run->o, hash_of_task(t), &t->environment, arch);
	struct building b = {.p = p,
			     .run = run,
			     .c = {.image = image,
				   .platform = t->instance.platform,
				   .architecture = arch}};
	enum event_status status;

	if (t->timeout_ns > 0)
		b.deadline_ns = clock_now() + t->timeout_ns;
	status = make(&b);
	if (b.err && b.err->code == ERR_CONFIG)
		run_count_exit(run, EXIT_USAGE);
	*why = b.err ? xstrdup(b.err->msg) : NULL;
	error_free(b.err);
	return status;
}

enum event_status prebuild_run(const struct prebuild *p, char **why)
{
	const struct plan *plan = &p->scope->run->plan;
	bool wanted[] = {[ARCH_AMD64] = false, [ARCH_ARM64] = false};
	enum event_status status = STATUS_SUCCEEDED;
	struct credentials credentials = {0};
	AUTO_ERROR struct error *err = NULL;

	if (read_credentials(p, &credentials, &err) < 0) {
		*why = xstrdup(err->msg);
		run_count_exit(p->scope->run, EXIT_USAGE);
		status = STATUS_ERROR;
	}
	for (size_t i = 0; i < plan->len; i++)
		if (uses(&plan->v[i], p->task->id))
			wanted[plan->v[i]
				       .task->instance.container.architecture] =
				true;
	/* named alone */
	if (!wanted[ARCH_ARM64])
		wanted[ARCH_AMD64] = true;
	for (size_t a = 0; a < ARRAY_LEN(wanted); a++)
		if (wanted[a] && status == STATUS_SUCCEEDED)
			status = make_for(p, (enum architecture)a, why);
	p->scope->credentials = NULL;
	credentials_clear(&credentials);
	return status;
}
