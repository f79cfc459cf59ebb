/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "config/json-model.h"

#include <inttypes.h>
#include <stdio.h>

#include "data/json.h"

#define TYPE_PREFIX \
	"type.googleapis.com/org.cirruslabs.ci.services.cirruscigrpc."

/* Values equal to the default of their type are left out. */

static void put_str(struct cJSON *o, const char *key, const char *s)
{
	if (s && *s)
		json_add_str(o, key, s);
}

static void put_uint(struct cJSON *o, const char *key, uint32_t n)
{
	if (n)
		json_add_int(o, key, n);
}

static void put_float(struct cJSON *o, const char *key, float n)
{
	if (n != 0)
		json_add_float(o, key, n);
}

static void put_bool(struct cJSON *o, const char *key, bool yes)
{
	if (yes)
		json_add_bool(o, key, true);
}

static void put_strings(struct cJSON *o, const char *key,
			const char *const *list)
{
	if (list && *list)
		json_add(o, key, json_strings(list));
}

static void put_pairs(struct cJSON *o, const char *key, const struct pairs *p)
{
	struct pairs_walk w = pairs_walk(p);
	const struct pair *pair = pairs_next(&w);
	struct cJSON *map;

	if (!pair)
		return;
	map = json_add(o, key, json_object());
	for (; pair; pair = pairs_next(&w))
		json_add_str(map, pair->key, pair->value);
}

static void put_platform(struct cJSON *o, enum platform p)
{
	static const char *const names[] = {
		[PLATFORM_LINUX] = NULL,
		[PLATFORM_WINDOWS] = "WINDOWS",
		[PLATFORM_DARWIN] = "DARWIN",
	};

	put_str(o, "platform", names[p]);
}

/* --- instructions ----------------------------------------------------------------- */

static struct cJSON *script(const struct instruction *in)
{
	struct cJSON *o = json_object();

	put_strings(o, "scripts", in->scripts);
	return o;
}

static struct cJSON *cache(const struct instruction *in)
{
	struct cJSON *o = json_object();

	put_strings(o, "folders", in->cache.folders);
	put_strings(o, "fingerprintScripts", in->cache.fingerprint_scripts);
	put_str(o, "fingerprintKey", in->cache.fingerprint_key);
	put_strings(o, "populateScripts", in->cache.populate_scripts);
	put_bool(o, "reuploadOnChanges", in->cache.reupload_on_changes);
	put_bool(o, "optimisticallyRestoreOnMiss",
		 in->cache.optimistically_restore_on_miss);
	return o;
}

static struct cJSON *upload_cache(const struct instruction *in)
{
	struct cJSON *o = json_object();

	put_str(o, "cacheName", in->cache_name);
	return o;
}

static struct cJSON *clone(const struct instruction *in)
{
	(void)in;
	return json_object();
}

/* Members of a choice are printed when set, even if empty. */
static struct cJSON *file(const struct instruction *in)
{
	struct cJSON *o = json_object();

	put_str(o, "destinationPath", in->file.destination_path);
	if (in->file.from_environment_variable)
		json_add_str(o, "fromEnvironmentVariable",
			     in->file.from_environment_variable);
	else if (in->file.from_contents)
		json_add_str(o, "fromContents", in->file.from_contents);
	return o;
}

static struct cJSON *artifacts(const struct instruction *in)
{
	struct cJSON *o = json_object();

	put_strings(o, "paths", in->artifacts.paths);
	put_str(o, "type", in->artifacts.type);
	put_str(o, "format", in->artifacts.format);
	return o;
}

static const struct {
	const char *key;
	struct cJSON *(*make)(const struct instruction *in);
} instruction_kinds[] = {
	[INSTRUCTION_SCRIPT] = {"scriptInstruction", script},
	[INSTRUCTION_BACKGROUND_SCRIPT] = {"backgroundScriptInstruction",
					   script},
	[INSTRUCTION_CACHE] = {"cacheInstruction", cache},
	[INSTRUCTION_UPLOAD_CACHE] = {"uploadCacheInstruction", upload_cache},
	[INSTRUCTION_CLONE] = {"cloneInstruction", clone},
	[INSTRUCTION_FILE] = {"fileInstruction", file},
	[INSTRUCTION_ARTIFACTS] = {"artifactsInstruction", artifacts},
};

