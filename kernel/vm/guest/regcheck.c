// SPDX-License-Identifier: GPL-2.0
/*
 * Faults with random registers and flags, and compares all of them afterwards.
 * A third of the faults is unmarked, a third marked by a run that does not exist,
 * a third marked as a real run's, measured or settling, so that every path of the hook is taken.
 * Usage: regcheck FAULTS. Prints `faults=N changed=N`; fails when any register changed.
 */
#include "../../xperf/xperf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONCE 0x5e1f7e57u
#define BATCH 64
/* CF PF AF ZF SF DF OF: the flags user mode may set without consequence. */
#define FREE_FLAGS 0xcd5u

enum { RAX, RBX, RCX, RDX, RSI, RDI, RBP, R8, R9, R10, R11, R12, R13, R14, R15, RSP, FLAGS, XMM_LOW, XMM_HIGH, WORDS };

static const char *const names[WORDS] = { "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11",
					  "r12", "r13", "r14", "r15", "rsp", "flags", "xmm3 low", "xmm3 high" };

uint64_t regcheck_before[WORDS] __attribute__((aligned(16))), regcheck_after[WORDS] __attribute__((aligned(16)));
void regcheck_fault(void);

/* Loads every register from regcheck_before, touches (r13), stores every register to regcheck_after. */
asm(".text\n"
    "regcheck_fault:\n"
    "	push %rbx\n	push %rbp\n	push %r12\n	push %r13\n	push %r14\n	push %r15\n"
    "	movdqu regcheck_before+136(%rip), %xmm3\n"
    "	pushq regcheck_before+128(%rip)\n"
    "	popfq\n"
    "	mov %rsp, regcheck_before+120(%rip)\n"
    "	mov regcheck_before+0(%rip), %rax\n	mov regcheck_before+8(%rip), %rbx\n"
    "	mov regcheck_before+16(%rip), %rcx\n	mov regcheck_before+24(%rip), %rdx\n"
    "	mov regcheck_before+32(%rip), %rsi\n	mov regcheck_before+40(%rip), %rdi\n"
    "	mov regcheck_before+48(%rip), %rbp\n	mov regcheck_before+56(%rip), %r8\n"
    "	mov regcheck_before+64(%rip), %r9\n	mov regcheck_before+72(%rip), %r10\n"
    "	mov regcheck_before+80(%rip), %r11\n	mov regcheck_before+88(%rip), %r12\n"
    "	mov regcheck_before+96(%rip), %r13\n	mov regcheck_before+104(%rip), %r14\n"
    "	mov regcheck_before+112(%rip), %r15\n"
    "	movb $1, (%r13)\n"
    "	mov %rax, regcheck_after+0(%rip)\n	mov %rbx, regcheck_after+8(%rip)\n"
    "	mov %rcx, regcheck_after+16(%rip)\n	mov %rdx, regcheck_after+24(%rip)\n"
    "	mov %rsi, regcheck_after+32(%rip)\n	mov %rdi, regcheck_after+40(%rip)\n"
    "	mov %rbp, regcheck_after+48(%rip)\n	mov %r8, regcheck_after+56(%rip)\n"
    "	mov %r9, regcheck_after+64(%rip)\n	mov %r10, regcheck_after+72(%rip)\n"
    "	mov %r11, regcheck_after+80(%rip)\n	mov %r12, regcheck_after+88(%rip)\n"
    "	mov %r13, regcheck_after+96(%rip)\n	mov %r14, regcheck_after+104(%rip)\n"
    "	mov %r15, regcheck_after+112(%rip)\n	mov %rsp, regcheck_after+120(%rip)\n"
    "	pushfq\n"
    "	popq regcheck_after+128(%rip)\n"
    "	cld\n"
    "	xor %r12d, %r12d\n"
    "	movdqu %xmm3, regcheck_after+136(%rip)\n"
    "	pop %r15\n	pop %r14\n	pop %r13\n	pop %r12\n	pop %rbp\n	pop %rbx\n"
    "	ret\n");

static uint64_t random_word(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15u;

	/* xorshift64: Marsaglia, Xorshift RNGs, 2003; seeded, so that a failure comes again */
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void choose_registers(unsigned char *page, uint64_t fault, uint64_t *next_index)
{
	for (int word = 0; word < WORDS; word++)
		regcheck_before[word] = random_word();
	regcheck_before[FLAGS] &= FREE_FLAGS;
	regcheck_before[R13] = (uintptr_t)page;
	if (fault % 3 == 1)
		regcheck_before[R12] = (uint64_t)XPERF_OP_FAULT << 32 | XPERF_MAGIC;
	if (fault % 3 == 2) {
		bool measured = fault % 4 != 0;
		uint64_t operation = measured ? XPERF_OP_FAULT : XPERF_OP_SETTLE;

		regcheck_before[R12] = operation << 32 | XPERF_MAGIC;
		regcheck_before[RBX] = NONCE;
		if (measured)
			regcheck_before[R14] = (*next_index)++;
		/* Small stamps lie in the past: such a sample counts; large ones lie in the future: rejected. */
		regcheck_before[RDX] &= random_word() & 1 ? 0 : 0xffffffff;
		regcheck_before[RAX] &= 0xffffffff;
	}
}

static unsigned int count_changes(void)
{
	unsigned int changes = 0;

	for (int word = 0; word < WORDS; word++) {
		uint64_t mask = word == FLAGS ? FREE_FLAGS : ~0ull;

		if ((regcheck_before[word] & mask) == (regcheck_after[word] & mask))
			continue;
		printf("%s was %#llx, became %#llx\n", names[word], (unsigned long long)regcheck_before[word],
		       (unsigned long long)regcheck_after[word]);
		changes++;
	}
	return changes;
}

int main(int argc, char **argv)
{
	uint64_t faults = argc > 1 ? strtoull(argv[1], NULL, 10) : 20000, index = 0;
	struct xperf_range range = xperf_range_create();
	struct xperf_mark mark = { .word = (uint64_t)XPERF_OP_BEGIN << 32 | XPERF_MAGIC, .index = faults,
				   .user_stamp = BATCH, .run = NONCE };
	unsigned int changed = 0;
	int64_t answer;

	xperf_pin(0);
	xperf_range_refill(&range);
	answer = xperf_call_hook(range.start, &mark);
	for (uint64_t fault = 0; fault < faults; fault++) {
		size_t page = fault % XPERF_CHUNK;

		if (page == 0)
			xperf_range_refill(&range);
		choose_registers(range.start + page * 4096, fault, &index);
		regcheck_fault();
		changed += count_changes() != 0;
	}
	printf("faults=%llu changed=%u hook=%d\n", (unsigned long long)faults, changed, answer == 0);
	return changed != 0;
}
