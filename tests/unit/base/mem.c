/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/mem.h"

#include <signal.h>

#include "tap.h"

TEST(nothing_is_something)
{
	AUTO_FREE void *a = xmalloc(0);
	AUTO_FREE void *b = xcalloc(0, 8);
	AUTO_FREE void *c = xreallocarray(NULL, 0, 8);

	ok(a && b && c);
}

TEST(copies)
{
	AUTO_FREE char *a = xstrdup("abc");
	AUTO_FREE char *b = xstrndup("abc", 2);
	AUTO_FREE char *c = xstrndup("abc", 9);
	AUTO_FREE char *d = xmemdup0("a\0b", 3);
	AUTO_FREE char *e = xmemdup0(NULL, 0);
	AUTO_FREE char *f = xasprintf("%d", 42);

	ok_str(a, "abc");
	ok_str(b, "ab");
	ok_str(c, "abc");
	ok_mem(d, 4, "a\0b", 4);
	ok_str(e, "");
	ok_str(f, "42");
	ok(xstrdup_or_null(NULL) == NULL);
}

TEST(calloc_zeroes_and_realloc_keeps)
{
	AUTO_FREE int *v = xcalloc(2, sizeof(*v));

	ok_int(v[0] + v[1], 0);
	v[1] = 7;
	v = xreallocarray(v, 1000, sizeof(*v));
	ok_int(v[1], 7);
}

TEST(a_stolen_pointer_is_not_freed)
{
	char *kept;

	{
		AUTO_FREE char *p = xstrdup("kept");

		kept = STEAL_PTR(p);
		ok(p == NULL);
	}
	ok_str(kept, "kept");
	free(kept);
}

TEST(container_of_finds_the_whole)
{
	struct whole {
		int a, b;
	} w;

	ok(CONTAINER_OF(&w.b, struct whole, b) == &w);
}

/* How a child that does this ends. */
static int status_of(void (*doing)(void))
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		freopen("/dev/null", "w", stderr);
		doing();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return status;
}

static void overflow(void)
{
	free(xreallocarray(NULL, (size_t)-1 / 2, 4));
}

TEST(a_size_that_overflows_aborts)
{
	int status = status_of(overflow);

	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

TAP_MAIN()
