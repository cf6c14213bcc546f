// SPDX-License-Identifier: GPL-2.0
/* The lines of the contract (version 1) that this program prints itself: those of round trips. */
#include "xperf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Longest line without its checksum; the contract keeps lines under 1000 characters. */
#define LINE_LIMIT 960

struct line {
	char text[1000];
	size_t length;
};

void xperf_fail(enum xperf_exit code, const char *format, ...)
{
	va_list arguments;

	fputs("xperf: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(code);
}

__attribute__((format(printf, 2, 3))) static void append(struct line *line, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	line->length += (size_t)vsnprintf(line->text + line->length, sizeof(line->text) - line->length, format, arguments);
	va_end(arguments);
}

static struct line start_line(const struct xperf_options *options)
{
	struct line line = { .length = 0 };

	append(&line, "xperf: magic=0x%08x v=%d run=%08x", XPERF_MAGIC, XPERF_VERSION, options->run);
	return line;
}

/* 32-bit FNV-1a (offset basis 2166136261, prime 16777619: the FNV reference, isthe.com/chongo/tech/comp/fnv). */
static uint32_t checksum(const char *text, size_t length)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619u;
	return hash;
}

static void finish_line(struct line *line)
{
	if (printf("%s ck=%08x\n", line->text, checksum(line->text, line->length)) < 0)
		xperf_fail(XPERF_EXIT_OUTPUT, "cannot write to standard output: %s", strerror(errno));
}

static void flush_output(void)
{
	if (fflush(stdout) != 0)
		xperf_fail(XPERF_EXIT_OUTPUT, "cannot write to standard output: %s", strerror(errno));
}

void xperf_print_begin(const struct xperf_options *options, int cpu, uint64_t overhead)
{
	struct line line = start_line(options);

	append(&line, " begin probe=%s faults=%u warmup=%u pid=%d cpu=%d batch=%u overhead=%llu chunk=%u",
	       options->probe->name, options->faults, options->warmup, (int)getpid(), cpu, options->batch,
	       (unsigned long long)overhead, XPERF_CHUNK);
	finish_line(&line);
	flush_output();
}

/* Prints the one sample, or as many of the consecutive samples as fit a line; returns how many it took. */
static size_t print_line(const struct xperf_options *options, int cpu, const struct xperf_sample *samples, size_t count)
{
	const char *field = options->probe->name;
	struct line line = start_line(options);
	struct line values = { .length = 0 };
	size_t taken = 0;

	append(&line, " pid=%d cpu=%d seq=%u", (int)getpid(), cpu, samples[0].seq);
	if (options->batch == 1) {
		append(&line, " %s=%u irq=%d", field, samples[0].cycles, samples[0].interrupted);
		finish_line(&line);
		return 1;
	}
	while (taken < count && taken < options->batch && samples[taken].seq == samples[0].seq + taken &&
	       line.length + values.length < LINE_LIMIT - sizeof(" n=64 syscall_rt=,4294967295!")) {
		append(&values, "%s%u%s", taken ? "," : "", samples[taken].cycles, samples[taken].interrupted ? "!" : "");
		taken++;
	}
	append(&line, " n=%zu %s=%s", taken, field, values.text);
	finish_line(&line);
	return taken;
}

/* `samples` in order of seq; a gap in seq starts a new line. */
void xperf_print_samples(const struct xperf_options *options, int cpu, const struct xperf_sample *samples, size_t count)
{
	for (size_t done = 0; done < count;)
		done += print_line(options, cpu, samples + done, count - done);
	flush_output();
}

void xperf_print_end(const struct xperf_options *options, uint32_t samples)
{
	struct line line = start_line(options);

	append(&line, " end faults=%u samples=%u rejected=%u", options->faults, samples, options->faults - samples);
	finish_line(&line);
	flush_output();
}
