# core/run
core_libcore_la_SOURCES += \
	%D%/annotations.c %D%/annotations.h \
	%D%/artifact-find.c %D%/artifact-find.h \
	%D%/artifacts.c %D%/artifacts.h \
	%D%/ask.c \
	%D%/background.c %D%/background.h \
	%D%/build-context.c %D%/build-context.h \
	%D%/cache.c %D%/cache.h \
	%D%/cache-copy.c %D%/cache-copy.h \
	%D%/cache-folders.c %D%/cache-folders.h \
	%D%/cache-remote.c %D%/cache-remote.h \
	%D%/cache-state.h \
	%D%/cache-upload.c \
	%D%/clean.c \
	%D%/context.h \
	%D%/demand.c %D%/demand.h \
	%D%/dry.c %D%/dry.h \
	%D%/each.c %D%/each.h \
	%D%/file.c %D%/file.h \
	%D%/given.c %D%/given.h \
	%D%/http-cache.c %D%/http-cache.h \
	%D%/images.c %D%/images.h \
	%D%/instruction-variables.c \
	%D%/instructions.c %D%/instructions.h \
	%D%/line.c \
	%D%/mask.c %D%/mask.h \
	%D%/memory.c %D%/memory.h \
	%D%/owner.c %D%/owner.h \
	%D%/pipe.c %D%/pipe.h \
	%D%/place.c %D%/place.h \
	%D%/place-create.c %D%/place-create.h \
	%D%/plan.c %D%/plan.h \
	%D%/platform.c %D%/platform.h \
	%D%/prebuild.c %D%/prebuild.h \
	%D%/pump.c %D%/pump.h \
	%D%/reading.c %D%/reading.h \
	%D%/record.c %D%/record.h \
	%D%/report-paths.c %D%/report-paths.h \
	%D%/run.c %D%/run.h \
	%D%/schedule.c %D%/schedule.h \
	%D%/script.c %D%/script.h \
	%D%/script-files.c \
	%D%/sealed.c %D%/sealed.h \
	%D%/selection.c %D%/selection.h \
	%D%/session.c %D%/session.h \
	%D%/shell.c %D%/shell.h \
	%D%/sidecar.h \
	%D%/sidecars.c %D%/sidecars.h \
	%D%/sidecars-ready.c \
	%D%/step.c %D%/step.h \
	%D%/task-tell.c \
	%D%/task-variables.c %D%/task-variables.h \
	%D%/task.c %D%/task.h \
	%D%/support.c %D%/support.h \
	%D%/sweep.c %D%/sweep.h \
	%D%/tell.c %D%/tell.h \
	%D%/variables.c %D%/variables.h \
	%D%/volume.c %D%/volume.h \
	%D%/wants.c %D%/wants.h \
	%D%/workspace.c %D%/workspace.h \
	%D%/workspace-copy.c %D%/workspace-copy.h
# The far end of a session, as a string; its comments stay at home.
nodist_core_libcore_la_SOURCES = %D%/session-driver.c
EXTRA_DIST += %D%/session.sh
CLEANFILES += %D%/session-driver.c
%D%/session-driver.c: %D%/session.sh
	$(AM_V_GEN)$(MKDIR_P) %D% && { \
	  echo '#include "config.h"'; \
	  echo '#include "run/session.h"'; \
	  echo 'const char session_driver[] ='; \
	  $(SED) -e '/^[	 ]*#/d' -e 's/[\\"]/\\&/g' -e 's/^/"/' \
	    -e 's/$$/\\n"/' $(srcdir)/%D%/session.sh; \
	  echo ';'; } >$@-t && mv $@-t $@
