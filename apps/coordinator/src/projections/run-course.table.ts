import type { SamplesPlace, Transaction } from '#event-store';
import { decodeSamples, SampleCodecError, type SampleColumns } from '#samples';
import { deflatedBytes, firstLines } from './first-lines.js';
import { insertRows } from './insert-rows.js';
import { operational } from './operational.js';
import { rollUpPace } from './paces.js';
import { packedBatches } from './packed-batches.js';
import type { Projection } from './projection.js';
import { runCourse, type RunCourse } from './run-course.js';
import { heedingNewResults } from './runs-with-new-results.js';

interface CompletedRun extends SamplesPlace {
  faults: number;
  samples: number;
}

function completedRuns(tx: Transaction, runIds: readonly string[]): Promise<CompletedRun[]> {
  return tx.$queryRaw<CompletedRun[]>`
    SELECT run_id AS "runId", attempt, samples_version AS "samplesVersion", faults, samples::float8 AS samples
      FROM runs WHERE run_id = ANY(${[...runIds]}::uuid[]) AND state = 'completed'`;
}

/** None of samples that can't be read: the run's row, which is folded before, says so already. */
async function decoded(packed: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<SampleColumns[]> {
  const batches: SampleColumns[] = [];
  try {
    for await (const samples of packed) batches.push(decodeSamples(samples));
  } catch (error) {
    if (!(error instanceof SampleCodecError)) throw error;
    return [];
  }
  return batches;
}

const stretchColumns = {
  ...{ runId: 'uuid', metric: 'text', faultsAStretch: 'integer', medians: 'real[]', p95s: 'real[]' },
} satisfies Record<keyof (RunCourse & { runId: string }), string>;

async function insertStretches(tx: Transaction, runs: readonly CompletedRun[]): Promise<void> {
  const rows: (RunCourse & { runId: string })[] = [];
  for await (const [{ runId, faults }, packed] of packedBatches(tx, runs))
    rows.push(...runCourse(await decoded(packed), faults).map((course) => ({ runId, ...course })));
  await insertRows(tx, 'run_stretches', stretchColumns, rows);
}

/** The log that a later parser read again is the same. */
async function insertLines(tx: Transaction, runs: readonly CompletedRun[]): Promise<void> {
  const starts = await tx.$queryRaw<{ runId: string; start: string }[]>`
    SELECT run_id AS "runId", encode(substring(raw FROM 1 FOR ${deflatedBytes}::integer), 'base64') AS start
      FROM unnest(${runs.map(({ runId }) => runId)}::uuid[], ${runs.map(({ attempt }) => attempt)}::integer[]) AS run (run_id, attempt)
      JOIN sample_batches USING (run_id, attempt)
     WHERE batch = 0 AND length(raw) > 0`;
  const rows = starts
    .map(({ runId, start }) => ({ runId, lines: firstLines(Buffer.from(start, 'base64')) }))
    .filter(({ lines }) => lines.length > 0);
  await insertRows(tx, 'run_lines', { runId: 'uuid', lines: 'text[]' }, rows);
}

async function fold(tx: Transaction, runIds: readonly string[]): Promise<void> {
  if (runIds.length === 0) return;
  for (const table of ['run_stretches', 'run_lines'])
    await tx.$executeRawUnsafe(`DELETE FROM ${table} WHERE run_id = ANY($1::uuid[])`, [...runIds]);
  const runs = await completedRuns(tx, runIds);
  if (runs.length === 0) return;
  await insertStretches(tx, runs);
  await insertLines(tx, runs);
}

/** What the board of one run draws of its samples and its log, which the boards' login may not read. */
export const runCourses: Projection = {
  name: 'run_course',
  version: 1,
  tables: ['run_stretches', 'run_lines'],
  reads: operational,
  ...heedingNewResults(fold),
  batchSize: 1_000,
  ...rollUpPace,
};
