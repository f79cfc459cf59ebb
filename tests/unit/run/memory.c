/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/memory.h"

#include "tests/tap.h"

#define MIB (1024LL * 1024)

TEST(reads_the_books_of_both_versions)
{
	ok_int(memory_kills("67108864\nlow 0\nhigh 0\nmax 44\noom 3\n"
			    "oom_kill 2\noom_group_kill 1\n",
			    64 * MIB),
	       2);
	ok_int(memory_kills("67108864\noom_kill_disable 0\nunder_oom 0\n"
			    "oom_kill 1\n",
			    64 * MIB),
	       1);
}

TEST(rounds_as_the_kernel_does)
{
	ok_int(memory_kills("99999744\noom_kill 1\n", 100000000), 1);
}

TEST(does_not_read_those_of_others)
{
	/* the whole machine's, or a group above */
	ok_int(memory_kills("9223372036854771712\noom_kill 7\n", 64 * MIB), 0);
	ok_int(memory_kills("max\noom_kill 7\n", 64 * MIB), 0);
	ok_int(memory_kills("33554432\noom_kill 7\n", 64 * MIB), 0);
	ok_int(memory_kills("", 64 * MIB), 0);
	ok_int(memory_kills("67108864\nnothing else\n", 64 * MIB), 0);
	ok_int(memory_kills("67108864\noom_kill 0\n", 64 * MIB), 0);
}

TAP_MAIN()
