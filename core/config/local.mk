# core/config: .cirrus.yml -> tasks, without touching engine, clock or process
core_libcore_la_SOURCES += \
	%D%/additional.c \
	%D%/collectible.c %D%/collectible.h \
	%D%/condition.c %D%/condition.h \
	%D%/config.c %D%/config.h \
	%D%/dependencies.c \
	%D%/diag.c \
	%D%/dockerfile-buildkit.c \
	%D%/dockerfile.c %D%/dockerfile.h %D%/dockerfile-text.c \
	%D%/dockerfile-word.c \
	%D%/fields.c %D%/fields.h \
	%D%/functions.c \
	%D%/glob.c %D%/glob.h \
	%D%/instance.c %D%/instance.h \
	%D%/instructions.c %D%/instructions.h \
	%D%/json-model.c %D%/json-model.h \
	%D%/labels.c \
	%D%/lexer.c %D%/lexer.h \
	%D%/matrix.c \
	%D%/merge.c \
	%D%/names.c %D%/names.h \
	%D%/number.c %D%/number.h \
	%D%/parser.h \
	%D%/pipe.c %D%/pipe.h \
	%D%/regex.c %D%/regex.h \
	%D%/script.c %D%/script.h \
	%D%/service.c \
	%D%/shared-env.c \
	%D%/tasklike.c \
	%D%/values.c \
	%D%/vars.c %D%/vars.h \
	%D%/worker.c
