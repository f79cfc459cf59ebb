/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/workspace.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compat.h"
#include "base/vec.h"
#include "files/path.h"
#include "run/place-create.h"
#include "run/volume.h"
#include "run/wants.h"
#include "run/workspace-copy.h"

/* To share costs a volume and one more container: about as much as to copy so much
 * once more.  More tasks save more, but each pays for its mount. */
enum { MANY_FILES = 4000, MANY_MIB = 128, FEW_FILES = 500, FEW_MIB = 16 };

/* The project as it is for those whose processes run as the same user. */
struct base {
	char *key;
	char *volume; /* NULL: being filled, or to be tried again */
	bool busy;
};

VEC_DEFINE(base_vec, struct base *);

struct workspaces {
	pthread_mutex_t lock; /* guards all of it */
	pthread_cond_t changed;
	struct base_vec bases;
	struct strv empty, full; /* directories of images, "IMAGE\nPATH" */
	bool off;                /* it does not work here */
	bool proven;             /* it does */
	bool told;               /* why the project is not shared */
};

struct workspaces *workspaces_new(void)
{
	struct workspaces *w = xcalloc(1, sizeof(*w));

	pthread_mutex_init(&w->lock, NULL);
	compat_cond_init(&w->changed);
	return w;
}

void workspaces_free(struct workspaces *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->bases.len; i++) {
		free(w->bases.ptr[i]->key);
		free(w->bases.ptr[i]->volume);
		free(w->bases.ptr[i]);
	}
	base_vec_clear(&w->bases);
	strv_clear(&w->empty);
	strv_clear(&w->full);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

void workspaces_end(struct run *run)
{
	struct workspaces *w = run->workspaces;
	struct scope scope = {run, -1, -1, NULL};

	for (size_t i = 0; i < w->bases.len; i++)
		if (w->bases.ptr[i]->volume)
			volume_end(&scope, w->bases.ptr[i]->volume);
}

void workspaces_tell(struct run *run)
{
	struct workspaces *w = run->workspaces;

	pthread_mutex_lock(&w->lock);
	for (size_t i = 0; i < w->bases.len; i++)
		if (w->bases.ptr[i]->volume)
			tell_message(&run->teller, -1, -1, LEVEL_WARNING,
				     "to remove it: cirrus clean",
				     "volume %s is left behind: interrupted "
				     "twice",
				     w->bases.ptr[i]->volume);
	pthread_mutex_unlock(&w->lock);
}

int workspace_scan(struct run *run, struct error **err)
{
	int r = 0;

	if (run->o->dirty)
		return 0;
	pthread_mutex_lock(&run->scan_lock);
	if (!run->scanned)
		r = project_scan(run->o->project_dir, run->o->no_gitignore,
				 &run->project, err);
	run->scanned = r == 0;
	pthread_mutex_unlock(&run->scan_lock);
	return r;
}

/* --- whether -------------------------------------------------------------------- */

static void say(const struct place *p, const char *why)
{
	tell_message(&p->scope->run->teller, p->scope->task, p->scope->step,
		     LEVEL_DEBUG, NULL, "%s", why);
}

static bool is_same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_number(const char *user)
{
	return user[strspn(user, "0123456789:")] == '\0';
}

/* Of the tasks that run, those that want the project in a container of their own,
 * owned alike: a name means somebody else in another image. */
static size_t count_alike(const struct place *p)
{
	const struct plan *plan = &p->scope->run->plan;
	const struct container *own = &p->task->instance.container;
	const char *user = place_user(p);
	size_t n = 0;

	for (size_t i = 0; i < plan->len; i++) {
		const struct instance *in = &plan->v[i].task->instance;

		if (plan->v[i].verdict == PLAN_RUN &&
		    (in->kind == INSTANCE_CONTAINER ||
		     in->kind == INSTANCE_PERSISTENT_WORKER) &&
		    (!user || is_number(user) ||
		     (is_same(in->container.image, own->image) &&
		      is_same(in->container.dockerfile, own->dockerfile))))
			n++;
	}
	return n;
}

