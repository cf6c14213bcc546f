import { createLogReader, type SamplesItem } from '#dmesg';
import { describe, expect, it } from '@jest/globals';
import { noise, simulateRun, simulateSamples, simulatedMachines } from './index.js';

const options = { machine: 'haswell-ep-vm', faults: 12_000, warmup: 50, seed: 11 } as const;

describe('simulateSamples', () => {
  it('draws what simulateRun prints', () => {
    const nonce = 'a1b2c3d4';
    const reader = createLogReader({ nonce, probe: 'pf' });
    const chunks = [...simulateRun({ ...options, probe: 'pf', nonce, batch: 64 })];
    const items = [...chunks.flatMap((chunk) => reader.push(Buffer.from(chunk))), ...reader.end()];
    const samples = items.filter((item): item is SamplesItem => item.kind === 'samples');
    const { seq, u2k, k2u, interrupted } = simulateSamples(options);
    expect(samples.flatMap((item) => [...item.seq])).toEqual([...seq]);
    expect(samples.flatMap((item) => [...(item.columns.u2k ?? [])])).toEqual([...u2k]);
    expect(samples.flatMap((item) => [...(item.columns.k2u ?? [])])).toEqual([...k2u]);
    expect(samples.flatMap((item) => [...item.interrupted])).toEqual([...interrupted]);
  });

  it('has as many ticks and rejected faults as the parameters say', () => {
    const runs = Array.from({ length: 20 }, (_, seed) => simulateSamples({ ...options, seed, faults: 50_000 }));
    const faults = 20 * 50_000;
    const tscHz = (simulatedMachines[options.machine]?.tscMhz ?? 0) * 1e6;
    const insideSeconds = runs.reduce((sum, { u2k }) => sum + u2k.length * ((u2k[0] ?? 0) + 287), 0) / tscHz;
    const ticks = runs.reduce((sum, { interrupted }) => sum + interrupted.reduce((n, flag) => n + flag, 0), 0);
    const rejected = faults - runs.reduce((sum, { seq }) => sum + seq.length, 0);
    const expectedTicks = noise.tickHz.value * insideSeconds;
    const expectedRejected = noise.rejectedShare.value * faults;
    // Poisson counts: within four standard deviations, and the windows' own length is known to some per cent.
    expect(Math.abs(ticks - expectedTicks)).toBeLessThan(4 * Math.sqrt(expectedTicks) + 0.2 * expectedTicks);
    expect(Math.abs(rejected - expectedRejected)).toBeLessThan(4 * Math.sqrt(expectedRejected));
  });

  it('finds some windows cold', () => {
    const share = (values: Int32Array, beyond: number) => values.filter((v) => v > beyond).length / values.length;
    const { u2k } = simulateSamples({ ...options, machine: 'haswell-ep', faults: 100_000 });
    const middle = [...u2k].sort((a, b) => a - b)[50_000] ?? 0;
    expect(share(u2k, middle * 1.2)).toBeGreaterThan(noise.coldShare.value / 4);
    expect(share(u2k, middle * 1.2)).toBeLessThan(noise.coldShare.value);
  });
});
