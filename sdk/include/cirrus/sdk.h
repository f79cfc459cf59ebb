/* SPDX-License-Identifier: MIT */
/* Small helpers for backends, all of them inline: nothing to link, nothing that
 * crosses the line between host and plugin.  C99 and C++98; needs poll(2).
 *
 *	static cirrus_status my_exec(cirrus_instance *it,
 *				     const struct cirrus_call *call,
 *				     const struct cirrus_exec_spec *given,
 *				     struct cirrus_exit *out)
 *	{
 *		struct cirrus_exec_spec spec;
 *		cirrus_status st;
 *
 *		CIRRUS_COPY(&spec, given);
 *		st = CIRRUS_CHECK_SPEC(call, "exec", &spec, 0, 0);
 *		if (st < 0)
 *			return st;
 *		if (!it->running)
 *			return cirrus_errorf(call, CIRRUS_E_CONFLICT, NULL,
 *					     "instance %s is not running",
 *					     it->name);
 *		...
 *
 * Unless a comment says otherwise, a function that returns a negative status
 * has told the host why: return the status and add nothing. */
#ifndef CIRRUS_SDK_H
#define CIRRUS_SDK_H

#include <cirrus/backend.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#if defined __GNUC__
#define CIRRUS_PRINTF(f, a) __attribute__((__format__(__printf__, f, a)))
#else
#define CIRRUS_PRINTF(f, a)
#endif

/* --- what went wrong, what goes on --------------------------------------- */

/* Where a text that is too long is cut. */
#define CIRRUS_MSG_MAX 2048

/* Tells the host why the call fails and returns status, to be returned:
 *	return cirrus_errorf(call, CIRRUS_E_NOTFOUND, "pull it first",
 *			     "image %s is not here", ref);
 * hint may be NULL. */
static inline cirrus_status cirrus_errorf(const struct cirrus_call *call,
					  cirrus_status status,
					  const char *hint, const char *fmt,
					  ...) CIRRUS_PRINTF(4, 5);
