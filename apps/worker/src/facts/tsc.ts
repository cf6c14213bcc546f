import type { Cpuinfo } from './cpuinfo.js';

export type TscSource = 'kernel-log' | 'bogomips';

/** Counts at one rate in every P-, C- and T-state: `constant_tsc` (rate) and `nonstop_tsc` (idle) together. */
export function tscInvariant(cpu: Cpuinfo | null): boolean | null {
  return cpu === null ? null : cpu.flags.has('constant_tsc') && cpu.flags.has('nonstop_tsc');
}

/**
 * The TSC's rate as the running kernel knows it, from what any user may read; nothing is timed here, because a rate
 * measured again at each start would differ by some parts per million and split one boot state in two.
 *
 * - `bogomips`: x86 kernels take loops_per_jiffy from the TSC (`lpj_fine`), so BogoMIPS is twice the rate in MHz, to
 *   two places, unless the command line sets `lpj=`. It comes first because it stays the same as long as the kernel
 *   runs. On the development machine: 5192.26 / 2 = 2596.13 MHz beside `tsc: Detected 2596.134 MHz processor`.
 * - `kernel-log`: the refined calibration that the kernel printed, else what it detected first. Often unreadable
 *   (dmesg_restrict), and gone once the ring has rolled over.
 *
 * Rounded to 10 kHz (4 ppm at 2.5 GHz), the finest that BogoMIPS gives.
 */
export function tscRate(
  cpu: Cpuinfo | null,
  kernelLog: string | null,
  commandLine: string | null,
): { khz: number; source: TscSource } | null {
  const fromTsc = cpu !== null && cpu.flags.has('constant_tsc') && !/(^|\s)lpj=/.test(commandLine ?? '');
  if (fromTsc && cpu.bogomips !== null) return { khz: roundKhz(cpu.bogomips / 2), source: 'bogomips' };
  const refined = /tsc: Refined TSC clocksource calibration: (\d+\.\d+) MHz/.exec(kernelLog ?? '');
  const detected = /tsc: Detected (\d+\.\d+) MHz (?:TSC|processor)/.exec(kernelLog ?? '');
  const mhz = refined?.[1] ?? detected?.[1];
  return mhz === undefined ? null : { khz: roundKhz(Number(mhz)), source: 'kernel-log' };
}

function roundKhz(mhz: number): number {
  return Math.round(mhz * 100) * 10;
}
