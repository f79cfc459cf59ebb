/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "run/each.h"
#include "run/place-create.h"
#include "run/sidecars.h"

static struct call_options options(const struct place *p, int64_t ms)
{
	return (struct call_options){.cancel_fd = p->scope->run->o->cancel_fd,
				     .deadline_ns = clock_after_ms(ms),
				     .scope = p->scope};
}

/* For cleaning up: nothing cancels it. */
static struct call_options fresh(const struct place *p)
{
	return (struct call_options){.deadline_ns = clock_after_ms(CLEAN_MS),
				     .scope = p->scope};
}

static bool can(const struct place *p, unsigned int capability)
{
	return conn_can(p->scope->run->conn, capability);
}

const char *place_user(const struct place *p)
{
	static const char *const root[] = {"", "root", "0", "0:0"};
	const char *user = p->image.user;

	for (size_t i = 0; user && i < ARRAY_LEN(root); i++)
		if (strcmp(user, root[i]) == 0)
			return NULL;
	return user;
}

/* Files belong to whoever the image's processes run as. */
static const char *owner_of_files(const struct place *p)
{
	return can(p, CIRRUS_CAP_COPY_OWNER) ? place_user(p) : NULL;
}

bool place_opens_to_all(const struct place *p)
{
	return p->image.user && *p->image.user &&
	       !can(p, CIRRUS_CAP_COPY_OWNER);
}

static int put_at(struct place *p, const char *dir,
		  struct archive_source *files, struct error **err)
{
	struct call_options o = options(p, 0);
	struct cirrus_copy_spec spec = {.struct_size = sizeof(spec),
					.dir = dir,
					.owner = owner_of_files(p)};
	struct cirrus_reader tar = {files, archive_source_read};
	const struct error *cause;

	if (member_copy_in(p->member, &o, &spec, &tar, err) == CIRRUS_OK)
		return 0;
	cause = archive_source_error(files);
	if (cause)
		error_prefix(err, "%s", cause->msg);
	return -1;
}

int place_copy_in(struct place *p, struct archive_source *files,
		  struct error **err)
{
	return put_at(p, "/", files, err);
}

static struct call_options until(const struct place *p, int64_t deadline_ns)
{
	return (struct call_options){.cancel_fd = p->scope->run->o->cancel_fd,
				     .deadline_ns = deadline_ns,
				     .scope = p->scope};
}

cirrus_status place_read(struct place *p, int64_t deadline_ns, const char *dir,
			 const char *const *paths,
			 const struct cirrus_writer *tar, struct error **err)
{
	struct call_options o = until(p, deadline_ns);
	struct cirrus_copy_spec spec = {
		.struct_size = sizeof(spec), .dir = dir, .paths = paths};

	return member_copy_out(p->member, &o, &spec, tar, err);
}

cirrus_status place_write(struct place *p, int64_t deadline_ns, const char *dir,
			  const struct cirrus_reader *tar, struct error **err)
{
	struct call_options o = until(p, deadline_ns);
	struct cirrus_copy_spec spec = {.struct_size = sizeof(spec),
					.flags = CIRRUS_COPY_MKDIR,
					.dir = dir,
					.owner = owner_of_files(p)};

	return member_copy_in(p->member, &o, &spec, tar, err);
}

static int copy_in(struct place *p, struct archive_source *files,
		   struct error **err)
{
	if (p->each)
		each_files(files);
	if (place_copy_in(p, files, err) == 0)
		return 0;
	error_prefix(err, "cannot copy the project in");
	return -1;
}

/* --- images without a shell ---------------------------------------------------- */

static cirrus_status pass_over(void *ctx UNUSED, int32_t stream UNUSED,
			       const void *data UNUSED, size_t len UNUSED)
{
	return CIRRUS_OK;
}

/* Asked before the start, which would fail without saying why in words that
 * mean the same everywhere. */
static bool has_shell(struct place *p)
{
	static const char *const paths[] = {"sh", NULL};
	const struct cirrus_writer nowhere = {NULL, pass_over};
	AUTO_ERROR struct error *err = NULL;

	return place_read(p, clock_after_ms(QUICK_MS), "/bin", paths, &nowhere,
			  &err) != CIRRUS_E_NOTFOUND;
}

int place_lacks_shell(const struct place *p, struct error **err)
{
	error_set(err, ERR_BACKEND, "image %s has no shell /bin/sh",
		  p->container->image);
	if (p->direct)
		return error_hint(err, "this instruction cannot do without, "
				       "scripts can");
	return error_hint(err, "with \"CIRRUS_SHELL: direct\" in env, "
			       "instructions run without a shell");
}

