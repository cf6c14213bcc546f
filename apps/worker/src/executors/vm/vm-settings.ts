import { z } from 'zod';

/** Kernel parameters that the executor sets itself, or that would break the guest's port or its end. */
const taken = /^(pti|nopti|kpti|console|panic|root|init|rdinit|initrd|xperf\..*)(=|$)/;

const word = '[A-Za-z0-9][A-Za-z0-9_.,:+/-]*(=[A-Za-z0-9_.,:+/-]*)?';

/** What the guests of one host are: one point of the matrix series × KPTI × CPU model × other boot options. */
export const vmSettingsSchema = z.strictObject({
  /** Series of the patched kernel, as given to `npm run kernel:build`. */
  series: z.enum(['6.1', '6.12']),
  /** Page-table isolation, forced with `pti=` whatever the CPU model. */
  kpti: z.boolean(),
  /** A QEMU CPU model, with features if wanted, for example `Haswell-noTSX,-pcid`. Default: QEMU's; `host` under KVM. */
  cpuModel: z
    .string()
    .max(200)
    .regex(
      /^[A-Za-z0-9][\w.+-]*(,[+-]?[\w.-]+(=\w+)?)*$/,
      'must be a CPU model of QEMU, for example Haswell-noTSX,-pcid',
    )
    .optional(),
  /** More kernel parameters, for example `mitigations=off`. */
  bootOptions: z
    .string()
    .max(500)
    .regex(new RegExp(`^${word}( ${word})*$`), 'must be kernel parameters with one blank between them')
    .refine((text) => !text.split(' ').some((one) => taken.test(one)), {
      error: 'must not set pti (use kpti), console, panic, root, init or xperf.*: the executor sets these itself',
    })
    .optional(),
  /** `auto`: KVM when a guest answers under it, else emulation. */
  accelerator: z.enum(['auto', 'kvm', 'tcg']).default('auto'),
});
export type VmSettings = z.infer<typeof vmSettingsSchema>;
