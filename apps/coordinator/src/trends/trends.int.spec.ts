import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { knownChangesQuerySchema, trendsQuerySchema, type TrendsQueryInput } from '#contracts';
import { createPrisma, Prisma, type PrismaClient } from '#event-store';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { catchUp, rebuild } from '../../../../test/fleet/read-model.js';
import { bootState } from '../../../../test/fleet/recorded-days.js';
import { measure, queueRuns } from '../../../../test/fleet/story.js';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { foldCells } from '../projections/daily-cells.table.js';
import { foldLevels } from '../projections/monthly-levels.table.js';
import { foldMonths } from '../projections/series-months.table.js';
import { dayTrends } from './day-trends.js';
import { judgeKnownChanges } from './judge-known-changes.js';
import { runTrends } from './run-trends.js';

jest.setTimeout(120_000);

const faults = 4;
let database: FreshDatabase;
let db: PrismaClient;
beforeAll(async () => {
  database = await freshDatabase();
  db = createPrisma(database.coordinatorUrl);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

/** Runs of a host whose samples begin at `base`: their median is 1.5 more. */
async function measured(hostId: string, runs: number, base: number): Promise<string[]> {
  const { runIds } = await queueRuns(db, [simulatedHost(hostId)], { faults, runsPerHost: runs });
  for (const runId of runIds) await measure(db, runId, 1, { faults, base });
  return runIds;
}

/** By the hosts' 2.3 GHz. */
const ns = (cycles: number) => expect.closeTo(cycles / 2.3, 6);
const days = (query: Partial<TrendsQueryInput>) => dayTrends(db, trendsQuerySchema.parse({ metric: 'u2k', ...query }));
const runs = (query: Partial<TrendsQueryInput>) => runTrends(db, trendsQuerySchema.parse({ metric: 'u2k', ...query }));

it('gives a host with 100 runs the weight of one with 2', async () => {
  await measured('busy', 100, 1_000);
  await measured('idle', 2, 200);
  await catchUp(db, database.coordinatorUrl);
  const { series, changes, nextCursor, cut } = await days({});
  expect(series).toMatchObject([
    {
      ...{ values: { generation: 'Haswell-EP' }, executor: 'simulator', provenance: 'simulated', hosts: 2 },
      points: [{ hosts: 2, runs: 102, ns: { p50: ns(601.5), q1: ns(401.5) }, cycles: { p50: 601.5 } }],
    },
  ]);
  expect({ changes, nextCursor, cut }).toEqual({ changes: [], nextCursor: null, cut: false });
  expect((await days({ by: 'host' })).series).toMatchObject([
    { values: { host: 'busy' }, points: [{ hosts: 1, runs: 100, ns: { p50: ns(1_001.5) } }] },
    { values: { host: 'idle' }, points: [{ hosts: 1, runs: 2, ns: { p50: ns(201.5) } }] },
  ]);
  expect((await days({ by: 'microcode,mitigation.mds', selector: 'host=idle' })).series).toMatchObject([
    { values: { microcode: '0x49', 'mitigation.mds': null }, points: [{ runs: 2 }] },
  ]);
  expect((await days({ selector: 'executor=vm' })).series).toEqual([]);
  expect((await days({ since: '90d', until: '2d' })).series).toEqual([]);
});

it('pages by series', async () => {
  const first = await days({ by: 'host', limit: 1 });
  expect(first.series.map(({ values }) => values['host'])).toEqual(['busy']);
  const second = await days({ by: 'host', limit: 1, cursor: first.nextCursor ?? '' });
  expect(second.series.map(({ values }) => values['host'])).toEqual(['idle']);
  expect(second.nextCursor).toBeNull();
  await expect(days({ cursor: 'bm8' })).rejects.toThrow('is not a cursor of trends');
});

it('has a point a run with its own quartiles, chosen by what only runs have', async () => {
  const [runId = ''] = await measured('idle', 1, 500);
  await catchUp(db, database.coordinatorUrl);
  const { series } = await runs({ selector: `run=${runId}`, by: 'host', resolution: 'run' });
  expect(series).toMatchObject([
    {
      values: { host: 'idle' },
      hosts: 1,
      points: [{ runId, runs: 1, cycles: { q1: 500.75, p50: 501.5, q3: 502.25 } }],
    },
  ]);
  await expect(days({ selector: `run=${runId}` })).rejects.toThrow(
    'run chooses single runs, and days are kept of all runs of a host and boot state',
  );
});

it('has the same rows after a rebuild, and after news of a day that is there', async () => {
  const rows = async () => ({
    days: await db.dailySeries.findMany({ orderBy: [{ hostId: 'asc' }, { metric: 'asc' }] }),
    months: await db.seriesMonth.findMany({ orderBy: [{ hostId: 'asc' }, { metric: 'asc' }] }),
    segments: await db.segment.findMany({ orderBy: { hostId: 'asc' } }),
    levels: await db.monthlyLevel.findMany({ orderBy: [{ hostId: 'asc' }, { metric: 'asc' }] }),
    cells: await db.dailyCell.findMany({ orderBy: { metric: 'asc' } }),
  });
  const before = await rows();
  expect(before.days.map(({ hostId, metric, runs: many }) => [hostId, metric, many])).toEqual([
    ...[
      ['busy', 'k2u', 100],
      ['busy', 'u2k', 100],
    ],
    ...[
      ['idle', 'k2u', 3],
      ['idle', 'u2k', 3],
    ],
  ]);
  expect(before.days[3]).toMatchObject({ q1Cycles: 201.5, p50Cycles: 201.5, q3Cycles: 351.5, samples: 12n });
  expect(before.segments.map(({ hostId }) => hostId)).toEqual(['busy', 'idle']);
  expect(before.months.map(({ hostId, metric, days: bits }) => [hostId, metric, bits])).toEqual(
    before.days.map(({ hostId, metric, day }) => [hostId, metric, 1 << (day.getUTCDate() - 1)]),
  );
  // Hosts weigh the same: the busy one is half of the cell.
  expect(before.cells[1]).toMatchObject({
    ...{ generation: 'Haswell-EP', virtualization: 'bare', executor: 'simulator', kpti: 'off', demo: false, hosts: 2 },
    ...{ p50Cycles: 601.5, p50Ns: ns(601.5), highestLevel: expect.closeTo(1_001.5) },
  });
  expect(
    before.levels.map(({ hostId, metric, days: count, runs: many }) => [hostId, metric, count, Number(many)]),
  ).toEqual(before.days.map(({ hostId, metric, runs: many }) => [hostId, metric, 1, many]));
  await rebuild(db, database.coordinatorUrl);
  expect(await rows()).toEqual(before);
});

it('tells which boot states changed, of hosts that changed alike in one entry', async () => {
  const [old, now] = ['a'.repeat(64), 'b'.repeat(64)];
  const { boot_state_hash: known } = (
    await db.$queryRaw<{ boot_state_hash: string }[]>`SELECT boot_state_hash FROM boot_states LIMIT 1`
  )[0] ?? { boot_state_hash: '' };
  for (const [hash, microcode] of [
    [old, '0x1'],
    [now, '0x2'],
  ] as const)
    await db.$executeRaw`INSERT INTO boot_states SELECT ${hash}, boot_state, first_seen_at, fields || jsonb_build_object('microcode', ${microcode}::text)
                           FROM boot_states WHERE boot_state_hash = ${known}`;
  const at = (daysAgo: number): Date => new Date(Date.now() - daysAgo * 86_400_000);
  for (const [hostId, hash, first, last] of [
    ['h1', old, 50, 20],
    ['h1', now, 19, 1],
    ['h2', old, 50, 18],
    ['h2', now, 17, 1],
  ] as const) {
    const segment = {
      hostId,
      executor: 'simulator',
      provenance: 'simulated',
      bootStateHash: hash,
      labels: { host: hostId },
    };
    await db.segment.create({ data: { ...segment, firstEndedAt: at(first), lastEndedAt: at(last) } });
  }
  const { changes } = await days({ selector: 'host in (h1,h2)', by: 'host' });
  expect(changes).toMatchObject([
    { kind: 'boot-state', fields: [{ field: 'microcode', from: '0x1', to: '0x2' }], hosts: ['h1', 'h2'], hostCount: 2 },
  ]);
  expect((await days({ selector: 'host in (h1,h2)', by: 'host', since: '10d' })).changes).toEqual([]);
});

const today = Math.floor(Date.now() / 86_400_000);
const hash = (letter: string): string => letter.repeat(64);

/** Days of a host, from so many days ago on, with the level that `at` gives a day ago; a little noise that no seed changes. */
async function daysOf(hostId: string, bootStateHash: string, from: number, to: number, at: (ago: number) => number) {
  const rows = Array.from({ length: from - to + 1 }, (_, i) => {
    const ago = from - i;
    const level =
      at(ago) * (1 + 0.02 * ((43_758.5 * Math.abs(Math.sin(12.99 * ago + 78.2 * hostId.charCodeAt(1)))) % 1));
    const series = {
      hostId,
      bootStateHash,
      executor: 'simulator',
      probe: 'pf',
      metric: 'u2k',
      provenance: 'simulated',
    };
    const cycles = { q1Cycles: level, p50Cycles: level, q3Cycles: level, levelCycles: level, runSd: 0.02 };
    const ns = { q1Ns: level / 2, p50Ns: level / 2, q3Ns: level / 2, levelNs: level / 2 };
    const day = new Date((today - ago) * 86_400_000);
    return { ...series, ...cycles, ...ns, day, runs: 5, samples: 5_000n, histogram: Buffer.alloc(1) };
  });
  await db.dailySeries.createMany({ data: rows });
}

it('judges a known change by the days of its hosts before and after', async () => {
  for (const hostId of ['h1', 'h2']) {
    await daysOf(hostId, hash('a'), 50, 20, () => 100);
    await daysOf(hostId, hash('b'), hostId === 'h1' ? 19 : 17, 1, () => 110);
  }
  const query = knownChangesQuerySchema.parse({ selector: 'host in (h1,h2)' });
  const { changes, cut } = await judgeKnownChanges(db, query);
  expect(cut).toBe(false);
  expect(changes).toMatchObject([
    {
      ...{ kind: 'boot-state', fields: [{ field: 'microcode', from: '0x1', to: '0x2' }], hosts: ['h1', 'h2'] },
      ...{ verdict: 'slower', ratio: expect.closeTo(1.1, 2), compared: { hosts: 2, controlHosts: 0 }, repeat: null },
    },
  ]);
  expect(changes[0]?.reason).toMatch(/lies wholly above 1 ± 0.01; it speaks for these boots only$/);
});

it('judges a known change by its days in the order of time, in whatever order they were stored', async () => {
  const wandering = (ago: number): number => (ago > 19 ? 100 : 103) * (1 + 0.02 * Math.sin(ago / 3));
  const agos = Array.from({ length: 34 }, (_, i) => 34 - i);
  const orders = { k1: agos, l1: [0, 1, 2].flatMap((rest) => agos.filter((ago) => ago % 3 === rest)) };
  const intervals = [];
  for (const [hostId, order] of Object.entries(orders)) {
    for (const [letter, from, to] of [
      ['a', 34, 20],
      ['b', 19, 1],
    ] as const) {
      const segment = { hostId, executor: 'simulator', provenance: 'simulated', bootStateHash: hash(letter) };
      const [firstEndedAt, lastEndedAt] = [from, to].map((ago) => new Date(Date.now() - ago * 86_400_000)) as [
        Date,
        Date,
      ];
      await db.segment.create({ data: { ...segment, labels: { host: hostId }, firstEndedAt, lastEndedAt } });
    }
    for (const ago of order) await daysOf(hostId, hash(ago > 19 ? 'a' : 'b'), ago, ago, wandering);
    const { changes } = await judgeKnownChanges(db, knownChangesQuerySchema.parse({ selector: `host=${hostId}` }));
    intervals.push(changes[0]?.interval);
  }
  expect(intervals[0]).toMatchObject({ low: expect.any(Number), high: expect.any(Number) });
  expect(intervals[1]).toEqual(intervals[0]);
});

it('says how many hosts of a series are above the noise limit, by day and by run', async () => {
  await db.$executeRaw`UPDATE host_noise SET run_sd = 0.05, run_degrees = 5 WHERE host_id = 'busy'`;
  const asked = { by: 'host', selector: 'host in (busy,idle)' };
  for (const { series } of [await days(asked), await runs({ ...asked, resolution: 'run' })]) {
    expect(series).toMatchObject([
      { values: { host: 'busy' }, noisyHosts: 1 },
      { values: { host: 'idle' }, noisyHosts: 0 },
    ]);
  }
  expect((await days({ selector: 'host in (busy,idle)' })).series).toMatchObject([{ hosts: 2, noisyHosts: 1 }]);
});

/** The quantile of few values, between neighbours by distance. */
function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const [low = 0, high = 0] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at % 1);
}

