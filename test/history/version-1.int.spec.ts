// A database that the release of parser version 1 wrote, upgraded and replayed, against its own kernel logs.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReplayReply, RunDetail, SampleRow } from '#contracts';
import { LogHistogram } from '#stats';
import { rebuild, untilFilled, untilFollowed } from '../fleet/read-model.js';
import { type CoordinatorUnderTest, type Reply, startCoordinator } from '../coordinator/coordinator-under-test.js';
import { readDump, restore } from './restore.js';
import { type Crossing, crossingsOf, logsOf, migrationsOfVersion1, quantile } from './version-1.js';

let fleet: CoordinatorUnderTest;
let logs: Map<string, string>;
const crossings = new Map<string, Map<number, Crossing>>();
beforeAll(async () => {
  const dump = await readDump('version-1');
  logs = logsOf(dump);
  for (const [runId, log] of logs) crossings.set(runId, crossingsOf(log));
  fleet = await startCoordinator({}, undefined, (database) => restore(database.adminUrl, dump, migrationsOfVersion1));
  // The old release showed such runs as completed; the read model that this one fills by itself no longer does.
  await untilFilled(fleet.db);
});
afterAll(() => fleet.stop());

const readModel = ['hosts', 'jobs', 'runs', 'boot_states', 'run_results', 'run_gaps'];
const history = ['events', 'sample_batches', 'rederived_batches'];

/** Every row of these tables as text, in a fixed order. */
async function rowsOf(tables: readonly string[]): Promise<Record<string, unknown>> {
  const rows: Record<string, unknown> = {};
  for (const table of tables) {
    rows[table] = await fleet.db.$queryRawUnsafe(`SELECT to_jsonb(t)::text AS row FROM ${table} t ORDER BY 1`);
  }
  return rows;
}

async function samplesOf(runId: string): Promise<SampleRow[]> {
  const reply = await fleet.request(`/v1/runs/${runId}/samples`);
  const text = await reply.text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as SampleRow);
}

/** Goes through all slices of a replay. */
async function replay(request: object): Promise<ReplayReply['runs']> {
  const runs: ReplayReply['runs'] = [];
  for (let cursor: string | null = null; ;) {
    const json: object = { ...request, ...(cursor === null ? {} : { cursor }) };
    const { status, body }: Reply<ReplayReply> = await fleet.ask('/v1/replays', { method: 'POST', json });
    expect(status).toBe(200);
    runs.push(...body.runs);
    cursor = body.nextCursor;
    if (cursor === null) return runs;
  }
}

const outdated = async () => (await fleet.ask('/v1/replays/outdated')).body;

/** A run's figures of one metric from its kernel log alone. */
function figuresOf(runId: string, metric: 'u2k' | 'k2u') {
  const all = [...(crossings.get(runId)?.values() ?? [])];
  const values = all.flatMap((one) => one[metric] ?? []);
  return {
    metric,
    samples: values.length,
    invalid: all.length - values.length,
    interrupted: all.filter((one) => one.interrupted).length,
    minCycles: Math.min(...values),
    p5Cycles: quantile(values, 0.05),
    p25Cycles: quantile(values, 0.25),
    p50Cycles: quantile(values, 0.5),
    p75Cycles: quantile(values, 0.75),
    p95Cycles: quantile(values, 0.95),
    p99Cycles: quantile(values, 0.99),
    maxCycles: Math.max(...values),
    meanCycles: values.reduce((sum, value) => sum + value, 0) / values.length,
  };
}

