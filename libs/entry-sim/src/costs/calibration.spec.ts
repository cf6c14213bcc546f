import { describe, expect, it } from '@jest/globals';
import { crossingCosts, microarchitectureCosts, simulatedMachines, type SimulatedMachine } from '../index.js';

/** Published figures that the model was not fitted to one by one (facts/crossing-costs.json, 'paths'). */
const published = [
  { what: 'u2k, bare metal, Haswell-EP', machine: 'haswell-ep', window: 'u2k', tscCycles: 440 },
  { what: 'k2u, bare metal, Haswell-EP', machine: 'haswell-ep', window: 'k2u', tscCycles: 270 },
] as const;

function machine(name: string): SimulatedMachine {
  const found = simulatedMachines[name];
  if (found === undefined) throw new Error(name);
  return found;
}

describe('the cost model', () => {
  it.each(published)('stays within its error band of the published $what', ({ machine: name, window, tscCycles }) => {
    const { errorBand } = microarchitectureCosts[machine(name).costs];
    const ratio = crossingCosts(machine(name))[window].tscCycles / tscCycles;
    expect(Math.abs(ratio - 1)).toBeLessThanOrEqual(errorBand);
  });

  it('makes a guest dearer than bare metal, about as the first report of the origin (800 / 500) did', () => {
    const bare = crossingCosts(machine('haswell-ep')).u2k.tscCycles;
    const guest = crossingCosts(machine('haswell-ep-vm')).u2k.tscCycles;
    expect(guest / bare).toBeGreaterThan(1.3);
    expect(guest / bare).toBeLessThan(1.9);
  });

  it('names a source and a trust grade for every step, and adds the steps up', () => {
    for (const each of Object.values(simulatedMachines)) {
      for (const { steps, coreCycles } of Object.values(crossingCosts(each))) {
        expect(steps.reduce((sum, { cycles }) => sum + cycles, 0)).toBeCloseTo(coreCycles);
        for (const { source, trust } of steps)
          expect([source.length > 10, 'ABC'.includes(trust)]).toEqual([true, true]);
      }
    }
  });

  it('puts verw inside the exit window only', () => {
    const plain = crossingCosts(machine('skylake-sp'));
    const mitigated = crossingCosts(machine('skylake-sp-mitigated'));
    expect(mitigated.u2k).toEqual(plain.u2k);
    expect(mitigated.k2u.coreCycles - plain.k2u.coreCycles).toBe(microarchitectureCosts.skylake.verw.cycles);
  });
});
