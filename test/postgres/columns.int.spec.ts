import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import * as z from 'zod';
import { eventSchemas, heartbeatSchema, plannedRunSchema } from '#contracts';
import { freshDatabase, type FreshDatabase } from './fresh-database.js';

const { RunQueued, RunStarted, CrossingSamplesRecorded, KernelLogGapObserved, RunCompleted, RunRederived } =
  eventSchemas;
const beaten = heartbeatSchema.shape.attempts.element.shape;

/** Where the numbers of a column come from: every schema by which one gets in. */
const sources: Readonly<Record<string, readonly z.ZodType[]>> = {
  'runs.attempt': [RunQueued.shape.attempt, RunStarted.shape.attempt],
  'runs.faults': [RunQueued.shape.faults],
  'runs.replicate': [plannedRunSchema.shape.replicate, RunQueued.shape.replicate],
  'runs.seed': [RunQueued.shape.seed],
  'runs.samples': [RunCompleted.shape.samples],
  'runs.lost': [RunCompleted.shape.lost],
  'runs.rejected': [RunCompleted.shape.rejected],
  'runs.damaged_lines': [RunCompleted.shape.damagedLines],
  'runs.overhead_cycles': [RunCompleted.shape.overheadCycles],
  'runs.parser_version': [RunCompleted.shape.parserVersion, RunRederived.shape.after.shape.parserVersion],
  'runs.samples_version': [RunRederived.shape.after.shape.parserVersion],
  'run_gaps.attempt': [KernelLogGapObserved.shape.attempt],
  'run_gaps.lost_records': [KernelLogGapObserved.shape.lostRecords],
  'run_gaps.lost_samples': [KernelLogGapObserved.shape.lostSamples],
  'run_gaps.raw_from': [KernelLogGapObserved.shape.rawFrom],
  'run_gaps.raw_to': [KernelLogGapObserved.shape.rawTo],
  'run_leases.attempt': [beaten.attempt],
  'sample_batches.attempt': [CrossingSamplesRecorded.shape.attempt],
  'sample_batches.batch': [CrossingSamplesRecorded.shape.batch],
};

/** The largest number that a schema lets through. */
function largestOf(schema: z.ZodType): number {
  const json = z.toJSONSchema(schema) as { maximum?: number; anyOf?: { maximum?: number }[] };
  return Math.max(...[json, ...(json.anyOf ?? [])].map(({ maximum }) => maximum ?? -Infinity));
}

const largestIn: Readonly<Record<string, number>> = { integer: 2 ** 31 - 1, bigint: Number(2n ** 63n) };

describe('columns', () => {
  let database: FreshDatabase;
  let typeOf: Map<string, string>;
  beforeAll(async () => {
    database = await freshDatabase();
    const client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    const { rows } = await client.query<{ name: string; type: string }>(
      `SELECT table_name || '.' || column_name AS name, data_type AS type FROM information_schema.columns WHERE table_schema = 'public'`,
    );
    await client.end();
    typeOf = new Map(rows.map(({ name, type }) => [name, type]));
  });
  afterAll(() => database.drop());

  it.each(Object.keys(sources))('%s holds every number that its schemas let through', (column) => {
    const room = largestIn[typeOf.get(column) ?? ''];
    expect(room).toBeDefined();
    for (const schema of sources[column] ?? []) {
      expect(largestOf(schema)).toBeGreaterThan(0); // it has a bound at all
      expect(largestOf(schema)).toBeLessThanOrEqual(room ?? 0);
    }
  });

  it('that are fed from events are all named here', () => {
    const fed = /^(runs|run_gaps|run_leases|sample_batches)\./;
    const counted = ['runs.plan_index', 'runs.stream_version']; // by the projection itself, at most 100,000 and a stream's length
    const numeric = [...typeOf].filter(([name, type]) => fed.test(name) && largestIn[type] !== undefined);
    const missing = numeric
      .map(([name]) => name)
      .filter((name) => !counted.includes(name) && sources[name] === undefined);
    expect(missing).toEqual([]);
  });
});
