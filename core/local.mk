# libbase knows nothing of cirrus and is shared with the SDK; libcore is all
# the rest, a convenience library so that tests reach the internals.
noinst_LTLIBRARIES += core/libbase.la core/libcore.la
core_libbase_la_SOURCES =
core_libbase_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
core_libbase_la_LIBADD = $(CRYPTO_LIBS)
core_libcore_la_SOURCES =
core_libcore_la_CFLAGS = $(AM_CFLAGS) $(YAML_CFLAGS) $(CJSON_CFLAGS) \
	$(ARCHIVE_CFLAGS) $(GIT2_CFLAGS) $(PCRE2_CFLAGS) $(CURL_CFLAGS) \
	$(CRYPTO_CFLAGS) $(MICROHTTPD_CFLAGS) $(EXPAT_CFLAGS)
core_libcore_la_CPPFLAGS = $(AM_CPPFLAGS) -DBACKENDDIR='"$(backenddir)"' \
	-DBINDIR='"$(bindir)"'
core_libcore_la_LIBADD = core/libbase.la $(YAML_LIBS) $(CJSON_LIBS) \
	$(ARCHIVE_LIBS) $(GIT2_LIBS) $(PCRE2_LIBS) $(CURL_LIBS) $(LTDL_LIBS) \
	$(MICROHTTPD_LIBS) $(EXPAT_LIBS)

include core/base/local.mk
include core/data/local.mk
include core/annotate/local.mk
include core/model/local.mk
include core/config/local.mk
include core/files/local.mk
include core/backend/local.mk
include core/store/local.mk
include core/net/local.mk
include core/run/local.mk
include core/report/local.mk
include core/cli/local.mk