static void remove_member(struct place *p);

/* The environment is made anew, to wait for execs. */
static int do_without_shell(struct place *p, struct error **err)
{
	sidecars_discard(p->sidecars);
	remove_member(p);
	p->each = true;
	return place_create(p, err);
}

/* --- starting ------------------------------------------------------------------ */

/* With the session attached. */
static int start(struct place *p, struct error **err)
{
	struct call_options o = options(p, START_MS);
	struct cirrus_start_spec spec = {.struct_size = sizeof(spec)};
	cirrus_status st;

	if (session_new(p->scope->run->pump, &p->session, err) < 0)
		return -1;
	spec.stdin_fd = session_stdin(p->session);
	spec.stdout_fd = session_stdout(p->session);
	spec.stderr_fd = session_stdout(p->session);
	st = member_start(p->member, &o, &spec, err);
	if (st == CIRRUS_E_INVAL && !has_shell(p)) {
		error_free_ptr(err);
		return place_lacks_shell(p, err);
	}
	if (st != CIRRUS_OK) {
		error_prefix(err, "cannot start /bin/sh in image %s",
			     p->container->image);
		return -1;
	}
	return 0;
}

static int start_attached(struct place *p, struct archive_source *files,
			  struct error **err)
{
	if (start(p, err) < 0)
		return -1;
	if (place_starts_empty(p)) {
		if (copy_in(p, files, err) < 0)
			return -1;
		session_filled(p->session);
	}
	session_begin(p->session);
	return 0;
}

static int start_idle(struct place *p, struct error **err)
{
	struct call_options o = options(p, START_MS);
	struct cirrus_start_spec spec = {.struct_size = sizeof(spec)};

	if (member_start(p->member, &o, &spec, err) != CIRRUS_OK)
		return -1;
	return 0;
}

static int up(struct place *p, struct archive_source *files, struct error **err)
{
	bool before;

	p->each = false;
	p->each = !place_attaches(p) && !can(p, CIRRUS_CAP_EXEC_STDIN);
	if (place_create(p, err) < 0)
		return -1;
	if (p->direct && place_attaches(p) && !has_shell(p) &&
	    do_without_shell(p, err) < 0)
		return -1;
	before = can(p, CIRRUS_CAP_COPY_STOPPED) && !place_starts_empty(p);
	if (before && copy_in(p, files, err) < 0)
		return -1;
	if (place_attaches(p))
		return start_attached(p, files, err);
	if (start_idle(p, err) < 0 || (!before && copy_in(p, files, err) < 0))
		return -1;
	if (p->each)
		return session_new(p->scope->run->pump, &p->session, err);
	if (line_open(p, "", &p->line, err) < 0)
		return -1;
	p->session = line_session(p->line);
	return 0;
}

int place_up(struct place *p, struct archive_source *files, struct error **err)
{
	p->is_up = up(p, files, err) == 0;
	if (!p->is_up)
		return -1;
	return sidecars_up(p->sidecars, p->member, err);
}

int place_fill(struct place *p, const char *dir, struct archive_source *files,
	       struct error **err)
{
	if (place_create(p, err) < 0)
		return -1;
	if (place_starts_empty(p) && start(p, err) < 0) {
		/* without a shell, for instance */
		if ((*err)->code == ERR_CANCELLED ||
		    !can(p, CIRRUS_CAP_COPY_STOPPED))
			return -1;
		error_free_ptr(err);
	}
	return put_at(p, dir, files, err);
}

cirrus_status place_expose(struct place *p, const char *target, uint32_t port,
			   char *address, size_t size, struct error **err)
{
	struct call_options o = options(p, QUICK_MS);
	struct cirrus_expose_spec spec = {
		.struct_size = sizeof(spec), .target = target, .port = port};
	struct cirrus_expose_info info = {.struct_size = sizeof(info)};
	cirrus_status s = member_expose(p->member, &o, &spec, &info, err);

	if (s == CIRRUS_OK)
		snprintf(address, size, "%s", info.address);
	return s;
}

int place_kill_script(struct place *p, struct error **err)
{
	static const char *const argv[] = {"/bin/sh", "-c",
					   "read -r pid <" PLACE_BASE
					   "/pid && kill -9 \"-$pid\" || "
					   "kill -9 \"$pid\"",
					   NULL};
	struct call_options o = fresh(p);
	struct cirrus_exec_spec spec = {.struct_size = sizeof(spec),
					.argv = argv};
	struct cirrus_exit end = {.struct_size = sizeof(end)};

	if (p->each && can(p, CIRRUS_CAP_EXEC_KILL))
		return 0; /* its exec's deadline did it */
	if (p->each || !can(p, CIRRUS_CAP_EXEC_CONCURRENT))
		return error_set(err, ERR_BACKEND, "%s has no way to end it",
				 conn_name(p->scope->run->conn));
	return member_exec(p->member, &o, &spec, &end, err) == CIRRUS_OK ? 0
									 : -1;
}