/* Whether the copies that all tasks but one are spared are worth it. */
static bool pays(const struct project *p, size_t tasks)
{
	size_t spared = tasks > 1 ? tasks - 1 : 1;
	size_t files = MANY_FILES / spared, mib = MANY_MIB / spared;

	return tasks > 1 &&
	       project_exceeds(p, files > FEW_FILES ? files : FEW_FILES,
			       (int64_t)(mib > FEW_MIB ? mib : FEW_MIB) << 20);
}

static bool can_share(struct conn *c)
{
	return conn_can(c, CIRRUS_CAP_VOLUME) &&
	       conn_can(c, CIRRUS_CAP_VOLUME_SHARED) &&
	       (conn_can(c, CIRRUS_CAP_COPY_STOPPED) ||
		(conn_can(c, CIRRUS_CAP_COPY_RUNNING) &&
		 conn_can(c, CIRRUS_CAP_START_STDIO))) &&
	       (conn_can(c, CIRRUS_CAP_MOUNT_COW) ||
		conn_can(c, CIRRUS_CAP_VOLUME_CLONE));
}

static bool overlap(const char *a, const char *b)
{
	AUTO_FREE char *one = path_clean(a), *other = path_clean(b);

	return path_below(one, other) || path_below(other, one);
}

/* Whether something else lies where the project would be mounted, or below. */
static bool is_occupied(const struct place *p)
{
	if (overlap(p->working_dir, PLACE_BASE))
		return true;
	for (size_t i = 0; p->wants && i < p->wants->n_mounts; i++)
		if (overlap(p->working_dir, p->wants->mounts[i].target))
			return true;
	return false;
}

/* A copy would be put among what the image has there, a mount would hide that. */
static bool is_in_image(struct place *p)
{
	struct workspaces *w = p->scope->run->workspaces;
	AUTO_FREE char *key = NULL;
	bool known, holds;

	if (strcmp(p->working_dir, PLACE_WORKING_DIR) == 0)
		return false;
	key = xasprintf("%s\n%s", p->container->image, p->working_dir);
	pthread_mutex_lock(&w->lock);
	holds = strv_contains(&w->full, key);
	known = holds || strv_contains(&w->empty, key);
	pthread_mutex_unlock(&w->lock);
	if (known)
		return holds;
	holds = workspace_image_holds(p);
	pthread_mutex_lock(&w->lock);
	strv_push(holds ? &w->full : &w->empty, key);
	pthread_mutex_unlock(&w->lock);
	return holds;
}

static void tell_once(const struct place *p, const char *why)
{
	struct workspaces *w = p->scope->run->workspaces;
	bool told;

	pthread_mutex_lock(&w->lock);
	told = w->told;
	w->told = true;
	pthread_mutex_unlock(&w->lock);
	if (!told)
		say(p, why);
}

static bool is_off(struct workspaces *w)
{
	bool off;

	pthread_mutex_lock(&w->lock);
	off = w->off;
	pthread_mutex_unlock(&w->lock);
	return off;
}

static bool is_shared(struct place *p)
{
	struct run *run = p->scope->run;

	if (run->o->dirty || p->volume || is_off(run->workspaces) ||
	    !pays(&run->project, count_alike(p)))
		return false;
	if (!can_share(run->conn)) {
		tell_once(p, "the project is copied for each task: this engine "
			     "has no copy-on-write mounts");
		return false;
	}
	if (is_occupied(p) || is_in_image(p)) {
		say(p, "the project is copied for this task alone: something "
		       "else is in its CIRRUS_WORKING_DIR");
		return false;
	}
	return true;
}

/* --- the copy ------------------------------------------------------------------- */

static char *key_of(const struct place *p)
{
	const char *user = place_user(p);

	if (!user || is_number(user))
		return xstrdup(user ? user : "");
	return xasprintf("%s\n%s", p->container->image, user);
}

/* With the lock held; its number among the run's. */
static size_t find_base(struct workspaces *w, const char *key)
{
	struct base *b;

	for (size_t i = 0; i < w->bases.len; i++)
		if (strcmp(w->bases.ptr[i]->key, key) == 0)
			return i;
	b = xcalloc(1, sizeof(*b));
	b->key = xstrdup(key);
	base_vec_push(&w->bases, b);
	return w->bases.len - 1;
}

/* The volume that is filled already; NULL: *ours, by that number, is to be filled,
 * or, where that is NULL, none works. */
static const char *claim(struct workspaces *w, const char *key,
			 struct base **ours, size_t *number)
{
	const char *volume;
	struct base *b;

