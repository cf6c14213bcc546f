import { hostStateSchema, metricSchema, probeSchema, provenanceSchema } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { hostState, hostsWithState } from '../hosts/host-state.js';
import { joinNoisiest } from '../noise-floors/noise-floors.js';

/** One sample of a gauge. */
export interface Figure {
  labels: Record<string, string>;
  value: number;
}

/** Groups of hosts whose latency is told; a fleet of every machine there is has some 600. */
const mostGroups = 200;

const hosts = Prisma.sql`h`;

/** A figure for each name there is, also where there is none of it: a series that comes and goes raises no alert. */
const each = (label: string, names: readonly string[], rows: readonly { name: string; value: number }[]): Figure[] =>
  names.map((name) => ({
    labels: { [label]: name },
    value: rows.find((row) => row.name === name)?.value ?? 0,
  }));

export async function hostsByState(db: PrismaClient): Promise<Figure[]> {
  const rows = await db.$queryRaw<{ name: string; value: number }[]>`
    SELECT ${hostState} AS name, count(*)::float8 AS value FROM hosts h ${hostsWithState(hosts)} GROUP BY 1`;
  return each('state', hostStateSchema.options, rows);
}

export async function hostsByNoise(db: PrismaClient): Promise<Figure[]> {
  const rows = await db.$queryRaw<{ name: string; value: number }[]>`
    SELECT coalesce(n.grade, 'none') AS name, count(*)::float8 AS value
      FROM hosts h ${joinNoisiest(Prisma.sql`h.host_id`)} GROUP BY 1`;
  return each('grade', ['A', 'B', 'C', 'D', 'none'], rows);
}

/** p50 and p95 of the median host, of each group of hosts alike on its latest day of a week, without those of a demo. */
export async function latencies(db: PrismaClient): Promise<Figure[]> {
  // All of the key's first columns, so that it is an index that is read, not years of days.
  const rows = await db.$queryRaw<(Record<string, string> & { p50: number | null; p95: number | null })[]>`
    SELECT * FROM (
      SELECT DISTINCT ON (provenance, probe, metric, generation, virtualization, executor, kernel, kpti)
             provenance, probe, metric, generation, virtualization, executor, kernel, kpti, hosts, p50_ns AS p50, p95_ns AS p95
        FROM daily_cells
       WHERE provenance = ANY(${provenanceSchema.options}::text[]) AND probe = ANY(${probeSchema.options}::text[])
         AND metric = ANY(${metricSchema.options}::text[]) AND day > now() - interval '7 days' AND NOT demo
       ORDER BY provenance, probe, metric, generation, virtualization, executor, kernel, kpti, day DESC) AS latest
     ORDER BY hosts DESC, provenance, probe, metric, generation, virtualization, executor, kernel, kpti
     LIMIT ${mostGroups}`;
  return rows.flatMap(({ p50, p95, hosts: _hosts, ...labels }) =>
    Object.entries({ 0.5: p50, 0.95: p95 }).flatMap(([quantile, value]) =>
      value === null ? [] : [{ labels: { ...labels, quantile }, value }],
    ),
  );
}

/** How long the oldest queued run has waited: what waits for hosts that are away says nothing of the queue. */
export async function queueAges(db: PrismaClient): Promise<Figure[]> {
  const rows = await db.$queryRaw<{ name: string; value: number }[]>`
    SELECT CASE WHEN ${hostState} = 'online' THEN 'online' ELSE 'other' END AS name,
           extract(epoch FROM now() - min(h.queued_at))::float8 AS value
      FROM (SELECT r.host_id, hosts.worker_id, min(r.queued_at) AS queued_at
              FROM runs r JOIN hosts USING (host_id) WHERE r.state = 'queued' GROUP BY 1, 2) AS h
           ${hostsWithState(hosts)}
     GROUP BY 1`;
  return each('hosts', ['online', 'other'], rows);
}

export async function notificationCounts(db: PrismaClient): Promise<Figure[]> {
  const rows = await db.$queryRaw<{ name: string; value: number }[]>`
    SELECT state AS name, count(*)::float8 AS value FROM notifications WHERE state IN ('waiting', 'dead') GROUP BY 1`;
  return each('state', ['waiting', 'dead'], rows);
}

export async function oldestNotification(db: PrismaClient): Promise<Figure[]> {
  const [row] = await db.$queryRaw<{ value: number | null }[]>`
    SELECT extract(epoch FROM now() - min(made_at))::float8 AS value FROM notifications WHERE state = 'waiting'`;
  return [{ labels: {}, value: row?.value ?? 0 }];
}
