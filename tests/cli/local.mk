# tests/cli: the program against the dummy backend
include %D%/plugins-bad/local.mk
cli_tests_sh = \
	%D%/additional.sh \
	%D%/annotations.sh \
	%D%/artifacts.sh \
	%D%/backends-run.sh \
	%D%/backends.sh \
	%D%/cache.sh %D%/cache-command.sh %D%/cache-faults.sh \
	%D%/clean.sh \
	%D%/completion.sh \
	%D%/failures.sh \
	%D%/floods.sh \
	%D%/dockerfile.sh \
	%D%/help.sh \
	%D%/http-cache.sh \
	%D%/list.sh \
	%D%/logs.sh \
	%D%/logs-follow.sh \
	%D%/man-examples.sh \
	%D%/mistakes.sh \
	%D%/options.sh \
	%D%/output.sh \
	%D%/pipe.sh \
	%D%/preloaded.sh \
	%D%/reports.sh \
	%D%/run-fallback.sh \
	%D%/run.sh \
	%D%/signals.sh \
	%D%/validate.sh \
	%D%/validate-backends.sh \
	%D%/wants.sh \
	%D%/workspace.sh
if ENABLE_SHARED
check_LTLIBRARIES += %D%/clock-jump.la
endif
tests_cli_clock_jump_la_SOURCES = %D%/clock-jump.c
tests_cli_clock_jump_la_LDFLAGS = $(BAD_LINK_FLAGS)
TESTS += $(cli_tests_sh)
EXTRA_DIST += $(cli_tests_sh)
EXTRA_DIST += %D%/mistakes/anchor.yml %D%/mistakes/anchor.out \
	%D%/mistakes/cache.yml %D%/mistakes/cache.out \
	%D%/mistakes/container.yml %D%/mistakes/container.out \
	%D%/mistakes/cycle.yml %D%/mistakes/cycle.out \
	%D%/mistakes/dependency.yml %D%/mistakes/dependency.out \
	%D%/mistakes/duplicate-name.yml %D%/mistakes/duplicate-name.out \
	%D%/mistakes/empty-env.yml %D%/mistakes/empty-env.out \
	%D%/mistakes/field.yml %D%/mistakes/field.out \
	%D%/mistakes/field-with-name.yml %D%/mistakes/field-with-name.out \
	%D%/mistakes/image.yml %D%/mistakes/image.out \
	%D%/mistakes/indentation.yml %D%/mistakes/indentation.out \
	%D%/mistakes/matrix-scalar.yml %D%/mistakes/matrix-scalar.out \
	%D%/mistakes/matrix-top.yml %D%/mistakes/matrix-top.out \
	%D%/mistakes/memory.yml %D%/mistakes/memory.out \
	%D%/mistakes/number-key.yml %D%/mistakes/number-key.out \
	%D%/mistakes/only-if-and.yml %D%/mistakes/only-if-and.out \
	%D%/mistakes/only-if-case.yml %D%/mistakes/only-if-case.out \
	%D%/mistakes/only-if-equals.yml %D%/mistakes/only-if-equals.out \
	%D%/mistakes/only-if-exclamation.yml %D%/mistakes/only-if-exclamation.out \
	%D%/mistakes/only-if-quote.yml %D%/mistakes/only-if-quote.out \
	%D%/mistakes/script-map.yml %D%/mistakes/script-map.out \
	%D%/mistakes/tab.yml %D%/mistakes/tab.out \
	%D%/mistakes/task-prefix.yml %D%/mistakes/task-prefix.out \
	%D%/mistakes/task-suffix.yml %D%/mistakes/task-suffix.out \
	%D%/mistakes/timeout.yml %D%/mistakes/timeout.out \
	%D%/mistakes/upload-cache.yml %D%/mistakes/upload-cache.out
