# core/net
core_libcore_la_SOURCES +=
