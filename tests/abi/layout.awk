# SPDX-License-Identifier: MIT
# Reads backend.h and writes a C file whose assembly says where everything lies:
#
#	->struct.member offset size
#	->struct size		(of those that are frozen as a whole)
#	->name value		(enumerators and flags)
#
# The values are immediate operands of asm statements, so that nothing has to be
# linked or run, and any data model that the compiler can generate will do.  It
# relies on the header's style: a struct begins and ends at the first column.
BEGIN {
	RS = "\001" # the whole file at once
	print "#include <stddef.h>\n#include BACKEND_H"
	print "void layout(void);\nvoid layout(void)\n{"
}

function emit(name, value) {
	printf "\t__asm__ volatile(\".ascii \\\"->%s %%0\\\"\" : : \"i\"(%s));\n",
		name, value
}

function member(name) {
	printf "\t__asm__ volatile(\".ascii \\\"->%s.%s %%0 %%1\\\"\" : : ",
		tag, name
	printf "\"i\"(offsetof(struct %s, %s)), ", tag, name
	printf "\"i\"(sizeof(((struct %s *)0)->%s)));\n", tag, name
}

# One declaration without its semicolon; commas separate names of one type.
function declaration(text,    names, n, i) {
	if (match(text, /\(\*[a-z_0-9]+\)/)) {
		member(substr(text, RSTART + 2, RLENGTH - 3))
		return
	}
	n = split(text, names, ",")
	for (i = 1; i <= n; i++) {
		sub(/\[.*/, "", names[i])
		sub(/[ \t]+$/, "", names[i])
		sub(/.*[ \t*]/, "", names[i])
		member(names[i])
	}
}

function inside_struct(line,    i) {
	text = text " " line
	while ((i = index(text, ";")) > 0) {
		declaration(substr(text, 1, i - 1))
		text = substr(text, i + 1)
	}
}

function outside_struct(line,    pair) {
	if (line ~ /^#define CIRRUS_[A-Z_0-9]+ +(\(1u << [0-9]+\)|[0-9]+) *$/) {
		split(line, pair, " +")
		if (pair[2] !~ /^CIRRUS_ABI_/)
			emit(pair[2], pair[2])
	}
	while (match(line, /CIRRUS_[A-Z_0-9]+ = -?[0-9]+/)) {
		split(substr(line, RSTART, RLENGTH), pair, " ")
		emit(pair[1], pair[1])
		line = substr(line, RSTART + RLENGTH)
	}
}

function without_comments(from,    i, to) {
	gsub(/\/\* frozen \*\//, "@frozen", from)
	while ((i = index(from, "/*")) > 0) {
		to = to substr(from, 1, i - 1)
		from = substr(from, i + 2)
		from = substr(from, index(from, "*/") + 2)
	}
	return to from
}

{
	n = split(without_comments($0), lines, "\n")
	for (i = 1; i <= n; i++) {
		if (match(lines[i], /^struct cirrus_[a-z_]+ \{/)) {
			tag = substr(lines[i], 8, RLENGTH - 9)
			text = ""
		} else if (tag && lines[i] ~ /^\}/) {
			if (lines[i] ~ /@frozen/)
				emit(tag, "sizeof(struct " tag ")")
			tag = ""
		} else if (tag) {
			inside_struct(lines[i])
		} else {
			outside_struct(lines[i])
		}
	}
	print "}"
}
