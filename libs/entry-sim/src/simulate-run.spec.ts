import { bootStateSchema } from '#contracts';
import { createLogReader, type SamplesItem } from '#dmesg';
import { describe, expect, it } from '@jest/globals';
import {
  crossingCosts,
  simulatedBootState,
  simulatedMachines,
  simulateRun,
  SimulationRefused,
  type LogFault,
} from './index.js';

const options = { probe: 'pf', faults: 1_500, warmup: 100, nonce: 'a1b2c3d4', seed: 1, batch: 64 } as const;

function run(machine: string, given: Partial<Parameters<typeof simulateRun>[0]> = {}) {
  const reader = createLogReader({ nonce: options.nonce, probe: 'pf' });
  const chunks = [...simulateRun({ ...options, machine, ...given })];
  const items = [...chunks.flatMap((chunk) => reader.push(Buffer.from(chunk))), ...reader.end()];
  const samples = items.filter((item): item is SamplesItem => item.kind === 'samples');
  const column = (metric: 'u2k' | 'k2u'): number[] => samples.flatMap((item) => [...(item.columns[metric] ?? [])]);
  const gaps = items.filter((item) => item.kind === 'gap');
  const seqs = samples.flatMap((item) => [...item.seq]);
  const columns = { u2k: column('u2k'), k2u: column('k2u') };
  return { text: chunks.join(''), accounting: reader.accounting(), seqs, ...columns, gaps };
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

describe('simulateRun', () => {
  it.each(Object.keys(simulatedMachines))('writes a log of %s that reads back whole', (machine) => {
    const { accounting, gaps, seqs } = run(machine);
    expect(gaps).toEqual([]);
    expect(accounting).toMatchObject({ announced: 1_500, lost: 0, damagedLines: 0, ended: true });
    expect(accounting.samples + accounting.rejected).toBe(1_500);
    expect([seqs.length, new Set(seqs).size]).toEqual([accounting.samples, accounting.samples]);
  });

  it('keeps every line under 1000 characters, in either form', () => {
    for (const batch of [1, 64]) {
      const lines = run('haswell-ep-vm', { batch }).text.split('\n');
      const lengths = lines.map((line) => line.slice(line.indexOf(';') + 1).length);
      expect(Math.max(...lengths)).toBeLessThan(1_000);
    }
  });

  it('gives the same log for the same seed and another for another', () => {
    expect(run('zen3').text).toBe(run('zen3').text);
    expect(run('zen3').text).not.toBe(run('zen3', { seed: 2 }).text);
  });

  it('gives the same samples in lines and in batches', () => {
    expect(run('skylake-sp', { batch: 1 }).u2k).toEqual(run('skylake-sp', { batch: 64 }).u2k);
  });

  it('has medians near the cost model, and medians that vary from run to run more than chance within a run', () => {
    const machine = 'haswell-ep';
    const expected = crossingCosts(simulatedMachines[machine]!).u2k.tscCycles;
    const medians = Array.from({ length: 24 }, (_, seed) => median(run(machine, { seed, faults: 1_000 }).u2k));
    const mean = medians.reduce((sum, value) => sum + value, 0) / medians.length;
    const sd = Math.sqrt(medians.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (medians.length - 1));
    expect(Math.abs(mean / expected - 1)).toBeLessThan(0.02);
    // The run's factor has an SD of 2 %; the median of 1,000 faults with sigma 3 % alone would vary by 0.12 %.
    expect(sd / mean).toBeGreaterThan(0.01);
    expect(sd / mean).toBeLessThan(0.03);
  });

  it('marks the faults that a timer tick fell into', () => {
    const text = [...simulateRun({ ...options, machine: 'haswell-ep', faults: 60_000 })].join('');
    const marked = text.split('!').length - 1;
    expect(marked).toBeGreaterThan(0);
    expect(marked).toBeLessThan(50);
  });

  it.each([
    ['machine', { machine: 'pentium' }],
    ['machine', { machine: 'toString' }],
    ['probe', { machine: 'zen3', probe: 'pf_rt' as const }],
    ['batch', { machine: 'zen3', batch: 65 }],
    ['nonce', { machine: 'zen3', nonce: 'nope' }],
    ['damage', { machine: 'zen3', damage: ['fire' as LogFault] }],
  ])('refuses a wrong %s with the remedy', (field, given) => {
    const simulate = (): unknown => [...simulateRun({ ...options, ...given })];
    expect(simulate).toThrow(SimulationRefused);
    expect(simulate).toThrow(new RegExp(`^${field}: `));
  });
});

describe('simulatedBootState', () => {
  it.each(Object.keys(simulatedMachines))('of %s keeps the contract and names a known CPU', (machine) => {
    const state = simulatedBootState(machine);
    expect(bootStateSchema.parse(state)).toEqual(state);
    expect(state.cpu.microarchitecture).not.toBe('unknown');
  });
});
