// SPDX-License-Identifier: GPL-2.0
#include "fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void follow_fail(enum follow_exit code, const char *format, ...)
{
	va_list arguments;

	fputs("follow: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(code);
}
