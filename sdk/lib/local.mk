# sdk/lib: libcirrus-sdk, what plugins for container engines share
noinst_LTLIBRARIES += sdk/lib/libcirrus-sdk.la
sdk_lib_libcirrus_sdk_la_SOURCES = \
	%D%/call.c %D%/call.h \
	%D%/http.c %D%/http.h \
	%D%/stream.c %D%/stream.h \
	%D%/engine.c %D%/engine.h %D%/engine-internal.h \
	%D%/engine-attach.c \
	%D%/engine-build.c \
	%D%/engine-copy.c \
	%D%/engine-cow.c \
	%D%/engine-create.c \
	%D%/engine-dial.c \
	%D%/engine-main.c \
	%D%/engine-direct.c \
	%D%/engine-exec.c \
	%D%/engine-expose.c \
	%D%/engine-helper.c \
	%D%/engine-image.c \
	%D%/engine-instance.c \
	%D%/engine-list.c \
	%D%/engine-logs.c \
	%D%/engine-mounts.c \
	%D%/engine-public.c \
	%D%/engine-registry.c \
	%D%/engine-system.c \
	%D%/engine-volume.c \
	%D%/idle.c %D%/idle.h \
	%D%/netns.c %D%/netns.h \
	%D%/relay.c %D%/relay.h \
	%D%/nameset.c %D%/nameset.h \
	%D%/pax.c %D%/pax.h \
	%D%/tarfilter.c %D%/tarfilter.h \
	%D%/tarhead.c %D%/tarhead.h \
	%D%/tree.c %D%/tree.h \
	%D%/tree-in.c \
	%D%/tree-out.c \
	%D%/process.c %D%/process.h \
	%D%/progress.c %D%/progress.h \
	%D%/demux.c %D%/demux.h \
	%D%/cj.c %D%/cj.h \
	%D%/pump.c %D%/pump.h \
	%D%/url.c %D%/url.h \
	%D%/auth.c %D%/auth.h \
	%D%/authfile.c %D%/authfile.h \
	%D%/dial.c %D%/dial.h \
	%D%/endpoint.c %D%/endpoint.h \
	%D%/fault.c %D%/fault.h \
	%D%/child.c %D%/child.h
sdk_lib_libcirrus_sdk_la_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(CJSON_CFLAGS) \
	$(CRYPTO_CFLAGS)
sdk_lib_libcirrus_sdk_la_CPPFLAGS = $(AM_CPPFLAGS)
sdk_lib_libcirrus_sdk_la_LIBADD = core/libbase.la $(CURL_LIBS) $(CJSON_LIBS) \
	$(CRYPTO_LIBS)

# For plugins outside the tree: one object of position independent code in which
# only what <cirrus/engine.h> declares can be seen, so that no name of ours
# meets one of theirs.  Without objcopy the names stay visible.
if ENABLE_SHARED
sdklibdir = $(libdir)
sdklib_DATA = sdk/libcirrus-sdk.a
CLEANFILES += sdk/libcirrus-sdk.a sdk/libcirrus-sdk.o
sdk/libcirrus-sdk.a: sdk/lib/libcirrus-sdk.la
	$(AM_V_GEN)rm -f $@; \
	if test -n "$(OBJCOPY)"; then \
	  $(CC) -nostdlib -r -o sdk/libcirrus-sdk.o -Wl,--whole-archive \
	    sdk/lib/.libs/libcirrus-sdk.a -Wl,--no-whole-archive && \
	  $(OBJCOPY) --localize-hidden sdk/libcirrus-sdk.o && \
	  $(AR) cr $@ sdk/libcirrus-sdk.o; \
	else \
	  cp sdk/lib/.libs/libcirrus-sdk.a $@; \
	fi
endif
