/* SPDX-License-Identifier: MIT */
/* Instances, as the JSON model shows them, and the fields of tasks. */
#include "config.h"

#include "config/json-model.h"
#include "data/json.h"

#include "summary.h"

/* The instance of the first task as JSON with sorted keys, or what is wrong. */
static const char *instance(const char *text)
{
	static const char type[] =
		"\"@type\":\"type.googleapis.com/org.cirruslabs.ci.services."
		"cirruscigrpc.";
	static char result[4096];
	AUTO_BUF struct buf b = BUF_INIT(sizeof(result) - 1);
	struct config_input in = {
		.text = text, .len = strlen(text), .path = "f"};
	AUTO_ERROR struct error *err = NULL;
	AUTO_TASKS struct tasks *tasks = NULL;
	AUTO_JSON struct cJSON *all = NULL;
	char *at;

	if (config_parse(&in, &tasks, NULL, &err) < 0)
		return parse_wrong(text);
	all = json_model_tasks(tasks);
	json_print(json_get(json_first(all), "instance"), JSON_LINE, &b);
	at = strstr(b.data, type);
	snprintf(result, sizeof(result), "%s",
		 at ? at + sizeof(type) - 1 : "none");
	return result;
}

#define INSTANCE(text, want) ok_str(instance(text), (want))
#define WORKER(isolation) \
	"t_task: {persistent_worker: {isolation: " isolation "}}"

TEST(containers)
{
	INSTANCE(
		"t_task: {container: {image: i}}",
		"ContainerInstance\",\"cpu\":2,\"image\":\"i\",\"memory\":4096}");
	INSTANCE("t_task: {arm_container: {image: i, cpu: 1.3, memory: 12}}",
		 "ContainerInstance\",\"architecture\":\"ARM64\",\"cpu\":1.3,"
		 "\"image\":\"i\",\"memory\":12288}");
	INSTANCE(
		"t_task: {windows_container: {image: i, cpu: 0}}",
		"ContainerInstance\",\"cpu\":2,\"image\":\"i\",\"memory\":4096,"
		"\"osVersion\":\"2019\",\"platform\":\"WINDOWS\"}");
	INSTANCE("t_task: {container: }",
		 "ContainerInstance\",\"cpu\":2,\"memory\":4096}");
	INSTANCE("t_task: {env: {I: a}, container: {image: $I:1}}",
		 "ContainerInstance\",\"cpu\":2,\"image\":\"a:1\","
		 "\"memory\":4096}");
	INSTANCE("t_task: {container: {cpu: x}}",
		 "1:22: strconv.ParseFloat: parsing \"x\": invalid syntax");
}

TEST(memory_has_units)
{
#define MEMORY(text) instance("t_task: {macos_instance: {memory: " text "}}")
#define MIB(n)                                                               \
	"MacOSInstance\",\"cpu\":4,\"memory\":" n ",\"password\":\"admin\"," \
	"\"user\":\"admin\"}"
	ok_str(MEMORY("99"), MIB("101376"));
	ok_str(MEMORY("100"), MIB("100"));
	ok_str(MEMORY("512Mb"), MIB("512"));
	ok_str(MEMORY("2GI"), MIB("2048"));
	ok_str(MEMORY("0"), "MacOSInstance\",\"cpu\":4,\"password\":\"admin\","
			    "\"user\":\"admin\"}");
	ok_str(MEMORY("512 Mb"),
	       "1:27: unsupported digital information unit suffix: \" mb\"");
	ok_str(MEMORY("1.5G"),
	       "1:27: strconv.ParseUint: parsing \"1.5\": invalid syntax");
	ok_str(MEMORY("4294967296"),
	       "1:27: strconv.ParseUint: parsing \"4294967296\": value out of "
	       "range");
}

TEST(a_broken_default_is_forgiven_where_another_instance_is)
{
	INSTANCE("container: {cpu: x}\nmacos_instance: {image: m}\nt_task: {}",
		 "MacOSInstance\",\"cpu\":4,\"image\":\"m\",\"memory\":8192,"
		 "\"password\":\"admin\",\"user\":\"admin\"}");
	INSTANCE("container: {cpu: x}\nt_task: {}",
		 "1:13: strconv.ParseFloat: parsing \"x\": invalid syntax");
	INSTANCE("macos_instance: {image: m}\nt_task: {container: {cpu: x}}",
		 "2:22: strconv.ParseFloat: parsing \"x\": invalid syntax");
}