static inline cirrus_status cirrus_errorf(const struct cirrus_call *call,
					  cirrus_status status,
					  const char *hint, const char *fmt,
					  ...)
{
	char msg[CIRRUS_MSG_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	call->host->error(call, status, msg, hint);
	return status;
}

/* A line of diagnosis.  level: CIRRUS_LOG_*.  (A thread of your own that works
 * for no call uses host->log(NULL, ...).) */
static inline void cirrus_logf(const struct cirrus_call *call, int32_t level,
			       const char *fmt, ...) CIRRUS_PRINTF(3, 4);
static inline void cirrus_logf(const struct cirrus_call *call, int32_t level,
			       const char *fmt, ...)
{
	char msg[CIRRUS_MSG_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	call->host->log(call, level, msg);
}

/* What an errno of the operating system amounts to. */
static inline cirrus_status cirrus_status_of_errno(int errnum)
{
	switch (errnum) {
	case ENOENT:
		return CIRRUS_E_NOTFOUND;
	case EEXIST:
		return CIRRUS_E_EXISTS;
	case ENOMEM:
		return CIRRUS_E_NOMEM;
	case ENOSPC:
	case EDQUOT:
		return CIRRUS_E_NOSPACE;
	case ETIMEDOUT:
		return CIRRUS_E_TIMEOUT;
	case EIO:
	case EPIPE:
		return CIRRUS_E_IO;
	default:
		return CIRRUS_E_FAILED;
	}
}

/* For messages: "not found".  Never NULL. */
static inline const char *cirrus_status_text(cirrus_status status)
{
	static const char *const texts[] = {
		"success",
		"failed",
		"out of memory",
		"invalid request",
		"not supported",
		"not found",
		"exists already",
		"not authorised",
		"not reachable",
		"timed out",
		"cancelled",
		"broken stream",
		"in conflict with its state",
		"no space left",
		"connection lost",
		"environment gone",
	};

	if (status > 0 || status < CIRRUS_E_GONE)
		status = CIRRUS_E_FAILED;
	return texts[-status];
}

/* --- specs --------------------------------------------------------------- */

/* Copies a spec, or an element of a list in one, into a local struct of the
 * type that this header knows.  What an older host left out is zero; what a
 * newer one has on top is left behind (`required` says if that matters). */
#define CIRRUS_COPY(local, spec)                               \
	((void)sizeof((local) - (spec)), /* the same type */   \
	 cirrus_copy_struct((local), sizeof(*(local)), (spec), \
			    (spec)->struct_size))
static inline void cirrus_copy_struct(void *local, size_t size,
				      const void *spec, size_t spec_size)
{
	memset(local, 0, size);
	memcpy(local, spec, spec_size < size ? spec_size : size);
}

/* NOTSUP for bits that are not in `known`.  what: "exec", "mount /cache". */
static inline cirrus_status cirrus_check_flags(const struct cirrus_call *call,
					       const char *what, uint32_t flags,
					       uint32_t known)
{
	if (!(flags & ~known))
		return CIRRUS_OK;
	return cirrus_errorf(
		call, CIRRUS_E_NOTSUP, NULL,
		"%s: flags 0x%lx are not supported by this backend", what,
		(unsigned long)(flags & ~known));
}

/* NOTSUP for an enumerator outside first..last. */
static inline cirrus_status cirrus_check_enum(const struct cirrus_call *call,
					      const char *what, uint32_t value,
					      uint32_t first, uint32_t last)
{
	if (value >= first && value <= last)
		return CIRRUS_OK;
	return cirrus_errorf(call, CIRRUS_E_NOTSUP, NULL,
			     "%s: type %lu is not supported by this backend",
			     what, (unsigned long)value);
}

/* The host has checked this already; for those who want to be sure. */
static inline cirrus_status cirrus_check_required(
	const struct cirrus_call *call, const char *what, uint64_t required,
	uint64_t understood)
{
	if (!(required & ~understood))
		return CIRRUS_OK;
	return cirrus_errorf(call, CIRRUS_E_NOTSUP,
			     "a newer version of the backend may know it",
			     "%s: this backend is too old for what is asked",
			     what);
}

/* Both, for what every spec begins with:
 *	st = CIRRUS_CHECK_SPEC(call, "copy", spec, CIRRUS_COPY_MKDIR, 0);
 * known: flags; understood: the table's bits. */
#define CIRRUS_CHECK_SPEC(call, what, spec, known, understood)                \
	cirrus_check_spec((call), (what), (spec)->flags & ~(uint32_t)(known), \
			  (spec)->required & ~(uint64_t)(understood))
static inline cirrus_status cirrus_check_spec(const struct cirrus_call *call,
					      const char *what,
					      uint32_t unknown_flags,
					      uint64_t not_understood)
{
	cirrus_status st = cirrus_check_flags(call, what, unknown_flags, 0);

	if (st < 0)
		return st;
	return cirrus_check_required(call, what, not_understood, 0);
}

/* --- capabilities -------------------------------------------------------- */

/* For tables: .capabilities = {CIRRUS_CAP_MASK(0, CIRRUS_CAP_LIST) | ...}.
 * A bit of the other word is 0, so that one list serves for both. */
#define CIRRUS_CAP_MASK(word, cap) \
	((uint64_t)((cap) / 64 == (word)) << (cap) % 64)

static inline int cirrus_cap_test(const uint64_t caps[2], unsigned int cap)
{
	return cap < 128 && (caps[cap / 64] >> cap % 64 & 1);
}

static inline void cirrus_cap_set(uint64_t caps[2], unsigned int cap)
{
	caps[cap / 64] |= (uint64_t)1 << cap % 64;
}

static inline void cirrus_cap_clear(uint64_t caps[2], unsigned int cap)
{
	caps[cap / 64] &= ~((uint64_t)1 << cap % 64);
}

/* "MOUNT_BIND" for CIRRUS_CAP_MOUNT_BIND; NULL if this header does not know it,
 * so that a loop from 0 ends. */
static inline const char *cirrus_cap_name(unsigned int cap)
{
	static const char *const names[] = {
		"IMAGE_PULL",     "IMAGE_PUSH",
		"IMAGE_BUILD",    "SNAPSHOT",
		"VOLUME",         "VOLUME_SHARED",
		"VOLUME_CLONE",   "MOUNT_BIND",
		"MOUNT_TMPFS",    "MOUNT_READONLY",
		"MOUNT_COW",      "SIDECAR",
		"SIDECAR_STOP",   "COMMAND",
		"START_STDIO",    "USER",
		"HOSTNAME",       "NET_NONE",
		"NET_NAMED",      "PORTS",
		"PRIVILEGED",     "PLATFORM",
		"DEVICE",         "CPU_LIMIT",
		"MEMORY_LIMIT",   "OOM_REPORT",
		"EXIT_SIGNAL",    "EXEC_CONCURRENT",
		"EXEC_USER",      "EXEC_STDIN",
		"EXEC_STDIN_EOF", "EXEC_SPLIT",
		"EXEC_ORDER",     "EXEC_KILL",
		"EXEC_KILL_REST", "EXEC_SIGNAL",
		"EXEC_TTY",       "EXEC_RESIZE",
		"COPY_STOPPED",   "COPY_OWNER",
		"LOGS",           "USAGE",
		"DIAL",           "EXPOSE",
		"LIST",           "OPEN",
		"UNLOGGED",       "BUILDKIT",
		"COPY_RUNNING",   "VOLUME_MEMORY",
	};

	return cap < sizeof(names) / sizeof(names[0]) ? names[cap] : NULL;
}

/* --- options ------------------------------------------------------------- */

/* The value of a key in cirrus_config.kv, cirrus_group_spec.options or a list
 * of labels; fallback if it is not there. */
static inline const char *cirrus_kv_get(const struct cirrus_kv *kv, size_t n,
					const char *key, const char *fallback)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(kv[i].key, key))
			return kv[i].value;
	return fallback;
}

