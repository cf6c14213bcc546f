import { describe, expect, it } from '@jest/globals';
import { type Conditions, explain, machineUnder, PAGING_MODES, predict, simulateSamples } from '../index.js';
import { HOOK_PROGRAMS } from '../vocabulary/crossing-trace.js';

const everyWay: Conditions[] = ['haswell-ep', 'skylake-sp-mitigated', 'zen3'].flatMap((cpu) =>
  PAGING_MODES.flatMap((virt) =>
    HOOK_PROGRAMS.flatMap((program) => [false, true].map((kpti) => ({ cpu, virt, program, kpti }))),
  ),
);

describe('explain', () => {
  it('adds up, step by step, to what is predicted', () => {
    for (const conditions of everyWay) {
      const { steps, windows } = explain(conditions);
      for (const window of ['u2k', 'k2u'] as const) {
        const inside = steps.filter((step) => step.window === window);
        const predicted = predict(conditions).figures.find(({ what }) => what === window);
        expect(inside.at(-1)?.running).toEqual({
          coreCycles: predicted?.coreCycles,
          tscCycles: expect.closeTo(predicted?.tscCycles ?? NaN),
        });
        expect(windows[window]).toMatchObject({ errorBand: predicted?.errorBand, standing: predicted?.standing });
        expect(windows[window].instructions).toBe(inside.filter(({ counted }) => counted).length);
        let sum = 0;
        for (const { coreCycles, running } of inside) expect(running?.coreCycles).toBe((sum += coreCycles));
      }
    }
  });

  it('explains what a simulated run then shows: its median is the sum, but for the run’s own factor', () => {
    const { windows } = explain({ cpu: 'haswell-ep' });
    const medians = Array.from({ length: 15 }, (_, seed) => {
      const { u2k } = simulateSamples({ machine: 'haswell-ep', faults: 501, warmup: 0, seed });
      return [...u2k].sort((a, b) => a - b)[250] ?? 0;
    }).sort((a, b) => a - b);
    expect((medians[7] ?? 0) / windows.u2k.tscCycles).toBeCloseTo(1, 1);
  });

  it('gives every step a charge with its source, a state and a stack', () => {
    const { steps } = explain({ cpu: 'zen3', virt: 'shadow', kpti: true });
    for (const { charges, state, stack, window, running } of steps) {
      expect(charges.length).toBeGreaterThan(0);
      for (const { source, trust } of charges) expect([source.length > 5, 'ABC'.includes(trust)]).toEqual([true, true]);
      expect(state.rsp).toMatch(/^0x[0-9a-f]{16}$/);
      expect(stack.length).toBeGreaterThan(0);
      expect(running === null).toBe(window === null);
    }
    expect(steps.flatMap(({ charges }) => charges.filter(({ by }) => by === 'hypervisor'))).toHaveLength(4);
  });

  it('shows the death of the origin’s mechanism under KPTI and under SMAP', () => {
    expect(explain({ cpu: 'haswell-ep', program: 'origin' }).death).toBeNull();
    expect(explain({ cpu: 'haswell-ep', program: 'origin', kpti: true }).death).toMatchObject({ detail: '#DF' });
    expect(explain({ cpu: 'haswell-ep', program: 'origin', kpti: true }).steps.at(-1)?.text).toMatch(
      /^the kernel gives up: .*#DF/,
    );
    expect(machineUnder({ cpu: 'broadwell-ep' }).costs).toBe('broadwell'); // the first with SMAP
    expect(explain({ cpu: 'broadwell-ep', program: 'origin' }).death?.detail).toMatch(/^#PF .* from kernel mode/);
  });
});
