/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dummy.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hash.h"

/* Behind the registry's host, if there is one: "127.0.0.1:5000/dummy/x". */
static const char *ref_path(const char *ref)
{
	const char *slash = strchr(ref, '/');
	size_t host = slash ? (size_t)(slash - ref) : 0;

	if (slash && (memchr(ref, '.', host) || memchr(ref, ':', host) ||
		      strncmp(ref, "localhost/", host + 1) == 0))
		return slash + 1;
	return ref;
}

char *image_dir(const struct cirrus_conn *c, const char *ref)
{
	AUTO_FREE char *name = spec_file_name(ref);

	return xasprintf("%s/m/%s", c->state, name);
}

/* Whether the ref belongs to one of the families whose images are not here:
 * "missing:1", "127.0.0.1:5000/missing/any:2". */
static bool in_family(const char *ref, const char *family)
{
	const char *path = ref_path(ref);
	size_t len = strlen(family);

	return strncmp(path, family, len) == 0 &&
	       (path[len] == ':' || path[len] == '/' || path[len] == '\0');
}

bool image_exists(const struct cirrus_conn *c, const char *ref)
{
	AUTO_FREE char *dir = image_dir(c, ref);

	if (access(dir, F_OK) == 0)
		return true;
	return !in_family(ref, "missing") && !in_family(ref, "absent") &&
	       !in_family(ref, "denied");
}

int tree_copy(const char *from, const char *to, struct error **err)
{
	AUTO_FREE char *all = xasprintf("%s/.", from);
	const char *argv[] = {"cp", "-a", all, to, NULL};
	extern char **environ;
	int status = -1;
	pid_t pid;
	int e = posix_spawnp(&pid, "cp", NULL, NULL, (char **)argv, environ);

	if (e != 0)
		return error_errno(err, e, "cannot run cp");
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status != 0)
		return error_set(err, ERR_SYSTEM, "cannot copy %s to %s", from,
				 to);
	return 0;
}

int image_unpack(const struct cirrus_conn *c, const char *ref, const char *root,
		 struct error **err)
{
	static const char *const dirs[] = {"/tmp", "/root", "/var/tmp",
					   "/run", "/home", "/proc"};
	AUTO_FREE char *image = image_dir(c, ref);
	AUTO_FREE char *from = xasprintf("%s/root", image);

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		AUTO_FREE char *dir = xasprintf("%s%s", root, dirs[i]);

		if (dir_make(dir, 0755, err) < 0)
			return -1;
		if (strstr(dirs[i], "tmp"))
			chmod(dir, 01777);
	}
	return access(from, F_OK) == 0 ? tree_copy(from, root, err) : 0;
}

static void fill(const char *ref, const struct cirrus_platform *platform,
		 struct cirrus_image_info *out)
{
	char digest[HASH_TEXT];

	hash_of(HASH_SHA256, ref, strlen(ref), digest);
	snprintf(out->id, sizeof(out->id), "%s", ref);
	snprintf(out->digest, sizeof(out->digest), "sha256:%s", digest);
	snprintf(out->os, sizeof(out->os), "linux");
	snprintf(out->arch, sizeof(out->arch), "%s",
		 str_starts(ref, "foreign")   ? "s390x"
		 : platform && platform->arch ? platform->arch
					      : machine_arch());
}

static cirrus_status begin(cirrus_conn *c, const struct cirrus_call *call,
			   const struct cirrus_image_spec *spec)
{
	cirrus_status s = call_begin(call, c);

	if (s == CIRRUS_OK)
		s = unknown_bits(c, call, spec->flags, 0, spec->required);
	if (s == CIRRUS_OK && (!spec->ref || !*spec->ref))
		s = cirrus_errorf(call, CIRRUS_E_INVAL, NULL, "no image named");
	return s;
}

static cirrus_status missing(const struct cirrus_call *call, const char *ref)
{
	return cirrus_errorf(call, CIRRUS_E_NOTFOUND, NULL, "no such image: %s",
			     ref);
}

cirrus_status image_inspect(cirrus_conn *c, const struct cirrus_call *call,
			    const struct cirrus_image_spec *in,
			    struct cirrus_image_info *out)
{
	struct cirrus_image_spec spec;
	cirrus_status s;

	CIRRUS_COPY(&spec, in);
	s = begin(c, call, &spec);
	if (s != CIRRUS_OK)
		return s;
	if (!image_exists(c, spec.ref) && MUTATED(c, SILENT))
		return CIRRUS_E_NOTFOUND;
	if (!image_exists(c, spec.ref) && MUTATED(c, TOLD_TWICE))
		missing(call, spec.ref);
	if (!image_exists(c, spec.ref))
		return missing(call, spec.ref);
	fill(spec.ref, spec.platform, out);
	return CIRRUS_OK;
}

