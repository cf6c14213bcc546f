// SPDX-License-Identifier: GPL-2.0
#include "follow.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

/* CPU_SETSIZE of glibc, and the largest pid of 64-bit kernels (PID_MAX_LIMIT). */
#define MAX_CPU 1023
#define MAX_PID (4u << 20)

static unsigned long parse_number(const char *option, const char *text, unsigned long least, unsigned long most)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno != 0 || *text < '0' || *text > '9' || *end != '\0' || value < least || value > most)
		follow_fail(FOLLOW_EXIT_USAGE, "--%s %s: expected a whole number from %lu to %lu", option, text, least, most);
	return value;
}

struct follow_options follow_parse_options(int argc, char **argv)
{
	static const struct option names[] = {
		{ "cpu", required_argument, NULL, 'c' },
		{ "parent", required_argument, NULL, 'P' },
		{ 0 },
	};
	struct follow_options options = { .cpu = -1 };
	int option;

	/* `+`: what follows the program is the program's. */
	while ((option = getopt_long(argc, argv, "+", names, NULL)) != -1) {
		if (option == 'c')
			options.cpu = (int)parse_number("cpu", optarg, 0, MAX_CPU);
		else if (option == 'P')
			options.parent = (pid_t)parse_number("parent", optarg, 1, MAX_PID);
		else
			follow_fail(FOLLOW_EXIT_USAGE, "usage: follow [--cpu N] [--parent PID] -- PROGRAM [ARGUMENT...]");
	}
	if (optind == argc)
		follow_fail(FOLLOW_EXIT_USAGE, "no program was named");
	options.program = argv + optind;
	return options;
}
