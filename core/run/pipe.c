/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "run/cache-state.h"
#include "run/volume.h"

bool stage_next(const struct task *t, struct stage *s)
{
	size_t i = s->to;

	if (i >= t->n_instructions)
		return false;
	s->from = i;
	if (t->instructions[i].step_image)
		s->image = t->instructions[i].step_image;
	for (i++; i < t->n_instructions && !t->instructions[i].step_image; i++)
		;
	s->to = i;
	return true;
}

bool stage_due(const struct task *t, const struct stage *s, bool failed,
	       bool timed_out)
{
	for (size_t i = s->from; i < s->to; i++)
		if (instructions_due(t->instructions[i].behaviour, failed,
				     timed_out))
			return true;
	return false;
}

/* --- the working directory ------------------------------------------------------- */

char *pipe_volume(struct scope *scope, struct error **err)
{
	if (scope->run->o->dirty ||
	    !conn_can(scope->run->conn, CIRRUS_CAP_VOLUME_SHARED))
		return NULL;
	return volume_new(scope,
			  &(struct volume_wish){.flags = CIRRUS_VOLUME_SHARED},
			  err);
}

/* A file without a name. */
static int open_file(int *file, struct error **err)
{
	const char *dir = getenv("TMPDIR");
	AUTO_FREE char *path =
		xasprintf("%s/cirrus-pipe.XXXXXX", dir && *dir ? dir : "/tmp");

	*file = mkostemp(path, O_CLOEXEC);
	if (*file < 0)
		return error_errno(err, errno, "cannot create %s", path);
	unlink(path);
	return 0;
}

static cirrus_status keep(void *ctx, int32_t stream UNUSED, const void *data,
			  size_t len)
{
	if (fd_write_all(*(int *)ctx, data, len) == 0)
		return CIRRUS_OK;
	return errno == ENOSPC ? CIRRUS_E_NOSPACE : CIRRUS_E_IO;
}

int pipe_take(struct performance *performance, const struct stage *s, int *file,
	      struct error **err)
{
	struct place *p = performance->place;
	const struct cirrus_writer tar = {file, keep};

	if (p->scope->run->o->dirty || p->volume || performance->broken ||
	    performance->aborted || s->to == p->task->n_instructions)
		return 0;
	fd_close(file);
	if (open_file(file, err) < 0)
		return -1;
	if (place_read(p, 0, p->working_dir, NULL, &tar, err) == CIRRUS_OK)
		return 0;
	error_prefix(err, "cannot keep the working directory for the next "
			  "step");
	return -1;
}

static int64_t give(void *ctx, void *buf, size_t len)
{
	ssize_t n = fd_read(*(int *)ctx, buf, len);

	return n < 0 ? CIRRUS_E_IO : n;
}

static int give_back(struct place *p, int file, struct error **err)
{
	const struct cirrus_reader tar = {&file, give};

	if (lseek(file, 0, SEEK_SET) == 0 &&
	    place_write(p, 0, p->working_dir, &tar, err) == CIRRUS_OK)
		return 0;
	error_prefix(err, "cannot copy the working directory in");
	return -1;
}

static void warn_not_given(const struct place *p, const struct error *why)
{
	tell_message(&p->scope->run->teller, p->scope->task, p->scope->step,
		     LEVEL_WARNING, NULL,
		     "what earlier steps made may not be writable for user %s "
		     "of image %s%s%s",
		     place_user(p), p->container->image, why ? ": " : "",
		     why ? why->msg : "");
}

/* Root's files become the user's, as the project's were when they came. */
static int give_away(struct place *p, struct error **err)
{
	const char *const argv[] = {"chown", "-hR", place_user(p),
				    p->working_dir, NULL};
	AUTO_ERROR struct error *why = NULL;
	struct call_options o = {.cancel_fd = p->scope->run->o->cancel_fd,
				 .deadline_ns = clock_after_ms(START_MS),
				 .scope = p->scope};
	struct cirrus_exec_spec spec = {
		.struct_size = sizeof(spec), .argv = argv, .user = "0:0"};
	struct cirrus_exit end = {.struct_size = sizeof(end)};
	cirrus_status s = CIRRUS_E_NOTSUP;

	if (conn_can(p->scope->run->conn, CIRRUS_CAP_EXEC_USER))
		s = member_exec(p->member, &o, &spec, &end, &why);
	if (s == CIRRUS_E_CANCELLED)
		return error_pass(err, &why, "a step's files");
	if (s != CIRRUS_OK || end.code != 0)
		warn_not_given(p, why);
	return 0;
}

int pipe_hand_on(struct place *p, int file, struct error **err)
{
	if (file >= 0)
		return give_back(p, file, err);
	if (p->volume && place_user(p))
		return give_away(p, err);
	return 0;
}

/* --- caches ---------------------------------------------------------------------- */

static bool below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return str_starts(path, dir) && (path[n] == '/' || path[n] == '\0');
}

/* Whether something of it lies outside of what the stages share. */
static bool goes_down(const struct cached *c, const char *working_dir)
{
	for (size_t i = 0; i < c->folders.given.len; i++)
		if (!below(c->folders.given.v[i], working_dir))
			return true;
	return false;
}

static bool is_of(const struct performance *p, const struct cached *c,
		  const struct stage *s)
{
	const struct instruction *all = p->task->instructions;

	return c && c->instruction >= &all[s->from] &&
	       c->instruction < &all[s->to];
}

void pipe_upload_early(struct performance *p, const struct stage *s, bool *done)
{
	for (size_t i = s->to; i < p->task->n_instructions; i++) {
		const struct instruction *in = &p->task->instructions[i];
		const struct cached *c;

		if (in->kind != INSTRUCTION_UPLOAD_CACHE || done[i] ||
		    p->broken || p->aborted ||
		    !instructions_due(in->behaviour, p->failed, p->timed_out))
			continue;
		c = caches_find(p, in->cache_name);
		if (!is_of(p, c, s) || !goes_down(c, p->place->working_dir))
			continue;
		done[i] = true;
		instructions_perform_one(p, i);
	}
}
