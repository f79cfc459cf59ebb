/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/arena.h"

#include "tap.h"

#define BIG (200 * 1024) /* larger than any block */

TEST(allocations_are_zeroed_aligned_and_apart)
{
	AUTO_ARENA struct arena a = {0};
	char *last = NULL;

	for (size_t size = 1; size < 2000; size += 7) {
		char *p = arena_alloc(&a, size);

		for (size_t i = 0; i < size; i++)
			need(p[i] == 0);
		ok((uintptr_t)p % _Alignof(max_align_t) == 0);
		memset(p, 0xff, size);
		ok(p != last);
		last = p;
	}
}

TEST(earlier_allocations_stay_as_they_are)
{
	AUTO_ARENA struct arena a = {0};
	char *texts[1000];

	for (int i = 0; i < 1000; i++)
		texts[i] = arena_printf(&a, "%d-%0200d", i, i);
	for (int i = 0; i < 1000; i++)
		ok_int(strtol(texts[i], NULL, 10), i);
}

TEST(a_large_one_leaves_the_open_block_open)
{
	AUTO_ARENA struct arena a = {0};
	char *first = arena_alloc(&a, 16), *big, *second;

	big = arena_alloc(&a, BIG);
	memset(big, 1, BIG);
	second = arena_alloc(&a, 16);
	ok(second > first && second - first <= 64);
	ok_int(first[0], 0);
}

TEST(a_large_one_may_come_first)
{
	AUTO_ARENA struct arena a = {0};
	char *big = arena_alloc(&a, BIG), *small = arena_alloc(&a, 1);

	memset(big, 1, BIG);
	ok_int(*small, 0);
}

TEST(beyond_the_cap_it_goes_on_but_says_so)
{
	AUTO_ARENA struct arena a = {.max = 1024};

	arena_alloc(&a, 1000);
	ok(!a.full);
	memset(arena_alloc(&a, 100), 1, 100);
	ok(a.full);
}

TEST(copies_of_texts_and_bytes)
{
	AUTO_ARENA struct arena a = {0};

	ok_str(arena_strdup(&a, "abc"), "abc");
	ok_mem(arena_memdup0(&a, "a\0b", 3), 4, "a\0b", 4);
	ok_str(arena_memdup0(&a, NULL, 0), "");
	ok_str(arena_printf(&a, "%s-%d", "x", 1), "x-1");
}

TEST(free_leaves_an_arena_that_can_be_used_again)
{
	struct arena a = {.max = 10};

	arena_alloc(&a, 100);
	ok(a.full);
	arena_free(&a);
	ok(!a.full);
	ok_int(a.used, 0);
	ok_str(arena_strdup(&a, "x"), "x");
	arena_free(&a);
	arena_free(&a);
}

TAP_MAIN()
