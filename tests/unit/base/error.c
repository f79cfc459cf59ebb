/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/error.h"

#include <errno.h>

#include "tap.h"

TEST(set_fills_an_error_and_answers_minus_one)
{
	AUTO_ERROR struct error *e = NULL;

	ok_int(error_set(&e, ERR_CONFIG, "no %s", "task"), -1);
	need(e);
	ok_int(e->code, ERR_CONFIG);
	ok_str(e->msg, "no task");
	ok_str(e->hint, NULL);
}

TEST(the_first_error_stays)
{
	AUTO_ERROR struct error *e = NULL;

	error_set(&e, ERR_SYSTEM, "cause");
	ok_int(error_set(&e, ERR_USAGE, "consequence"), -1);
	ok_int(error_errno(&e, EPERM, "consequence"), -1);
	ok_str(e->msg, "cause");
	ok_int(e->code, ERR_SYSTEM);
}

TEST(who_does_not_care_passes_null)
{
	struct error *from = NULL;

	ok_int(error_set(NULL, ERR_USAGE, "x"), -1);
	ok_int(error_errno(NULL, ENOENT, "x"), -1);
	ok_int(error_hint(NULL, "x"), -1);
	error_prefix(NULL, "x");
	error_set(&from, ERR_USAGE, "x");
	ok_int(error_pass(NULL, &from, "y"), -1);
	ok_str(from->msg, "y: x");
	error_free(from);
	error_free(NULL);
}

TEST(errno_adds_what_the_system_says)
{
	AUTO_ERROR struct error *e = NULL;

	ok_int(error_errno(&e, ENOENT, "cannot open %s", "x"), -1);
	ok_int(e->code, ERR_SYSTEM);
	ok_str(e->msg, "cannot open x: No such file or directory");
}

TEST(words_are_put_in_front)
{
	AUTO_ERROR struct error *e = NULL;

	error_prefix(&e, "nothing");
	ok(e == NULL);
	error_set(&e, ERR_LOST, "cause");
	error_prefix(&e, "task \"%s\"", "a");
	ok_str(e->msg, "task \"a\": cause");
}

TEST(pass_moves_the_error_up_with_its_hint)
{
	AUTO_ERROR struct error *up = NULL;
	AUTO_ERROR struct error *e = NULL;

	error_set(&e, ERR_TIMEOUT, "cause");
	error_hint(&e, "wait %d", 5);
	ok_int(error_pass(&up, &e, "pull of %s", "x"), -1);
	ok(e == NULL);
	ok_str(up->msg, "pull of x: cause");
	ok_str(up->hint, "wait 5");
	ok_int(up->code, ERR_TIMEOUT);
}

TEST(pass_without_words_changes_none)
{
	AUTO_ERROR struct error *up = NULL;
	AUTO_ERROR struct error *e = NULL;

	error_set(&e, ERR_TIMEOUT, "cause");
	error_pass(&up, &e, NULL);
	ok_str(up->msg, "cause");
}

TEST(pass_keeps_an_error_that_is_there)
{
	AUTO_ERROR struct error *up = NULL;
	AUTO_ERROR struct error *e = NULL;

	error_set(&up, ERR_LOST, "first");
	error_set(&e, ERR_TIMEOUT, "second");
	error_pass(&up, &e, "words");
	ok_str(up->msg, "first");
	ok(e != NULL);
}

TEST(the_last_hint_counts_and_needs_an_error)
{
	AUTO_ERROR struct error *e = NULL;

	ok_int(error_hint(&e, "nothing"), -1);
	ok(e == NULL);
	error_set(&e, ERR_USAGE, "x");
	error_hint(&e, "a");
	error_hint(&e, "b");
	ok_str(e->hint, "b");
}

TEST(what_was_freed_through_its_pointer_is_not_freed_again)
{
	AUTO_ERROR struct error *e = NULL;

	error_set(&e, ERR_USAGE, "x");
	error_free_ptr(&e);
	ok(e == NULL);
}

TAP_MAIN()
