/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli/options.h"

#include "tap.h"

struct values {
	bool all, dry;
	const char *file;
	struct strv env, names;
	int jobs, pull;
	int64_t cpu, memory, age;
};

static const char *const pulls[] = {"missing", "always", "never", NULL};

static const struct option table[] = {
	{"all", 'a', &OPTION_FLAG, OPTION_AT(struct values, all),
	 .help = "everything"},
	{"dry-run", 'n', &OPTION_FLAG, OPTION_AT(struct values, dry),
	 .help = "only tell"},
	{"file", 'f', &OPTION_TEXT, OPTION_AT(struct values, file),
	 .arg = "FILE", .help = "read FILE"},
	{"env", 'e', &OPTION_LIST, OPTION_AT(struct values, env),
	 .arg = "NAME=VALUE", .help = "set a variable"},
	{"names", 0, &OPTION_COMMAS, OPTION_AT(struct values, names),
	 .arg = "A,B", .help = "names"},
	{"jobs", 'j', &OPTION_COUNT, OPTION_AT(struct values, jobs), .arg = "N",
	 .help = "at once"},
	{"pull", 0, &OPTION_CHOICE, OPTION_AT(struct values, pull),
	 .arg = "WHEN", .help = "when to pull", .choices = pulls},
	{"cpu", 0, &OPTION_CPUS, OPTION_AT(struct values, cpu), .arg = "N",
	 .help = "CPUs"},
	{"memory", 0, &OPTION_BYTES, OPTION_AT(struct values, memory),
	 .arg = "SIZE", .help = "memory"},
	{"older-than", 0, &OPTION_DURATION, OPTION_AT(struct values, age),
	 .arg = "AGE", .help = "age"},
	{"heartbeat", 0, &OPTION_FLAG, OPTION_AT(struct values, dry),
	 .help = "nothing", .note = "has no effect", .old = true},
	{0},
};

static struct values values;
static struct parsed parsed;
static struct error *error;

static void clear(void)
{
	options_clear(table, &values);
	values = (struct values){0};
	parsed_clear(&parsed);
	parsed = (struct parsed){0};
	error_free_ptr(&error);
	error = NULL;
}