type Day = Awaited<ReturnType<PrismaClient['dailySeries']['findMany']>>[number];
type Unit = 'ns' | 'cycles';
const valuesOf = {
  ns: ({ q1Ns, p50Ns, q3Ns }: Day) => [q1Ns, p50Ns, q3Ns] as const,
  cycles: ({ q1Cycles, p50Cycles, q3Cycles }: Day) => [q1Cycles, p50Cycles, q3Cycles] as const,
};

/** The band of a day from its rows, as docs and contract say; null where a value is not known. */
function bandOf(rows: readonly Day[], unit: Unit) {
  const values = rows.map(valuesOf[unit]);
  if (values.some(([, p50]) => p50 === null)) return null;
  const hosts = [...new Set(rows.map(({ hostId }) => hostId))].map((hostId) => {
    const own = rows.flatMap((row, at) => (row.hostId === hostId ? [values[at]?.[1] ?? NaN] : []));
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  });
  const [q1 = NaN, p50 = NaN, q3 = NaN] = [0.25, 0.5, 0.75].map((q) => quantile(hosts, q));
  if (hosts.length > 1) return { q1, p50, q3 };
  return {
    q1: Math.min(...values.map(([low]) => low ?? NaN)),
    p50,
    q3: Math.max(...values.map(([, , high]) => high ?? NaN)),
  };
}

