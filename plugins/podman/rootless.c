/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plugins/podman/rootless.h"

#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/strv.h"

void rootless_self(struct rootless *r)
{
	static char name[256];
	char space[4096];
	struct passwd pw, *found = NULL;

	*r = (struct rootless){
		.uid = (unsigned long)geteuid(),
		.root = "",
		.path = getenv("PATH"),
		.runtime_dir = getenv("XDG_RUNTIME_DIR"),
	};
	if (getpwuid_r(geteuid(), &pw, space, sizeof(space), &found) == 0 &&
	    found) {
		snprintf(name, sizeof(name), "%s", pw.pw_name);
		r->user = name;
	}
}

static bool read_file(const struct rootless *r, const char *name, struct buf *b)
{
	AUTO_FREE char *path = xasprintf("%s%s", r->root, name);

	return file_read(path, b, NULL) == 0;
}

/* A line "user:first:count" or "uid:first:count". */
static bool has_ids(const struct rootless *r, const char *name)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_MESSAGE);
	AUTO_FREE char *number = xasprintf("%lu:", r->uid);
	AUTO_FREE char *user = xasprintf("%s:", r->user ? r->user : number);
	AUTO_STRV struct strv lines = {0};

	if (!read_file(r, name, &text))
		return false;
	strv_split(&lines, text.data, '\n');
	for (size_t i = 0; i < lines.len; i++)
		if (str_starts(lines.v[i], user) ||
		    str_starts(lines.v[i], number))
			return true;
	return false;
}

/* Ranges may also come from the directory service that nsswitch.conf names. */
static bool ids_come_from_elsewhere(const struct rootless *r)
{
	AUTO_BUF struct buf text = BUF_INIT(BUF_MESSAGE);

	return read_file(r, "/etc/nsswitch.conf", &text) &&
	       (str_starts(text.data, "subid:") ||
		strstr(text.data, "\nsubid:"));
}

static bool in_path(const struct rootless *r, const char *name)
{
	AUTO_STRV struct strv dirs = {0};

	strv_split(&dirs, r->path ? r->path : "/usr/bin:/bin", ':');
	for (size_t i = 0; i < dirs.len; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", dirs.v[i], name);

		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* The kernel's switches; where a file is missing, there is no such switch. */
static int check_namespaces(const struct rootless *r, struct error **err)
{
	static const struct {
		const char *file, *set;
	} switches[] = {
		{"/proc/sys/user/max_user_namespaces",
		 "sudo sysctl user.max_user_namespaces=15000"},
		{"/proc/sys/kernel/unprivileged_userns_clone",
		 "sudo sysctl kernel.unprivileged_userns_clone=1"},
	};

	for (size_t i = 0; i < ARRAY_LEN(switches); i++) {
		AUTO_BUF struct buf value = BUF_INIT(BUF_LINE);

		if (!read_file(r, switches[i].file, &value) ||
		    strcmp(value.data, "0\n") != 0)
			continue;
		error_set(err, ERR_BACKEND,
			  "rootless Podman: user namespaces are switched off");
		return error_hint(err, "%s", switches[i].set);
	}
	return 0;
}

static int check_helpers(const struct rootless *r, struct error **err)
{
	static const char *const helpers[] = {"newuidmap", "newgidmap"};

	for (size_t i = 0; i < ARRAY_LEN(helpers); i++) {
		if (in_path(r, helpers[i]))
			continue;
		error_set(err, ERR_BACKEND, "rootless Podman needs %s",
			  helpers[i]);
		return error_hint(err, "install the package uidmap (Debian, "
				       "Ubuntu) or shadow-utils (Fedora)");
	}
	return 0;
}

static int check_runtime_dir(const struct rootless *r, struct error **err)
{
	struct stat st;

	if (!r->runtime_dir || !r->runtime_dir[0])
		return 0;
	if (stat(r->runtime_dir, &st) == 0 && S_ISDIR(st.st_mode) &&
	    st.st_uid == r->uid)
		return 0;
	error_set(err, ERR_BACKEND,
		  "XDG_RUNTIME_DIR: %s is not a directory of this user",
		  r->runtime_dir);
	return error_hint(err, "unset XDG_RUNTIME_DIR, or log in again");
}

int rootless_check(const struct rootless *r, char **warning, struct error **err)
{
	const char *user = r->user ? r->user : "this user";
	bool ids = has_ids(r, "/etc/subuid") && has_ids(r, "/etc/subgid");

	*warning = NULL;
	if (check_runtime_dir(r, err) < 0 || check_namespaces(r, err) < 0)
		return -1;
	if (ids || ids_come_from_elsewhere(r))
		return check_helpers(r, err);
	/* Podman then maps one user, which some images can do with. */
	*warning = xasprintf(
		"no entry for %s in /etc/subuid and /etc/subgid: images with "
		"files of several users cannot be used; sudo usermod "
		"--add-subuids 100000-165535 --add-subgids 100000-165535 %s; "
		"podman system migrate",
		user, user);
	return 0;
}
