# tests/bench: figures beside the raw engine's
EXTRA_PROGRAMS = %D%/compare
tests_bench_compare_SOURCES = %D%/compare.c
tests_bench_compare_LDADD = core/libbase.la
EXTRA_DIST += %D%/bench.sh %D%/caches.sh %D%/execution.sh %D%/lib.sh %D%/measure.sh %D%/validate.sh

.PHONY: bench
bench: all %D%/compare
	srcdir='$(abs_top_srcdir)' builddir='$(abs_top_builddir)' \
		bash $(srcdir)/tests/bench/bench.sh
