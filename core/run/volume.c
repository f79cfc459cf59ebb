/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/volume.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/strv.h"
#include "files/archive.h"
#include "run/place-create.h"

char *volume_new(struct scope *scope, const struct volume_wish *wish,
		 struct error **err)
{
	struct run *run = scope->run;
	char *name = wish->what ? xasprintf("cirrus-%s-%s", run->id, wish->what)
				: xasprintf("cirrus-%s-%lld-work", run->id,
					    (long long)scope->task);
	struct call_options o = {.cancel_fd = run->o->cancel_fd,
				 .deadline_ns = clock_after_ms(START_MS),
				 .scope = scope};
	struct cirrus_volume_spec spec = {.struct_size = sizeof(spec),
					  .flags = wish->flags,
					  .name = name,
					  .source = wish->source,
					  .size_bytes = wish->size_bytes,
					  .labels = run->owner.labels,
					  .n_labels = OWNER_LABELS};

	if (conn_volume_create(run->conn, &o, &spec, err) == CIRRUS_OK)
		return name;
	free(name);
	return NULL;
}

void volume_end(struct scope *scope, const char *name)
{
	struct run *run = scope->run;
	AUTO_ERROR struct error *err = NULL;
	struct call_options o = {.deadline_ns = clock_after_ms(CLEAN_MS),
				 .scope = scope};
	struct cirrus_volume_spec spec = {.struct_size = sizeof(spec),
					  .name = name};

	if (!run->o->keep &&
	    conn_volume_delete(run->conn, &o, &spec, &err) == CIRRUS_OK)
		return;
	tell_message(&run->teller, -1, -1, LEVEL_WARNING,
		     "to remove it: cirrus clean",
		     "volume %s is left behind: %s", name,
		     err ? err->msg : "--keep");
}

/* --- in memory ------------------------------------------------------------------- */

static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	while (n > 0 && dir[n - 1] == '/')
		n--;
	return strncmp(path, dir, n) == 0 &&
	       (path[n] == '/' || path[n] == '\0');
}

char *volume_in_memory(struct place *p, struct error **err)
{
	if (is_below(PLACE_BASE, p->working_dir)) {
		error_set(err, ERR_CONFIG,
			  "use_in_memory_disk cannot be at %s, where cirrus "
			  "has files of its own",
			  p->working_dir);
		error_hint(err, "set CIRRUS_WORKING_DIR to another directory");
		return NULL;
	}
	return volume_new(p->scope,
			  &(struct volume_wish){.flags = CIRRUS_VOLUME_MEMORY,
						.size_bytes = place_memory(p)},
			  err);
}

int volume_fill(struct place *p, struct error **err)
{
	struct archive_source *files = archive_source_new();
	struct cirrus_reader tar = {files, archive_source_read};
	cirrus_status s;

	archive_source_tree(files, ".", &p->scope->run->project,
			    place_opens_to_all(p));
	s = place_write(p, 0, p->working_dir, &tar, err);
	if (s != CIRRUS_OK && archive_source_error(files))
		error_prefix(err, "%s", archive_source_error(files)->msg);
	if (s != CIRRUS_OK)
		error_prefix(err, "cannot copy the project in");
	archive_source_free(files);
	return s == CIRRUS_OK ? 0 : -1;
}
