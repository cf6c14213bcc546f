import { type FleetView, fleetViewSchema } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { isSilent } from '../hosts/host-state.js';
import { isNoisySql, noiseFloorSql } from '#stats';

/** Days (UTC, today among them) that count as lately measured: a fleet that measures weekly is covered. */
const measuredDays = 8;
/** Hosts that are named of each kind. */
const named = 10;

/** Every host with what is known of it; the days by an index of (host, day). */
const hostsNow = (heartbeatMs: number): Prisma.Sql => Prisma.sql`
  WITH noisiest AS (
    SELECT DISTINCT ON (n.host_id) n.host_id, n.probe, n.metric, ${Prisma.raw(noiseFloorSql('n'))} AS floor
      FROM host_noise n WHERE ${Prisma.raw(isNoisySql('n'))} ORDER BY n.host_id, floor DESC, n.probe, n.metric
  ), now_of AS MATERIALIZED (
    SELECT h.host_id, h.worker_id, coalesce(h.labels ->> 'generation', h.generation) AS generation, p.seen_at, n.probe, n.metric, n.floor, d.day,
           ${isSilent(Prisma.sql`p`, heartbeatMs)} AS silent
      FROM hosts h
      LEFT JOIN host_presence p ON p.host_id = h.host_id AND p.worker_id = h.worker_id
      LEFT JOIN noisiest n ON n.host_id = h.host_id
      LEFT JOIN LATERAL (SELECT max(day) AS day FROM daily_series s WHERE s.host_id = h.host_id) d ON true
  )`;

/** What the fleet is now: counts over all hosts and by generation, and the hosts that want looking at. One pass over the hosts. */
export async function fleetView(db: PrismaClient, heartbeatMs: number): Promise<FleetView> {
  const lately = Prisma.sql`date_trunc('day', now(), 'UTC') - ${measuredDays - 1}::integer * interval '1 day'`;
  const [row] = await db.$queryRaw<
    {
      counts: ({ generation: string | null } & Omit<FleetView['generations'][number], 'generation'>)[];
      silent: { hostId: string; workerId: string; seenAt: string }[];
      noisy: FleetView['noisyHosts'];
      unmeasured: FleetView['unmeasuredHosts'];
    }[]
  >`${hostsNow(heartbeatMs)}
    SELECT (SELECT json_agg(c) FROM (
             SELECT generation, count(*) AS hosts, count(*) FILTER (WHERE NOT silent) AS online,
                    count(*) FILTER (WHERE silent) AS silent, count(*) FILTER (WHERE seen_at IS NULL) AS never,
                    count(floor) AS noisy, count(*) FILTER (WHERE day >= ${lately}) AS measured
               FROM now_of GROUP BY ROLLUP (generation) ORDER BY generation) c) AS counts,
           (SELECT coalesce(json_agg(c), '[]') FROM (
             SELECT host_id AS "hostId", worker_id AS "workerId", seen_at AS "seenAt"
               FROM now_of WHERE silent ORDER BY seen_at DESC, host_id LIMIT ${named}) c) AS silent,
           (SELECT coalesce(json_agg(c), '[]') FROM (
             SELECT host_id AS "hostId", probe, metric, floor
               FROM now_of WHERE floor IS NOT NULL ORDER BY floor DESC, host_id LIMIT ${named}) c) AS noisy,
           (SELECT coalesce(json_agg(c), '[]') FROM (
             SELECT host_id AS "hostId", to_char(day AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS "lastDay"
               FROM now_of WHERE day IS NULL OR day < ${lately} ORDER BY day NULLS FIRST, host_id LIMIT ${named}) c) AS unmeasured`;
  const { counts = [], silent = [], noisy = [], unmeasured = [] } = row ?? {};
  return fleetViewSchema.parse({
    ...counts.find(({ generation }) => generation === null),
    generations: counts.filter(({ generation }) => generation !== null),
    silentHosts: silent.map(({ seenAt, ...host }) => ({ ...host, seenAt: new Date(seenAt).toISOString() })),
    ...{ measuredDays, noisyHosts: noisy, unmeasuredHosts: unmeasured },
  });
}
