/* SPDX-License-Identifier: MIT */
/* Functions that have no place in this code.  config.h includes this at its
 * end, so that every source file sees it after nothing but the macros.
 *
 * strcpy and friends overrun, strtok, gmtime and localtime keep state between
 * threads, system and popen run a shell nobody asked for, mktemp races. */
#ifndef CIRRUS_BASE_BANNED_H
#define CIRRUS_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CIRRUS_BANNED(name) sorry_##name##_is_banned_here

#undef strcpy
#define strcpy(d, s) CIRRUS_BANNED(strcpy)
#undef strcat
#define strcat(d, s) CIRRUS_BANNED(strcat)
#undef strncpy
#define strncpy(d, s, n) CIRRUS_BANNED(strncpy)
#undef strncat
#define strncat(d, s, n) CIRRUS_BANNED(strncat)
#undef sprintf
#define sprintf(...) CIRRUS_BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) CIRRUS_BANNED(vsprintf)
#undef strtok
#define strtok(s, d) CIRRUS_BANNED(strtok)
#undef gets
#define gets(s) CIRRUS_BANNED(gets)
#undef gmtime
#define gmtime(t) CIRRUS_BANNED(gmtime)
#undef localtime
#define localtime(t) CIRRUS_BANNED(localtime)
#undef system
#define system(c) CIRRUS_BANNED(system)
#undef popen
#define popen(c, m) CIRRUS_BANNED(popen)
#undef tmpnam
#define tmpnam(s) CIRRUS_BANNED(tmpnam)
#undef mktemp
#define mktemp(s) CIRRUS_BANNED(mktemp)
#undef alloca
#define alloca(n) CIRRUS_BANNED(alloca)

#endif
