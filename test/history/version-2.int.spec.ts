// A database that 6d721a8 wrote, the last state with one checkpoint for the whole read model, upgraded by a coordinator.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import type { RunDetail } from '#contracts';
import { LogHistogram } from '#stats';
import { type CoordinatorUnderTest, startCoordinator } from '../coordinator/coordinator-under-test.js';
import { rebuild, untilFilled } from '../fleet/read-model.js';
import { type Dump, readDump, restore } from './restore.js';
import { crossingsOf, logsOf, quantile } from './version-1.js';

/** The last migration that it had. */
const lastMigration = '20261126000900_watchdog';

let fleet: CoordinatorUnderTest;
let dump: Dump;
beforeAll(async () => {
  dump = await readDump('version-2');
  const names = await readdir(new URL('../../prisma/migrations', import.meta.url));
  const then = names.filter((name) => /^\d/.test(name) && name <= lastMigration);
  fleet = await startCoordinator({}, undefined, (database) => restore(database.adminUrl, dump, then));
  await untilFilled(fleet.db);
});
afterAll(() => fleet.stop());

/** Rows of a table now, with the columns that it had then. */
async function rowsNow(table: string): Promise<string[]> {
  const columns = Object.keys(dump[table]?.[0] ?? {});
  const rows = await fleet.db.$queryRawUnsafe<{ row: Record<string, unknown> }[]>(
    `SELECT to_jsonb(t) AS row FROM ${table} t`,
  );
  return sorted(rows.map(({ row }) => Object.fromEntries(columns.map((column) => [column, row[column]]))));
}

/** With what this release calls otherwise. Stored events keep the old words. */
function inTheWordsOfNow(row: Record<string, unknown>): object {
  const { labels } = row as { labels?: Record<string, string> | null };
  if (row['key'] === 'series') return { ...row, key: 'kernel-series' };
  if (labels?.['series'] === undefined) return row;
  const { series, ...rest } = labels;
  return { ...row, labels: { ...rest, 'kernel-series': series } };
}

const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row, order)).sort();
/** Numbers to 12 digits: quantiles of a histogram were not the same to the last bit. */
const order = (_: string, value: unknown): unknown =>
  typeof value === 'number'
    ? Number(value.toPrecision(12))
    : typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;

describe('a database of 6d721a8', () => {
  it('has every event and every sample', async () => {
    const events = (dump['events'] ?? []).map((event) => ({ ...event, xid: '0' }));
    expect(events).toHaveLength(68);
    expect(await rowsNow('events')).toEqual(sorted(events));
    expect(await rowsNow('sample_batches')).toEqual(sorted(dump['sample_batches'] ?? []));
  });

  it('has had its read model filled again, by itself', async () => {
    const rows = await fleet.db.projectionStanding.findMany();
    expect(rows.length).toBeGreaterThanOrEqual(2);
    for (const row of rows) expect(row).toMatchObject({ generation: 1, fillingVersion: null });
    expect((await fleet.ask('/health/ready', { key: null })).body).toMatchObject({
      checks: { projection: { lagEvents: 0, setAsideStreams: 1 } },
    });
  });

  it.each(['hosts', 'jobs', 'runs', 'boot_states', 'run_results', 'run_gaps'])('has the same %s', async (table) => {
    expect(await rowsNow(table)).toEqual(sorted((dump[table] ?? []).map(inTheWordsOfNow)));
  });

  it('knows every label that it knew, and the fields of the boot states besides', async () => {
    const before = sorted((dump['label_values'] ?? []).map(inTheWordsOfNow));
    const now = await rowsNow('label_values');
    expect(now).toEqual(expect.arrayContaining(before));
    const added = now.filter((row) => !before.includes(row));
    expect(added.length).toBeGreaterThan(0);
    expect(added.join()).not.toMatch(/"key":"(host|generation|kpti)"/);
  });

  it('has the figures that its logs give', async () => {
    const logs = logsOf(dump);
    expect(logs.size).toBe(15);
    for (const [runId, log] of logs) {
      const crossings = [...crossingsOf(log).values()];
      const { body: run } = await fleet.ask<RunDetail>(`/v1/runs/${runId}`);
      for (const metric of ['u2k', 'k2u'] as const) {
        const values = crossings.flatMap((one) => one[metric] ?? []);
        expect(run.results.find((result) => result.metric === metric)).toMatchObject({
          samples: values.length,
          p50Cycles: quantile(values, 0.5),
          p99Cycles: quantile(values, 0.99),
        });
      }
    }
    const days = await fleet.db.dailySeries.findMany();
    const counted = days.reduce((sum, { histogram }) => sum + LogHistogram.fromBytes(histogram).count, 0);
    expect(counted).toBe(
      [...logs.values()]
        .flatMap((log) => [...crossingsOf(log).values()])
        .flatMap(({ u2k, k2u }) => (k2u === null ? [u2k] : [u2k, k2u])).length,
    );
  });

  it('gives the same read model when that is rebuilt', async () => {
    const before = await rowsNow('run_results');
    await rebuild(fleet.db, fleet.database.coordinatorUrl);
    expect(await rowsNow('run_results')).toEqual(before);
  });
});
