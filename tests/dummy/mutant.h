/* SPDX-License-Identifier: MIT */
/* Deliberate defects, one at a time, that prove that the conformance suite sees
 * each.  Chosen by the backend's option `mutant`; mutants.tsv beside this says
 * what each does wrong and which checks must fail because of it. */
#ifndef CIRRUS_TESTS_DUMMY_MUTANT_H
#define CIRRUS_TESTS_DUMMY_MUTANT_H

#define MUTANTS(X)                        \
	X(NONE, "none")                   \
	X(EXIT_CODE, "exit-code")         \
	X(WAIT_CODE, "wait-code")         \
	X(EXIT_SIGNAL, "exit-signal")     \
	X(STDERR_MERGED, "stderr-merged") \
	X(CLOSES_FD, "closes-fd")         \
	X(NONBLOCK, "nonblock")           \
	X(LEAKS_FD, "leaks-fd")           \
	X(PRINTS, "prints")               \
	X(SLOW_CANCEL, "slow-cancel")     \
	X(NO_TERM, "no-term")             \
	X(KILLS_ONE, "kills-one")         \
	X(TIMEOUT, "timeout")             \
	X(NOT_RUNNING, "not-running")     \
	X(COPY_SHORT, "copy-short")       \
	X(COPY_LINKS, "copy-links")       \
	X(COPY_MTIME, "copy-mtime")       \
	X(COPY_MKDIR, "copy-mkdir")       \
	X(COPY_CRASH, "copy-crash")       \
	X(LOGS_TAIL, "logs-tail")         \
	X(READONLY, "readonly")           \
	X(COW, "cow")                     \
	X(COW_FAILS, "cow-fails")         \
	X(ENV_LINES, "env-lines")         \
	X(NAME_TAKEN, "name-taken")       \
	X(UNAVAIL, "unavail")             \
	X(UNKNOWN, "unknown")             \
	X(NO_GRACE, "no-grace")           \
	X(SESSION, "session")             \
	X(VOLUME, "volume")               \
	X(CREATED, "created")             \
	X(PROBE, "probe")                 \
	X(SILENT, "silent")               \
	X(TOLD_TWICE, "told-twice")       \
	X(SECRET, "secret")               \
	X(AUTH_TWICE, "auth-twice")       \
	X(PROGRESS, "progress")

enum mutant {
#define X(id, name) MUTANT_##id,
	MUTANTS(X)
#undef X
};

#define MUTATED(conn, id) ((conn)->mutant == MUTANT_##id)

#endif
