/* SPDX-License-Identifier: MIT */
/* The reports in XML that are not JUnit's. */
#include "config.h"

#include "report.h"

TEST(boost_has_errors_of_three_kinds)
{
	ok_str(report("boost",
		      "<TestLog><TestSuite name=\"all\">"
		      "<TestSuite name=\"math\"><TestCase name=\"adds\" "
		      "file=\"t.cpp\" line=\"4\">"
		      "<Error file=\"src/t.cpp\" line=\"7\">"
		      "<![CDATA[check a == b has failed [1 != 2]]]></Error>"
		      "<Warning file=\"t.cpp\" line=\"8\">no</Warning>"
		      "<Message file=\"t.cpp\" line=\"8\">no</Message>"
		      "<FatalError file=\"t.cpp\" line=\"9\">fatal</FatalError>"
		      "<TestingTime>12</TestingTime></TestCase>"
		      "<TestCase name=\"throws\"><Exception name=\"x\">"
		      "<![CDATA[std::exception: boom]]><LastCheckpoint "
		      "file=\"t.cpp\" line=\"20\">near</LastCheckpoint>"
		      "</Exception></TestCase></TestSuite></TestSuite>"
		      "</TestLog>"),
	       "failure src/t.cpp:7-7:0-0 all/math/adds | check a == b has "
	       "failed [1 != 2]\n"
	       "failure t.cpp:9-9:0-0 all/math/adds | fatal\n"
	       "failure t.cpp:20-20:0-0 all/math/throws | std::exception: "
	       "boom\n");
	ok_str(report("boost", "<TestLog></TestLog>"), "");
}

TEST(boost_refuses_what_it_is_not)
{
	ok_str(report("boost", "\n <testsuite/>"),
	       "2:2: this is no log of Boost.Test\n");
	ok_str(report("boost", "<TestLog><Error>"), "1:17: no element found\n");
}

#define ISSUE(severity, rest)                                           \
	"<issue id=\"X\" severity=\"" severity "\" message=\"" severity \
	"!\" summary=\"sum\" explanation=\"because&#xA;of it\">" rest   \
	"</issue>"

TEST(android_lint_has_issues_with_places)
{
	ok_str(report("android-lint",
		      "<issues format=\"6\" by=\"lint\">" ISSUE(
			      "Fatal",
			      "<location file=\"a.xml\" line=\"1\" "
			      "column=\"2\"/><location file=\"b.xml\"/>")
			      ISSUE("Error", "<location file=\"c\"/>") ISSUE(
				      "Warning", "<location file=\"d\"/>")
				      ISSUE("Information",
					    "<location file=\"e\"/>")
					      ISSUE("Error", "") "</issues>"),
	       "failure a.xml:1-1:2-0 Fatal! | because\nof it\n"
	       "failure b.xml:0-0:0-0 Fatal! | because\nof it\n"
	       "failure c:0-0:0-0 Error! | because\nof it\n"
	       "warning d:0-0:0-0 Warning! | because\nof it\n"
	       "notice e:0-0:0-0 Information! | because\nof it\n");
}

TEST(android_lint_knows_its_formats)
{
	ok_str(report("android-lint", "<issues format=\"4\"><location "
				      "file=\"x\"/></issues>"),
	       "");
	ok_str(report("android-lint", "<issues format=\"7\"/>"),
	       "1:1: format 7 is newer than 6, the newest that is known\n");
	ok_str(report("android-lint", "<lint/>"),
	       "1:1: this is no report of Android Lint\n");
}

/* Texts that many places share are not multiplied without end. */
TEST(android_lint_has_an_end)
{
	AUTO_BUF struct buf b = BUF_INIT(BUF_FILE);

	buf_adds(&b, "<issues format=\"6\"><issue severity=\"Error\" "
		     "explanation=\"");
	for (size_t i = 0; i < ANNOTATION_DETAILS; i++)
		buf_addc(&b, 'x');
	buf_adds(&b, "\">");
	for (int i = 0; i < 40000; i++)
		buf_adds(&b, "<location file=\"a\"/>");
	buf_adds(&b, "</issue></issues>");
	report("android-lint", b.data);
	ok(strlen(said) < ANNOTATIONS_BYTES + ANNOTATIONS_BYTES / 8);
	ok(strstr(said, " left out\n"));
}

TAP_MAIN()
