// SPDX-License-Identifier: GPL-2.0
/* Line contract, version 1 (docs/kernel-interface.md). */
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/smp.h>
#include <asm/cpufeature.h>
#include <asm/xperf.h>

#include "internal.h"

/* Longest text of one sample in a batch: two 10-digit numbers, slash, mark, comma. */
#define LONGEST_VALUE	24

/* 32-bit FNV-1a: offset basis 2166136261, prime 16777619. */
static u32 checksum(const char *text)
{
	u32 hash = 2166136261u;

	while (*text)
		hash = (hash ^ (u8)*text++) * 16777619u;
	return hash;
}

static __printf(2, 3) void print_line(struct xperf_run *run, const char *format, ...)
{
	va_list arguments;
	int length;

	length = scnprintf(run->line, sizeof(run->line), "xperf: magic=0x%08x v=%d run=%08x ",
			   XPERF_MAGIC, XPERF_VERSION, run->nonce);
	va_start(arguments, format);
	vscnprintf(run->line + length, sizeof(run->line) - length, format, arguments);
	va_end(arguments);
	printk(KERN_INFO "%s ck=%08x\n", run->line, checksum(run->line));
}

void xperf_print_begin(struct xperf_run *run)
{
	print_line(run, "begin probe=pf faults=%u warmup=%u pid=%d cpu=%d batch=%u overhead=%u kpti=%d fred=%d",
		   run->faults, run->warmup, run->pid, raw_smp_processor_id(), run->batch, run->overhead,
		   boot_cpu_has(X86_FEATURE_PTI), xperf_fred());
}

void xperf_print_end(struct xperf_run *run)
{
	print_line(run, "end faults=%u samples=%u rejected=%u", run->faults, run->printed,
		   run->faults - run->printed);
}

void xperf_flush_batch(struct xperf_run *run)
{
	if (run->batch_count)
		print_line(run, "pid=%d cpu=%d seq=%u n=%u d=%s", run->pid, run->batch_cpu, run->batch_first,
			   run->batch_count, run->values);
	run->batch_count = 0;
	run->values_length = 0;
}

static bool fits_batch(const struct xperf_run *run, const struct xperf_sample *sample)
{
	return sample->seq == run->batch_first + run->batch_count && sample->cpu == run->batch_cpu &&
	       run->values_length + LONGEST_VALUE < sizeof(run->values);
}

/* Prints the sample, or keeps it for its batch line. */
void xperf_add_sample(struct xperf_run *run, const struct xperf_sample *sample)
{
	run->printed++;
	if (run->batch == 1) {
		print_line(run, "pid=%d cpu=%d seq=%u u2k=%u k2u=%lld irq=%d", run->pid, sample->cpu,
			   sample->seq, sample->u2k, sample->k2u, sample->interrupted);
		return;
	}
	if (run->batch_count && !fits_batch(run, sample))
		xperf_flush_batch(run);
	if (!run->batch_count) {
		run->batch_first = sample->seq;
		run->batch_cpu = sample->cpu;
	}
	run->values_length += scnprintf(run->values + run->values_length, sizeof(run->values) - run->values_length,
					"%s%u/%lld%s", run->batch_count ? "," : "", sample->u2k, sample->k2u,
					sample->interrupted ? "!" : "");
	run->batch_count++;
	if (run->batch_count == run->batch)
		xperf_flush_batch(run);
}
