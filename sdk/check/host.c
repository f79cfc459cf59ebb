/* SPDX-License-Identifier: MIT */
/* The host that the plugin sees: small, and keeping books. */
#include "config.h"

#include "check.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"

/* The call that a plugin's cirrus_call is the beginning of; the contract lets
 * log be called without one. */
static struct call *call_of(const struct cirrus_call *c)
{
	return c ? CONTAINER_OF((void *)(uintptr_t)c, struct call, c) : NULL;
}

/* What no message may show; set before the plugin can know it. */
static const char *volatile secret_text;

static void look_for_secret(struct call *call, const char *text)
{
	if (secret_text && text && strstr(text, secret_text) && call)
		ledger_note(call->t, LEDGER_SECRETS,
			    "%s: a message shows a secret: %s",
			    call->t->check->id, text);
}

static void host_log(const struct cirrus_call *c, int32_t level,
		     const char *msg)
{
	(void)level;
	look_for_secret(call_of(c), msg);
}

static void host_progress(const struct cirrus_call *c,
			  const struct cirrus_progress *p)
{
	struct call *call = call_of(c);

	if (!call)
		return;
	look_for_secret(call, p->what);
	if (call->progress)
		call->progress(call, p);
}

static void host_error(const struct cirrus_call *c, cirrus_status status,
		       const char *msg, const char *hint)
{
	struct call *call = call_of(c);

	if (!call)
		return;
	look_for_secret(call, msg);
	look_for_secret(call, hint);
	call->errors++;
	call->told = status;
	snprintf(call->msg, sizeof(call->msg), "%s", msg ? msg : "");
	snprintf(call->hint, sizeof(call->hint), "%s", hint ? hint : "");
}

static int32_t host_cancelled(const struct cirrus_call *c)
{
	struct pollfd p = {.fd = c->cancel_fd, .events = POLLIN};

	return c->cancel_fd > 2 && poll(&p, 1, 0) > 0;
}

static cirrus_status host_auth(const struct cirrus_call *c,
			       const char *registry,
			       struct cirrus_registry_auth *out)
{
	struct call *call = call_of(c);

	call->auth_asked++;
	snprintf(call->auth_registry, sizeof(call->auth_registry), "%s",
		 registry);
	if (!call->user)
		return CIRRUS_E_NOTFOUND;
	if (CIRRUS_HAS(out, struct cirrus_registry_auth, password)) {
		secret_text = call->password;
		out->username = call->user;
		out->password = call->password;
	}
	return CIRRUS_OK;
}

static void host_secret(const char *text)
{
	(void)text;
}

const struct cirrus_host check_host = {
	.struct_size = sizeof(check_host),
	.abi_major = CIRRUS_ABI_MAJOR,
	.abi_minor = CIRRUS_ABI_MINOR,
	.version = PACKAGE_VERSION,
	.log = host_log,
	.progress = host_progress,
	.error = host_error,
	.cancelled = host_cancelled,
	.registry_auth = host_auth,
	.secret = host_secret,
	.now_ns = clock_now,
};

void call_init(struct call *call, struct t *t, int64_t timeout_ms)
{
	*call = (struct call){.t = t};
	if (fd_pipe(call->cancel, NULL) < 0)
		failed(t, "no pipe for cancelling");
	call->c =
		(struct cirrus_call){.struct_size = sizeof(call->c),
				     .cancel_fd = call->cancel[0],
				     .deadline_ns = clock_after_ms(timeout_ms),
				     .host = &check_host};
}

void call_clear(struct call *call)
{
	fd_close(&call->cancel[0]);
	fd_close(&call->cancel[1]);
}

void call_cancel(struct call *call)
{
	if (write(call->cancel[1], "x", 1) < 0)
		abort();
}

cirrus_status call_done(struct call *call, const char *op, cirrus_status s)
{
	const char *id = call->t->check->id;

	if (s == CIRRUS_OK && call->errors)
		ledger_note(call->t, LEDGER_ERRORS,
			    "%s: %s returned OK, but called error(): %s", id,
			    op, call->msg);
	else if (s != CIRRUS_OK && call->errors != 1)
		ledger_note(call->t, LEDGER_ERRORS,
			    "%s: %s returned %s and called error() %d times, "
			    "not once",
			    id, op, status_name(s), call->errors);
	else if (s != CIRRUS_OK && !call->msg[0])
		ledger_note(call->t, LEDGER_ERRORS,
			    "%s: %s: error() without a text", id, op);
	else if (s != CIRRUS_OK && call->told != s)
		ledger_note(call->t, LEDGER_ERRORS,
			    "%s: %s returned %s, but told error() %s", id, op,
			    status_name(s), status_name(call->told));
	call->errors = 0;
	return s;
}

cirrus_status call_delete(struct call *call, cirrus_instance *it)
{
	return call_done(call, "instance_delete",
			 call->t->be->instance_delete(it, &call->c));
}

const char *status_name(cirrus_status s)
{
	static const char *const names[] = {
		"OK",       "FAILED",   "NOMEM",     "INVAL",
		"NOTSUP",   "NOTFOUND", "EXISTS",    "AUTH",
		"UNAVAIL",  "TIMEOUT",  "CANCELLED", "IO",
		"CONFLICT", "NOSPACE",  "LOST",      "GONE"};

	if (s > 0 || -s >= (int)ARRAY_LEN(names))
		return "an unknown status";
	return names[-s];
}

void want_one_of(const struct call *call, cirrus_status s, cirrus_status a,
		 cirrus_status b, cirrus_status c, const char *what)
{
	AUTO_FREE char *others = NULL;

	if (s == a || (b && s == b) || (c && s == c))
		return;
	others = xasprintf("%s%s%s%s", b ? " or " : "", b ? status_name(b) : "",
			   c ? " or " : "", c ? status_name(c) : "");
	failed(call->t, "%s: got %s (%s), wanted %s%s", what, status_name(s),
	       s == CIRRUS_OK ? "no error" : call->msg, status_name(a), others);
}

void want_status(const struct call *call, cirrus_status s, cirrus_status wanted,
		 const char *what)
{
	want_one_of(call, s, wanted, CIRRUS_OK, CIRRUS_OK, what);
}
