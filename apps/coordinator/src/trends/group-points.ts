import { setImmediate as turn } from 'node:timers/promises';
import type { TrendPoint } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { type Band, GroupDay } from './group-day.js';
import { type Quartiles, readMedians, readQuartiles } from './packed-months.js';

const dayMs = 86_400_000;
/** Rows that one statement reads at most, 10 MB, while what the one before gave is worked through. */
const rowsAtOnce = 15_000;
/** How long the process works on points before others have their turn, ms. */
const workMs = 10;

export interface GroupPoint {
  key: string;
  executor: string;
  provenance: string;
  dayMs: number;
  point: TrendPoint;
}

interface MonthRow {
  key: string;
  executor: string;
  provenance: string;
  month: Date;
  /** Hosts have numbers below this. */
  hosts: number;
  blocks: Uint8Array;
}

/** What to read: `picked` names the groups' segments (key, executor, provenance, host_id, boot_state_hash). */
export interface PointsAsked {
  picked: Prisma.Sql;
  /** How many these are. */
  segments: number;
  probe: string;
  metric: string;
  /** Days from this one, whose part of it counts too, to the one before `untilMs`. */
  sinceMs: number;
  untilMs: number;
}

const startOfMonth = (ms: number, months = 0): number => {
  const date = new Date(ms);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
};

const moment = (ms: number): Prisma.Sql => Prisma.sql`${new Date(ms).toISOString()}::timestamptz`;

function monthsOf(
  db: PrismaClient,
  { picked, probe, metric }: PointsAsked,
  column: 'medians' | 'quartiles',
  fromMs: number,
  toMs: number,
): Promise<MonthRow[]> {
  return db.$queryRaw<MonthRow[]>`
    WITH picked AS (${picked}),
    numbered AS (
      SELECT *, (dense_rank() OVER (PARTITION BY key, executor, provenance ORDER BY host_id))::integer - 1 AS host FROM picked
    )
    SELECT p.key, p.executor, p.provenance, m.month, max(p.host) + 1 AS hosts,
           string_agg(int4send(p.host) || int4send(m.days) || m.${Prisma.raw(column)}, '') AS blocks
      FROM numbered p JOIN series_months m USING (host_id, executor, provenance, boot_state_hash)
     WHERE m.probe = ${probe} AND m.metric = ${metric} AND m.month >= ${moment(fromMs)} AND m.month < ${moment(toMs)}
     GROUP BY p.key, p.executor, p.provenance, m.month`;
}

const pointOf = (atMs: number, { hosts, runs }: GroupDay, cycles: Band | null, ns: Band | null): TrendPoint => {
  const view = (band: Band | null): TrendPoint['ns'] =>
    band === null ? null : { q1: band[0], p50: band[1], q3: band[2] };
  return { at: new Date(atMs).toISOString(), hosts, runs, ns: view(ns), cycles: view(cycles), runId: null };
};

const nameOf = ({ key, executor, provenance, month }: MonthRow): string =>
  JSON.stringify([key, executor, provenance, month.getTime()]);

/** Of a day with a single host the quartiles over its runs: the widest of its boot states. */
function widest(all: readonly Quartiles[], unit: 'cycles' | 'ns'): [q1: number, q3: number] {
  const known = all.map((one) => one[unit]).filter(([q1, q3]) => !Number.isNaN(q1) && !Number.isNaN(q3));
  return [Math.min(...known.map(([q1]) => q1)), Math.max(...known.map(([, q3]) => q3))];
}

/** Keeps the process from being busy for so long that other requests wait. */
function sharingTime(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < workMs) return;
    await turn();
    since = performance.now();
  };
}

async function pointsOfMonths(db: PrismaClient, asked: PointsAsked, rows: readonly MonthRow[]): Promise<GroupPoint[]> {
  const sinceDay = Math.floor(asked.sinceMs / dayMs) * dayMs;
  const share = sharingTime();
  const lone = new Map<string, Map<number, Quartiles[]>>();
  const found: { row: MonthRow; atMs: number; day: GroupDay }[] = [];
  for (const row of rows) {
    const days = new Map<number, GroupDay>();
    readMedians(row.blocks, (host, day, runs, cycles, ns) => {
      let of = days.get(day);
      if (of === undefined) days.set(day, (of = new GroupDay(row.hosts)));
      of.take(host, runs, cycles, ns);
    });
    for (const [day, of] of days) {
      const atMs = row.month.getTime() + day * dayMs;
      if (atMs < sinceDay || atMs >= asked.untilMs) continue;
      found.push({ row, atMs, day: of });
      if (of.hosts === 1) lone.set(nameOf(row), lone.get(nameOf(row)) ?? new Map<number, Quartiles[]>());
    }
    await share();
  }
  if (lone.size > 0) {
    const months = rows.filter((row) => lone.has(nameOf(row)));
    const of = (name: 'key' | 'executor' | 'provenance'): string[] => months.map((row) => row[name]);
    const picked = Prisma.sql`
      SELECT * FROM (${asked.picked}) AS chosen WHERE (key, executor, provenance) IN (
        SELECT * FROM unnest(${of('key')}::text[], ${of('executor')}::text[], ${of('provenance')}::text[]))`;
    const times = months.map(({ month }) => month.getTime());
    const [from, to] = [Math.min(...times), startOfMonth(Math.max(...times), 1)];
    for (const row of await monthsOf(db, { ...asked, picked }, 'quartiles', from, to)) {
      const days = lone.get(nameOf(row));
      if (days === undefined) continue;
      readQuartiles(row.blocks, (day, quartiles) => {
        const atMs = row.month.getTime() + day * dayMs;
        days.set(atMs, [...(days.get(atMs) ?? []), quartiles]);
      });
    }
  }
  const points: GroupPoint[] = [];
  for (const { row, atMs, day } of found) {
    const { cycles, ns } = day.bands();
    const own = day.hosts === 1 ? lone.get(nameOf(row))?.get(atMs) : undefined;
    const ofRuns = (band: Band | null, unit: 'cycles' | 'ns'): Band | null => {
      if (band === null || own === undefined) return band;
      const [q1, q3] = widest(own, unit);
      return [q1, band[1], q3];
    };
    const { key, executor, provenance } = row;
    points.push({
      key,
      executor,
      provenance,
      dayMs: atMs,
      point: pointOf(atMs, day, ofRuns(cycles, 'cycles'), ofRuns(ns, 'ns')),
    });
    await share();
  }
  return points;
}

/**
 * A point for each day and group, in no order. The quartiles are computed here and not by PostgreSQL, which would sort each host's day twice
 * for it: a year of 5,000 hosts is 1.8 million of them (`npm run bench:trends`).
 */
export async function groupPoints(db: PrismaClient, asked: PointsAsked): Promise<GroupPoint[]> {
  const points: GroupPoint[] = [];
  const end = startOfMonth(asked.untilMs - 1, 1);
  // A segment has a row a month, and mostly there is one of a host at a time: two kernels a year are two.
  const monthsAtOnce = Math.max(1, Math.floor((2 * rowsAtOnce) / asked.segments));
  const read = (from: number): Promise<MonthRow[]> => {
    const months = monthsOf(db, asked, 'medians', from, Math.min(end, startOfMonth(from, monthsAtOnce)));
    months.catch(() => undefined); // told where it is awaited
    return months;
  };
  let from = startOfMonth(asked.sinceMs);
  let next = read(from);
  while (from < end) {
    const rows = await next;
    from = startOfMonth(from, monthsAtOnce);
    if (from < end) next = read(from);
    points.push(...(await pointsOfMonths(db, asked, rows)));
  }
  return points;
}
