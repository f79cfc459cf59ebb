/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/exit.h"

#include "tap.h"

TEST(keeps_the_order_of_precedence)
{
	static const int order[] = {4, 130, 143, 2, 3, 1, 0};

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		for (size_t j = i; j < ARRAY_LEN(order); j++) {
			ok_int(exit_worse(order[i], order[j]), order[i]);
			ok_int(exit_worse(order[j], order[i]), order[i]);
		}
}

TEST(tells_errors_apart)
{
	ok_int(exit_of_error(ERR_USAGE), 2);
	ok_int(exit_of_error(ERR_CONFIG), 2);
	ok_int(exit_of_error(ERR_BACKEND), 3);
	ok_int(exit_of_error(ERR_INTERNAL), 4);
	ok_int(exit_of_error(ERR_CANCELLED), 130);
}

TAP_MAIN()
