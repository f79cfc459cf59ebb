/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/pipe.h"
#include "tap.h"

static struct instruction list[] = {
	{.step_image = "a"},
	{.behaviour = BEHAVIOUR_ON_FAILURE},
	{.step_image = "b"},
	{.step_image = "c", .behaviour = BEHAVIOUR_ALWAYS},
	{.kind = INSTRUCTION_UPLOAD_CACHE},
};
static const struct task task = {.instructions = list,
				 .n_instructions = ARRAY_LEN(list)};

TEST(a_stage_goes_up_to_the_next_image)
{
	static const struct stage want[] = {
		{0, 2, "a"}, {2, 3, "b"}, {3, 5, "c"}};
	struct stage s = {0};

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		ok(stage_next(&task, &s));
		ok_int(s.from, want[i].from);
		ok_int(s.to, want[i].to);
		ok_str(s.image, want[i].image);
	}
	ok(!stage_next(&task, &s));
}

TEST(after_a_failure_a_stage_needs_something_to_do)
{
	struct stage s = {0};

	need(stage_next(&task, &s));
	ok(stage_due(&task, &s, false, false));
	ok(stage_due(&task, &s, true, false));
	need(stage_next(&task, &s));
	ok(stage_due(&task, &s, false, false));
	ok(!stage_due(&task, &s, true, false));
	need(stage_next(&task, &s));
	ok(stage_due(&task, &s, true, true));
}

TAP_MAIN()