static int parse(const char *const *argv)
{
	clear();
	return options_parse(table, argv, &values, &parsed, &error);
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

TEST(reads_every_way_to_write_a_value)
{
	ok_int(PARSE("--file", "a"), 0);
	ok_str(values.file, "a");
	ok_int(PARSE("--file=b=c"), 0);
	ok_str(values.file, "b=c");
	ok_int(PARSE("-f", "d"), 0);
	ok_str(values.file, "d");
	ok_int(PARSE("-fe"), 0);
	ok_str(values.file, "e");
	ok_int(PARSE("-f=g"), 0);
	ok_str(values.file, "g");
	ok_int(PARSE("-anf", "-h"), 0);
	ok(values.all && values.dry);
	ok_str(values.file, "-h");
	ok(!parsed.help);
	clear();
}

TEST(mixes_options_and_operands_up_to_two_dashes)
{
	ok_int(PARSE("one", "-a", "-", "--", "-n", "--file"), 0);
	ok(values.all && !values.dry);
	ok_int(parsed.operands.len, 4);
	ok_str(parsed.operands.v[0], "one");
	ok_str(parsed.operands.v[1], "-");
	ok_str(parsed.operands.v[2], "-n");
	ok_str(parsed.operands.v[3], "--file");
	clear();
}

TEST(takes_flags_back)
{
	ok_int(PARSE("--all", "--no-all"), 0);
	ok(!values.all);
	ok_int(PARSE("-a", "--all=false"), 0);
	ok(!values.all);
	ok_int(PARSE("--all=TRUE"), 0);
	ok(values.all);
	ok_int(PARSE("--all=maybe"), -1);
	ok_str(error->msg, "--all: \"maybe\" is not true or false");
	ok_int(PARSE("--no-file"), -1);
	ok_str(error->msg, "unknown option --no-file");
	clear();
}

TEST(collects_lists)
{
	ok_int(PARSE("-eA=1,2", "--env", "B", "--names=a,b", "--names", "c"),
	       0);
	ok_int(values.env.len, 2);
	ok_str(values.env.v[0], "A=1,2");
	ok_str(values.env.v[1], "B");
	ok_int(values.names.len, 3);
	ok_str(values.names.v[2], "c");
	clear();
}

TEST(names_the_choices_for_a_wrong_one)
{
	ok_int(PARSE("--pull=always"), 0);
	ok_int(values.pull, 1);
	ok_int(PARSE("--pull=alwasy"), -1);
	ok_str(error->msg, "--pull: unknown value \"alwasy\", not one of: "
			   "missing, always, never");
	ok_str(error->hint, "did you mean always?");
	clear();
}

TEST(suggests_the_nearest_option)
{
	ok_int(PARSE("--fiel", "x"), -1);
	ok_str(error->msg, "unknown option --fiel");
	ok_str(error->hint, "did you mean --file?");
	ok_int(PARSE("--olderthan=7d"), -1);
	ok_str(error->hint, "did you mean --older-than?");
	ok_int(PARSE("--completely-different"), -1);
	ok_str(error->hint, NULL);
	ok_int(PARSE("-ax"), -1);
	ok_str(error->msg, "unknown option -x");
	clear();
}

TEST(misses_a_value)
{
	ok_int(PARSE("--file"), -1);
	ok_str(error->msg, "option --file needs a value: FILE");
	ok_int(PARSE("-aj"), -1);
	ok_str(error->msg, "option --jobs needs a value: N");
	ok_int(PARSE("--file="), -1);
	ok_str(error->msg, "--file: \"\" is not FILE");
	clear();
}

TEST(asks_for_help_anywhere)
{
	ok_int(PARSE("x", "--help"), 0);
	ok(parsed.help);
	ok_int(PARSE("-ah"), 0);
	ok(parsed.help);
	clear();
}

TEST(explains_options_of_the_old_cli)
{
	ok_int(PARSE("--heartbeat"), 0);
	ok_int(parsed.notes.len, 1);
	ok_str(parsed.notes.v[0], "--heartbeat has no effect");
	clear();
}

TEST(reads_counts)
{
	static const char *const bad[] = {"0",  "-1",          "x",
					  "2x", "99999999999", ""};

	ok_int(PARSE("-j4"), 0);
	ok_int(values.jobs, 4);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ok_int(PARSE("--jobs", bad[i]), -1);
	clear();
}

TEST(reads_processors)
{
	ok_int(PARSE("--cpu=1.5"), 0);
	ok_int(values.cpu, 1500000000);
	ok_int(PARSE("--cpu=0"), -1);
	ok_int(PARSE("--cpu=two"), -1);
	ok_str(error->msg, "--cpu: \"two\" is not a number of CPUs, "
			   "such as 1.5");
	clear();
}

TEST(reads_sizes)
{
	static const struct {
		const char *text;
		int64_t want;
	} good[] = {
		{"512M", 512 << 20},
		{"512", 512 << 20},
		{"1k", 1024},
		{"1.5G", 3 * (INT64_C(1) << 29)},
		{"2gib", INT64_C(2) << 30},
		{"8", INT64_C(8) << 30},
		{"4096b", 4096},
	};
	static const char *const bad[] = {"",    "G",   "-1G", "1GG",
					  "1 G", "inf", "1e5", "99999999999G"};
	int64_t n;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		ok_int(option_parse_bytes(good[i].text, &n), 0);
		ok_int(n, good[i].want);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (!ok_int(option_parse_bytes(bad[i], &n), -1))
			printf("# %s\n", bad[i]);
}

TEST(reads_durations)
{
	static const struct {
		const char *text;
		int64_t want_ms;
	} good[] = {
		{"90s", 90000},      {"1h30m", 5400000}, {"7d", 604800000},
		{"250ms", 250},      {"1.5m", 90000},    {"1w", 604800000},
		{"1h1m1s", 3661000},
	};
	static const char *const bad[] = {"",   "5",  "s",   "-5s",
					  "1x", "0s", "5s ", "999999999999w"};
	int64_t n;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		ok_int(option_parse_duration(good[i].text, &n), 0);
		ok_int(n, good[i].want_ms * 1000000);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (!ok_int(option_parse_duration(bad[i], &n), -1))
			printf("# %s\n", bad[i]);
}

TEST(prints_the_table_within_80_columns)
{
	static const struct option wide[] = {
		{"all", 'a', &OPTION_FLAG, 0, .help = "everything"},
		{"a-very-long-name-it-is", 0, &OPTION_TEXT, 0, .arg = "VALUE",
		 .help = "words that need more than one line, because there "
			 "are so many of them here"},
		{"gone", 0, &OPTION_FLAG, 0, .help = "does nothing",
		 .note = "x", .old = true},
		{0},
	};
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	options_print(wide, f);
	fclose(f);
	ok_str(text,
	       "Options:\n"
	       "  -a, --all                   everything\n"
	       "      --a-very-long-name-it-is VALUE\n"
	       "                              words that need more than one "
	       "line, because there\n"
	       "                              are so many of them here\n"
	       "  -h, --help                  print this help\n"
	       "\n"
	       "Options of the old CLI:\n"
	       "      --gone                  does nothing\n");
	free(text);
}

TAP_MAIN()
