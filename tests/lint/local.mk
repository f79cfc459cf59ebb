# tests/lint: what can be checked without running anything
lint_tests += %D%/configure.sh %D%/layers.sh %D%/promises.sh %D%/style.sh
TESTS += $(lint_tests)
EXTRA_DIST += $(lint_tests) tests/README.md

.PHONY: lint
lint: all
	$(MAKE) check TESTS='$(lint_tests)'
