# core/files
core_libcore_la_SOURCES += \
	%D%/archive.c %D%/archive.h \
	%D%/dockerignore.c %D%/dockerignore.h \
	%D%/extract.c %D%/extract.h \
	%D%/changes.c %D%/changes.h \
	%D%/git.c %D%/git.h \
	%D%/git-dir.c %D%/git-dir.h \
	%D%/git-mounts.c %D%/git-mounts.h \
	%D%/ignore.c %D%/ignore.h \
	%D%/manifest.c %D%/manifest.h \
	%D%/member.c %D%/member.h \
	%D%/pack.c %D%/pack.h \
	%D%/path.c %D%/path.h \
	%D%/path-glob.c %D%/path-glob.h \
	%D%/project.c %D%/project.h \
	%D%/save.c %D%/save.h \
	%D%/tar.c %D%/tar.h \
	%D%/unpack.c %D%/unpack.h