static struct cJSON *command(const struct instruction *in)
{
	static const char *const behaviours[] = {
		[BEHAVIOUR_ON_SUCCESS] = NULL,
		[BEHAVIOUR_ON_FAILURE] = "ON_FAILURE",
		[BEHAVIOUR_ALWAYS] = "ALWAYS",
		[BEHAVIOUR_ON_TIMEOUT] = "ON_TIMEOUT",
	};
	struct cJSON *o = json_object();

	put_str(o, "name", in->name);
	put_str(o, "executionBehaviour", behaviours[in->behaviour]);
	if (in->step_image)
		json_add_str(json_add(o, "properties", json_object()), "image",
			     in->step_image);
	json_add(o, instruction_kinds[in->kind].key,
		 instruction_kinds[in->kind].make(in));
	return o;
}

/* --- instances -------------------------------------------------------------------- */

static struct cJSON *additional(const struct additional_container *c)
{
	struct cJSON *o = json_object(), *ports;

	put_str(o, "name", c->name);
	put_str(o, "image", c->image);
	put_float(o, "cpu", c->cpu);
	put_uint(o, "memory", c->memory_mib);
	put_pairs(o, "environment", &c->environment);
	put_strings(o, "command", c->command);
	put_strings(o, "readinessCommand", c->readiness_command);
	put_bool(o, "privileged", c->privileged);
	ports = c->n_ports ? json_add(o, "ports", json_array()) : NULL;
	for (size_t i = 0; i < c->n_ports; i++) {
		struct cJSON *port = json_add(ports, NULL, json_object());

		put_uint(port, "containerPort", c->ports[i].container_port);
		put_uint(port, "hostPort", c->ports[i].host_port);
	}
	return o;
}

static void put_additional(struct cJSON *o, const struct container *c)
{
	struct cJSON *list;

	if (!c->n_additional)
		return;
	list = json_add(o, "additionalContainers", json_array());
	for (size_t i = 0; i < c->n_additional; i++)
		json_add(list, NULL, additional(&c->additional[i]));
}

static void put_volumes(struct cJSON *o, const struct volume *v, size_t n)
{
	struct cJSON *list = n ? json_add(o, "volumes", json_array()) : NULL;

	for (size_t i = 0; i < n; i++) {
		struct cJSON *one = json_add(list, NULL, json_object());

		put_str(one, "name", v[i].name);
		put_str(one, "source", v[i].source);
		put_str(one, "target", v[i].target);
		put_bool(one, "readOnly", v[i].read_only);
		put_bool(one, "cleanup", v[i].cleanup);
	}
}

static void container(struct cJSON *o, const struct instance *i)
{
	const struct container *c = &i->container;

	put_str(o, "image", c->image);
	put_float(o, "cpu", c->cpu);
	put_uint(o, "memory", c->memory_mib);
	put_additional(o, c);
	put_platform(o, c->platform);
	put_str(o, "dockerfile", c->dockerfile);
	put_pairs(o, "dockerArguments", &c->docker_arguments);
	put_str(o, "osVersion", c->os_version);
	put_str(o, "architecture",
		c->architecture == ARCH_ARM64 ? "ARM64" : NULL);
	put_volumes(o, c->volumes, c->n_volumes);
}

static void pipe_instance(struct cJSON *o, const struct instance *i)
{
	put_float(o, "cpu", i->container.cpu);
	put_uint(o, "memory", i->container.memory_mib);
}

static void prebuilt_image(struct cJSON *o, const struct instance *i)
{
	put_str(o, "repository", i->repository);
	put_platform(o, i->platform);
	put_str(o, "reference", i->reference);
	put_str(o, "dockerfile", i->dockerfile);
	put_pairs(o, "arguments", &i->arguments);
}

static void vm(struct cJSON *o, const struct instance *i)
{
	const struct vm *v = &i->vm;

	put_str(o, "image", v->image);
	put_str(o, "user", v->user);
	put_str(o, "password", v->password);
	put_uint(o, "port", v->port);
	put_uint(o, "cpu", v->cpu);
	put_uint(o, "memory", v->memory_mib);
	put_uint(o, "diskSize", v->disk_size);
	put_platform(o, v->platform);
	put_bool(o, "softnet", v->softnet);
	put_str(o, "display", v->display);
	put_volumes(o, v->volumes, v->n_volumes);
	if (v->host_network)
		json_add(o, "host", json_object());
}

