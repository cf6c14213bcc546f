import { bootOptionsSchema, cpuModelSchema, kernelSeriesSchema, type Guest } from '#contracts';
import * as z from 'zod';

/** What the guests of one host are when a job does not ask for others by its matrix. */
export const vmSettingsSchema = z.strictObject({
  /** Series of the patched kernel, as given to `npm run kernel:build`. */
  series: kernelSeriesSchema,
  /** Page-table isolation, forced with `pti=` whatever the CPU model. */
  kpti: z.boolean(),
  /** With features if wanted, for example `Haswell-noTSX,-pcid`. Default: QEMU's; `host` under KVM. */
  cpuModel: cpuModelSchema.optional(),
  /** More kernel parameters, for example `mitigations=off`. */
  bootOptions: bootOptionsSchema.optional(),
  /** `auto`: KVM when a guest answers under it, else emulation. */
  accelerator: z.enum(['auto', 'kvm', 'tcg']).default('auto'),
});
export type VmSettings = z.infer<typeof vmSettingsSchema>;

/** A cell of a job's matrix on this host: what the cell leaves out is as the host's own guests have it. */
export function inCell(own: VmSettings, { series, kpti, cpuModel, bootOptions }: Guest): VmSettings {
  const { bootOptions: ownOptions, ...rest } = own;
  const options = bootOptions ?? ownOptions;
  return {
    ...rest,
    ...{ series, kpti },
    ...(cpuModel === undefined ? {} : { cpuModel }),
    ...(options === undefined || options === '' ? {} : { bootOptions: options }),
  };
}
