/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/workspace-copy.h"

#include <stdlib.h>

#include "base/clock.h"
#include "files/tar.h"
#include "run/place-create.h"
#include "run/reading.h"
#include "run/volume.h"

/* Another container of the same image, for a moment. */
static struct place aside(const struct place *p, const char *suffix)
{
	return (struct place){.scope = p->scope,
			      .task = p->task,
			      .container = p->container,
			      .image = p->image,
			      .suffix = suffix,
			      .working_dir = PLACE_WORKING_DIR};
}

static int fill(const struct place *p, const char *volume, struct error **err)
{
	struct archive_source *files = archive_source_new();
	struct place q = aside(p, "-project");
	int r;

	q.volume = volume;
	archive_source_tree(files, ".", &p->scope->run->project,
			    place_opens_to_all(p));
	r = place_fill(&q, q.working_dir, files, err);
	place_discard(&q);
	archive_source_free(files);
	return r;
}

char *workspace_copy(const struct place *p, const char *what,
		     struct error **err)
{
	const struct volume_wish wish = {.what = what,
					 .flags = CIRRUS_VOLUME_SHARED};
	char *volume = volume_new(p->scope, &wish, err);

	if (!volume || fill(p, volume, err) == 0)
		return volume;
	volume_end(p->scope, volume);
	free(volume);
	return NULL;
}

static bool holds(struct place *q)
{
	AUTO_ERROR struct error *err = NULL;
	struct reading *r;
	cirrus_status s;
	bool empty;

	if (reading_begin(q, clock_after_ms(QUICK_MS), q->working_dir, NULL, &r,
			  &err) < 0)
		return true;
	empty = tar_is_empty(reading_read, r);
	s = reading_end(r, empty, &err);
	return s != CIRRUS_E_NOTFOUND && (s != CIRRUS_OK || !empty);
}

bool workspace_image_holds(const struct place *p)
{
	AUTO_ERROR struct error *err = NULL;
	struct place q = aside(p, "-look");
	bool is_full = true;

	q.working_dir = p->working_dir;
	if (place_create(&q, &err) == 0)
		is_full = holds(&q);
	place_discard(&q);
	return is_full;
}
