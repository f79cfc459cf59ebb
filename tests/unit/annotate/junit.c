/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report.h"

/* One case in one suite. */
static const char *one(const char *text)
{
	AUTO_FREE char *all = xasprintf("<?xml version=\"1.0\"?>\n"
					"<testsuites><testsuite name=\"s\">%s"
					"</testsuite></testsuites>",
					text);

	return report("junit", all);
}

TEST(cases_end_in_three_ways)
{
	ok_str(one("<testcase classname=\"a.B\" name=\"adds\"/>"
		   "<testcase name=\"alone\"></testcase>"
		   "<testcase classname=\"a.B\" name=\"later\">"
		   "<skipped message=\"no time\"/></testcase>"
		   "<testcase classname=\"a.B\" name=\"bad\">"
		   "<failure message=\"m\" type=\"t\">not 3</failure>"
		   "</testcase>"
		   "<testcase classname=\"a.B\" name=\"worse\">"
		   "<error type=\"Boom\"/></testcase>"),
	       "notice :0-0:0-0 a.B.adds\n"
	       "notice :0-0:0-0 alone\n"
	       "notice :0-0:0-0 a.B.later | no time\n"
	       "failure :0-0:0-0 a.B.bad | not 3\n"
	       "failure :0-0:0-0 a.B.worse | Boom\n");
}

TEST(the_body_tells_more_than_message_and_type)
{
	ok_str(one("<testcase name=\"a\"><failure message=\"m\" type=\"t\">\n "
		   "</failure></testcase>"),
	       "failure :0-0:0-0 a | m\n");
	ok_str(one("<testcase name=\"a\"><failure message=\"\" type=\"t\"/>"
		   "</testcase>"),
	       "failure :0-0:0-0 a | t\n");
	ok_str(one("<testcase name=\"a\"><failure message=\"m\">one &lt;"
		   "<![CDATA[ &two\n]]>three</failure>"
		   "<system-out>noise</system-out></testcase>"),
	       "failure :0-0:0-0 a | one < &two\nthree\n");
}

TEST(the_first_of_several_failures_counts_and_any_of_them)
{
	ok_str(one("<testcase name=\"a\"><skipped>later</skipped>"
		   "<failure>one</failure><error>two</error></testcase>"),
	       "failure :0-0:0-0 a | one\n");
}

TEST(a_place_is_found_in_the_details)
{
	ok_str(one("<testcase name=\"a\"><failure>no: 12:30\n"
		   "at http://example.com:8080/x\n"
		   "at org.junit.Assert.fail(Assert.java:86)\n"
		   "at kotlin.Thing(Thing.kt:7)\n"
		   "at a.FooTest.adds(FooTest.kt:12)\n"
		   "at a.Later(Later.kt:99)</failure></testcase>"),
	       "failure FooTest.kt:12-12:0-0 a | no: 12:30\n"
	       "at http://example.com:8080/x\n"
	       "at org.junit.Assert.fail(Assert.java:86)\n"
	       "at kotlin.Thing(Thing.kt:7)\n"
	       "at a.FooTest.adds(FooTest.kt:12)\n"
	       "at a.Later(Later.kt:99)\n");
	ok_str(one("<testcase name=\"a\"><failure>src/x/test_a.py:5: "
		   "AssertionError</failure></testcase>"),
	       "failure src/x/test_a.py:5-5:0-0 a | src/x/test_a.py:5: "
	       "AssertionError\n");
	ok_str(one("<testcase name=\"a\"><failure>in C:\\x\\a.cs:9"
		   "</failure></testcase>"),
	       "failure \\x\\a.cs:9-9:0-0 a | in C:\\x\\a.cs:9\n");
}

TEST(a_place_that_is_given_wins)
{
	ok_str(one("<testcase name=\"a\" file=\"t/a_test.rb\" line=\"3\">"
		   "<failure>b.rb:9</failure></testcase>"
		   "<testcase name=\"b\" file=\"t/a_test.rb\"/>"),
	       "failure t/a_test.rb:3-3:0-0 a | b.rb:9\n"
	       "notice t/a_test.rb:0-0:0-0 b\n");
}

