/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "model/exit.h"

static int rank(int status)
{
	static const int worst_first[] = {
		EXIT_DEFECT, EXIT_INTERRUPTED, EXIT_TERMINATED,
		EXIT_USAGE,  EXIT_BACKEND,     EXIT_TASK_FAILED,
	};
	int i, n = (int)ARRAY_LEN(worst_first);

	for (i = 0; i < n; i++)
		if (worst_first[i] == status)
			break;
	return i;
}

int exit_worse(int a, int b)
{
	return rank(a) <= rank(b) ? a : b;
}

int exit_of_error(enum error_code code)
{
	switch (code) {
	case ERR_USAGE:
	case ERR_CONFIG:
	case ERR_NOTFOUND:
	case ERR_LIMIT:
		return EXIT_USAGE;
	case ERR_CANCELLED:
		return EXIT_INTERRUPTED;
	case ERR_INTERNAL:
		return EXIT_DEFECT;
	case ERR_TIMEOUT:
		return EXIT_TASK_FAILED;
	case ERR_SYSTEM:
	case ERR_BACKEND:
	case ERR_LOST:
		return EXIT_BACKEND;
	}
	return EXIT_DEFECT;
}