void place_explain(struct place *p, bool *out_of_memory, struct error **err)
{
	struct call_options o = {.deadline_ns = clock_after_ms(5000),
				 .scope = p->scope};
	struct cirrus_exit end = {.struct_size = sizeof(end)};
	AUTO_ERROR struct error *cause = NULL;
	cirrus_status st = member_wait(p->member, &o, &end, &cause);

	*out_of_memory = st == CIRRUS_OK && (end.flags & CIRRUS_EXIT_OOM);
	if (st != CIRRUS_OK)
		error_pass(err, &cause, "the environment was lost");
	else if (*out_of_memory)
		error_set(err, ERR_LOST, "out of memory");
	else
		error_set(err, ERR_LOST,
			  "the environment ended by itself, with status %d%s%s",
			  end.code, end.reason[0] ? ": " : "", end.reason);
}

static void tell_left(const struct place *p, const char *why)
{
	AUTO_FREE char *hint =
		xasprintf("to remove it: %s",
			  p->info.remove[0] ? p->info.remove : "cirrus clean");

	/* the task itself is over by now */
	tell_message(&p->scope->run->teller, -1, -1, LEVEL_WARNING, hint,
		     "the environment of task \"%s\" is left behind: %s",
		     p->task->name, why);
}

static void delist(struct place *p)
{
	struct run *run = p->scope->run;

	pthread_mutex_lock(&run->lock);
	for (struct place **at = &run->places; *at; at = &(*at)->next)
		if (*at == p) {
			*at = p->next;
			break;
		}
	pthread_mutex_unlock(&run->lock);
}

void place_tell_all(struct run *run)
{
	pthread_mutex_lock(&run->lock);
	for (const struct place *p = run->places; p; p = p->next)
		tell_left(p, "interrupted twice");
	pthread_mutex_unlock(&run->lock);
}

/* A main process that is the session would end with it. */
void place_stay(struct place *p)
{
	struct session_result waste;

	p->stays = !place_attaches(p);
	if (p->stays)
		return;
	session_stay(p->session);
	p->stays =
		session_wait(p->session, p->scope->run->o->cancel_fd,
			     clock_after_ms(CLEAN_MS), &waste) == SESSION_DONE;
}

static void tell_how_to_enter(const struct place *p)
{
	const struct teller *t = &p->scope->run->teller;

	if (!p->stays || !p->info.attach[0])
		tell_message(t, -1, -1, LEVEL_WARNING, NULL,
			     "the environment of task \"%s\" has ended and "
			     "cannot be entered",
			     p->task->name);
	else
		tell_message(t, -1, -1, LEVEL_WARNING,
			     "there, `. " PLACE_BASE "/environment` sets the "
			     "task's variables",
			     "to enter the environment of task \"%s\": %s",
			     p->task->name, p->info.attach);
}

static void keep(struct place *p)
{
	tell_how_to_enter(p);
	tell_left(p, "--keep");
	member_release(p->member);
}

static void delete_member(struct place *p)
{
	AUTO_ERROR struct error *err = NULL;
	struct call_options o = fresh(p);

	if (member_delete(p->member, &o, NULL) == CIRRUS_OK)
		return;
	o = fresh(p);
	if (member_delete(p->member, &o, &err) == CIRRUS_OK)
		return;
	tell_left(p, err->msg);
	member_release(p->member);
}

static void remove_member(struct place *p)
{
	delete_member(p);
	delist(p);
	p->member = NULL;
}

/* One of --keep goes on by itself. */
static void end_session(struct place *p)
{
	if (p->session && !p->line && !p->each && !p->stays)
		session_leave(p->session);
	if (p->line)
		line_close(p->line);
	else
		session_free(p->session);
	p->line = NULL;
	p->session = NULL;
}

void place_discard(struct place *p)
{
	end_session(p);
	sidecars_discard(p->sidecars);
	if (p->member)
		remove_member(p);
}

void place_down(struct place *p)
{
	end_session(p);
	sidecars_down(p->sidecars, p->scope->run->o->keep);
	if (!p->member)
		return;
	if (p->scope->run->o->keep) {
		keep(p);
		delist(p);
		p->member = NULL;
	} else {
		remove_member(p);
	}
}
