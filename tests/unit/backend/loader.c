/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/loader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/strv.h"
#include "tap.h"

/* The file of a plugin from tests/cli/plugins-bad. */
static char *built(const char *name)
{
	const char *top = getenv("builddir");

	return xasprintf("%s/tests/cli/plugins-bad/.libs/cirrus-%s.so",
			 top ? top : ".", name);
}

/* A copy in the test's own directory, as a distribution would install it. */
static struct candidate installed(const char *name)
{
	AUTO_FREE char *from = built(name);
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	char *to = xasprintf("%s/cirrus-%s.so", test_dir(), name);

	if (access(from, R_OK) < 0)
		skip("no shared libraries in this build");
	if (file_read(from, &b, NULL) < 0 ||
	    file_replace(to, b.data, b.len, 0644, NULL) < 0)
		exit(99);
	return (struct candidate){xstrdup(name), to, true};
}

static void refuses(const char *name, enum table_fault want_fault,
		    const char *want_msg, const char *want_hint)
{
	struct candidate c = installed(name);
	AUTO_ERROR struct error *err = NULL;
	enum table_fault fault;

	ok(!loader_load(&c, &fault, &err));
	ok_int(fault, want_fault);
	need(err);
	ok_str(err->msg, want_msg);
	ok_str(err->hint, want_hint);
	candidate_clear(&c);
}

TEST(loads_a_good_one_once)
{
	struct candidate c = installed("good");
	AUTO_ERROR struct error *err = NULL;
	enum table_fault fault;
	struct backend *b = loader_load(&c, &fault, &err);

	need(b);
	ok_str(b->name, "good");
	ok_str(b->path, c.path);
	ok_str(b->table.version, "1.2");
	ok(b->table.open);
	ok(loader_load(&c, &fault, &err) == b);
	candidate_clear(&c);
}

TEST(refuses_another_major_by_its_entry)
{
	refuses("other-abi", TABLE_INCOMPATIBLE,
		"needs ABI 7, this cirrus offers 0",
		"install the plugin's build for ABI 0, or another version of "
		"cirrus");
}

TEST(refuses_another_major_by_its_table)
{
	refuses("wrong-major", TABLE_INCOMPATIBLE,
		"needs ABI 2, this cirrus offers 0",
		"install the plugin's build for ABI 0, or another version of "
		"cirrus");
}

TEST(refuses_one_that_needs_a_newer_host)
{
	refuses("newer", TABLE_INCOMPATIBLE,
		"needs ABI 0.999, this cirrus offers 0.1",
		"install a newer cirrus");
}

TEST(refuses_a_table_of_insane_size)
{
	struct candidate c = installed("short");
	AUTO_ERROR struct error *err = NULL;
	enum table_fault fault;

	ok(!loader_load(&c, &fault, &err));
	ok_int(fault, TABLE_BROKEN);
	need(err);
	ok(str_starts(err->msg, "its table claims a size of 24 bytes, not "));
	candidate_clear(&c);
}

TEST(refuses_a_name_that_is_not_the_file_s)
{
	refuses("misnamed", TABLE_BROKEN, "it calls itself \"alias\"",
		"a plugin of that name is a file cirrus-alias.so");
}

TEST(refuses_one_without_a_mandatory_operation)
{
	refuses("no-exec", TABLE_BROKEN,
		"it lacks the mandatory operation instance_exec", NULL);
}

TEST(refuses_one_without_an_entry)
{
	refuses("no-entry", TABLE_BROKEN,
		"no entry symbol cirrus_backend_entry_v0",
		"the file is not a plugin of cirrus, or was linked without "
		"exporting its entry");
}

TEST(tells_which_symbol_is_undefined)
{
	refuses("undefined", TABLE_BROKEN,
		"undefined symbol: cirrus_test_nowhere",
		"the plugin does not fit the libraries of this machine: build "
		"or install it anew");
}

TEST(tells_which_library_is_missing)
{
	refuses("orphan", TABLE_BROKEN,
		"libcirrus-ghost.so.0: cannot open shared object file: No such "
		"file or directory",
		"a library that the plugin needs is not installed");
}

static void refuses_text(const char *text, const char *want_msg)
{
	struct candidate c = {
		.name = xstrdup("garbage"),
		.path = xasprintf("%s/cirrus-garbage.so", test_dir()),
		.user_named = true,
	};
	AUTO_ERROR struct error *err = NULL;
	enum table_fault fault;

	need(file_replace(c.path, text, strlen(text), 0644, &err) == 0);
	ok(!loader_load(&c, &fault, &err));
	ok_int(fault, TABLE_BROKEN);
	need(err);
	ok_str(err->msg, want_msg);
	candidate_clear(&c);
}

TEST(refuses_a_file_that_is_too_short)
{
	refuses_text("", "file too short");
}

TEST(refuses_a_file_that_is_no_shared_object)
{
	refuses_text(
		"#!/bin/sh\n# longer than the header of an ELF file, which "
		"takes sixty-four bytes\n",
		"invalid ELF header");
}

TEST(refuses_a_file_that_anyone_could_have_written)
{
	struct candidate c = installed("good");
	AUTO_FREE char *want = xasprintf(
		"refused: %s is writable by everybody (mode 0666)", c.path);
	AUTO_FREE char *hint = xasprintf("chmod o-w %s", c.path);
	AUTO_ERROR struct error *err = NULL;
	enum table_fault fault;

	need(chmod(c.path, 0666) == 0);
	ok(!loader_load(&c, &fault, &err));
	need(err);
	ok_str(err->msg, want);
	ok_str(err->hint, hint);
	candidate_clear(&c);
}

TEST(a_bare_name_means_what_was_linked_in)
{
	struct candidate c = {.name = (char *)"nobody"};
	AUTO_ERROR struct error *err = NULL;
	enum table_fault fault;

	ok(!loader_load(&c, &fault, &err));
	ok_str(err ? err->msg : NULL, "file not found");
}

TAP_MAIN()