describe('a database of parser version 1', () => {
  let before: Record<string, unknown>;

  it('shows the fault: samples twice, as many missing, and no loss', async () => {
    const [sums] = await fleet.db.$queryRaw<object[]>`
      SELECT sum((data->>'samples')::integer)::integer AS samples, sum((data->>'lost')::integer)::integer AS lost,
             sum((data->>'rejected')::integer)::integer AS rejected, sum((data->>'faults')::integer)::integer AS faults
        FROM events WHERE type = 'RunCompleted'`;
    expect(sums).toEqual({ samples: 64_996, lost: 0, rejected: 4, faults: 65_000 });
    const failed = await fleet.db.run.findMany({ where: { state: 'failed' }, select: { failure: true } });
    const twice = failed.map(({ failure }) =>
      Number(/(\d+) samples? .*second time/.exec(JSON.stringify(failure))?.[1]),
    );
    expect(twice.sort((a, b) => a - b)).toEqual([14, 20, 45, 53]);
    expect(await fleet.db.run.count({ where: { state: 'completed' } })).toBe(7);
    expect(await outdated()).toEqual({ parserVersion: 2, runs: 11 });
  });

  it('is not changed by a dry run, which shows what would be', async () => {
    before = await rowsOf([...readModel, ...history]);
    const runs = await replay({ all: true, dryRun: true });
    expect(runs.map((run) => run.outcome)).toEqual(Array.from({ length: 11 }, () => 'rederived'));
    expect(
      runs
        .filter((run) => run.changed)
        .map((run) => run.before?.repeated)
        .sort(),
    ).toEqual([14, 20, 45, 53]);
    expect(runs.every((run) => run.after?.repeated === 0)).toBe(true);
    expect(await rowsOf([...readModel, ...history])).toEqual(before);
  });

  it('is put right: every announced sequence number once, as a sample or rejected', async () => {
    const runs = await replay({ all: true });
    expect(runs.filter((run) => run.changed)).toHaveLength(4);
    for (const [runId, expected] of crossings) {
      const { body: run } = await fleet.ask<RunDetail>(`/v1/runs/${runId}`);
      const samples = await samplesOf(runId);
      expect(samples).toHaveLength(run.samples);
      const found = new Map(samples.map(({ seq, u2k, k2u, interrupted }) => [seq, { u2k, k2u, interrupted }]));
      expect(found).toEqual(expected);
      const announced = /begin probe=pf faults=(\d+) /.exec(logs.get(runId) ?? '')?.[1];
      const rejected = / end faults=\d+ samples=\d+ rejected=(\d+) /.exec(logs.get(runId) ?? '')?.[1];
      expect(run).toMatchObject({
        state: 'completed',
        parserVersion: 2,
        lost: 0,
        rejected: Number(rejected),
        gaps: [],
      });
      expect(found.size + run.lost + run.rejected).toBe(Number(announced));
    }
    expect(await outdated()).toEqual({ parserVersion: 2, runs: 0 });
  });

  it('has the figures that the logs give', async () => {
    for (const runId of logs.keys()) {
      const { body: run } = await fleet.ask<RunDetail>(`/v1/runs/${runId}`);
      expect(run.results.map(({ p50Ns: _p50Ns, noiseFloor: _noiseFloor, ...figures }) => figures)).toEqual([
        figuresOf(runId, 'u2k'),
        figuresOf(runId, 'k2u'),
      ]);
    }
  });

  it('has the days that the logs give', async () => {
    await untilFollowed(fleet.db);
    const rows = await fleet.db.dailySeries.findMany();
    expect(rows).toHaveLength(6);
    for (const { hostId, metric, day, ...row } of rows) {
      const runs = await fleet.db.runResult.findMany({ where: { hostId, metric }, select: { runId: true } });
      const values = runs.flatMap(({ runId }) =>
        [...(crossings.get(runId)?.values() ?? [])].flatMap((one) => one[metric as 'u2k' | 'k2u'] ?? []),
      );
      expect(day.toISOString()).toBe('2026-11-26T00:00:00.000Z');
      expect([row.runs, row.samples]).toEqual([runs.length, BigInt(values.length)]);
      expect(Buffer.from(row.histogram)).toEqual(Buffer.from(LogHistogram.of(values).toBytes()));
      const exact = quantile(values, 0.5);
      expect(Math.abs(row.p50Cycles - exact) / exact).toBeLessThanOrEqual(LogHistogram.relativeError);
    }
  });

  it('keeps what was written before, and stores no sample a second time that is the same', async () => {
    const after = await rowsOf(history);
    expect(after['sample_batches']).toEqual(before['sample_batches']);
    expect(after['events']).toEqual(expect.arrayContaining(before['events'] as unknown[]));
    const [stored] = await fleet.db.$queryRaw<{ runs: number }[]>`
      SELECT count(DISTINCT run_id)::integer AS runs FROM rederived_batches`;
    expect(stored).toEqual({ runs: 4 });
  });

  it('is not changed by another replay', async () => {
    await untilFollowed(fleet.db);
    const once = await rowsOf([...readModel, ...history]);
    expect(await replay({ all: true })).toEqual([]);
    const named = await replay({ runs: [...logs.keys()] });
    expect(named.map((run) => run.outcome)).toEqual(named.map(() => 'current'));
    await untilFollowed(fleet.db);
    expect(await rowsOf([...readModel, ...history])).toEqual(once);
  });

  it('gives the same read model when that is rebuilt', async () => {
    const once = await rowsOf(readModel);
    await rebuild(fleet.db, fleet.database.coordinatorUrl);
    expect(await rowsOf(readModel)).toEqual(once);
  });
});
