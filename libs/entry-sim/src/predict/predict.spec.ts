import { describe, expect, it } from '@jest/globals';
import { crossingCosts, machineUnder, predict, simulatedMachines, SimulationRefused } from '../index.js';
import { kptiDelta } from './kpti-delta.js';

const figure = (prediction: ReturnType<typeof predict>, what: string) => {
  const found = prediction.figures.find((each) => each.what === what);
  if (found === undefined) throw new Error(what);
  return found;
};

describe('predict', () => {
  it.each(Object.keys(simulatedMachines))('gives for %s the cost model’s figures with a band around them', (cpu) => {
    const prediction = predict({ cpu });
    const costs = crossingCosts(machineUnder({ cpu }));
    for (const window of ['u2k', 'k2u'] as const) {
      const { tscCycles, lowTscCycles, highTscCycles, errorBand, standing } = figure(prediction, window);
      expect({ tscCycles, errorBand, standing }).toEqual({
        tscCycles: costs[window].tscCycles,
        errorBand: costs[window].errorBand,
        standing: costs[window].standing,
      });
      expect([lowTscCycles / tscCycles, highTscCycles / tscCycles]).toEqual([
        expect.closeTo(1 - errorBand),
        expect.closeTo(1 + errorBand),
      ]);
    }
  });

  it('shows what KPTI adds apart, because it stands outside both windows', () => {
    const off = predict({ cpu: 'skylake-sp', kpti: false });
    const on = predict({ cpu: 'skylake-sp', kpti: true });
    expect(off.figures.map(({ what }) => what)).toEqual(['u2k', 'k2u']);
    expect(on.figures.map(({ what }) => what)).toEqual(['u2k', 'k2u', 'kpti']);
    expect(figure(on, 'u2k')).toEqual(figure(off, 'u2k'));
    // Its one check figure is three times as much: no cost at all is within the band.
    expect(figure(on, 'kpti')).toMatchObject({ errorBand: 2, lowTscCycles: 0 });
  });

  it('finds the CR3 accesses of KPTI in the trace: one read and one write each way', () => {
    const { charges } = kptiDelta(machineUnder({ cpu: 'skylake-sp' }));
    expect(charges.map(({ costClass }) => costClass)).toEqual(['cr3-read', 'cr3-write', 'cr3-read', 'cr3-write']);
    expect(charges.map(({ window }) => window)).toEqual([null, null, null, null]);
  });

  it('takes clocks as they are given', () => {
    const { tscCycles, coreCycles, ns } = figure(predict({ cpu: 'zen3', coreMhz: 2_000, tscMhz: 3_000 }), 'k2u');
    expect(tscCycles).toBeCloseTo(coreCycles * 1.5);
    expect(ns).toBeCloseTo(coreCycles / 2);
  });

  it.each([
    ['cpu', { cpu: 'pentium' }],
    ['virt', { cpu: 'zen3', virt: 'xen' as 'ept' }],
    ['program', { cpu: 'zen3', program: 'hook-7' as 'hook-6.1' }],
    ['program', { cpu: 'haswell-ep', program: 'origin' as const, kpti: true }],
    ['coreMhz', { cpu: 'zen3', coreMhz: 0 }],
    ['tscMhz', { cpu: 'zen3', tscMhz: Number.NaN }],
  ])('refuses a wrong %s with the remedy', (field, conditions) => {
    const predicting = (): unknown => predict(conditions);
    expect(predicting).toThrow(SimulationRefused);
    expect(predicting).toThrow(new RegExp(`^${field}: .+; .+`));
  });
});
