/* SPDX-License-Identifier: MIT */
/* The reports in JSON. */
#include "config.h"

#include "report.h"

TEST(rspec_has_examples)
{
	ok_str(report("rspec",
		      "{\"version\": \"3.9\", \"examples\": ["
		      "{\"full_description\": \"A adds\", \"status\": "
		      "\"passed\", \"file_path\": \"./a.rb\"},"
		      "{\"full_description\": \"A waits\", \"status\": "
		      "\"pending\", \"pending_message\": \"not yet\", "
		      "\"file_path\": \"./a.rb\", \"line_number\": 4},"
		      "{\"full_description\": \"A fails\", \"status\": "
		      "\"failed\", \"file_path\": \"./a.rb\", \"line_number\": "
		      "9, \"exception\": {\"class\": \"X\", \"message\": "
		      "\"\\nexpected: 1\\n     got: 2\\n\"}}, 7, null]}"),
	       "notice ./a.rb:4-4:0-0 A waits | not yet\n"
	       "failure ./a.rb:9-9:0-0 A fails | expected: 1\n"
	       "     got: 2\n");
	ok_str(report("rspec", "{\"examples\": {}}"), "");
}

#define OFFENSE(severity, corrected)                                         \
	"{\"severity\": \"" severity "\", \"message\": \"" severity          \
	" it is\", \"cop_name\": \"A/B\", \"corrected\": " corrected         \
	", \"location\": {\"start_line\": 2, \"start_column\": 3, "          \
	"\"last_line\": 4, \"last_column\": 5, \"length\": 9, \"line\": 2, " \
	"\"column\": 3}}"

TEST(rubocop_has_files_with_offenses)
{
	ok_str(report("rubocop",
		      "{\"files\": [{\"path\": \"a.rb\", \"offenses\": [" OFFENSE("refactor", "false") "," OFFENSE(
			      "convention",
			      "false") "," OFFENSE("warning",
						   "false") "," OFFENSE("error",
									"false") "," OFFENSE("fatal",
											     "false") "," OFFENSE("error",
														  "true") "]}, {\"path\": \"b.rb\", \"offenses\": []}]}"),
	       "notice a.rb:2-4:3-5 A/B: refactor it is\n"
	       "notice a.rb:2-4:3-5 A/B: convention it is\n"
	       "warning a.rb:2-4:3-5 A/B: warning it is\n"
	       "failure a.rb:2-4:3-5 A/B: error it is\n"
	       "failure a.rb:2-4:3-5 A/B: fatal it is\n"
	       "notice a.rb:2-4:3-5 A/B: error it is\n");
	ok_str(report("rubocop",
		      "{\"files\": [{\"path\": \"a\", \"offenses\": [{"
		      "\"message\": \"old\", \"severity\": \"warning\", "
		      "\"location\": {\"line\": 7, \"column\": 8}}]}]}"),
	       "warning a:7-7:8-0 old\n");
}

TEST(eslint_has_files_with_messages)
{
	ok_str(report("eslint",
		      "[{\"filePath\": \"/w/a.js\", \"messages\": ["
		      "{\"ruleId\": \"semi\", \"severity\": 2, \"message\": "
		      "\"no semicolon\", \"line\": 1, \"column\": 10, "
		      "\"endLine\": 2, \"endColumn\": 1},"
		      "{\"ruleId\": null, \"severity\": 1, \"message\": "
		      "\"odd\"}, {\"ruleId\": \"x\", \"severity\": 0}]}, "
		      "{\"filePath\": \"b\", \"messages\": []}]"),
	       "failure /w/a.js:1-2:10-1 semi: no semicolon\n"
	       "warning /w/a.js:0-0:0-0 odd\n"
	       "notice /w/a.js:0-0:0-0 x\n");
	ok_str(report("eslint", "\xef\xbb\xbf[]\n"), "");
}

TEST(golangci_has_issues)
{
	ok_str(report("golangci",
		      "{\"Issues\": [{\"FromLinter\": \"errcheck\", \"Text\": "
		      "\"not checked\", \"Pos\": {\"Filename\": \"a.go\", "
		      "\"Offset\": 3, \"Line\": 10, \"Column\": 5}},"
		      "{\"FromLinter\": \"gofmt\", \"Text\": \"ugly\", "
		      "\"Pos\": {\"Filename\": \"b.go\", \"Line\": 1}, "
		      "\"LineRange\": {\"From\": 1, \"To\": 3}}]}"),
	       "failure a.go:10-10:5-0 not checked (errcheck)\n"
	       "failure b.go:1-3:0-0 ugly (gofmt)\n");
	ok_str(report("golangci", "{\"Issues\": null, \"Report\": {}}"), "");
}

TEST(xclogparser_has_steps_with_issues)
{
	ok_str(report("xclogparser",
		      "[{\"errors\": [{\"title\": \"no such type\", "
		      "\"documentURL\": \"file:///w/My%20App/a.swift\", "
		      "\"startingLineNumber\": 3, \"endingLineNumber\": 4, "
		      "\"startingColumnNumber\": 1, \"endingColumnNumber\": 2, "
		      "\"detail\": \"d\"}, {\"title\": \"nowhere\", "
		      "\"documentURL\": \"\"}, {\"title\": \"no url\"}], "
		      "\"warnings\": [{\"title\": \"w\", \"documentURL\": "
		      "\"/b.m\"}], \"notes\": [{\"title\": \"n\", "
		      "\"documentURL\": \"file:///100%\"}]}, {}]"),
	       "failure /w/My App/a.swift:3-4:1-2 no such type | d\n"
	       "warning /b.m:0-0:0-0 w\n"
	       "notice /100%:0-0:0-0 n\n");
}

