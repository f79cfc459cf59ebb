/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/variables.h"
#include "tap.h"

static void set_all(struct environment *env, const char *const *pairs)
{
	for (; pairs[0]; pairs += 2)
		environment_set(env, pairs[0], pairs[1]);
}

TEST(references_are_replaced)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"$FOO", "x"},
		{"${FOO}", "x"},
		{"%FOO%", "x"},
		{"a${FOO}b$FOO-%FOO%", "axbx-x"},
		{"${NOPE:def}", "def"},
		{"${FOO:def}", "x"},
		{"$FOO_BAR", "$FOO_BAR"},
		{"${NOPE:-def}", "-def"},
		/* nothing is eaten */
		{"a$$b", "a$$b"},
		{"cost $5.00", "cost $5.00"},
		{"$(date) ${", "$(date) ${"},
		{"100% %", "100% %"},
		{"${FOO", "${FOO"},
		{"$", "$"},
	};
	AUTO_ENVIRONMENT struct environment env = {0};

	environment_set(&env, "FOO", "x");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_FREE char *got =
			variables_expand_text(cases[i].text, &env, NULL);

		ok_str(got, cases[i].want);
	}
}

TEST(the_order_of_definition_does_not_matter)
{
	static const char *const pairs[] = {"A", "$B/a", "B", "${C}b",
					    "C", "c",    NULL};
	AUTO_ENVIRONMENT struct environment env = {0};

	set_all(&env, pairs);
	ok(!variables_expand(&env, NULL));
	ok_str(environment_get(&env, "A"), "cb/a");
	ok_str(environment_get(&env, "B"), "cb");
}

TEST(a_backslash_keeps_a_reference_through_every_expansion)
{
	static const char *const texts[][2] = {
		{"a\\$X", "a$X"},       {"\\${X}b", "${X}b"},
		{"\\$", "\\$"},         {"c:\\dir\\$1", "c:\\dir\\$1"},
		{"100\\%X%", "100%X%"}, {"\\$NONE", "$NONE"},
		{"\\\\$X", "\\$X"},
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		AUTO_ENVIRONMENT struct environment env = {0};
		AUTO_FREE char *got = NULL, *other = NULL, *text = NULL;

		environment_set(&env, "X", "x");
		environment_set(&env, "A", texts[i][0]);
		environment_set(&env, "B", "$A");
		for (int round = 0; round < 3; round++)
			variables_expand(&env, NULL);
		got = variables_literal(environment_get(&env, "A"));
		other = variables_literal(environment_get(&env, "B"));
		text = variables_expand_text("$B", &env, NULL);
		ok_str(got, texts[i][1]);
		ok_str(other, texts[i][1]);
		ok_str(text, texts[i][1]);
	}
}

TEST(circles_end)
{
	static const char *const pairs[] = {"A", "a$B", "B", "b$A", NULL};
	AUTO_ENVIRONMENT struct environment env = {0};

	set_all(&env, pairs);
	environment_set(&env, "C", "c$A%A%");
	for (int round = 0; round < 3; round++)
		ok(!variables_expand(&env, NULL));
	ok_str(environment_get(&env, "A"), "a\\$B");
	ok_str(environment_get(&env, "B"), "b\\$A");
	ok_str(environment_get(&env, "C"), "ca\\$Ba\\$B");
}

TEST(a_value_of_its_own_name_means_the_image)
{
	AUTO_ENVIRONMENT struct environment env = {0}, image = {0};

	environment_set(&env, "PATH", "/opt/x/bin:$PATH");
	environment_set(&image, "PATH", "/bin");
	ok(variables_expand(&env, NULL));
	ok_str(environment_get(&env, "PATH"), "/opt/x/bin:$PATH");
	ok(!variables_expand(&env, &image));
	ok_str(environment_get(&env, "PATH"), "/opt/x/bin:/bin");
}

TEST(a_default_waits_for_the_image)
{
	AUTO_ENVIRONMENT struct environment env = {0}, image = {0};
	AUTO_FREE char *now = NULL;

	environment_set(&env, "A", "${HERE:x}${GONE:y}");
	environment_set(&env, "B", "<$A>");
	environment_set(&image, "HERE", "image");
	ok(variables_expand(&env, NULL));
	now = variables_expand_text("$B", &env, NULL);
	ok_str(now, "<xy>");
	variables_expand(&env, &image);
	ok_str(environment_get(&env, "B"), "<imagey>");
}

