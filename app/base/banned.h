/*
 * banned: functions of the C library that do not compile here.
 *
 * The build gives this header to the compiler with -include, so that no file can forget it. It
 * includes the headers that declare these functions first; after that any call is an error that
 * names it.
 *
 *	strcpy strcat sprintf vsprintf strncpy	no bound, or no NUL: buf, arena_printf, snprintf
 *	strtok gmtime localtime ctime asctime	hidden static state: str_cut, timestamp
 *	atoi atol				no error: str_to_int, qty_parse
 */
#ifndef BINCARD_BASE_BANNED_H
#define BINCARD_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(name) name##_is_a_banned_function

#undef strcpy
#define strcpy(...) BANNED(strcpy)
#undef strcat
#define strcat(...) BANNED(strcat)
#undef strncpy
#define strncpy(...) BANNED(strncpy)
#undef strtok
#define strtok(...) BANNED(strtok)
#undef sprintf
#define sprintf(...) BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf)
#undef atoi
#define atoi(...) BANNED(atoi)
#undef atol
#define atol(...) BANNED(atol)
#undef gmtime
#define gmtime(...) BANNED(gmtime)
#undef localtime
#define localtime(...) BANNED(localtime)
#undef ctime
#define ctime(...) BANNED(ctime)
#undef asctime
#define asctime(...) BANNED(asctime)

#endif
