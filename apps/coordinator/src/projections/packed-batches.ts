import { readSamples, readSamplesOfMany, type SamplesPlace, type Transaction } from '#event-store';

interface Run extends SamplesPlace {
  samples: number;
}

/** Samples whose batches are read in one query: packed, some 5 MB at most. A run of more is read batch by batch. */
const samplesAtOnce = 500_000;

function inGroups<Of extends Run>(runs: readonly Of[]): Of[][] {
  const groups: Of[][] = [];
  let room = 0;
  for (const run of runs) {
    if (run.samples > room || groups.length === 0) {
      groups.push([]);
      room = samplesAtOnce;
    }
    groups.at(-1)?.push(run);
    room -= run.samples;
  }
  return groups;
}

/** Where the packed batches of each run of a group come from. */
async function batchesOf(tx: Transaction, group: readonly Run[]) {
  const [first] = group;
  if (first !== undefined && first.samples > samplesAtOnce) return (run: Run) => readSamples(tx, run);
  const packed = await readSamplesOfMany(tx, group);
  return ({ runId }: Run) => packed.get(runId) ?? [];
}

/** Each of these runs with its packed batches that count, read for many runs at a time. */
export async function* packedBatches<Of extends Run>(
  tx: Transaction,
  runs: readonly Of[],
): AsyncGenerator<[Of, Iterable<Uint8Array> | AsyncIterable<Uint8Array>]> {
  for (const group of inGroups(runs)) {
    const packedOf = await batchesOf(tx, group);
    for (const run of group) yield [run, packedOf(run)];
  }
}
