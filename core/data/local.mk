# core/data: the only users of libyaml, cJSON and expat in the core
core_libcore_la_SOURCES += \
	%D%/json.c %D%/json.h \
	%D%/json-node.c %D%/json-node.h \
	%D%/json-reader.c %D%/json-reader.h \
	%D%/scalar.c %D%/scalar.h \
	%D%/xml.c %D%/xml.h \
	%D%/yaml.c %D%/yaml.h \
	%D%/yaml-tree.c %D%/yaml-tree.h
