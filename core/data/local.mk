# core/data: the only users of libyaml and cJSON in the core
core_libcore_la_SOURCES += \
	%D%/json.c %D%/json.h \
	%D%/scalar.c %D%/scalar.h \
	%D%/yaml.c %D%/yaml.h \
	%D%/yaml-tree.c %D%/yaml-tree.h