/* The parsers below read the whole text, or return -1 and leave *out alone;
 * they report nothing.  The host checks the values of options with them. */

/* CIRRUS_OPT_BOOL: true yes on 1, false no off 0. */
static inline int cirrus_parse_bool(const char *text, int *out)
{
	static const char *const words[] = {"false", "true", "no", "yes",
					    "off",   "on",   "0",  "1"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i]))
			continue;
		*out = (int)(i & 1);
		return 0;
	}
	return -1;
}

/* The number at *text, which is moved behind it; -1 if there is none or it is
 * too big. */
static inline int cirrus_parse_digits(const char **text, int64_t *out)
{
	const char *p = *text;
	int64_t n = 0;

	if (*p < '0' || *p > '9')
		return -1;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (n > (INT64_MAX - (*p - '0')) / 10)
			return -1;
		n = n * 10 + (*p - '0');
	}
	*text = p;
	*out = n;
	return 0;
}

/* CIRRUS_OPT_INT: "8080", "-1". */
static inline int cirrus_parse_int(const char *text, int64_t *out)
{
	int minus = *text == '-';
	int64_t n;

	text += minus;
	if (cirrus_parse_digits(&text, &n) || *text)
		return -1;
	*out = minus ? -n : n;
	return 0;
}

/* The unit at *text, which is moved behind it, in nanoseconds; 0: none. */
static inline int64_t cirrus_parse_unit(const char **text)
{
	static const struct {
		const char *name;
		int64_t ns;
	} units[] = {{"ms", 1000000},
		     {"s", 1000000000},
		     {"m", (int64_t)60 * 1000000000},
		     {"h", (int64_t)3600 * 1000000000}};
	size_t i, len;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		len = strlen(units[i].name);
		if (strncmp(*text, units[i].name, len))
			continue;
		*text += len;
		return units[i].ns;
	}
	return 0;
}

