/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/crash.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "backend/backend.h"
#include "model/exit.h"

static _Thread_local struct crash_note crash_note;

static bool crash_caught;

/* A plugin that runs out of stack leaves none to the handler; so each thread
 * that calls one has a second, unless somebody gave it one already, as
 * sanitizers do. */
static void have_stack(void)
{
	static _Thread_local _Alignas(16) char memory[16384];
	static _Thread_local bool done;
	const stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};
	stack_t there;

	if (!crash_caught || done)
		return;
	done = (sigaltstack(NULL, &there) == 0 &&
		!(there.ss_flags & SS_DISABLE)) ||
	       sigaltstack(&stack, NULL) == 0;
}

void crash_enter(const char *backend, const char *op)
{
	have_stack();
	crash_note = (struct crash_note){backend, op};
}

void crash_leave(void)
{
	crash_note = (struct crash_note){0};
}

struct crash_note crash_put_aside(void)
{
	struct crash_note note = crash_note;

	crash_leave();
	return note;
}

void crash_restore(struct crash_note note)
{
	crash_note = note;
}

static const struct {
	int number;
	const char *text;
} signals[] = {
	{SIGSEGV, "segmentation fault"},
	{SIGBUS, "bus error"},
	{SIGILL, "illegal instruction"},
	{SIGFPE, "arithmetic error"},
	{SIGABRT, "aborted"},
};

const char *crash_signal_text(int number)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (signals[i].number == number)
			return signals[i].text;
	return "killed by a signal";
}

static void (*crash_restore_terminal)(void);

static size_t append(char *line, size_t len, size_t cap, const char *text)
{
	while (*text && len < cap)
		line[len++] = *text++;
	return len;
}

/* Before a connection is open there is nothing that could be left behind. */
static const char *hint_for(const char *op)
{
	static const char *const early[] = {"load", "probe", "open"};

	if (!op)
		return "this is a defect; please report it";
	for (size_t i = 0; i < sizeof(early) / sizeof(early[0]); i++)
		if (strcmp(op, early[i]) == 0)
			return "choose another with --container-backend=NAME";
	return "`cirrus clean` removes what it may have left";
}

/* Async-signal-safe: no allocation, no stdio, no lock. */
static void on_crash(int number)
{
	struct crash_note note = crash_note;
	const char *const parts[] = {
		note.op ? "backend " : "cirrus crashed",
		note.op ? note.backend : "",
		note.op ? " crashed in " : "",
		note.op ? note.op : "",
		" (",
		crash_signal_text(number),
		")\nhint: ",
		hint_for(note.op),
		"\n",
	};
	int status = note.op ? EXIT_BACKEND : EXIT_DEFECT;
	char line[512];
	size_t len = 0;

	if (crash_restore_terminal)
		crash_restore_terminal();
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		len = append(line, len, sizeof(line), parts[i]);
	if (write(STDERR_FILENO, line, len) < 0)
		_exit(status);
	_exit(status);
}

static void set_handlers(const struct sigaction *action)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i].number, action, NULL);
}

void crash_default(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL};

	sigemptyset(&action.sa_mask);
	set_handlers(&action);
}

void backend_catch_crashes(void (*restore_terminal)(void))
{
	struct sigaction action = {.sa_handler = on_crash,
				   .sa_flags = SA_RESETHAND | SA_ONSTACK};

	crash_caught = true;
	crash_restore_terminal = restore_terminal;
	sigemptyset(&action.sa_mask);
	set_handlers(&action);
}
