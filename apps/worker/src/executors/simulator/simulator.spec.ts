import { createLogReader } from '#dmesg';
import { hostConditions } from '#entry-sim';
import { summarize } from '#stats';
import { describe, expect, it } from '@jest/globals';
import type { WorkerPlace } from '../kind.js';
import { simulatorKind } from './kind.js';

const nonce = 'a1b2c3d4';
const request = { probe: 'pf', faults: 2_000, warmup: 0, nonce, seed: 7, timeoutMs: 60_000 } as const;

async function logOf(hostId: string): Promise<Buffer> {
  const serve = await simulatorKind.open({} as WorkerPlace);
  const { executor } = await serve({ hostId, executors: ['simulator'], labels: {}, machine: 'skylake-sp' });
  const execution = await executor.prepare(request, new AbortController().signal);
  const parts: Uint8Array[] = [];
  for await (const part of execution.execute()) parts.push(part);
  return Buffer.concat(parts);
}

function medianOf(log: Buffer): number {
  const reader = createLogReader({ nonce, probe: 'pf' });
  const items = [...reader.push(log), ...reader.end()];
  const u2k = items.flatMap((item) => (item.kind === 'samples' ? [...(item.columns.u2k ?? [])] : []));
  return summarize(Int32Array.from(u2k))?.p50 ?? Number.NaN;
}

describe('simulated hosts of one model', () => {
  const level = (hostId: string): number => hostConditions(hostId, 'skylake-sp').level;

  it('differ by the factor of each, drawn from its name', async () => {
    const [one, other] = [await logOf('rack1-a'), await logOf('rack1-b')];
    const expected = level('rack1-a') / level('rack1-b');
    expect(Math.abs(expected - 1)).toBeGreaterThan(0.005);
    // Whole cycles of some 370: a median is known to a quarter of a per cent.
    expect(Math.abs(medianOf(one) / medianOf(other) / expected - 1)).toBeLessThan(0.006);
  });

  it('give the same log again with the same seed, each its own', async () => {
    expect((await logOf('rack1-a')).equals(await logOf('rack1-a'))).toBe(true);
    expect((await logOf('rack1-a')).equals(await logOf('rack1-b'))).toBe(false);
  });
});
