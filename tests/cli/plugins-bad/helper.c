/* SPDX-License-Identifier: MIT */
/* Nothing is wrong with this one either: it has a helper, which its open runs. */
#include "config.h"

#define NAME "helper"
#define OPEN helper_open
#include <cirrus/backend.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static cirrus_status helper_open(const struct cirrus_call *call,
				 const struct cirrus_config *config,
				 cirrus_conn **out)
{
	const char *const *h = config->helper_argv;
	int status = 0;
	pid_t pid;

	(void)out;
	pid = fork();
	if (pid == 0) {
		execl(h[0], h[0], h[1], h[2], "one", "two words", (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	call->host->error(call, CIRRUS_E_FAILED,
			  WIFEXITED(status) && WEXITSTATUS(status) == 42
				  ? "the helper has said 42"
				  : "the helper has failed",
			  NULL);
	return CIRRUS_E_FAILED;
}

#include "bad.h"

static int32_t helper(int32_t argc, char **argv)
{
	for (int32_t i = 1; i < argc; i++)
		printf("helper: <%s>\n", argv[i]);
	fflush(stdout);
	return 42;
}

static struct cirrus_backend table = BAD_TABLE(NAME);

__attribute__((__constructor__)) static void add(void)
{
	table.helper = helper;
}

CIRRUS_REGISTER_BACKEND(helper, table);
