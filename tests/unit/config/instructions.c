/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "summary.h"

TEST(keys_name_commands)
{
	TASKS("t_task: {script: a, b_script: c, ascript: d, "
	      "web_background_script: e}",
	      "t#0 {} clone main(a) b(c) a(d) web&e)\n");
}

TEST(scripts_are_lines)
{
	TASKS("t_task:\n  a_script: |\n    one\n    two\n"
	      "  b_script: [x, \"y\\nz\"]\n  c_script:\n  d_script: []\n",
	      "t#0 {} clone a(one|two|) b(x|y|z) c() d()\n");
	TASKS("t_task:\n  s_script:\n    - echo \"TODO: fix\"\n"
	      "    - ps: Get-X\n    - echo a: b\n",
	      "t#0 {} clone s(echo \"TODO: fix\"|powershell.exe -OutputFormat "
	      "Text -NoLogo -EncodedCommand RwBlAHQALQBYAA==|echo a: b)\n");
	WRONG("t_task: {script: {a: b}}",
	      "1:10: expected a scalar value or a list with scalar values");
	WRONG("t_task: {script: [{a: [b]}]}",
	      "1:20: unsupported script syntax");
}

TEST(caches_are_uploaded_at_the_end)
{
	TASKS("t_task:\n  a_cache: {folder: \" ~/x \"}\n"
	      "  b_cache: {folders: [y, z], fingerprint_key: k}\n"
	      "  s_script: x\n",
	      "t#0 {} clone a[$HOME/x]+ b[y|z] s(x) Upload 'a' cache Upload "
	      "'b' cache\n");
	TASKS("t_task: {a_cache: {folder: x}, upload_caches: a, s_script: x}",
	      "t#0 {} clone a[x]+ Upload 'a' cache s(x)\n");
	TASKS("t_task: {always: {a_cache: {folder: x}}}",
	      "t#0 {} clone *a[x]+ *Upload 'a' cache\n");
	TASKS("t_task: {a_cache: {folder: x, reupload_on_changes: true, "
	      "fingerprint_script: f, name: n}}",
	      "t#0 {} clone n[x]+ Upload 'n' cache\n");
	TASKS("t_task: {env: {F: \"[p, q]\"}, a_cache: {folders: [$F, r]}}",
	      "t#0 {F=[p, q]} clone a[p|q|r]+ Upload 'a' cache\n");
}

TEST(caches_must_be_unambiguous)
{
	WRONG("t_task: {cache: {}}",
	      "1:10: please specify the folders to cache, with either folder: "
	      "or folders:");
	WRONG("t_task: {cache: {folder: a, folders: b}}",
	      "1:10: please specify either folder: or folders: but not both, "
	      "to avoid ambiguity");
	WRONG("t_task: {cache: {folder: a, fingerprint_script: b, "
	      "fingerprint_key: c}}",
	      "1:10: please either use fingerprint_script: or fingerprint_key, "
	      "since otherwise there's ambiguity about which one to prefer for "
	      "cache key calculation");
	WRONG("t_task: {upload_caches: x}",
	      "1:10: no cache with name \"x\" is defined");
	WRONG("t_task: {x_cache: {folder: a}, upload_caches: x, "
	      "upload_caches: x}",
	      "1:50: the cache with name \"Upload 'x' cache\" is already "
	      "scheduled to be uploaded in one of the previous upload_caches "
	      "instructions");
	WRONG("t_task: {x_cache: {folder: a}, upload_caches: [x, x]}",
	      "1:32: task 't' has two upload cache instructions with an "
	      "identical name 'Upload 'x' cache'");
}

TEST(artifacts_and_files)
{
	TASKS("t_task: {artifacts: {path: a}, b_artifacts: {paths: [c, d], "
	      "path: e}, f_artifacts: {path: g, paths: h}}",
	      "t#0 {} clone binary[a] b[e] f[h]\n");
	TASKS("t_task: {a_file: {path: p, variable_name: $V}, file: {path: q, "
	      "from_contents: \"\"}, c_file: {path: r, variable_name: x, "
	      "from_contents: y, name: n}}",
	      "t#0 {} clone a[p=$V] file[q=] n[r=y]\n");
	WRONG("t_task: {a_file: {path: p}}",
	      "1:10: either \"variable_name\" or \"from_contents\" field "
	      "should be set");
	WRONG("t_task: {dockerfile: F}",
	      "1:10: required field \"path\" was not set");
}

TEST(behaviours_stay_in_place)
{
	TASKS("t_task:\n  on_failure: {a_script: 1}\n  b_script: 2\n"
	      "  always: {c_background_script: 3}\n"
	      "  on_failure: {d_script: 4}\n  on_timeout: {e_script: 5}\n"
	      "  on_success: {f_script: 6}\n",
	      "t#0 {} clone !a(1) b(2) *c&3) !d(4) @e(5) f(6)\n");
	TASKS("t_task: {always: , on_failure: {script: x, name: y}}",
	      "t#0 {} clone !main(x)\n");
}

TEST(pipes_have_steps)
{
	TASKS("pipe:\n  steps:\n    - image: one\n"
	      "      a_cache: {folder: c, fingerprint_key: k}\n"
	      "      b_background_script: serve\n"
	      "    - image: two\n"
	      "      on_failure: {dump_script: [x, \"y\\nz\"]}\n",
	      "main#0 {CIRRUS_OS=linux} clone<one> a[c] b_background(serve) "
	      "!dump<two>(x|y|z) Upload 'a' cache\n");
	TASKS("pipe: {steps: [{image: a, clone_script: x}]}",
	      "main#0 {CIRRUS_OS=linux} clone<a>(x)\n");
	WRONG("pipe: {}", "1:1: required field \"steps\" was not set");
	WRONG("pipe: {steps: }", "1:8: steps should be a list");
	WRONG("pipe: {steps: [{image: a}]}",
	      "1:16: pipe steps defined without scripts inside them");
	WRONG("pipe: {steps: [{script: a}]}",
	      "1:16: required field \"image\" was not set");
}

TEST(a_clone_of_ones_own_replaces_ours)
{
	TASKS("t_task: {a_script: x, clone_script: y}",
	      "t#0 {} a(x) clone(y)\n");
}

TEST(names_of_commands_are_unique)
{
	WRONG("t_task: {script: x, cache: {folder: y}}",
	      "1:21: task 't' has script and cache instructions with an "
	      "identical name 'main'");
	WRONG("t_task: {foo_script: x, fooscript: y}",
	      "1:25: task 't' has two script instructions with an identical "
	      "name 'foo'");
}

TEST(warnings_of_maps_that_are_none)
{
	AUTO_TASKS struct tasks *t =
		parse_text("t_task: {artifacts: x, container: y}");

	need(t && t->n_issues == 3);
	/* an instance in the task is looked at twice */
	ok_str(t->issues[0].message, "expected a map, found scalar");
	ok_int(t->issues[0].at.column, 24);
	ok_int(t->issues[1].at.column, 24);
	ok_int(t->issues[2].at.column, 10);
}

TAP_MAIN()
