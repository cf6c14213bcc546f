import * as z from 'zod';
import { longTextSchema, shortTextSchema } from './stored.js';

/** Identity of the CPU as CPUID tells it, and what the catalogue makes of it. */
export const cpuIdentitySchema = z.object({
  vendor: shortTextSchema,
  family: z.int().nonnegative(),
  model: z.int().nonnegative(),
  stepping: z.int().nonnegative(),
  name: shortTextSchema,
  /** Catalogue slug, for example `haswell-ep`, `zen3`; `unknown` when the catalogue has no row. */
  microarchitecture: shortTextSchema,
  /** Human name of the generation, for example `Haswell-EP`. */
  generation: shortTextSchema,
  /** Year of launch, or null when unknown. */
  year: z.int().nullable(),
});
export type CpuIdentity = z.infer<typeof cpuIdentitySchema>;

export const virtualizationSchema = z.enum(['bare', 'vm', 'container', 'unknown']);

/**
 * Everything that may change a crossing's cost from boot to boot. Two runs belong to one segment of a series only when
 * their boot states have the same hash (`bootStateHash`). Unreadable facts are null, never guessed.
 */
export const bootStateSchema = z.object({
  cpu: cpuIdentitySchema,
  microcode: shortTextSchema.nullable(),
  kernelRelease: shortTextSchema,
  kernelVersion: longTextSchema.nullable(),
  kernelCommandLine: longTextSchema.nullable(),
  /** Each file of /sys/devices/system/cpu/vulnerabilities: name to text. */
  mitigations: z.record(shortTextSchema, longTextSchema),
  /** Page-table isolation as derived from the meltdown entry and the command line; null when that is not known. */
  kpti: z.boolean().nullable(),
  smt: z.enum(['on', 'off', 'notsupported', 'forceoff', 'notimplemented']).nullable(),
  governor: shortTextSchema.nullable(),
  turbo: z.boolean().nullable(),
  tscKhz: z.number().positive().nullable(),
  tscInvariant: z.boolean().nullable(),
  virtualization: virtualizationSchema,
  /** For example `kvm`, `qemu-tcg`, `xen`; null on bare metal or when unknown. */
  hypervisor: shortTextSchema.nullable(),
  clockSource: shortTextSchema.nullable(),
  /** Null only where nobody could count them: of a log that was imported. */
  cpus: z.int().positive().nullable(),
  /** Facts that only one executor knows (QEMU version, accelerator, noise control …): name to text. */
  extra: z.record(shortTextSchema, longTextSchema).default({}),
});
export type BootState = z.infer<typeof bootStateSchema>;
