/* SPDX-License-Identifier: MIT */
/* A backend in C++98: does the contract hold without C's initialisers, and is
 * the entry found by its name? */
#include <cirrus/sdk.h>

namespace
{

cirrus_status no_engine(const cirrus_call *call, const cirrus_config *,
			cirrus_conn **)
{
	return cirrus_errorf(call, CIRRUS_E_UNAVAIL, NULL, "no engine %d", 1);
}

cirrus_backend *table()
{
	static cirrus_kind kind;
	static const cirrus_kind *const kinds[] = {&kind, NULL};
	static cirrus_backend backend;

	kind.struct_size = sizeof(kind);
	kind.name = "container";
	backend.struct_size = sizeof(backend);
	backend.abi_major = CIRRUS_ABI_MAJOR;
	backend.abi_minor = CIRRUS_ABI_MINOR;
	backend.name = "cxx";
	backend.kinds = kinds;
	backend.open = no_engine;
	return &backend;
}

} // namespace

CIRRUS_REGISTER_BACKEND(cxx, *table());
