/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/resize.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/fd.h"

/* A handler may still be at work on another thread when it is not wanted any
 * more: the pipe stays open until the program ends. */
static int fds[2] = {-1, -1};
static atomic_int told = -1; /* fds[1], for the handler */
static atomic_bool resized, stopping;
static bool running;
static pthread_t thread;
static struct queue *queue;
static struct sigaction before;

/* The pipe never blocks: what does not fit is told by what is in it. */
static void handle(int signal UNUSED)
{
	int saved = errno;
	ssize_t n UNUSED = write(told, "", 1);

	errno = saved;
}

/* A handler may not wake a queue; this may. */
static void *watch(void *arg UNUSED)
{
	char waste[64];
	ssize_t n;

	while (!stopping) {
		n = read(fds[0], waste, sizeof(waste));
		if (n < 0 && errno != EINTR)
			break;
		resized = true;
		queue_wake(queue);
	}
	return NULL;
}

static int open_pipe(void)
{
	if (fds[0] >= 0)
		return 0;
	if (fd_pipe(fds, NULL) < 0)
		return -1;
	told = fds[1];
	return fd_set_nonblock(fds[1], true);
}

void resize_start(struct queue *wakes)
{
	struct sigaction action = {.sa_handler = handle,
				   .sa_flags = SA_RESTART};

	if (open_pipe() < 0)
		return;
	queue = wakes;
	resized = stopping = false;
	running = pthread_create(&thread, NULL, watch, NULL) == 0;
	if (running)
		sigaction(SIGWINCH, &action, &before);
}

bool resize_taken(void)
{
	return atomic_exchange(&resized, false);
}

void resize_stop(void)
{
	if (!running)
		return;
	sigaction(SIGWINCH, &before, NULL);
	stopping = true;
	handle(SIGWINCH);
	pthread_join(thread, NULL);
	running = false;
}
