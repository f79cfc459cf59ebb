# core/annotate: reports of tests and linters -> annotations
core_libcore_la_SOURCES += \
	%D%/android-lint.c \
	%D%/annotate.c %D%/annotate.h \
	%D%/boost.c \
	%D%/buf.c \
	%D%/cirrus.c \
	%D%/eslint.c \
	%D%/flutter.c \
	%D%/golangci.c \
	%D%/junit.c \
	%D%/list.c %D%/list.h \
	%D%/parse.c %D%/parse.h \
	%D%/qodana.c \
	%D%/rspec.c \
	%D%/rubocop.c \
	%D%/swiftformat.c \
	%D%/xclogparser.c