TEST(qodana_has_problems_with_sources)
{
	ok_str(report("qodana",
		      "{\"version\": \"3\", \"listProblem\": ["
		      "{\"type\": \"A\", \"severity\": \"Critical\", "
		      "\"comment\": \"c\", \"sources\": [{\"path\": \"a.kt\", "
		      "\"line\": 3}, {\"path\": \"b.kt\"}]},"
		      "{\"type\": \"B\", \"severity\": \"High\", \"comment\": "
		      "\"c\"}, {\"type\": \"C\", \"severity\": \"Moderate\"},"
		      "{\"type\": \"D\", \"severity\": \"Low\"}]}"),
	       "failure a.kt:3-3:0-0 A | c\n"
	       "failure b.kt:0-0:0-0 A | c\n"
	       "warning :0-0:0-0 B | c\n"
	       "warning :0-0:0-0 C\n"
	       "notice :0-0:0-0 D\n");
}

TEST(buf_has_a_line_for_each)
{
	ok_str(report("buf",
		      "{\"path\": \"a.proto\", \"start_line\": 1, "
		      "\"start_column\": 2, \"end_line\": 3, \"end_column\": "
		      "4, \"type\": \"T\", \"message\": \"m\"}\n"
		      "{\"path\": \"b.proto\", \"message\": \"n\"}\n"),
	       "warning a.proto:1-3:2-4 T: m\nwarning b.proto:0-0:0-0 n\n");
}

TEST(swiftformat_has_a_list)
{
	ok_str(report("swiftformat",
		      "[{\"file\": \"/a.swift\", \"line\": 2, \"reason\": "
		      "\"Indent.\", \"rule_id\": \"indent\"}]"),
	       "warning /a.swift:2-2:0-0 indent: Indent.\n");
}

TEST(our_own_is_taken_as_it_is)
{
	ok_str(report("cirrus",
		      "{\"level\": \"failure\", \"message\": \"m\", "
		      "\"raw_details\": \"one\\ntwo\", \"path\": \"a\", "
		      "\"start_line\": 1, \"end_line\": 2, \"start_column\": "
		      "3, \"end_column\": 4}{\"level\": \"NOTICE\"}\n\n"
		      "{\"level\": \"Warning\", \"start_line\": \"17\", "
		      "\"path\": \"b\"}"),
	       "failure a:1-2:3-4 m | one\ntwo\n"
	       "notice :0-0:0-0 \n"
	       "warning b:17-17:0-0 \n");
	ok_str(report("cirrus", "{\"level\": \"notice\"}\n  {\"level\": 3}"),
	       "2:3: the object has no level\nnotice :0-0:0-0 \n");
	ok_str(report("cirrus", "{\"level\": \"error\"}"),
	       "1:1: the level is not notice, warning or failure\n");
	ok_str(report("cirrus", "{\"level\": \"notice\"} 7"),
	       "1:21: this is no JSON object\nnotice :0-0:0-0 \n");
}

TEST(what_is_broken_is_told_with_its_place)
{
	ok_str(report("rspec", "{\"examples\":\n  [1, 2,, 3]}"),
	       "2:9: this is no JSON\n");
	ok_str(report("eslint", "{}"), "1:1: this is no JSON array\n");
	ok_str(report("golangci", " []"), "1:2: this is no JSON object\n");
	ok_str(report("golangci", "{}\n{}"),
	       "2:1: there is more than one JSON value\n");
	ok_str(report("qodana", "<html>"), "1:1: this is no JSON object\n");
	ok_str(report_bytes("qodana", "{}\0x", 4),
	       "1:3: there is more than one JSON value\n");
}

TEST(odd_numbers_are_none)
{
	ok_str(report("cirrus", "{\"level\": \"notice\", \"path\": \"a\", "
				"\"start_line\": -3, \"end_line\": 1e300, "
				"\"start_column\": \"x\"}"),
	       "notice a:0-0:0-0 \n");
	ok_str(report("cirrus", "{\"level\": \"notice\", \"path\": \"a\", "
				"\"start_line\": 9, \"end_line\": 4}"),
	       "notice a:9-9:0-0 \n");
}

TEST(values_have_an_end)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);

	buf_adds(&b, "[");
	for (int i = 0; i < 2500000; i++)
		buf_adds(&b, "1,");
	buf_adds(&b, "1]");
	ok_str(report("eslint", b.data),
	       "1:4000000: there are too many values\n");
}

TEST(values_nest_only_so_deep)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);

	for (int i = 0; i < 100000; i++)
		buf_addc(&b, '[');
	ok(strstr(report("eslint", b.data), ": this is no JSON\n"));
}

TEST(nothing_that_a_terminal_obeys_comes_through)
{
	ok_str(report("cirrus",
		      "{\"level\": \"notice\", \"message\": "
		      "\"a\\u001b[31mred\\u001b[0m\\tb\\nc\\u0007\\u009b2J\", "
		      "\"raw_details\": \"\\n  one\\r\\ntwo\\rthree\\u001b]0;x"
		      "\\u0007 \xff\\n\\n\", \"path\": \"a\\nb\"}"),
	       "notice a b:0-0:0-0 ared\tb c??2J |   one\ntwo\nthree]0;x? "
	       "\xef\xbf\xbd\n");
}

TAP_MAIN()
