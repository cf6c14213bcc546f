// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only
// Every kernel series that the hook exists for: a file each, which states all that the series has of its own. Build,
// self-test, simulator and contracts read this list. It is plain data and imports nothing but its own files.
import { linux6_1 } from './6.1.mjs';
import { linux6_12 } from './6.12.mjs';
import { linux7_3 } from './7.3.mjs';

/**
 * @typedef {object} KernelSeries
 * @property {string} name  the first two numbers of a release
 * @property {string | null} suite  Debian suite that its package `linux-source-<name>` is fetched from when it is not
 *   installed; null: the machine's own suites have it, and apt installs it
 * @property {boolean} fred  has the entry code of FRED (entry_64_fred.S), which gets our lines too
 * @property {Readonly<Record<string, 'y' | 'n'>>} options  of the kernel's configuration, without CONFIG_, besides those that all have, or instead of them
 * @property {{ readonly bytes: number, readonly lengthAt: number }} alternatives  `struct alt_instr` (asm/alternative.h): its size, and
 *   where the length of the original stands; the replacement's follows
 * @property {'always' | 'with-kpti'} leavesByEntryStack  when the way back to user mode leads over the entry stack (entry_64.S)
 * @property {{ readonly symbol: string, readonly offset: number }} stackTop  per-CPU variable, and place in it, with the top of the
 *   running task's kernel stack
 * @property {{ readonly u2k: number, readonly k2u: number, readonly k2uWithVerw: number }} instructions  in each window, the stamp
 *   handed over in registers, on a CPU that needs no VERW and on one that does; as QEMU's -icount counts, checked by the self-test
 */

/** Oldest first. */
export const kernelSeries = /** @satisfies {readonly KernelSeries[]} */ ([linux6_1, linux6_12, linux7_3]);

/** @typedef {(typeof kernelSeries)[number]['name']} KernelSeriesName */

export const kernelSeriesNames = kernelSeries.map(({ name }) => name);

/**
 * What is taken where nobody chose: the guests of `npm start -- --guests`, tests and benches.
 * @type {KernelSeriesName}
 */
export const usualSeries = '6.12';

/**
 * @param {string} name
 * @returns {name is KernelSeriesName}
 */
export const isKernelSeries = (name) => kernelSeries.some((series) => series.name === name);

/**
 * @param {string} name
 * @returns {KernelSeries}
 * @throws {RangeError} that lists what there is
 */
export function kernelSeriesOf(name) {
  const found = kernelSeries.find((series) => series.name === name);
  if (found === undefined)
    throw new RangeError(`unknown kernel series ${name}: the hook knows ${kernelSeriesNames.join(', ')}`);
  return found;
}