/* CIRRUS_OPT_DURATION, in nanoseconds: "250ms", "90s", "1h30m", "0". */
static inline int cirrus_parse_duration(const char *text, int64_t *out)
{
	int64_t sum = 0, n, unit;

	if (!strcmp(text, "0")) {
		*out = 0;
		return 0;
	}
	do {
		if (cirrus_parse_digits(&text, &n))
			return -1;
		unit = cirrus_parse_unit(&text);
		if (!unit || n > (INT64_MAX - sum) / unit)
			return -1;
		sum += n * unit;
	} while (*text);
	*out = sum;
	return 0;
}

/* CIRRUS_OPT_SIZE, in bytes: "512", "512k", "4G", "4GiB"; powers of 1024. */
static inline int cirrus_parse_size(const char *text, int64_t *out)
{
	static const char units[] = "kKmMgGtT";
	const char *unit;
	int64_t n;
	int shift = 0;

	if (cirrus_parse_digits(&text, &n))
		return -1;
	unit = *text ? strchr(units, *text) : NULL;
	if (unit) {
		shift = 10 * (int)((unit - units) / 2 + 1);
		text += text[1] == 'i' ? 2 : 1;
	}
	if (*text == 'b' || *text == 'B')
		text++;
	if (*text || n > INT64_MAX >> shift)
		return -1;
	*out = n << shift;
	return 0;
}

/* --- cancelling, deadlines -------------------------------------------------
 *
 * None of these reports anything: a call that is given up may still have things
 * to end, and says so itself when it has:
 *	cirrus_errorf(call, st, NULL, "pull of %s: %s", ref,
 *		      cirrus_status_text(st)); */

/* Nanoseconds left, 0 if none; INT64_MAX without a deadline. */
static inline int64_t cirrus_remaining_ns(const struct cirrus_call *call)
{
	int64_t now;

	if (!call->deadline_ns)
		return INT64_MAX;
	now = call->host->now_ns();
	return call->deadline_ns > now ? call->deadline_ns - now : 0;
}

/* The same for poll(2): milliseconds, rounded up, -1 without a deadline. */
static inline int cirrus_remaining_ms(const struct cirrus_call *call)
{
	int64_t ns = cirrus_remaining_ns(call);

	if (ns == INT64_MAX)
		return -1;
	if (ns / 1000000 >= INT32_MAX)
		return INT32_MAX;
	return (int)((ns + 999999) / 1000000);
}

/* OK, CANCELLED or TIMEOUT: for the start of a call, and for loops. */
static inline cirrus_status cirrus_check_call(const struct cirrus_call *call)
{
	if (call->host->cancelled(call))
		return CIRRUS_E_CANCELLED;
	return cirrus_remaining_ns(call) ? CIRRUS_OK : CIRRUS_E_TIMEOUT;
}

/* Waits until one of n fds is ready (OK, see revents), the call is cancelled or
 * its deadline has passed.  fds has room for n + 1: the last is for cancel_fd.
 * IO if poll fails. */
static inline cirrus_status cirrus_pollv(const struct cirrus_call *call,
					 struct pollfd *fds, nfds_t n)
{
	int ready;

	fds[n].fd = call->cancel_fd > 2 ? call->cancel_fd : -1;
	fds[n].events = POLLIN;
	fds[n].revents = 0;
	do {
		ready = poll(fds, n + 1, cirrus_remaining_ms(call));
	} while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return CIRRUS_E_IO;
	if (fds[n].revents)
		return CIRRUS_E_CANCELLED;
	return ready ? CIRRUS_OK : CIRRUS_E_TIMEOUT;
}

/* The same for one fd.  events: POLLIN, POLLOUT; also returns OK on its end. */
static inline cirrus_status cirrus_poll(const struct cirrus_call *call, int fd,
					short events)
{
	struct pollfd fds[2];

	fds[0].fd = fd;
	fds[0].events = events;
	fds[0].revents = 0;
	return cirrus_pollv(call, fds, 1);
}

#endif /* CIRRUS_SDK_H */
