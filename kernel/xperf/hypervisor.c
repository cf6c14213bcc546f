// SPDX-License-Identifier: GPL-2.0
/* What the CPU itself says of a hypervisor: emulation and virtualization cannot be told apart by speed. */
#include "xperf.h"

#include <cpuid.h>
#include <stdio.h>
#include <string.h>

/* CPUID leaf 1, ECX bit 31: set by hypervisors, reserved as 0 by CPUs. */
#define HYPERVISOR_PRESENT (1u << 31)
/* First leaf of the range that hypervisors answer: their signature in EBX, ECX, EDX. */
#define SIGNATURE_LEAF 0x40000000u

/* Prints `hypervisor=<signature>`, empty when there is none. */
void xperf_print_hypervisor(void)
{
	unsigned int leaf, words[3], features = 0;
	char signature[sizeof(words) + 1] = "";

	__cpuid(1, leaf, words[0], features, words[2]);
	if (features & HYPERVISOR_PRESENT) {
		__cpuid(SIGNATURE_LEAF, leaf, words[0], words[1], words[2]);
		memcpy(signature, words, sizeof(words));
	}
	for (char *at = signature; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	printf("hypervisor=%s\n", signature);
}
