/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/value.h"

#include "tap.h"

static const char *const choices[] = {"red", "green", NULL};

static const struct {
	uint32_t type;
	const char *text, *want; /* NULL: refused */
} values[] = {
	{CIRRUS_OPT_STRING, "", ""},
	{CIRRUS_OPT_STRING, "a b", "a b"},
	{CIRRUS_OPT_BOOL, "yes", "true"},
	{CIRRUS_OPT_BOOL, "true", "true"},
	{CIRRUS_OPT_BOOL, "0", "false"},
	{CIRRUS_OPT_BOOL, "off", "false"},
	{CIRRUS_OPT_BOOL, "maybe", NULL},
	{CIRRUS_OPT_BOOL, "", NULL},
	{CIRRUS_OPT_INT, "-12", "-12"},
	{CIRRUS_OPT_INT, "12x", NULL},
	{CIRRUS_OPT_INT, "99999999999999999999", NULL},
	{CIRRUS_OPT_DURATION, "1h30m", "1h30m"},
	{CIRRUS_OPT_DURATION, "90s", "90s"},
	{CIRRUS_OPT_DURATION, "90", NULL},
	{CIRRUS_OPT_DURATION, "s", NULL},
	{CIRRUS_OPT_PATH, "/run/engine.sock", "/run/engine.sock"},
	{CIRRUS_OPT_PATH, "engine.sock", NULL},
	{CIRRUS_OPT_NUMBER, "-0.5e3", "-0.5e3"},
	{CIRRUS_OPT_NUMBER, "nan", NULL},
	{CIRRUS_OPT_NUMBER, "0x10", NULL},
	{CIRRUS_OPT_NUMBER, "1,5", NULL},
	{CIRRUS_OPT_SIZE, "512", "512"},
	{CIRRUS_OPT_SIZE, "4G", "4G"},
	{CIRRUS_OPT_SIZE, "4X", NULL},
	{CIRRUS_OPT_JSON, "{\"a\": [1]}", "{\"a\": [1]}"},
	{CIRRUS_OPT_JSON, "{a}", NULL},
	/* A type of a later contract is a string. */
	{99, "anything", "anything"},
};

TEST(takes_what_the_type_allows)
{
	AUTO_ARENA struct arena a = {0};

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		const struct cirrus_option o = {.type = values[i].type};
		AUTO_ERROR struct error *err = NULL;

		if (!ok_str(value_check(&o, values[i].text, &a, &err),
			    values[i].want))
			printf("# type %u: %s\n", values[i].type,
			       values[i].text);
		ok(!err == !!values[i].want);
	}
}

TEST(says_what_it_wants)
{
	const struct cirrus_option o = {.type = CIRRUS_OPT_SIZE};
	AUTO_ARENA struct arena a = {0};
	AUTO_ERROR struct error *err = NULL;

	ok(!value_check(&o, "much", &a, &err));
	ok_int(err->code, ERR_CONFIG);
	ok_str(err->msg, "\"much\" is not a size such as 512M or 4G");
}

TEST(keeps_to_the_choices)
{
	const struct cirrus_option o = {.choices = choices};
	AUTO_ARENA struct arena a = {0};
	AUTO_ERROR struct error *err = NULL;

	ok_str(value_check(&o, "green", &a, &err), "green");
	ok(!value_check(&o, "blue", &a, &err));
	ok_str(err->msg, "\"blue\" is none of: red, green");
}

TEST(shows_no_secret)
{
	const struct cirrus_option o = {
		.type = CIRRUS_OPT_INT,
		.flags = CIRRUS_OPT_SECRET,
	};
	AUTO_ARENA struct arena a = {0};
	AUTO_ERROR struct error *err = NULL;

	ok(!value_check(&o, "hunter2", &a, &err));
	ok(!strstr(err->msg, "hunter2"));
}

TAP_MAIN()
