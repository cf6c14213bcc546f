import { expect } from '@jest/globals';
import type { EventData } from '#contracts';
import { readSampleBatches, type PrismaClient } from '#event-store';
import { decodeSamples } from '#samples';
import { inflateSync } from 'node:zlib';

/** Sequence numbers of the samples in a log without damage, read without our reader. */
function printedSeqs(log: string): number[] {
  return [...log.matchAll(/ seq=(\d+) (?:n=(\d+) )?/g)].flatMap(([, seq, count = '1']) =>
    Array.from({ length: Number(count) }, (_, index) => Number(seq) + index),
  );
}

/**
 * Sums of samples also hold where some stand twice and as many are missing: checks a run that lost nothing by its
 * sequence numbers, stored against printed. Returns the captured log.
 */
export async function expectEverySampleStoredOnce(db: PrismaClient, run: EventData<'RunCompleted'>): Promise<string> {
  const seqs: number[] = [];
  const raw: Uint8Array[] = [];
  for await (const stored of readSampleBatches(db, run.runId, run.attempt)) {
    seqs.push(...decodeSamples(stored.samples).seq);
    raw.push(inflateSync(stored.raw));
  }
  const log = Buffer.concat(raw).toString('latin1');
  expect({ samples: seqs.length, distinct: new Set(seqs).size }).toEqual({
    samples: run.samples,
    distinct: run.samples,
  });
  expect(seqs.filter((seq) => seq < 0 || seq >= run.faults)).toEqual([]);
  expect({ lost: run.lost, damagedLines: run.damagedLines }).toEqual({ lost: 0, damagedLines: 0 });
  // Joined: Jest compares long arrays slowly.
  expect(seqs.join()).toBe(printedSeqs(log).join());
  expect(run.rejected).toBe(run.faults - seqs.length);
  return log;
}
