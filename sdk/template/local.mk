# sdk/template: a backend outside the tree; distributed and installed as it is
templatedir = $(docdir)/template
dist_template_DATA = \
	%D%/Makefile.am %D%/README.md %D%/configure.ac \
	%D%/copy.c %D%/instance.c %D%/list.c %D%/local.c %D%/local.h %D%/process.c
