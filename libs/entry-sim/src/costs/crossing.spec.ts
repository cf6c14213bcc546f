import { describe, expect, it } from '@jest/globals';
import { COST_CLASSES } from '../vocabulary/crossing-trace.js';
import {
  crossingCosts,
  microarchitectureCosts,
  PAGING_MODES,
  simulatedMachines,
  type SimulatedMachine,
} from '../index.js';
import { HOOK_PROGRAMS } from '../vocabulary/crossing-trace.js';

const machines = Object.values(simulatedMachines);

function machine(name: string, different: Partial<SimulatedMachine> = {}): SimulatedMachine {
  const found = simulatedMachines[name];
  if (found === undefined) throw new Error(name);
  return { ...found, ...different };
}

describe('the cost tables', () => {
  it('price every class of step on every core, with a source, a grade and an error', () => {
    for (const [core, { classes, vmExit, nestedFill, softwareWalk }] of Object.entries(microarchitectureCosts)) {
      expect({ core, classes: Object.keys(classes).sort() }).toEqual({ core, classes: [...COST_CLASSES].sort() });
      for (const cost of [...Object.values(classes), vmExit, nestedFill, softwareWalk]) {
        expect(cost).toMatchObject({ source: expect.stringMatching(/.{10}/), trust: expect.stringMatching(/^[ABC]$/) });
        expect(cost.cycles).toBeGreaterThanOrEqual(0);
        // Nothing that was neither published for this core nor anchored to what was may claim more than grade C.
        if (cost.basis === 'anchored') expect({ core, trust: cost.trust }).toEqual({ core: 'haswell', trust: 'B' });
        else if (cost.basis !== 'published')
          expect(cost).toMatchObject({ trust: 'C', source: expect.stringMatching(/assumed|estimate/) });
      }
    }
  });

  it('hold one constant a core and class: machines of one core share them', () => {
    const costs = (each: SimulatedMachine) => crossingCosts(each).u2k.charges.map(({ cycles }) => cycles);
    expect(costs(machine('sapphire-rapids'))).toEqual(costs(machine('alder-lake-p')));
  });
});

describe('a crossing', () => {
  it.each(machines.map(({ name }) => name))('of %s costs the sum of its steps, at the TSC’s rate', (name) => {
    for (const { charges, coreCycles, tscCycles } of Object.values(crossingCosts(machine(name)))) {
      expect(charges.reduce((sum, { cycles }) => sum + cycles, 0)).toBeCloseTo(coreCycles);
      expect(tscCycles).toBeCloseTo((coreCycles * machine(name).tscMhz) / machine(name).coreMhz);
    }
  });

  it.each([
    ['haswell-ep', 0.4, 'simulated'],
    ['broadwell-ep', 0.47, 'estimate'],
    ['cascade-lake', 0.47, 'estimate'],
    ['ice-lake-sp', 0.53, 'estimate'],
    ['sapphire-rapids', 0.53, 'estimate'],
    ['alder-lake-e', 0.64, 'estimate'],
    ['zen3', 0.64, 'estimate'],
  ] as const)('on %s has the band %d and is %s', (name, errorBand, standing) => {
    expect(crossingCosts(machine(name))).toMatchObject({ u2k: { errorBand, standing }, k2u: { errorBand, standing } });
  });

  it('with a constant that was only assumed is an estimate, whose band is no narrower', () => {
    const { k2u } = crossingCosts(machine('haswell-ep', { verw: true }));
    expect(k2u.standing).toBe('estimate');
    expect(k2u.errorBand).toBeGreaterThanOrEqual(0.4);
  });

  it('holds VERW in the way out only, and no other mitigation in either window', () => {
    for (const program of HOOK_PROGRAMS) {
      const plain = crossingCosts(machine('skylake-sp', { program }));
      const cleared = crossingCosts(machine('skylake-sp', { program, verw: true }));
      const isolated = crossingCosts(machine('skylake-sp', { program, kpti: true }));
      const classes = [...cleared.u2k.charges, ...cleared.k2u.charges, ...isolated.k2u.charges].map((c) => c.costClass);
      expect(classes.filter((name) => /^(cr3-.*|wrmsr.*|call|ret|lfence)$/.test(name))).toEqual([]);
      expect(isolated).toEqual(plain);
      expect(cleared.u2k).toEqual(plain.u2k);
      const verw = microarchitectureCosts.skylake.classes.verw.cycles;
      expect(Math.abs(cleared.k2u.coreCycles - plain.k2u.coreCycles - verw)).toBeLessThanOrEqual(2); // jumps and no-ops
    }
  });

  it('costs under EPT what it costs bare, of a guest’s guest more on the way out, and leaves the guest twice under shadow paging', () => {
    const under = Object.fromEntries(
      PAGING_MODES.map((paging) => [paging, crossingCosts(machine('haswell-ep', { paging }))]),
    );
    const { bare, ept, nested, shadow } = under;
    expect(ept).toEqual(bare);
    expect(nested?.u2k).toEqual(ept?.u2k);
    expect((nested?.k2u.coreCycles ?? 0) - (ept?.k2u.coreCycles ?? 0)).toBeCloseTo(0.02 * 2_208);
    expect(nested?.k2u.charges.find((c) => c.costClass === 'vm-exit')).toMatchObject({ basis: 'assumed', trust: 'C' });
    const exits = [...(shadow?.u2k.charges ?? []), ...(shadow?.k2u.charges ?? [])].filter(
      (c) => c.costClass === 'vm-exit',
    );
    expect(exits.map(({ window }) => window)).toEqual(['u2k', 'k2u']);
    expect(shadow?.u2k.errorBand).toBeGreaterThanOrEqual(0.4);
  });

  it('looks shorter to the TSC the faster the core turns', () => {
    const base = crossingCosts(machine('haswell-ep', { coreMhz: 2_400 })).u2k;
    const turbo = crossingCosts(machine('haswell-ep', { coreMhz: 3_200 })).u2k;
    expect(turbo.coreCycles).toBe(base.coreCycles);
    expect(base.tscCycles / turbo.tscCycles).toBeCloseTo(3_200 / 2_400);
  });
});