TEST(suites_within_suites_are_read_too)
{
	ok_str(report("junit", "<testsuite><testcase name=\"a\"/><testsuite>"
			       "<testsuite><testcase name=\"b\"/></testsuite>"
			       "<properties><property name=\"x\" value=\"y\"/>"
			       "</properties></testsuite></testsuite>"),
	       "notice :0-0:0-0 a\nnotice :0-0:0-0 b\n");
	ok_str(report("JUnit", "<testsuites/>"), "");
}

TEST(what_is_broken_is_told_with_its_place)
{
	ok_str(report("junit", "<testsuite>\n <testcase name=\"a\"/>\n"
			       "  <testcase name=\"b\"></wrong></testsuite>"),
	       "3:24: mismatched tag\nnotice :0-0:0-0 a\n");
	ok_str(report("junit", "<testsuite>"), "1:12: no element found\n");
	ok_str(report("junit", "{}"), "1:1: not well-formed (invalid token)\n");
	ok_str(report("junit", "<html><testcase name=\"a\"/></html>"),
	       "1:1: there is no testsuite in it\n");
}

TEST(an_empty_report_says_nothing)
{
	ok_str(report("junit", ""), "");
	ok_str(report("junit", " \n"), "");
}

TEST(entities_of_its_own_are_refused)
{
	ok_str(report("junit",
		      "<!DOCTYPE t [\n<!ENTITY a \"aaaa\">\n"
		      "<!ENTITY b \"&a;&a;&a;\">]>\n"
		      "<testsuite><testcase name=\"&b;\"/></testsuite>"),
	       "2:12: it declares an entity of its own\n");
	ok_str(report("junit",
		      "<!DOCTYPE t [<!ENTITY a SYSTEM \"/etc/passwd\">]>"
		      "<testsuite><testcase name=\"x\">&a;</testcase>"
		      "</testsuite>"),
	       "1:45: it declares an entity of its own\n");
	ok_str(report("junit", "<!DOCTYPE testsuite SYSTEM \"junit.dtd\">"
			       "<testsuite><testcase name=\"x\"/></testsuite>"),
	       "notice :0-0:0-0 x\n");
}

TEST(elements_nest_only_so_deep)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_MESSAGE);

	for (int i = 0; i < 10000; i++)
		buf_adds(&b, "<testsuite>");
	ok_str(report("junit", b.data),
	       "1:2201: more than 200 elements lie within each other\n");
}

TEST(other_encodings_become_ours)
{
	ok_str(report("junit", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"
			       "<testsuite><testcase name=\"gr\xfc\xdf\"/>"
			       "</testsuite>"),
	       "notice :0-0:0-0 gr\xc3\xbc\xc3\x9f\n");
}

TEST(long_texts_are_cut)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	size_t len;

	buf_adds(&b, "<testsuite><testcase name=\"");
	for (int i = 0; i < 300000; i++)
		buf_addc(&b, 'n');
	buf_adds(&b, "\"><failure>");
	for (int i = 0; i < 1000000; i++)
		buf_adds(&b, "d\xc3\xa9");
	buf_adds(&b, "</failure></testcase></testsuite>");
	len = strlen(report("junit", b.data));
	ok(len > ANNOTATION_TITLE + ANNOTATION_DETAILS - 8);
	ok(len < ANNOTATION_TITLE + ANNOTATION_DETAILS + 64);
	ok(strstr(said, "nnn... | d\xc3\xa9"));
	ok(strcmp(said + len - 4, "...\n") == 0);
}

/* Notices never stand in the way of what failed. */
TEST(there_is_an_end_to_what_is_kept)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);
	AUTO_FREE char *want = xasprintf("failure :0-0:0-0 f\n%zu left out\n",
					 60000 - ANNOTATIONS_MAX / 2);

	buf_adds(&b, "<testsuite>");
	for (int i = 0; i < 60000; i++)
		buf_adds(&b, "<testcase name=\"p\"/>");
	buf_adds(&b, "<testcase name=\"f\"><failure/></testcase>"
		     "</testsuite>");
	ok_str(strstr(report("junit", b.data), "failure"), want);
}

TAP_MAIN()
