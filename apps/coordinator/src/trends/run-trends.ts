import {
  type ExecutorName,
  parseRunSelector,
  type Provenance,
  type TrendPoint,
  type TrendsQuery,
  type TrendSeries,
} from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { hostNoiseRows, markOf } from '../noise-floors/noise-floors.js';
import { fieldValue } from '../selectors/field-value.js';
import { runFilter } from '../selectors/run-filter.js';
import { bootChanges } from './boot-changes.js';
import { spanOf, type TrendParts } from './day-trends.js';

/** Runs of one reply, the newest. Ours: a screen shows fewer, and 20,000 are 4 MB. */
export const mostRuns = 20_000;

interface RunRow {
  values: (string | null)[];
  executor: ExecutorName;
  provenance: Provenance;
  runId: string;
  hostId: string;
  endedAt: Date;
  q1: number;
  p50: number;
  q3: number;
  tscKhz: number | null;
}

function rowsOf(db: PrismaClient, query: TrendsQuery): Promise<RunRow[]> {
  const { sinceMs, untilMs } = spanOf(query);
  const selector = { ...parseRunSelector(query.selector, Date.now()), sinceMs, untilMs };
  const values = query.by.map((name) => fieldValue(name, Prisma.sql`r.labels`, Prisma.sql`b.fields`));
  return db.$queryRaw<RunRow[]>`
    SELECT jsonb_build_array(${Prisma.join(values)}) AS "values", r.executor, s.provenance, s.run_id AS "runId", s.host_id AS "hostId",
           s.ended_at AS "endedAt", s.p25_cycles AS q1, s.p50_cycles AS p50, s.p75_cycles AS q3, s.tsc_khz AS "tscKhz"
      FROM run_results s JOIN runs r USING (run_id) JOIN boot_states b USING (boot_state_hash)
     WHERE s.probe = ${query.probe} AND s.metric = ${query.metric} AND ${runFilter(selector, Prisma.sql`s.ended_at`)}
     ORDER BY s.ended_at DESC, s.run_id LIMIT ${mostRuns + 1}`;
}

function pointOf({ runId, endedAt, q1, p50, q3, tscKhz }: RunRow): TrendPoint {
  const scale = tscKhz === null ? null : 1e6 / tscKhz;
  const ns = scale === null ? null : { q1: q1 * scale, p50: p50 * scale, q3: q3 * scale };
  return { at: endedAt.toISOString(), hosts: 1, runs: 1, ns, cycles: { q1, p50, q3 }, runId };
}

/** A point a run, with its own quartiles. Its series are not paged: what is too much is cut, the newest runs are kept. */
export async function runTrends(db: PrismaClient, query: TrendsQuery): Promise<TrendParts> {
  const rows = await rowsOf(db, query);
  const kept = rows.slice(0, mostRuns).reverse();
  const hosts = [...new Set(kept.map(({ hostId }) => hostId))];
  const named = (row: Pick<RunRow, 'hostId'> & { executor: string; provenance: string }): string =>
    JSON.stringify([row.hostId, row.executor, row.provenance]);
  const noisy = new Set(
    (await hostNoiseRows(db, hosts, query)).flatMap((row) => (markOf(row).grade === 'D' ? [named(row)] : [])),
  );
  const bySeries = new Map<string, { series: TrendSeries; hosts: Set<string> }>();
  for (const row of kept) {
    const { executor, provenance, hostId } = row;
    const key = JSON.stringify([row.values, executor, provenance]);
    const values = Object.fromEntries(query.by.map((field, at) => [field, row.values[at] ?? null]));
    const own = bySeries.get(key) ?? {
      series: { values, executor, provenance, hosts: 0, noisyHosts: 0, points: [] },
      hosts: new Set(),
    };
    bySeries.set(key, own);
    own.series.points.push(pointOf(row));
    if (!own.hosts.has(hostId) && noisy.has(named(row))) own.series.noisyHosts += 1;
    own.hosts.add(hostId);
    own.series.hosts = own.hosts.size;
  }
  const series = [...bySeries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, own]) => own.series);
  const { changes, cut } = await bootChanges(db, Prisma.sql`s.host_id = ANY(${hosts}::text[])`, spanOf(query));
  const tooMany = rows.length > mostRuns || series.length > query.limit;
  return { series: series.slice(0, query.limit), changes, cut: cut || tooMany, nextCursor: null };
}
