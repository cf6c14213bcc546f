import { hostIdSchema } from '#contracts';
import { describe, expect, it } from '@jest/globals';
import { simulatedFleet, simulatedMachines, SimulationRefused } from '../index.js';

describe('simulatedFleet', () => {
  it.each([1, 7, 100, 1_000])('makes %d hosts of known machines, each with an id of its own', (hosts) => {
    const fleet = simulatedFleet(hosts, 1);
    expect(fleet).toHaveLength(hosts);
    expect(new Set(fleet.map(({ hostId }) => hostId)).size).toBe(hosts);
    for (const { hostId, machine } of fleet) {
      expect(hostIdSchema.parse(hostId)).toBe(hostId);
      expect(simulatedMachines).toHaveProperty([machine]);
    }
  });

  it('keeps to the shares, whatever the seed', () => {
    const count = (seed: number) => simulatedFleet(200, seed).filter(({ machine }) => machine === 'skylake-sp').length;
    expect([count(1), count(2)]).toEqual([32, 32]);
    expect(simulatedFleet(200, 1)).not.toEqual(simulatedFleet(200, 2));
    expect(simulatedFleet(200, 1)).toEqual(simulatedFleet(200, 1));
  });

  it('gives a small fleet the machines that are most common', () => {
    expect(
      simulatedFleet(2, 1)
        .map(({ machine }) => machine)
        .sort(),
    ).toEqual(['cascade-lake', 'skylake-sp']);
  });

  it('refuses no hosts', () => expect(() => simulatedFleet(0, 1)).toThrow(SimulationRefused));
});