static void layers(struct environment *env, const struct environment *user)
{
	static struct pair own[] = {{"WHO", "task"},
				    {"CI", "no"},
				    {"CIRRUS_OS", "plan9"},
				    {"LEVEL", "task"}};
	static const struct task task = {
		.id = 3, .name = "Lint", .environment = {own, ARRAY_LEN(own)}};
	AUTO_ENVIRONMENT struct environment base = {0};
	struct variables_input in = {.base = &base,
				     .task = &task,
				     .n_tasks = 9,
				     .user = user,
				     .working_dir = "/w",
				     .os = "linux",
				     .arch = "arm64"};

	variables_base(&base, test_dir(), false);
	variables_layers(env, &in);
}

TEST(later_layers_win)
{
	AUTO_ENVIRONMENT struct environment env = {0}, user = {0};

	environment_set(&user, "WHO", "user");
	layers(&env, &user);
	ok_str(environment_get(&env, "WHO"), "user");
	ok_str(environment_get(&env, "LEVEL"), "task");
	ok_str(environment_get(&env, "CI"), "no");
	ok_str(environment_get(&env, "CIRRUS_CI"), "true");
	ok_str(environment_get(&env, "CIRRUS_OS"), "linux");
	ok_str(environment_get(&env, "CIRRUS_ARCH"), "arm64");
	ok_str(environment_get(&env, "CIRRUS_TASK_NAME"), "Lint");
	ok_str(environment_get(&env, "CI_NODE_INDEX"), "3");
	ok_str(environment_get(&env, "CI_NODE_TOTAL"), "9");
	ok_str(environment_get(&env, "CIRRUS_WORKING_DIR"), "/w");
	ok_int(strlen(environment_get(&env, "CIRRUS_BUILD_ID")), 40);
}

TEST(git_trusts_the_copy_unless_told_otherwise)
{
	AUTO_ENVIRONMENT struct environment env = {0}, own = {0}, user = {0};

	layers(&env, NULL);
	ok_str(environment_get(&env, "GIT_CONFIG_KEY_0"), "safe.directory");
	environment_set(&user, "GIT_CONFIG_COUNT", "0");
	layers(&own, &user);
	ok_str(environment_get(&own, "GIT_CONFIG_COUNT"), "0");
	ok(!environment_get(&own, "GIT_CONFIG_KEY_0"));
}

static int parse(const char *text, struct environment *env, struct error **err)
{
	return variables_parse(text, strlen(text), env, err);
}

TEST(what_scripts_hand_on_is_read)
{
	AUTO_ENVIRONMENT struct environment env = {0};

	ok(parse("A=1\n\nB=a=b \nEMPTY=\nM<<END\none\n\ntwo\nEND\n"
		 "N<<X\nX\nC=<<no\nLAST=end",
		 &env, NULL) == 0);
	ok_str(environment_get(&env, "A"), "1");
	ok_str(environment_get(&env, "B"), "a=b ");
	ok_str(environment_get(&env, "EMPTY"), "");
	ok_str(environment_get(&env, "M"), "one\n\ntwo");
	ok_str(environment_get(&env, "N"), "");
	ok_str(environment_get(&env, "C"), "<<no");
	ok_str(environment_get(&env, "LAST"), "end");
}

TEST(what_makes_no_sense_is_named_and_nothing_taken)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"A=1\nnonsense\n",
		 "CIRRUS_ENV, line 2: neither NAME=VALUE nor "
		 "NAME<<DELIMITER"},
		{"=1\n", "CIRRUS_ENV, line 1: neither NAME=VALUE nor "
			 "NAME<<DELIMITER"},
		{"A=1\n\nM<<END\nx\n",
		 "CIRRUS_ENV, line 3: no line \"END\" ends M"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO_ENVIRONMENT struct environment env = {0};
		AUTO_ERROR struct error *err = NULL;

		ok(parse(cases[i].text, &env, &err) < 0);
		ok_str(err ? err->msg : NULL, cases[i].want);
		ok_int(env.len, 0);
	}
}

TAP_MAIN()
