/* SPDX-License-Identifier: MIT */
/* Tests that speak TAP (testanything.org), in one header.
 *
 *	TEST(buf_starts_empty)
 *	{
 *		AUTO_BUF struct buf b = BUF_INIT(10);
 *
 *		ok_int(b.len, 0);
 *		ok_str(b.data, "");
 *	}
 *
 *	TAP_MAIN()
 *
 * Each TEST registers itself; the plan is computed, never typed.  One test is
 * one result line: it fails if any check in it does, and each check that fails
 * says where and shows both values.  skip("why") ends a test as skipped.  A
 * test that runs longer than TAP_TIMEOUT seconds kills the program, which the
 * driver reports.  test_dir() is a fresh directory, removed when the test
 * passed and kept, its path printed, when it failed. */
#ifndef CIRRUS_TESTS_TAP_H
#define CIRRUS_TESTS_TAP_H

#include <dirent.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef TAP_TIMEOUT
#define TAP_TIMEOUT 120
#endif

struct tap_test {
	const char *name;
	void (*run)(void);
	struct tap_test *next;
};

static struct tap_test *tap_first, **tap_last = &tap_first;
static bool tap_failed;
static const char *tap_skipped;
static jmp_buf tap_out;
static char tap_dir[256];

#define TEST(id)                                                         \
	static void test_##id(void);                                     \
	__attribute__((__constructor__)) static void register_##id(void) \
	{                                                                \
		static struct tap_test t = {#id, test_##id, NULL};       \
		*tap_last = &t;                                          \
		tap_last = &t.next;                                      \
	}                                                                \
	static void test_##id(void)

static inline bool tap_check(bool good, const char *file, int line,
			     const char *what)
{
	if (!good) {
		tap_failed = true;
		printf("# %s:%d: %s\n", file, line, what);
	}
	return good;
}

static inline bool tap_int(long long got, long long want, const char *file,
			   int line, const char *what)
{
	if (!tap_check(got == want, file, line, what))
		printf("#   got %lld, want %lld\n", got, want);
	return got == want;
}

/* Prints each line of text behind "#   ", so that nothing of it reads as TAP. */
static inline void tap_quote(const char *label, const char *text)
{
	printf("#   %s ", label);
	if (!text)
		text = "(null)";
	for (; *text; text++) {
		putchar(*text);
		if (*text == '\n' && text[1])
			fputs("#        ", stdout);
	}
	putchar('\n');
}

static inline bool tap_str(const char *got, const char *want, const char *file,
			   int line, const char *what)
{
	bool same = got && want ? strcmp(got, want) == 0 : got == want;

	if (!tap_check(same, file, line, what)) {
		tap_quote("got: ", got);
		tap_quote("want:", want);
	}
	return same;
}

static inline bool tap_mem(const void *got, size_t got_len, const void *want,
			   size_t want_len, const char *file, int line,
			   const char *what)
{
	const unsigned char *g = got, *w = want;
	size_t at = 0;

	while (at < got_len && at < want_len && g[at] == w[at])
		at++;
	if (at == got_len && at == want_len)
		return true;
	tap_check(false, file, line, what);
	printf("#   %zu bytes, want %zu; first difference at %zu\n", got_len,
	       want_len, at);
	return false;
}

#define ok(cond)          tap_check((cond), __FILE__, __LINE__, #cond)
#define ok_int(got, want) tap_int((got), (want), __FILE__, __LINE__, #got)
#define ok_str(got, want) tap_str((got), (want), __FILE__, __LINE__, #got)
#define ok_mem(got, got_len, want, want_len) \
	tap_mem((got), (got_len), (want), (want_len), __FILE__, __LINE__, #got)

__attribute__((__noreturn__)) static inline void skip(const char *why)
{
	tap_skipped = why;
	longjmp(tap_out, 1);
}

/* Ends the test when going on makes no sense. */
#define need(cond)                           \
	do {                                 \
		if (!ok(cond))               \
			longjmp(tap_out, 1); \
	} while (0)

static inline const char *test_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	if (!tap_dir[0]) {
		snprintf(tap_dir, sizeof(tap_dir), "%s/cirrus-test.XXXXXX",
			 tmp ? tmp : "/tmp");
		if (!mkdtemp(tap_dir)) {
			perror(tap_dir);
			exit(99);
		}
	}
	return tap_dir;
}

static inline void tap_remove_dir(void)
{
	pid_t pid;

	if (!tap_dir[0])
		return;
	if (tap_failed) {
		printf("# kept: %s\n", tap_dir);
	} else {
		pid = fork();
		if (pid == 0) {
			execlp("rm", "rm", "-rf", tap_dir, (char *)NULL);
			_exit(127);
		}
		waitpid(pid, NULL, 0);
	}
	tap_dir[0] = '\0';
}

/* In a function of its own: setjmp spoils the locals of its caller. */
static inline void tap_run_one(const struct tap_test *t)
{
	tap_failed = false;
	tap_skipped = NULL;
	alarm(TAP_TIMEOUT);
	if (setjmp(tap_out) == 0)
		t->run();
	alarm(0);
	tap_remove_dir();
}

static inline int tap_run_all(void)
{
	int n = 0, bad = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (struct tap_test *t = tap_first; t; t = t->next)
		n++;
	printf("1..%d\n", n);
	n = 0;
	for (struct tap_test *t = tap_first; t; t = t->next) {
		tap_run_one(t);
		printf("%sok %d - %s", tap_failed ? "not " : "", ++n, t->name);
		if (tap_skipped)
			printf(" # SKIP %s", tap_skipped);
		putchar('\n');
		bad += tap_failed;
	}
	return bad ? 1 : 0;
}

#define TAP_MAIN()                    \
	int main(void)                \
	{                             \
		return tap_run_all(); \
	}

#endif
