/* SPDX-License-Identifier: MIT */
/* The main process of a container, where it is a process of this machine. */
#include "config.h"

#include "base/compat.h"
#include "sdk/lib/engine-internal.h"
#include "sdk/lib/fault.h"

cirrus_status engine_not_running(cirrus_instance *it, struct error **err)
{
	return fault_set(err, CIRRUS_E_CONFLICT, "%s is not running", it->name);
}

static cirrus_status ask(cirrus_instance *it, const struct cirrus_call *call,
			 pid_t *out, struct error **err)
{
	AUTO_CJ cJSON *o = NULL;
	cirrus_status s = engine_inspect(it, call, &o, err);

	if (s < 0)
		return s;
	*out = (pid_t)cj_int(o, "State.Pid");
	if (*out > 0 && cj_bool(o, "State.Running"))
		return CIRRUS_OK;
	return engine_not_running(it, err);
}

/* A pid and the time of its start are one process and no other. */
static bool recall(cirrus_instance *it, pid_t *out)
{
	struct engine_process p;

	pthread_mutex_lock(&it->main_lock);
	p = it->main;
	pthread_mutex_unlock(&it->main_lock);
	*out = p.pid;
	return p.pid > 0 && compat_start_time(p.pid) == p.start;
}

static void remember(cirrus_instance *it, const struct engine_process *p)
{
	pthread_mutex_lock(&it->main_lock);
	it->main = *p;
	pthread_mutex_unlock(&it->main_lock);
}

/* By the time that we look at it, the number may be another process's; then the
 * engine does not name it again. */
cirrus_status engine_main_pid(cirrus_instance *it,
			      const struct cirrus_call *call, pid_t *out,
			      struct error **err)
{
	struct engine_process p;
	cirrus_status s;

	if (recall(it, out))
		return CIRRUS_OK;
	s = ask(it, call, &p.pid, err);
	if (s < 0)
		return s;
	p.start = compat_start_time(p.pid);
	s = ask(it, call, out, err);
	if (s == CIRRUS_OK && *out == p.pid && p.start)
		remember(it, &p);
	return s;
}
