/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "backend/table.h"

#include <string.h>

#include "backend/search.h"

#define MANDATORY(op)                                          \
	{                                                      \
#op, offsetof(struct cirrus_backend, op), true \
	}
#define OPTIONAL(op)                                            \
	{                                                       \
#op, offsetof(struct cirrus_backend, op), false \
	}

const struct table_op table_ops[] = {
	OPTIONAL(probe),
	MANDATORY(open),
	MANDATORY(close),
	MANDATORY(system_info),
	OPTIONAL(helper),
	OPTIONAL(image_inspect),
	OPTIONAL(image_pull),
	OPTIONAL(image_push),
	OPTIONAL(image_build),
	OPTIONAL(image_delete),
	OPTIONAL(volume_create),
	OPTIONAL(volume_delete),
	MANDATORY(instance_create),
	OPTIONAL(instance_open),
	MANDATORY(instance_release),
	OPTIONAL(instance_info),
	MANDATORY(instance_start),
	OPTIONAL(instance_wait),
	OPTIONAL(instance_logs),
	MANDATORY(instance_exec),
	MANDATORY(instance_copy_in),
	MANDATORY(instance_copy_out),
	OPTIONAL(instance_snapshot),
	OPTIONAL(instance_dial),
	OPTIONAL(instance_expose),
	OPTIONAL(instance_usage),
	OPTIONAL(instance_stop),
	MANDATORY(instance_delete),
	OPTIONAL(list),
	OPTIONAL(object_delete),
};
const size_t table_n_ops = ARRAY_LEN(table_ops);

bool table_has(const struct cirrus_backend *t, const struct table_op *op)
{
	void (*f)(void);

	memcpy(&f, (const char *)t + op->offset, sizeof(f));
	return f != NULL;
}

void table_wrong_major(unsigned int major, struct error **err)
{
	error_set(err, ERR_BACKEND, "needs ABI %u, this cirrus offers %d",
		  major, CIRRUS_ABI_MAJOR);
	error_hint(err,
		   "install the plugin's build for ABI %d, or another "
		   "version of cirrus",
		   CIRRUS_ABI_MAJOR);
}

/* No table of this major can be smaller than its first release, and none will
 * ever be larger than what the host sets aside for any struct. */
#define TABLE_MIN offsetof(struct cirrus_backend, reserved_ptr)
#define TABLE_MAX 4096

/* Only what stands in front for ever may be read before this has passed. */
static int check_version(const struct cirrus_backend *t,
			 enum table_fault *fault, struct error **err)
{
	*fault = TABLE_INCOMPATIBLE;
	if (t->abi_major != CIRRUS_ABI_MAJOR) {
		table_wrong_major(t->abi_major, err);
		return -1;
	}
	if (t->min_host_minor > CIRRUS_ABI_MINOR) {
		error_set(err, ERR_BACKEND,
			  "needs ABI %u.%u, this cirrus offers %d.%d",
			  t->abi_major, t->min_host_minor, CIRRUS_ABI_MAJOR,
			  CIRRUS_ABI_MINOR);
		return error_hint(err, "install a newer cirrus");
	}
	*fault = TABLE_BROKEN;
	if (t->struct_size < TABLE_MIN || t->struct_size > TABLE_MAX)
		return error_set(err, ERR_BACKEND,
				 "its table claims a size of %u bytes, not %zu "
				 "to %d",
				 t->struct_size, TABLE_MIN, TABLE_MAX);
	return 0;
}

static int check_options(const struct cirrus_option *const *options,
			 struct error **err)
{
	for (; options && *options; options++)
		if ((*options)->struct_size < sizeof(**options) ||
		    !(*options)->name || !(*options)->name[0])
			return error_set(err, ERR_BACKEND,
					 "an option of it has no name or a "
					 "size that is too small");
	return 0;
}

static int check_kinds(const struct cirrus_backend *t, struct error **err)
{
	if (!t->kinds || !t->kinds[0])
		return error_set(err, ERR_BACKEND,
				 "it provides no kind of environment");
	for (size_t i = 0; t->kinds[i]; i++) {
		const struct cirrus_kind *k = t->kinds[i];

		if (k->struct_size < sizeof(*k) || !k->name || !k->name[0])
			return error_set(err, ERR_BACKEND,
					 "a kind of it has no name or a size "
					 "that is too small");
		if (check_options(k->options, err) < 0)
			return -1;
	}
	return 0;
}

static int check_name(const struct cirrus_backend *t, const char *name,
		      struct error **err)
{
	if (!t->name || !search_name_valid(t->name))
		return error_set(err, ERR_BACKEND, "it has no valid name");
	if (strcmp(t->name, name) == 0)
		return 0;
	error_set(err, ERR_BACKEND, "it calls itself \"%s\"", t->name);
	return error_hint(err, "a plugin of that name is a file cirrus-%s.so",
			  t->name);
}

static int check_ops(const struct cirrus_backend *t, struct error **err)
{
	for (size_t i = 0; i < table_n_ops; i++)
		if (table_ops[i].mandatory && !table_has(t, &table_ops[i]))
			return error_set(err, ERR_BACKEND,
					 "it lacks the mandatory operation %s",
					 table_ops[i].name);
	return 0;
}

int table_copy(const struct cirrus_backend *theirs, const char *name,
	       struct cirrus_backend *out, enum table_fault *fault,
	       struct error **err)
{
	size_t size;

	*fault = TABLE_BROKEN;
	if (!theirs)
		return error_set(err, ERR_BACKEND,
				 "its entry returned no table");
	if (check_version(theirs, fault, err) < 0)
		return -1;
	size = theirs->struct_size;
	if (size > sizeof(*out))
		size = sizeof(*out);
	*out = (struct cirrus_backend){0};
	memcpy(out, theirs, size);
	if (check_name(out, name, err) < 0 || check_ops(out, err) < 0 ||
	    check_options(out->options, err) < 0)
		return -1;
	return check_kinds(out, err);
}

const struct cirrus_kind *table_kind(const struct cirrus_backend *t,
				     const char *name)
{
	for (size_t i = 0; t->kinds[i]; i++)
		if (strcmp(t->kinds[i]->name, name) == 0)
			return t->kinds[i];
	return NULL;
}