TEST(the_last_instance_of_the_task_wins)
{
	INSTANCE(
		"t_task: {macos_instance: {}, container: {image: i}}",
		"ContainerInstance\",\"cpu\":2,\"image\":\"i\",\"memory\":4096}");
	INSTANCE("container: {image: i}\nmacos_instance: {}\nt_task: {}",
		 "MacOSInstance\",\"cpu\":4,\"memory\":8192,\"password\":"
		 "\"admin\",\"user\":\"admin\"}");
}

TEST(additional_containers)
{
	INSTANCE(
		"t_task:\n  container:\n    image: i\n"
		"    additional_containers:\n"
		"      - {name: db, image: pg, port: 5432, env: {A: $B}, "
		"command: \"run 'a b' c\\\\ d # no\", readiness_command: r, "
		"privileged: true}\n"
		"      - {name: x, image: y, ports: [\"1:2\", \"3\"]}\n",
		"ContainerInstance\",\"additionalContainers\":[{\"command\":["
		"\"run\",\"a b\",\"c d\"],\"cpu\":0.5,\"environment\":{\"A\":"
		"\"$B\"},\"image\":\"pg\",\"memory\":512,\"name\":\"db\","
		"\"ports\":[{\"containerPort\":5432}],\"privileged\":true,"
		"\"readinessCommand\":[\"r\"]},{\"cpu\":0.5,\"image\":\"y\","
		"\"memory\":512,\"name\":\"x\",\"ports\":[{\"containerPort\":2,"
		"\"hostPort\":1},{\"containerPort\":3}]}],\"cpu\":2,\"image\":"
		"\"i\",\"memory\":4096}");
#define ADDITIONAL(fields) \
	"t_task: {container: {additional_containers: [{" fields "}]}}"
	INSTANCE(ADDITIONAL("name: a"),
		 "1:46: required field \"image\" was not set");
	INSTANCE(ADDITIONAL("image: i, name: main"),
		 "1:57: use of reserved name 'main' for an additional "
		 "container, please choose another one");
	INSTANCE(ADDITIONAL("image: i, name: a-b"),
		 "1:57: additional container name 'a-b' is invalid, please "
		 "only use letters without special symbols");
	INSTANCE(ADDITIONAL("image: i, port: x"),
		 "1:57: failed to parse port: strconv.ParseUint: parsing "
		 "\"x\": invalid syntax");
	INSTANCE(ADDITIONAL("image: i, port: 1, ports: 2"),
		 "1:46: please only use \"ports\" field");
	INSTANCE(ADDITIONAL("image: i, command: \"a 'b\""),
		 "1:57: failed to tokenize command: EOF found when expecting "
		 "closing quote");
	INSTANCE(ADDITIONAL("image: i, command: 'a\\'"),
		 "1:57: failed to tokenize command: EOF found after escape "
		 "character");
}

TEST(persistent_workers)
{
	INSTANCE("t_task: {persistent_worker: }",
		 "PersistentWorkerInstance\"}");
	INSTANCE("t_task: {persistent_worker: {labels: {os: x}, resources: "
		 "{gpu: 1.5}}}",
		 "PersistentWorkerInstance\",\"labels\":{\"os\":\"x\"},"
		 "\"resources\":{\"gpu\":1.5}}");
	INSTANCE("t_task: {persistent_worker: {resources: {a: 1, b: 2, a: 3}}}",
		 "PersistentWorkerInstance\",\"resources\":{\"a\":3,\"b\":2}}");
	INSTANCE(
		WORKER("{container: {image: i, volumes: [\"/a:/b:ro\", "
		       "\"/c:/d\"], platform: Darwin}}"),
		"PersistentWorkerInstance\",\"isolation\":{\"container\":{"
		"\"cpu\":2,\"image\":\"i\",\"memory\":4096,\"platform\":"
		"\"DARWIN\",\"volumes\":[{\"readOnly\":true,\"source\":\"/a\","
		"\"target\":\"/b\"},{\"source\":\"/c\",\"target\":\"/d\"}]}}}");
	INSTANCE(WORKER("{parallels: {image: m, user: u, password: p, "
			"platform: darwin}}"),
		 "PersistentWorkerInstance\",\"isolation\":{\"parallels\":{"
		 "\"image\":\"m\",\"password\":\"p\",\"platform\":\"DARWIN\","
		 "\"user\":\"u\"}}}");
	INSTANCE(WORKER("{tart: {image: m, port: 22, softnet: true, volumes: "
			"[{source: /s, readonly: true}]}}"),
		 "PersistentWorkerInstance\",\"isolation\":{\"tart\":{"
		 "\"image\":\"m\",\"password\":\"admin\",\"port\":22,"
		 "\"softnet\":true,\"user\":\"admin\",\"volumes\":[{"
		 "\"readOnly\":true,\"source\":\"/s\"}]}}}");
	INSTANCE(WORKER("{vetu: {image: m, disk_size: 9, networking: {host: "
			"}}}"),
		 "PersistentWorkerInstance\",\"isolation\":{\"vetu\":{"
		 "\"diskSize\":9,\"host\":{},\"image\":\"m\",\"password\":"
		 "\"admin\",\"user\":\"admin\"}}}");
}

