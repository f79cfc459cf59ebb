/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/demand.h"

int64_t demand_memory(const struct task *t, int64_t override)
{
	const struct container *c = &t->instance.container;
	int64_t sum = override;

	if (!override && c->has_memory)
		sum = (int64_t)c->memory_mib << 20;
	for (size_t i = 0; i < c->n_additional; i++)
		if (c->additional[i].has_memory)
			sum += (int64_t)c->additional[i].memory_mib << 20;
	return sum;
}

void demand_ports(const struct task *t, struct strv *out)
{
	const struct container *c = &t->instance.container;

	for (size_t i = 0; i < c->n_additional; i++)
		for (size_t k = 0; k < c->additional[i].n_ports; k++)
			if (c->additional[i].ports[k].host_port)
				strv_pushf(out, "port %u",
					   c->additional[i].ports[k].host_port);
}