static void nothing(struct cJSON *o, const struct instance *i)
{
	(void)o;
	(void)i;
}

typedef void (*instance_fn)(struct cJSON *o, const struct instance *i);

static void put_isolation(struct cJSON *o, const struct instance *i)
{
	static const struct {
		const char *key;
		instance_fn fill;
	} kinds[] = {
		[ISOLATION_UNSET] = {NULL, nothing},
		[ISOLATION_NONE] = {NULL, nothing},
		[ISOLATION_CONTAINER] = {"container", container},
		[ISOLATION_PARALLELS] = {"parallels", vm},
		[ISOLATION_TART] = {"tart", vm},
		[ISOLATION_VETU] = {"vetu", vm},
		[ISOLATION_OTHER] = {NULL, nothing},
	};
	struct cJSON *isolation;

	if (i->isolation == ISOLATION_NONE)
		return;
	isolation = json_add(o, "isolation", json_object());
	if (kinds[i->isolation].key)
		kinds[i->isolation].fill(json_add(isolation,
						  kinds[i->isolation].key,
						  json_object()),
					 i);
}

static void persistent_worker(struct cJSON *o, const struct instance *i)
{
	struct cJSON *resources;

	put_pairs(o, "labels", &i->labels);
	put_isolation(o, i);
	if (!i->n_resources)
		return;
	resources = json_add(o, "resources", json_object());
	for (size_t k = 0; k < i->n_resources; k++)
		json_add_double(resources, i->resources[k].name,
				i->resources[k].amount);
}

static void docker_builder(struct cJSON *o, const struct instance *i)
{
	put_platform(o, i->platform);
	put_str(o, "osVersion", i->os_version);
}

static void put_instance(struct cJSON *o, const struct instance *i)
{
	static const struct {
		const char *type;
		instance_fn fill;
	} kinds[] = {
		[INSTANCE_CONTAINER] = {TYPE_PREFIX "ContainerInstance",
					container},
		[INSTANCE_PIPE] = {TYPE_PREFIX "PipeInstance", pipe_instance},
		[INSTANCE_PREBUILT_IMAGE] = {TYPE_PREFIX
					     "PrebuiltImageInstance",
					     prebuilt_image},
		[INSTANCE_PERSISTENT_WORKER] = {TYPE_PREFIX
						"PersistentWorkerInstance",
						persistent_worker},
		[INSTANCE_MACOS] = {TYPE_PREFIX "MacOSInstance", vm},
		[INSTANCE_DOCKER_BUILDER] = {TYPE_PREFIX "DockerBuilder",
					     docker_builder},
		[INSTANCE_OTHER] = {NULL, NULL},
	};
	struct cJSON *instance;

	if (!kinds[i->kind].type)
		return;
	instance = json_add(o, "instance", json_object());
	json_add_str(instance, "@type", kinds[i->kind].type);
	kinds[i->kind].fill(instance, i);
}

/* --- tasks ------------------------------------------------------------------------ */

static void put_id(struct cJSON *to, const char *key, int64_t id)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, id);
	json_add_str(to, key, text);
}

struct cJSON *json_model_task(const struct task *t)
{
	struct cJSON *o = json_object(), *list;

	if (t->id)
		put_id(o, "localGroupId", t->id);
	list = t->n_required ? json_add(o, "requiredGroups", json_array())
			     : NULL;
	for (size_t i = 0; i < t->n_required; i++)
		put_id(list, NULL, t->required[i]);
	put_str(o, "name", t->name);
	put_str(o, "status", t->skipped ? "SKIPPED" : NULL);
	put_pairs(o, "environment", &t->environment);
	list = json_add(o, "metadata", json_object());
	put_pairs(list, "properties", &t->properties);
	put_strings(list, "uniqueLabels", t->labels);
	list = json_add(o, "commands", json_array());
	for (size_t i = 0; i < t->n_instructions; i++)
		json_add(list, NULL, command(&t->instructions[i]));
	put_instance(o, &t->instance);
	return o;
}

struct cJSON *json_model_tasks(const struct tasks *tasks)
{
	struct cJSON *array = json_array();

	for (size_t i = 0; i < tasks->len; i++)
		if (!tasks->v[i]->filtered)
			json_add(array, NULL, json_model_task(tasks->v[i]));
	json_sort(array);
	return array;
}
