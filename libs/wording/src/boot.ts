import type { Guest, JobResultRow, Matrix } from '#contracts';
import { onOff } from './states.js';

type Booted = Pick<JobResultRow, 'kernel' | 'kpti' | 'cpuModel' | 'bootOptions'>;

export const isolationText = (kpti: boolean | null): string => `KPTI ${onOff(kpti)}`;

/** Where a host's programs run. */
export const virtualizationName = { bare: 'bare metal', vm: 'VM', container: 'container', unknown: 'unknown' } as const;

/** A cell of a job's matrix in few words: `6.12 KPTI on, Haswell-noTSX, mitigations=off`. */
export function guestText({ series, kpti, cpuModel, bootOptions }: Guest): string {
  const options = bootOptions === '' ? 'no boot options' : bootOptions;
  return [`${series} ${isolationText(kpti)}`, cpuModel, options].filter((part) => part !== undefined).join(', ');
}

/** QEMU's model where none was asked for; not worth a line's width. */
const ownModels = ['default of QEMU', 'host'];

/** What of a boot state makes the difference, in few words: `6.12.117 KPTI on, Haswell-noTSX, mitigations=off`. */
export function bootText({ kernel, kpti, cpuModel, bootOptions }: Booted): string {
  const release = /^[\d.]*\d/.exec(kernel)?.[0] ?? kernel;
  const model = cpuModel === null || ownModels.includes(cpuModel) ? null : cpuModel;
  return [`${release} ${isolationText(kpti)}`, model, bootOptions].filter((part) => part !== null).join(', ');
}

/** What a job's matrix asks for: `6.1, 6.12 × KPTI on, off`. */
export function matrixText({ series, kpti, cpuModel, bootOptions }: Matrix): string {
  const dimensions = [
    series.join(', '),
    `KPTI ${kpti.map(onOff).join(', ')}`,
    cpuModel?.join('; '),
    bootOptions?.map((text) => text || 'no boot options').join('; '),
  ];
  return dimensions.filter((values) => values !== undefined).join(' × ');
}
