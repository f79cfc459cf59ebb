/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/vec.h"

#include "tap.h"

struct pair {
	const char *name;
	int value;
};
VEC_DEFINE(int_vec, int);
VEC_DEFINE(pair_vec, struct pair);

TEST(grows_and_keeps_the_order)
{
	struct int_vec v = {0};

	for (int i = 0; i < 1000; i++)
		int_vec_push(&v, i);
	ok_int(v.len, 1000);
	for (int i = 0; i < 1000; i++)
		ok_int(v.ptr[i], i);
	int_vec_clear(&v);
}

TEST(removes_first_middle_and_last)
{
	struct int_vec v = {0};

	for (int i = 0; i < 5; i++)
		int_vec_push(&v, i);
	int_vec_remove(&v, 4);
	int_vec_remove(&v, 2);
	int_vec_remove(&v, 0);
	need(v.len == 2);
	ok_int(v.ptr[0], 1);
	ok_int(v.ptr[1], 3);
	int_vec_clear(&v);
}

TEST(removing_the_only_one_leaves_none)
{
	struct int_vec v = {0};

	int_vec_push(&v, 1);
	int_vec_remove(&v, 0);
	ok_int(v.len, 0);
	int_vec_clear(&v);
}

TEST(clear_leaves_an_empty_vector)
{
	struct pair_vec v = {0};

	pair_vec_push(&v, (struct pair){"a", 1});
	ok_str(v.ptr[0].name, "a");
	pair_vec_clear(&v);
	ok(v.ptr == NULL && v.len == 0 && v.cap == 0);
	pair_vec_clear(&v);
}

TAP_MAIN()
