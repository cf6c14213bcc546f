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
	print_line(run, "end faults=%u samples=%u rejected=%u", run->faults, run->samples,
		   run->faults - run->samples);
}

static void print_single(struct xperf_run *run, const struct xperf_sample *sample)
{
	print_line(run, "pid=%d cpu=%d seq=%u u2k=%u k2u=%lld irq=%d", run->pid, sample->cpu, sample->seq, sample->u2k,
		   sample->k2u, sample->interrupted);
}

/* Prints as many of the samples as one line takes; returns how many. */
static u32 print_batch(struct xperf_run *run, const struct xperf_sample *samples, u32 count)
{
	size_t length = 0;
	u32 taken = 0;

	while (taken < count && taken < run->batch && samples[taken].seq == samples[0].seq + taken &&
	       samples[taken].cpu == samples[0].cpu && length + LONGEST_VALUE < sizeof(run->values)) {
		const struct xperf_sample *sample = &samples[taken];

		length += scnprintf(run->values + length, sizeof(run->values) - length, "%s%u/%lld%s",
				    taken ? "," : "", sample->u2k, sample->k2u, sample->interrupted ? "!" : "");
		taken++;
	}
	print_line(run, "pid=%d cpu=%d seq=%u n=%u d=%s", run->pid, samples[0].cpu, samples[0].seq, taken, run->values);
	return taken;
}

/* Prints all samples kept so far, a line each or in batches. */
void xperf_print_kept(struct xperf_run *run)
{
	u32 done = 0;

	while (done < run->kept_count) {
		if (run->batch == 1)
			print_single(run, &run->kept[done++]);
		else
			done += print_batch(run, &run->kept[done], run->kept_count - done);
	}
	run->kept_count = 0;
}