static cirrus_status authorize(cirrus_conn *c, const struct cirrus_call *call,
			       const char *ref)
{
	struct cirrus_registry_auth auth = {.struct_size = sizeof(auth)};
	const char *path = ref_path(ref);
	size_t host_len = path > ref ? (size_t)(path - ref - 1) : 0;
	AUTO_FREE char *host =
		host_len ? xstrndup(ref, host_len) : xstrdup("dummy");
	cirrus_status s = CIRRUS_E_NOTFOUND;

	if (MUTATED(c, AUTH_TWICE))
		call->host->registry_auth(call, host, &auth);
	if (call->host->registry_auth)
		s = call->host->registry_auth(call, host, &auth);
	if (!in_family(ref, "denied"))
		return CIRRUS_OK;
	if (s == CIRRUS_OK && auth.username && auth.password &&
	    strcmp(auth.username, c->user) == 0 &&
	    strcmp(auth.password, c->password) == 0)
		return CIRRUS_OK;
	if (MUTATED(c, SECRET) && auth.password)
		cirrus_logf(call, CIRRUS_LOG_DEBUG, "%s:%s was refused",
			    auth.username, auth.password);
	return cirrus_errorf(call, CIRRUS_E_AUTH,
			     "give credentials of this registry",
			     "pulling %s needs credentials", ref);
}

static void tell_progress(const struct cirrus_call *call, const char *ref,
			  int64_t done)
{
	struct cirrus_progress p = {.struct_size = sizeof(p),
				    .done = done,
				    .total = 4096,
				    .item = ref,
				    .what = "pulling"};

	if (call->host->progress)
		call->host->progress(call, &p);
}

cirrus_status image_pull(cirrus_conn *c, const struct cirrus_call *call,
			 const struct cirrus_image_spec *in,
			 struct cirrus_image_info *out)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_FREE char *dir = NULL;
	struct cirrus_image_spec spec;
	cirrus_status s;

	CIRRUS_COPY(&spec, in);
	s = begin(c, call, &spec);
	if (s == CIRRUS_OK)
		s = authorize(c, call, spec.ref);
	if (s != CIRRUS_OK)
		return s;
	if (in_family(spec.ref, "absent"))
		return missing(call, spec.ref);
	for (int64_t done = 0; done <= 4096; done += 1024)
		tell_progress(call, spec.ref,
			      MUTATED(c, PROGRESS) ? 4096 - done : done);
	dir = image_dir(c, spec.ref);
	if (dir_make(dir, 0700, &err) < 0)
		return fail_error(call, &err);
	fill(spec.ref, spec.platform, out);
	return CIRRUS_OK;
}

static bool image_in_use(const struct cirrus_conn *c, const char *ref)
{
	AUTO_FREE char *path = xasprintf("%s/i", c->state);
	DIR *d = opendir(path);
	struct dirent *e;
	bool used = false;

	while (d && !used && (e = readdir(d))) {
		AUTO_FREE char *dir = xasprintf("%s/%s", path, e->d_name);
		AUTO_STRV struct strv spec = {0};
		const char *image;

		if (spec_load(&spec, dir, NULL) < 0)
			continue;
		image = spec_get(&spec, "image");
		used = image && strcmp(image, ref) == 0;
	}
	if (d)
		closedir(d);
	return used;
}

static int snapshot(const struct cirrus_instance *it, const char *dir,
		    const struct cirrus_snapshot_spec *spec, struct error **err)
{
	AUTO_FREE char *from = xasprintf("%s/root", it->dir);
	AUTO_FREE char *to = xasprintf("%s/root", dir);
	AUTO_STRV struct strv record = {0};

	if (dir_make(to, 0755, err) < 0 || tree_copy(from, to, err) < 0)
		return -1;
	strv_pushf(&record, "name=%s", spec->name);
	spec_add_labels(&record, spec->labels, spec->n_labels);
	return spec_save(&record, dir, err);
}

cirrus_status instance_snapshot(cirrus_instance *it,
				const struct cirrus_call *call,
				const struct cirrus_snapshot_spec *in,
				struct cirrus_image_info *out)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_FREE char *dir = NULL;
	struct cirrus_snapshot_spec spec;
	cirrus_status s;

	CIRRUS_COPY(&spec, in);
	s = call_begin(call, it->conn);
	if (s == CIRRUS_OK)
		s = unknown_bits(it->conn, call, spec.flags, 0, spec.required);
	if (s != CIRRUS_OK)
		return s;
	dir = image_dir(it->conn, spec.name);
	if (snapshot(it, dir, &spec, &err) < 0) {
		dir_remove(dir);
		return fail_error(call, &err);
	}
	fill(spec.name, NULL, out);
	return CIRRUS_OK;
}

