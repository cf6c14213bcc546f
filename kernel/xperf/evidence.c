// SPDX-License-Identifier: GPL-2.0
/*
 * What the CPU's own pace says of whether instructions run on hardware.
 *
 * Chains of dependent instructions take their published latencies on hardware, bare or in a VM, and nothing like them
 * in an emulator: QEMU's TCG translates add and imul into the host's own, but calls a function for each fadd (80-bit
 * softfloat) and crc32; with -icount and in an interpreter every instruction takes about the same.
 * docs/provenance.md has the published figures, what was measured, and the bounds that the worker applies.
 */
#include "xperf.h"

#include <cpuid.h>
#include <stdio.h>

#define LINKS 256
#define ROUNDS 200
#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
#define CHAIN(instruction) ".rept " TEXT(LINKS) "\n\t" instruction "\n\t.endr"

/* The stamps wait for what stands before them, and what follows waits for the first. */
static inline uint64_t stamp(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static void nothing(void)
{
}

static void adds(void)
{
	uint32_t value = 1, other = 3;

	__asm__ volatile(CHAIN("addl %1, %0") : "+r"(value) : "r"(other) : "cc");
}

static void multiplications(void)
{
	uint32_t value = 1, other = 3;

	__asm__ volatile(CHAIN("imull %1, %0") : "+r"(value) : "r"(other) : "cc");
}

static void float_adds(void)
{
	long double value = 1.0L, other = 1.5L;

	__asm__ volatile(CHAIN("fadd %%st(1), %%st") : "+t"(value) : "u"(other));
}

static void checksums(void)
{
	uint32_t value = 1, other = 3;

	__asm__ volatile(CHAIN("crc32l %1, %0") : "+r"(value) : "r"(other));
}

static bool has_crc32(void)
{
	unsigned int a, b, c = 0, d;

	return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_2);
}

/*
 * Prints `<instruction>=<TSC cycles>` for each chain: the least of many short blocks, by the link. Interrupts and
 * neighbours only ever add.
 */
void xperf_print_evidence(void)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} chains[] = {
		{ "empty", nothing }, { "add", adds }, { "imul", multiplications }, { "fadd", float_adds }, { "crc32", checksums },
	};
	enum { COUNT = sizeof(chains) / sizeof(chains[0]) };
	size_t count = has_crc32() ? COUNT : COUNT - 1;
	uint64_t least[COUNT];

	for (size_t i = 0; i < count; i++)
		least[i] = UINT64_MAX;
	/* In turns, so that a clock that changes meanwhile changes for all. */
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < count; i++) {
			uint64_t from = stamp(), cycles;

			chains[i].run();
			cycles = stamp() - from;
			if (cycles < least[i])
				least[i] = cycles;
		}
	}
	for (size_t i = 1; i < count; i++)
		printf("%s=%.3f\n", chains[i].name, (double)(int64_t)(least[i] - least[0]) / LINKS);
}