it('has of each day what its rows say, over borders of months, boot states, executors and clocks', async () => {
  let state = 7;
  const draw = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const states = [await bootState(db, '0x1'), await bootState(db, '0x2'), await bootState(db, '0x3', 'Zen 3')];
  const [from, until] = [Date.UTC(2026, 7, 30), Date.UTC(2026, 10, 3)];
  const rows: Day[] = [];
  const segments: Parameters<typeof db.segment.createMany>[0] = { data: [] };
  for (const hostId of ['m1', 'm2', 'm3', 'm4'])
    for (const [executor, provenance] of [
      ['simulator', 'simulated'],
      ['vm', 'emulated'],
      ['vm', 'measured'],
    ] as const)
      for (const [at, bootStateHash] of states.entries()) {
        segments.data = [
          ...(segments.data as object[]),
          ...[
            {
              hostId,
              executor,
              provenance,
              bootStateHash,
              labels: { host: hostId, generation: at < 2 ? 'Haswell-EP' : 'Zen 3' },
            },
          ].map((one) => ({ ...one, firstEndedAt: new Date(from), lastEndedAt: new Date(until) })),
        ] as never;
        for (let dayMs = from; dayMs < until; dayMs += 86_400_000) {
          if (draw() < 0.6) continue;
          const [p50Cycles, rate] = [1_000 * (1 + draw()), hostId === 'm4' ? 2.5 : 2.3];
          const known = draw() < 0.95;
          const cycles = { q1Cycles: p50Cycles * 0.9, p50Cycles, q3Cycles: p50Cycles * (1.1 + draw()) };
          const ns = (value: number) => (known ? value / rate : null);
          rows.push({
            ...{ day: new Date(dayMs), hostId, bootStateHash, executor, provenance, probe: 'pf', metric: 'u2k' },
            ...{ ...cycles, q1Ns: ns(cycles.q1Cycles), p50Ns: ns(p50Cycles), q3Ns: ns(cycles.q3Cycles) },
            ...{
              runs: 1 + Math.floor(draw() * 9),
              samples: 1n,
              histogram: new Uint8Array(1),
              levelCycles: null,
              levelNs: null,
            },
            ...{ runSd: null, p5Cycles: null, p95Cycles: null, p99Cycles: null },
          });
        }
      }
  await db.segment.createMany(segments);
  const months = Prisma.sql`SELECT day, host_id, boot_state_hash, executor, provenance FROM daily_series WHERE host_id LIKE 'm_'`;
  const late = rows.filter(() => draw() < 0.05);
  await db.dailySeries.createMany({ data: rows.filter((row) => !late.includes(row)) });
  const fold = (places: Prisma.Sql) =>
    db.$transaction(async (tx) => {
      for (const one of [foldMonths, foldLevels, foldCells]) await one(tx, places);
    });
  await fold(months);
  await db.dailySeries.createMany({ data: late });
  const ofLate = Prisma.sql`${months} AND (day, host_id) IN (SELECT * FROM unnest(
    ${late.map(({ day }) => day)}::timestamptz[], ${late.map(({ hostId }) => hostId)}::text[]))`;
  await fold(ofLate);
  // The other tests have days of theirs beside them, of another executor, that nobody folded.
  const rollups = async () => ({
    levels:
      await db.$queryRaw`SELECT to_jsonb(l)::text AS row FROM monthly_levels l WHERE host_id LIKE 'm_' ORDER BY 1`,
    // Without what a later migration has added.
    cells: await db.$queryRaw`
      SELECT (to_jsonb(c) - ARRAY['lowest_ns', 'median_ns', 'highest_ns'])::text AS row FROM daily_cells c WHERE executor = 'vm' ORDER BY 1`,
  });
  const folded = await rollups();
  await db.$executeRaw`DELETE FROM monthly_levels`;
  await db.$executeRaw`DELETE FROM daily_cells`;
  const migration = new URL(
    '../../../../prisma/migrations/20261128004000_board_rollups/migration.sql',
    import.meta.url,
  );
  for (const statement of readFileSync(migration, 'utf8').split(/;\n/))
    if (/^\s*INSERT/.test(statement)) await db.$executeRawUnsafe(statement);
  expect(await rollups()).toEqual(folded);

  const microcodes = ['0x1', '0x2', '0x3'];
  const keys = {
    microcode: ({ bootStateHash }: Day) => microcodes[states.indexOf(bootStateHash)],
    generation: ({ bootStateHash }: Day) => (bootStateHash === states[2] ? 'Zen 3' : 'Haswell-EP'),
    host: ({ hostId }: Day) => hostId,
  };
  const near = (band: Record<string, number> | null) =>
    band && Object.fromEntries(Object.entries(band).map(([name, value]) => [name, Number(value.toPrecision(12))]));
  for (const [since, end] of [
    ['2026-08-30', '2026-11-03'],
    ['2026-09-11', '2026-10-20'],
    ['2026-09-30T15:00:00Z', '2026-10-01T00:00:01Z'],
  ] as const)
    for (const by of ['microcode', 'generation', 'host'] as const) {
      const first = Math.floor(Date.parse(since) / 86_400_000) * 86_400_000;
      const expected = new Map<string, Day[]>();
      for (const row of rows) {
        if (row.day.getTime() < first || row.day.getTime() >= Date.parse(end)) continue;
        const key = [keys[by](row), row.executor, row.provenance, row.day.toISOString()].join();
        expected.set(key, [...(expected.get(key) ?? []), row]);
      }
      const found = (await days({ by, since, until: end })).series.flatMap(({ values, executor, provenance, points }) =>
        points.map(({ at, hosts, runs: count, ns: inNs, cycles }) => [
          [values[by], executor, provenance, at].join(),
          { hosts, runs: count, ns: near(inNs), cycles: near(cycles) },
        ]),
      );
      const wanted = [...expected].map(([key, own]) => {
        const hosts = new Set(own.map(({ hostId }) => hostId));
        const oneClock =
          !(hosts.has('m4') && hosts.size > 1) && (hosts.size === 1 || own.every(({ p50Ns }) => p50Ns !== null));
        const cycles = oneClock ? near(bandOf(own, 'cycles')) : null;
        return [
          key,
          {
            hosts: hosts.size,
            runs: own.reduce((sum, { runs: count }) => sum + count, 0),
            ns: near(bandOf(own, 'ns')),
            cycles,
          },
        ];
      });
      expect(wanted.length).toBeGreaterThan(2);
      expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
    }
});
