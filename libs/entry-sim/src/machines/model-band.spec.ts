import { describe, expect, it } from '@jest/globals';
import { crossingCosts, modelBandOf, simulatedBootState, simulatedMachines } from '../index.js';

describe('modelBandOf', () => {
  it.each(Object.values(simulatedMachines))('is the wider band of both windows of $name', (machine) => {
    const { u2k, k2u } = crossingCosts(machine);
    expect(modelBandOf(simulatedBootState(machine.name))).toBe(Math.max(u2k.errorBand, k2u.errorBand));
  });

  it('is none of what no simulated machine reported', () => {
    for (const extra of [{}, { machine: 'pentium' }, { machine: 'toString' }])
      expect(modelBandOf({ extra })).toBeNull();
  });
});