	pthread_mutex_lock(&w->lock);
	*number = find_base(w, key);
	b = w->bases.ptr[*number];
	while (b->busy)
		compat_cond_wait(&w->changed, &w->lock, 0);
	volume = w->off ? NULL : b->volume;
	*ours = w->off || volume ? NULL : b;
	if (*ours)
		b->busy = true;
	pthread_mutex_unlock(&w->lock);
	return volume;
}

static void settle(struct workspaces *w, struct base *b, char *volume, bool off)
{
	pthread_mutex_lock(&w->lock);
	b->busy = false;
	b->volume = volume;
	w->off = w->off || off;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

/* What a copy for all could not be made for, or mounted for. */
static int do_without(const struct place *p, struct error **cause,
		      struct error **err)
{
	if ((*cause)->code == ERR_CANCELLED)
		return error_pass(err, cause, NULL);
	error_prefix(cause, "the project is copied for each task");
	say(p, (*cause)->msg);
	return 0;
}

/* The volume with the project; NULL: there is none, or, with *err, it was
 * cancelled. */
static const char *find_copy(struct place *p, struct error **err)
{
	struct workspaces *w = p->scope->run->workspaces;
	AUTO_ERROR struct error *cause = NULL;
	AUTO_FREE char *key = key_of(p), *what = NULL;
	struct base *ours;
	size_t number;
	const char *filled = claim(w, key, &ours, &number);
	char *volume;

	if (filled || !ours)
		return filled;
	what = xasprintf("project%zu", number);
	volume = workspace_copy(p, what, &cause);
	settle(w, ours, volume, !volume && cause->code != ERR_CANCELLED);
	if (volume)
		say(p, "the project is copied once, for all tasks that can "
		       "share it");
	else if (do_without(p, &cause, err) < 0)
		return NULL;
	return volume;
}

static int take_clone(struct place *p, const char *volume, struct error **err)
{
	AUTO_ERROR struct error *cause = NULL;

	p->clone = volume_new(p->scope, &(struct volume_wish){.source = volume},
			      &cause);
	p->volume = p->clone;
	return p->clone ? 0 : do_without(p, &cause, err);
}

int workspace_choose(struct place *p, struct error **err)
{
	const char *volume;

	if (!is_shared(p))
		return 0;
	volume = find_copy(p, err);
	if (!volume)
		return *err ? -1 : 0;
	if (!conn_can(p->scope->run->conn, CIRRUS_CAP_MOUNT_COW))
		return take_clone(p, volume, err);
	p->volume = volume;
	p->shared = true;
	return 0;
}

static bool is_mounted(const struct place *p)
{
	return p->shared || p->clone;
}

void workspace_add(const struct place *p, struct archive_source *files)
{
	struct run *run = p->scope->run;
	bool open = place_opens_to_all(p);

	/* the mount's own owner is for us to say */
	if (is_mounted(p))
		archive_source_directory(files, p->working_dir + 1,
					 open ? 0777 : 0755);
	else if (!run->o->dirty)
		archive_source_tree(files, p->working_dir + 1, &run->project,
				    open);
}

/* What could not even be created asked for what this one mount cannot be; what
 * came to nothing later tells of all such mounts, as long as none has worked. */
static bool blames_mount(struct place *p, const struct error *err)
{
	struct workspaces *w = p->scope->run->workspaces;
	bool blamed;

	pthread_mutex_lock(&w->lock);
	w->proven = w->proven || p->is_up;
	blamed = err && err->code != ERR_CANCELLED && !p->is_up &&
		 (!w->proven || !p->member);
	w->off = w->off || (blamed && p->member);
	pthread_mutex_unlock(&w->lock);
	return blamed;
}

bool workspace_retry(struct place *p, struct error **err)
{
	if (!is_mounted(p) || !blames_mount(p, *err))
		return false;
	error_prefix(err, "the project is copied for this task alone");
	say(p, (*err)->msg);
	error_free_ptr(err);
	place_discard(p);
	workspace_leave(p);
	return true;
}

void workspace_leave(struct place *p)
{
	if (is_mounted(p))
		p->volume = NULL;
	if (p->clone)
		volume_end(p->scope, p->clone);
	free(p->clone);
	p->clone = NULL;
	p->shared = false;
}
