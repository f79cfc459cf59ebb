/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "store/artifacts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/hash.h"

#define PART_MAX 200u /* bytes; file systems take 255 */

int artifacts_prepare(const char *dir, struct error **err)
{
	if (dir_make(dir, 0777, err) < 0)
		return -1;
	if (access(dir, W_OK | X_OK) < 0)
		return error_errno(err, errno, "cannot write to %s", dir);
	return 0;
}

static bool is_plain(const char *text, const char *p)
{
	if (*p == '.' && p == text) /* "." and ".." lead elsewhere */
		return strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
	return (unsigned char)*p >= ' ' && *p != 127 && !strchr("/%", *p);
}

char *artifacts_part(const char *text)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);
	char digest[HASH_TEXT];

	for (const char *p = text; *p; p++)
		buf_addf(&b, is_plain(text, p) ? "%c" : "%%%02X",
			 (unsigned char)*p);
	if (b.len == 0)
		buf_adds(&b, "%");
	if (b.len > PART_MAX) {
		hash_of(HASH_SHA256, text, strlen(text), digest);
		buf_truncate(&b, PART_MAX - 17);
		buf_addf(&b, "%%-%.16s", digest);
	}
	return buf_steal(&b);
}

static char *with_labels(const struct task *t)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);

	buf_adds(&b, t->name);
	for (const char *const *l = t->labels; l && *l; l++)
		buf_addf(&b, "%s%s", l == t->labels ? " (" : " ", *l);
	if (t->labels && *t->labels)
		buf_addc(&b, ')');
	return buf_steal(&b);
}

/* Whether a task before this one has the same name, as some file systems see
 * it. */
static bool is_taken(const struct tasks *all, const struct task *task,
		     const char *name)
{
	for (size_t i = 0; i < all->len; i++) {
		AUTO_FREE char *other = NULL;

		if (all->v[i] == task)
			return false;
		other = with_labels(all->v[i]);
		if (strcasecmp(other, name) == 0)
			return true;
	}
	return false;
}

static char *task_part(const struct tasks *all, const struct task *task)
{
	AUTO_FREE char *name = with_labels(task);
	AUTO_FREE char *own = NULL;

	if (is_taken(all, task, name))
		own = xasprintf("%s #%lld", name, (long long)task->id);
	return artifacts_part(own ? own : name);
}

char *artifacts_path(const char *dir, const struct tasks *all,
		     const struct task *task, const char *name)
{
	AUTO_FREE char *of_task = task_part(all, task);
	AUTO_FREE char *of_name = artifacts_part(name);

	return xasprintf("%s/%s/%s", dir, of_task, of_name);
}

/* Goes down into a directory that is made where it is not there. */
static int enter(int *fd, const char *name)
{
	int next;

	if (mkdirat(*fd, name, 0777) < 0 && errno != EEXIST)
		return -1;
	next = openat(*fd, name,
		      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (next < 0)
		return -1;
	fd_close(fd);
	*fd = next;
	return 0;
}

int artifacts_open(const char *dir, const struct tasks *all,
		   const struct task *task, const char *name, int *fd,
		   struct error **err)
{
	AUTO_FREE char *of_task = task_part(all, task);
	AUTO_FREE char *of_name = artifacts_part(name);
	AUTO_CLOSE int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (at < 0)
		return error_errno(err, errno, "cannot open %s", dir);
	if (enter(&at, of_task) < 0 || enter(&at, of_name) < 0)
		return error_errno(err, errno, "cannot open %s/%s/%s", dir,
				   of_task, of_name);
	*fd = STEAL_FD(at);
	return 0;
}
