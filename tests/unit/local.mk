# tests/unit: one program per module, in the tree of the sources it mirrors
UNIT_CPPFLAGS = $(core_libcore_la_CPPFLAGS) -I$(top_srcdir)/tests
UNIT_CFLAGS = $(core_libcore_la_CFLAGS)
UNIT_LIBS = core/libcore.la core/libbase.la
include %D%/base/local.mk
include %D%/data/local.mk
include %D%/model/local.mk
include %D%/annotate/local.mk
include %D%/config/local.mk
include %D%/files/local.mk
include %D%/backend/local.mk
include %D%/store/local.mk
include %D%/net/local.mk
include %D%/run/local.mk
include %D%/report/local.mk
include %D%/cli/local.mk
include %D%/sdk/local.mk