TEST(persistent_workers_check_their_fields)
{
	INSTANCE("t_task: {persistent_worker: {resources: x}}",
		 "1:30: expected a map");
	INSTANCE("t_task: {persistent_worker: {resources: {a: x}}}",
		 "1:42: failed to parse a floating-point value: "
		 "strconv.ParseFloat: parsing \"x\": invalid syntax");
	INSTANCE(WORKER("{container: {volumes: \"a:b:rw\"}}"),
		 "1:54: only \"ro\" volume flag is currently supported");
	INSTANCE(WORKER("{container: {volumes: a}}"),
		 "1:54: only source:target[:ro] volume specification is "
		 "currently supported");
	INSTANCE(WORKER("{container: {platform: x}}"),
		 "1:54: unsupported platform name: \"x\"");
	INSTANCE(
		WORKER("{container: {dockerfile: x}}"),
		"1:54: container with \"dockerfile:\" also needs a CIRRUS_ARCH "
		"environment variable to be specified");
	INSTANCE(WORKER("{tart: {port: 65536}}"),
		 "1:49: failed to parse \"port:\" value: strconv.ParseUint: "
		 "parsing \"65536\": value out of range");
	INSTANCE(WORKER("{tart: {volumes: [{}]}}"),
		 "1:59: required field \"source\" was not set");
	INSTANCE(WORKER("{vetu: {networking: {}}}"),
		 "1:49: please specify the networking to use");
}

TEST(docker_builders)
{
	INSTANCE("docker_builder: {}", "DockerBuilder\"}");
	INSTANCE("docker_builder: {platform: Windows, os_version: 2022}",
		 "DockerBuilder\",\"osVersion\":\"2022\",\"platform\":"
		 "\"WINDOWS\"}");
	TASKS("docker_builder: {name: $CIRRUS_OS, platform: Windows}",
	      "linux#0 {CIRRUS_OS=Windows} clone\n");
	WRONG("docker_builder: {platform: x}",
	      "1:18: unknown platform name: \"x\"");
}

TEST(unknown_kinds_of_instances_are_kept)
{
	AUTO_TASKS struct tasks *t = parse_text(
		"freebsd_instance: {image: a, cpu: 1}\n"
		"t_task: {freebsd_instance: {image: b}}\nu_task: {}");
	const struct instance *i;

	need(t && t->len == 2);
	ok_int(t->n_issues, 0);
	i = &t->v[0]->instance;
	ok_int(i->kind, INSTANCE_OTHER);
	ok_str(i->key, "freebsd_instance");
	ok_str(node_get(i->block, "image")->text, "b");
	ok_str(node_get(i->block, "cpu")->text, "1");
	ok_int(i->at.line, 2);
	ok_str(t->v[1]->instance.key, "freebsd_instance");
}

/* --- fields of tasks -------------------------------------------------------------- */

static const char *property(const char *text, const char *name)
{
	static char value[256];
	AUTO_TASKS struct tasks *t = NULL;
	struct config_input in = {
		.text = text, .len = strlen(text), .path = "f"};

	if (config_parse(&in, &t, NULL, NULL) < 0)
		return parse_wrong(text);
	snprintf(value, sizeof(value), "%s",
		 pairs_get(&t->v[0]->properties, name)
			 ? pairs_get(&t->v[0]->properties, name)
			 : "unset");
	return value;
}

