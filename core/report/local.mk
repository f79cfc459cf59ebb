# core/report: events -> what people and machines read
core_libcore_la_SOURCES += \
	%D%/annotation-json.c %D%/annotation-json.h \
	%D%/ansi.c %D%/ansi.h \
	%D%/choose.c %D%/choose.h \
	%D%/format.h \
	%D%/interactive.c \
	%D%/json.c \
	%D%/junit.c %D%/junit.h \
	%D%/lines.c %D%/lines.h \
	%D%/out.c %D%/out.h \
	%D%/page.c %D%/page.h %D%/page-annotations.c %D%/page-log.c \
	%D%/replay.c %D%/replay.h \
	%D%/report.c %D%/report.h \
	%D%/resize.c %D%/resize.h \
	%D%/saved.c %D%/saved.h \
	%D%/screen.c %D%/screen.h \
	%D%/simple.c \
	%D%/summary.c \
	%D%/tail.c %D%/tail.h \
	%D%/tree.c %D%/tree.h \
	%D%/view.c %D%/view.h \
	%D%/words.c %D%/words.h

# What a page of HTML carries along, as strings.
nodist_core_libcore_la_SOURCES += %D%/page-texts.c
EXTRA_DIST += %D%/page.css %D%/page.js
CLEANFILES += %D%/page-texts.c
%D%/page-texts.c: %D%/page.css %D%/page.js
	$(AM_V_GEN)$(MKDIR_P) %D% && { \
	  echo '#include "config.h"'; \
	  echo '#include "report/page.h"'; \
	  for text in css js; do \
	    echo "const char page_$$text[] ="; \
	    $(SED) -e 's/^	*//' -e 's/[\\"]/\\&/g' -e 's/^/"/' \
	      -e 's/$$/\\n"/' $(srcdir)/%D%/page.$$text; \
	    echo ';'; \
	  done; } >$@-t && mv $@-t $@
