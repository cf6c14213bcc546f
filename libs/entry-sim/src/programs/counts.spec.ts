import { describe, expect, it } from '@jest/globals';
import { kernelSeries } from '#kernel-series';
import { run } from '../machine/run.js';
import type { CrossingSettings } from '../vocabulary/crossing-trace.js';
import { traceCrossing } from '../trace/trace-crossing.js';
import { buildCrossing } from './build.js';
import { startCrossing } from './start.js';

const base: CrossingSettings = {
  program: 'hook-6.1', kpti: false, smap: true, ibt: false, verw: false, handover: 'registers',
}; // prettier-ignore

/** What each kernel series says QEMU counted; `npm run sim:counts` compares with QEMU itself. */
const counted: readonly [Partial<CrossingSettings>, u2k: number, k2u: number][] = [
  ...kernelSeries.flatMap(
    ({ name, instructions: { u2k, k2u, k2uWithVerw } }): [Partial<CrossingSettings>, number, number][] => {
      const program = `hook-${name}` as const;
      return [
        [{ program }, u2k, k2u],
        [{ program, verw: true }, u2k, k2uWithVerw],
        [{ program, ibt: true }, u2k + 1, k2u],
        [{ program, handover: 'stack-slots' }, u2k + 2, k2u],
        [{ program, handover: 'stack-slots', ibt: true }, u2k + 3, k2u],
      ];
    },
  ),
];
const cases = counted.flatMap(([changed, u2k, k2u]) =>
  [false, true].map((kpti) => ({ settings: { ...base, ...changed, kpti }, u2k, k2u })),
);

describe('instructions in the windows', () => {
  it.each(cases)('$settings: $u2k and $k2u', ({ settings, u2k, k2u }) => {
    expect(traceCrossing(settings).instructions).toEqual({ u2k, k2u });
    const crossing = buildCrossing(settings);
    startCrossing(crossing, { pages: 64 });
    expect(run(crossing.machine, 20_000)).toBe('done');
    // What the kernel would print: k2u is complete one fault later.
    expect(crossing.samples.map((sample) => `${sample.u2k}/${sample.k2u}`)).toEqual([
      `${u2k}/-1`,
      ...Array.from({ length: 63 }, () => `${u2k}/${k2u}`),
    ]);
  });

  it('a TSC that steps by 4 gives exactly four times as much', () => {
    const crossing = buildCrossing(base);
    crossing.machine.tscStep = 4;
    startCrossing(crossing, { pages: 2 });
    run(crossing.machine, 5_000);
    expect(crossing.samples[1]).toEqual({ u2k: 12, k2u: 44, interrupted: false });
  });
});
