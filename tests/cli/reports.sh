# SPDX-License-Identifier: MIT
# A run as files beside: a page of HTML, JUnit's XML.
. "${srcdir:-.}/tests/lib.sh"

CIRRUS_CONTAINER_BACKEND=dummy
export CIRRUS_CONTAINER_BACKEND

a_project() {
	cat >.cirrus.yml <<-'YAML'
		container: {image: any}
		lint_task:
		  ok_script: printf '\033[32mgreen\033[0m <b>\n'
		unit_task:
		  env:
		    matrix: [{V: "1"}, {V: "2"}]
		  bytes_script: printf 'a\000\001\377\033[31mred\n'; exit 4
		after_task:
		  depends_on: unit
		  never_script: echo never
	YAML
}

junit_is_read_by_a_parser() {
	requires python3
	a_project
	run cirrus run -q --junit r.xml
	assert_status 1
	assert python3 - r.xml <<-'PY'
		import sys, xml.etree.ElementTree as tree
		root = tree.parse(sys.argv[1]).getroot()
		assert root.tag == "testsuites"
		assert (root.get("tests"), root.get("failures"), root.get("skipped"),
			root.get("errors")) == ("4", "2", "1", "0"), root.attrib
		suites = {s.get("name"): s for s in root}
		assert set(suites) == {"lint", "unit (V:1)", "unit (V:2)", "after"}, suites
		bad = suites["unit (V:2)"].find("testcase")
		assert bad.get("name") == "bytes" and bad.get("classname") == "unit (V:2)"
		failure = bad.find("failure")
		assert failure.get("message") == "Exit status: 4"
		assert "red" in failure.text and "\x1b" not in failure.text
		skipped = suites["after"].find("testcase").find("skipped")
		assert "unit" in skipped.get("message")
		assert suites["lint"].find("testcase").find("failure") is None
	PY
}

the_page_is_well_formed() {
	requires python3
	a_project
	run cirrus run -q --report r.html
	assert_status 1
	assert python3 - r.html <<-'PY'
		import sys
		from html.parser import HTMLParser
		text = open(sys.argv[1], encoding="utf-8").read()
		void = {"meta", "use", "path", "circle"}

		class Check(HTMLParser):
		    def __init__(self):
		        super().__init__()
		        self.open, self.ids, self.links, self.text = [], [], [], ""
		    def handle_starttag(self, tag, attrs):
		        attrs = dict(attrs)
		        assert "src" not in attrs
		        if "id" in attrs:
		            self.ids.append(attrs["id"])
		        if "href" in attrs:
		            self.links.append(attrs["href"])
		        if tag not in void:
		            self.open.append(tag)
		    def handle_startendtag(self, tag, attrs):
		        self.handle_starttag(tag, attrs)
		        if tag not in void:
		            self.open.pop()
		    def handle_endtag(self, tag):
		        assert self.open.pop() == tag, (tag, self.getpos())
		    def handle_data(self, data):
		        self.text += data

		page = Check()
		page.feed(text)
		page.close()
		assert page.open == [], page.open
		assert len(page.ids) == len(set(page.ids))
		for link in page.links:
		    assert link[0] == "#" and link[1:] in page.ids, link
		assert "green <b>" in page.text
		assert "Exit status: 4" in page.text
		assert "cirrus run 'unit V:1'" in page.text
		for c in text:
		    assert c >= " " or c in "\n\t", repr(c)
	PY
}

files_are_replaced() {
	a_project
	yes 'something longer than the report' | head -n 10000 >r.xml
	run cirrus run -q --junit r.xml lint
	assert_status 0
	assert [ "$(tail -n 1 r.xml)" = '</testsuites>' ]
	run sh -c 'cirrus run -q --junit /dev/stdout lint | tail -n 1'
	assert_out_has '^</testsuites>$'
}

a_wrong_place_is_told_before_the_run() {
	a_project
	for option in --report --junit; do
		run cirrus run $option nowhere/file lint
		assert_status 2
		assert_err_has '^cannot write nowhere/file: No such file or directory$'
		assert_out_lacks Started
	done
}

a_full_disk_is_told() {
	[ -e /dev/full ] || skip 'no /dev/full'
	a_project
	run cirrus run -q --report /dev/full lint
	assert_status 1
	assert_err_has '^cannot write /dev/full: No space left on device$'
}

check 'JUnit XML is read by a parser' junit_is_read_by_a_parser
check 'the page of HTML is well-formed and needs nothing else' the_page_is_well_formed
check 'files are replaced' files_are_replaced
check 'a wrong place is told before the run' a_wrong_place_is_told_before_the_run
check 'a full disk is told' a_full_disk_is_told
finish
