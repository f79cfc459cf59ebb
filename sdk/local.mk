# sdk: what a plugin is built with
cirrusincludedir = $(includedir)/cirrus
cirrusinclude_HEADERS = %D%/include/cirrus/backend.h \
	%D%/include/cirrus/engine.h %D%/include/cirrus/sdk.h
man_pages += %D%/man/cirrus-backend.3
pkgconfig_DATA += %D%/cirrus-backend.pc
EXTRA_DIST += %D%/cirrus-backend.pc.in
include %D%/lib/local.mk
include %D%/check/local.mk
include %D%/template/local.mk
