# plugins: one module each, built only where it was not disabled
# An ELF module that binds at once and exports its entry point alone.
PLUGIN_LINK_FLAGS = -module -avoid-version -no-undefined $(MODULE_LDFLAGS) \
	-export-symbols-regex '_LTX_cirrus_backend_entry_v0$$' $(AM_LDFLAGS)
include %D%/docker/local.mk
include %D%/podman/local.mk

# A plugin that becomes part of the program: one object that shows its entry
# alone, as the module would, so that no name in it can collide.
preloaded_objects =
preloaded_plugins =
PRELOAD = $(CC) -r -nostdlib -Wl,--whole-archive
PRELOAD_KEEP = $(OBJCOPY) --wildcard --keep-global-symbol='*_LTX_cirrus_backend_entry_v0'
if ENABLE_DOCKER
preloaded_objects += plugins/docker/preload.o
preloaded_plugins += PLUGIN(docker)
plugins/docker/preload.o: plugins/docker/cirrus-docker.la
	$(AM_V_GEN)$(PRELOAD) plugins/docker/.libs/cirrus-docker.a -o $@
	$(AM_V_at)$(PRELOAD_KEEP) $@
endif
if ENABLE_PODMAN
preloaded_objects += plugins/podman/preload.o
preloaded_plugins += PLUGIN(podman)
plugins/podman/preload.o: plugins/podman/cirrus-podman.la
	$(AM_V_GEN)$(PRELOAD) plugins/podman/.libs/cirrus-podman.a -o $@
	$(AM_V_at)$(PRELOAD_KEEP) $@
endif
CLEANFILES += $(preloaded_objects)