TEST(timeouts_have_units)
{
#define TIMEOUT(text) property("t_task: {timeout_in: " text "}", "timeout_in")
	ok_str(TIMEOUT("90"), "5400");
	ok_str(TIMEOUT("90s"), "90");
	ok_str(TIMEOUT("2H"), "7200");
	ok_str(TIMEOUT("0"), "0");
	ok_str(TIMEOUT("1.5h"),
	       "1:10: strconv.ParseUint: parsing \"1.5\": invalid syntax");
	ok_str(TIMEOUT("2d"), "1:10: unsupported time unit suffix: \"d\"");
	ok_str(TIMEOUT("[1]"), "1:10: parsing error: 1:10: not a scalar value");
	ok_str(property("t_task: {}", "timeout_in"), "3600");
}

TEST(conditions_skip_filter_and_allow)
{
	TASKS("a_task: {skip: \"true\"}\nb_task: {only_if: \"false\"}\n"
	      "only_if: \"true\"\nc_task: {only_if: }\n"
	      "d_task: {only_if: $CIRRUS_TASK_NAME == 'd'}",
	      "a#0 {} clone SKIPPED\nc#2 {} clone\nd#3 {} clone\n");
	ok_str(property("t_task: {allow_failures: \"true\"}", "allow_failures"),
	       "true");
	WRONG("t_task: {only_if: [a]}", "1:10: not a scalar value");
}

TEST(dependencies_resolve_names_aliases_and_lists)
{
	TASKS("a_task: {}\nb_task: {alias: x}\nc_task: {alias: x}\n"
	      "d_task: {env: {W: \"[a, x]\"}, depends_on: [$W, a]}",
	      "a#0 {} clone\nb#1 {} clone\nc#2 {} clone\n"
	      "d#3 {W=[a, x]} clone <0,0,1,2>\n");
	WRONG("a_task: {depends_on: }",
	      "1:10: error in dependencies between tasks: a");
	WRONG("a_task: {name: n}\nb_task: {depends_on: a}",
	      "2:10: task 'b' depends on task 'a', which name was overridden "
	      "by a name: field inside of that task");
}

TEST(different_conditions_of_dependencies_are_warned_about)
{
	AUTO_TASKS struct tasks *t = parse_text(
		"a_task: {only_if: \"true\"}\nb_task: {depends_on: a}");

	need(t && t->n_issues == 1);
	ok_str(t->issues[0].message,
	       "task \"b\" depends on task \"a\", but their only_if conditions "
	       "are different");
	ok_int(t->issues[0].at.line, 2);
}

TEST(what_only_execution_needs_is_kept)
{
	AUTO_TASKS struct tasks *t = parse_text(
		"stateful: \"true\"\n"
		"t_task: {trigger_type: manual, execution_lock: {a: b}, "
		"use_compute_credits: x}");

	need(t && t->len == 1);
	ok_int(t->n_issues, 0);
	ok(t->v[0]->manual);
	ok(t->v[0]->stateful);
	ok_int(t->v[0]->n_extra, 2);
	ok_str(t->v[0]->extra[0]->name, "execution_lock");
	ok_str(pairs_get(&t->v[0]->properties, "trigger_type"), "AUTOMATIC");
}

TEST(labels_tell_tasks_of_one_name_apart)
{
	TASKS("t_task:\n  matrix:\n    - container: {image: a}\n"
	      "    - container: {image: b}\n    - arm_container: {image: b}\n"
	      "  env: {S: \"ENCRYPTED[x]\", X: \"\"}\n",
	      "t#0 {CIRRUS_OS=linux S=ENCRYPTED[x] X=} clone [container:a]\n"
	      "t#1 {CIRRUS_OS=linux S=ENCRYPTED[x] X=} clone [container:b]\n"
	      "t#2 {CIRRUS_OS=linux S=ENCRYPTED[x] X=} clone "
	      "[container:b]\n");
}

TEST(registry_config_at_the_top_is_for_all)
{
	AUTO_TASKS struct tasks *t =
		parse_text("registry_config: {auths: {}}\n"
			   "a_task: {container: {image: i}}\n"
			   "b_task: {container: {image: i}, "
			   "registry_config: own}\n"
			   "c_pipe: {steps: [{image: i, x_script: y}]}\n");
	static const enum node_kind kinds[] = {NODE_MAP, NODE_SCALAR, NODE_MAP};

	need(t);
	for (size_t i = 0; i < 3; i++) {
		ok_int(t->v[i]->n_extra, 1);
		ok_str(t->v[i]->extra[0]->name, "registry_config");
		ok_int(t->v[i]->extra[0]->kind, kinds[i]);
	}
}

TAP_MAIN()
