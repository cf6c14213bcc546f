// SPDX-License-Identifier: GPL-2.0
#include "xperf.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CPU 1023
/* Largest value of /proc/sys/kernel/pid_max (PID_MAX_LIMIT of 64-bit kernels). */
#define MAX_PID (4u << 20)

static bool parse_number(const char *option, const char *text, uint64_t least, uint64_t most, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (errno == 0 && *text >= '0' && *text <= '9' && *end == '\0' && *value >= least && *value <= most)
		return true;
	fprintf(stderr, "xperf: --%s %s: expected a whole number from %llu to %llu\n", option, text,
		(unsigned long long)least, (unsigned long long)most);
	return false;
}

static bool parse_run(const char *text, uint32_t *run)
{
	if (strlen(text) == 8 && strspn(text, "0123456789abcdef") == 8) {
		*run = (uint32_t)strtoul(text, NULL, 16);
		return true;
	}
	fprintf(stderr, "xperf: --run %s: expected 8 lower-case hexadecimal digits\n", text);
	return false;
}

static bool parse_probe(const char *text, const struct xperf_probe **probe)
{
	*probe = xperf_find_probe(text);
	if (*probe)
		return true;
	fprintf(stderr, "xperf: --probe %s: expected one of ", text);
	xperf_print_probes(stderr, ", ");
	fputc('\n', stderr);
	return false;
}

/* False when an option is wrong or missing; the reason is on standard error then. */
bool xperf_parse_options(int argc, char **argv, struct xperf_options *options)
{
	static const struct option names[] = {
		{ "probe", required_argument, NULL, 'p' }, { "faults", required_argument, NULL, 'f' },
		{ "warmup", required_argument, NULL, 'w' }, { "cpu", required_argument, NULL, 'c' },
		{ "run", required_argument, NULL, 'r' },    { "batch", required_argument, NULL, 'b' },
		{ "parent", required_argument, NULL, 'P' }, { "identify", no_argument, NULL, 'i' },
		{ 0 },
	};
	bool has_probe = false, has_run = false, good = true;
	uint64_t number = 0;
	int option;

	*options = (struct xperf_options){ .faults = 10000, .warmup = 1000, .batch = 64, .cpu = -1 };
	while (good && (option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (option) {
		case 'p':
			good = has_probe = parse_probe(optarg, &options->probe);
			break;
		case 'f':
			good = parse_number("faults", optarg, 1, XPERF_MAX_FAULTS, &number);
			options->faults = (uint32_t)number;
			break;
		case 'w':
			good = parse_number("warmup", optarg, 0, XPERF_MAX_WARMUP, &number);
			options->warmup = (uint32_t)number;
			break;
		case 'c':
			good = parse_number("cpu", optarg, 0, MAX_CPU, &number);
			options->cpu = (int)number;
			break;
		case 'r':
			good = has_run = parse_run(optarg, &options->run);
			break;
		case 'b':
			good = parse_number("batch", optarg, 1, XPERF_MAX_BATCH, &number);
			options->batch = (uint32_t)number;
			break;
		case 'P':
			good = parse_number("parent", optarg, 1, MAX_PID, &number);
			options->parent = (pid_t)number;
			break;
		case 'i':
			options->identify = true;
			break;
		default:
			good = false;
		}
	}
	if (good && options->identify)
		return optind == argc;
	if (good && (!has_probe || !has_run || optind != argc)) {
		fprintf(stderr, "xperf: %s\n", optind != argc ? "unexpected argument" :
							!has_probe ? "--probe is missing" : "--run is missing");
		good = false;
	}
	return good;
}
