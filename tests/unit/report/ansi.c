/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "report/ansi.h"

#include "tap.h"

/* Lines, one after the other on the same terminal, and what becomes of them. */
static struct ansi terminal;
static struct out to;

static const char *html(const char *line)
{
	out_clear(&to);
	out_init(&to, -1);
	ansi_line(&terminal, line, &to);
	return to.pending.data;
}

static const char *fresh(const char *line)
{
	terminal = (struct ansi){0};
	return html(line);
}

TEST(text_is_escaped)
{
	ok_str(fresh("<b a=\"1\">&'</b>"),
	       "&lt;b a=&quot;1&quot;&gt;&amp;'&lt;/b&gt;");
	ok_str(fresh("\033[31m</span><script>"),
	       "<span class=\"f1 \">&lt;/span&gt;&lt;script&gt;</span>");
}

TEST(colours_are_spans)
{
	ok_str(fresh("a\033[1;31mb\033[0mc"),
	       "a<span class=\"b f1 \">b</span>c");
	ok_str(fresh("\033[92;44mx\033[mz"),
	       "<span class=\"f10 g4\">x</span>z");
	ok_str(fresh("\033[3;4mx\033[23my\033[24mz"),
	       "<span class=\"i u \">x</span><span class=\"u \">y</span>z");
}

TEST(colours_last_until_they_are_reset)
{
	ok_str(fresh("\033[32mone"), "<span class=\"f2 \">one</span>");
	ok_str(html("two"), "<span class=\"f2 \">two</span>");
	ok_str(html("\033[39mthree"), "three");
}

TEST(many_colours_are_known)
{
	ok_str(fresh("\033[38;5;9mx"), "<span class=\"f9 \">x</span>");
	ok_str(fresh("\033[38;5;196mx"),
	       "<span class=\"\" style=\"color:#ff0000;\">x</span>");
	ok_str(fresh("\033[48;5;232mx"),
	       "<span class=\"\" style=\"background:#080808\">x</span>");
	ok_str(fresh("\033[38;2;1;2;3;1mx"),
	       "<span class=\"b \" style=\"color:#010203;\">x</span>");
	ok_str(fresh("\033[31;7mx"), "<span class=\"v g1\">x</span>");
}

TEST(broken_colours_do_no_harm)
{
	ok_str(fresh("\033[38;5mx"), "x");
	ok_str(fresh("\033[38;2;1mx"), "x");
	ok_str(fresh("\033[38;5;999999999999mx"), "x");
	ok_str(fresh("\033[999mx"), "x");
	ok_str(fresh("\033["), "");
	ok_str(fresh("\033"), "");
	ok_str(fresh("\033[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;"
		     "1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1mx"),
	       "<span class=\"b \">x</span>");
}

TEST(other_sequences_are_gone)
{
	ok_str(fresh("\033]0;title\aa\033[2Kb\033[10;20Hc"), "abc");
	ok_str(fresh("\033]8;;http://x\033\\link\033]8;;\033\\"), "link");
	ok_str(fresh("a\001\b\177b\302\205c"), "abc");
}

TEST(what_is_no_text_is_replaced)
{
	ok_str(fresh("a\377b\303"), "a\357\277\275b\357\277\275");
	ok_str(fresh("日本"), "日本");
}

TEST(carriage_returns_overwrite)
{
	ok_str(fresh("10%\r20%\r30%"), "30%");
	ok_str(fresh("line\r"), "line");
}

TAP_MAIN()
