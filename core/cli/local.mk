# core/cli: the program.  main.c and the table of commands are its own; the
# rest is in libcore too, so that tests reach it.
core_libcore_la_SOURCES += \
	%D%/backend-args.c %D%/backend-args.h \
	%D%/blocks.c %D%/blocks.h \
	%D%/command.h \
	%D%/diagnostics.c %D%/diagnostics.h \
	%D%/excerpt.c %D%/excerpt.h \
	%D%/kept-runs.c %D%/kept-runs.h \
	%D%/list-json.c %D%/list-json.h \
	%D%/load.c %D%/load.h \
	%D%/location.c %D%/location.h \
	%D%/options.c %D%/options.h %D%/option-types.c \
	%D%/signals.c %D%/signals.h \
	%D%/terminal.c %D%/terminal.h \
	%D%/user-env.c %D%/user-env.h

bin_PROGRAMS += cirrus
cirrus_SOURCES = \
	%D%/main.c \
	%D%/backends.c \
	%D%/cache.c %D%/cache.h \
	%D%/cache-actions.c \
	%D%/clean.c \
	%D%/command.c \
	%D%/complete.c \
	%D%/follow.c %D%/follow.h \
	%D%/help.c \
	%D%/list.c \
	%D%/logs.c \
	%D%/logs-wanted.c %D%/logs-wanted.h \
	%D%/preloaded.c %D%/preloaded.h \
	%D%/run.c \
	%D%/run-options.c %D%/run-options.h \
	%D%/validate.c
cirrus_CPPFLAGS = $(core_libcore_la_CPPFLAGS)
cirrus_CFLAGS = $(core_libcore_la_CFLAGS)
cirrus_LDADD = core/libcore.la
cirrus_LDFLAGS = $(AM_LDFLAGS)
# Without shared libraries the plugins are linked in.
if !ENABLE_SHARED
cirrus_LDADD += $(preloaded_objects)
if SOME_PLUGIN
cirrus_CPPFLAGS += -DPRELOADED='$(preloaded_plugins)'
endif
endif

man_pages += \
	core/cli/man/cirrus.1 \
	core/cli/man/cirrus-backends.1 \
	core/cli/man/cirrus-cache.1 \
	core/cli/man/cirrus-clean.1 \
	core/cli/man/cirrus-list.1 \
	core/cli/man/cirrus-logs.1 \
	core/cli/man/cirrus-run.1 \
	core/cli/man/cirrus-validate.1 \
	core/cli/man/cirrus.yml.5

# Shells look for completions below the prefix, wherever that is.
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = %D%/completion/cirrus
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = %D%/completion/_cirrus
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_fishcompletion_DATA = %D%/completion/cirrus.fish
