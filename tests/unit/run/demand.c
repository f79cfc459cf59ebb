/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/demand.h"
#include "tap.h"

#define GIB (INT64_C(1) << 30)
#define MIB (INT64_C(1) << 20)

static struct port_mapping ports[] = {{5432, 0}, {80, 8080}, {81, 8081}};
static struct additional_container beside[] = {
	{.name = "db", .memory_mib = 2048, .has_memory = true},
	{.name = "web", .memory_mib = 512, .ports = ports, .n_ports = 3},
};

TEST(what_the_file_states_is_summed_up)
{
	struct task t = {.instance.container = {.memory_mib = 4096}};

	ok_int(demand_memory(&t, 0), 0);
	t.instance.container.has_memory = true;
	ok_int(demand_memory(&t, 0), 4 * GIB);
	t.instance.container.additional = beside;
	t.instance.container.n_additional = 2;
	ok_int(demand_memory(&t, 0), 6 * GIB);
}

TEST(what_is_not_stated_counts_nothing)
{
	struct task t = {.instance.container = {.additional = beside,
						.n_additional = 2,
						.memory_mib = 4096}};

	ok_int(demand_memory(&t, 0), 2 * GIB);
}

TEST(an_override_is_for_the_tasks_own_container)
{
	struct task t = {.instance.container = {.additional = beside,
						.n_additional = 2,
						.memory_mib = 4096,
						.has_memory = true}};

	ok_int(demand_memory(&t, 512 * MIB), 2 * GIB + 512 * MIB);
}

TEST(ports_of_the_host_are_named)
{
	struct task t = {.instance.container = {.additional = beside,
						.n_additional = 2}};
	AUTO_STRV struct strv out = {0};

	demand_ports(&t, &out);
	ok_int(out.len, 2);
	ok_str(out.v[0], "port 8080");
	ok_str(out.v[1], "port 8081");
}

TAP_MAIN()