cirrus_status image_delete(cirrus_conn *c, const struct cirrus_call *call,
			   const struct cirrus_image_spec *in)
{
	AUTO_FREE char *dir = NULL;
	struct cirrus_image_spec spec;
	cirrus_status s;

	CIRRUS_COPY(&spec, in);
	s = begin(c, call, &spec);
	if (s != CIRRUS_OK)
		return s;
	dir = image_dir(c, spec.ref);
	if (access(dir, F_OK) < 0)
		return missing(call, spec.ref);
	if (image_in_use(c, spec.ref))
		return cirrus_errorf(call, CIRRUS_E_CONFLICT,
				     "delete its instances",
				     "image %s is in use", spec.ref);
	if (dir_remove(dir) < 0)
		return fail_errno(call, errno, "cannot remove %s", dir);
	return CIRRUS_OK;
}

/* --- volumes ------------------------------------------------------------------- */

/* All memory is on disk here; tests look at what was asked for. */
static int say_size(const struct cirrus_volume_spec *spec, const char *data,
		    struct error **err)
{
	AUTO_FREE char *path = xasprintf("%s/.in-memory", data);
	AUTO_FREE char *size = xasprintf("%lld\n", (long long)spec->size_bytes);

	return file_replace(path, size, strlen(size), 0644, err);
}

static int volume_fill(const struct cirrus_conn *c, const char *dir,
		       const struct cirrus_volume_spec *spec,
		       struct error **err)
{
	AUTO_FREE char *data = xasprintf("%s/data", dir);
	AUTO_FREE char *source = xasprintf("%s/v/%s/data", c->state,
					   spec->source ? spec->source : "");
	AUTO_STRV struct strv record = {0};

	if (dir_make(data, 0755, err) < 0)
		return -1;
	if (spec->source && tree_copy(source, data, err) < 0)
		return -1;
	strv_pushf(&record, "name=%s", spec->name);
	spec_add_labels(&record, spec->labels, spec->n_labels);
	if (spec->flags & CIRRUS_VOLUME_MEMORY && say_size(spec, data, err) < 0)
		return -1;
	return spec_save(&record, dir, err);
}

/* What create and delete begin with: *spec as we know it, *dir for free(). */
static cirrus_status volume_begin(cirrus_conn *c,
				  const struct cirrus_call *call,
				  const struct cirrus_volume_spec *in,
				  struct cirrus_volume_spec *spec, char **dir)
{
	cirrus_status s;

	CIRRUS_COPY(spec, in);
	s = call_begin(call, c);
	if (s == CIRRUS_OK)
		s = unknown_bits(c, call, spec->flags,
				 CIRRUS_VOLUME_SHARED | CIRRUS_VOLUME_MEMORY,
				 spec->required);
	if (s == CIRRUS_OK)
		*dir = xasprintf("%s/v/%s", c->state, spec->name);
	return s;
}

cirrus_status volume_create(cirrus_conn *c, const struct cirrus_call *call,
			    const struct cirrus_volume_spec *in)
{
	AUTO_ERROR struct error *err = NULL;
	AUTO_FREE char *dir = NULL;
	struct cirrus_volume_spec spec;
	cirrus_status s = volume_begin(c, call, in, &spec, &dir);

	if (s != CIRRUS_OK)
		return s;
	if (mkdir(dir, 0700) < 0)
		return fail_errno(call, errno, "cannot create volume %s",
				  spec.name);
	if (volume_fill(c, dir, &spec, &err) < 0) {
		dir_remove(dir);
		return fail_error(call, &err);
	}
	return CIRRUS_OK;
}

cirrus_status volume_delete(cirrus_conn *c, const struct cirrus_call *call,
			    const struct cirrus_volume_spec *in)
{
	AUTO_FREE char *dir = NULL;
	struct cirrus_volume_spec spec;
	cirrus_status s = volume_begin(c, call, in, &spec, &dir);

	if (s != CIRRUS_OK)
		return s;
	if (access(dir, F_OK) < 0)
		return cirrus_errorf(call, CIRRUS_E_NOTFOUND, NULL,
				     "no such volume: %s", spec.name);
	if (dir_remove(dir) < 0)
		return fail_errno(call, errno, "cannot remove volume %s",
				  spec.name);
	return CIRRUS_OK;
}
