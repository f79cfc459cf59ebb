/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "sdk/lib/fault.h"

#include <stdarg.h>

static const cirrus_status statuses[] = {
	[ERR_SYSTEM] = CIRRUS_E_FAILED,       [ERR_USAGE] = CIRRUS_E_INVAL,
	[ERR_CONFIG] = CIRRUS_E_INVAL,        [ERR_BACKEND] = CIRRUS_E_UNAVAIL,
	[ERR_NOTFOUND] = CIRRUS_E_NOTFOUND,   [ERR_LIMIT] = CIRRUS_E_FAILED,
	[ERR_CANCELLED] = CIRRUS_E_CANCELLED, [ERR_TIMEOUT] = CIRRUS_E_TIMEOUT,
	[ERR_LOST] = CIRRUS_E_LOST,           [ERR_INTERNAL] = CIRRUS_E_FAILED,
};

cirrus_status fault_status(const struct error *e)
{
	cirrus_status s = CIRRUS_E_FAILED;

	if (e && (size_t)e->code < ARRAY_LEN(statuses) && statuses[e->code])
		s = statuses[e->code];
	return s;
}

cirrus_status fault_set(struct error **err, cirrus_status status,
			const char *fmt, ...)
{
	AUTO_FREE char *msg = NULL;
	va_list ap;

	va_start(ap, fmt);
	msg = xvasprintf(fmt, ap);
	va_end(ap);
	error_set(err, ERR_BACKEND, "%s", msg);
	return status;
}

cirrus_status fault_report_as(const struct cirrus_call *call,
			      cirrus_status status, struct error **err)
{
	if (*err)
		call->host->error(call, status, (*err)->msg, (*err)->hint);
	error_free_ptr(err);
	return status;
}

cirrus_status fault_report(const struct cirrus_call *call, struct error **err)
{
	return fault_report_as(call, fault_status(*err), err);
}
