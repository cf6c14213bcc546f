import { type FleetView, fleetViewSchema } from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { hostState, hostsWithState } from '../hosts/host-state.js';
import { isNoisySql, noiseFloorSql } from '#stats';

/** Days (UTC, today among them) that count as lately measured: a fleet that measures weekly is covered. */
const measuredDays = 8;
/** Hosts that are named of each kind. */
const named = 10;

/** Every host that was not removed, with what is known of it; the days by an index of (host, day). */
const hostsNow = Prisma.sql`
  WITH noisiest AS (
    SELECT DISTINCT ON (n.host_id) n.host_id, n.probe, n.metric, ${Prisma.raw(noiseFloorSql('n'))} AS floor
      FROM host_noise n WHERE ${Prisma.raw(isNoisySql('n'))} ORDER BY n.host_id, floor DESC, n.probe, n.metric
  ), now_of AS MATERIALIZED (
    SELECT h.host_id, h.worker_id, coalesce(h.labels ->> 'generation', h.generation) AS generation, presence.seen_at, n.probe, n.metric, n.floor, d.day,
           ${hostState} AS state, service.since, service.actor, service.reason, service.rule
      FROM hosts h
      ${hostsWithState(Prisma.sql`h`)}
      LEFT JOIN noisiest n ON n.host_id = h.host_id
      LEFT JOIN LATERAL (SELECT max(day) AS day FROM daily_series s WHERE s.host_id = h.host_id) d ON true
     WHERE ${hostState} <> 'removed'
  )`;

/** What the fleet is now: counts over all hosts and by generation, and the hosts that want looking at. One pass over the hosts. */
export async function fleetView(db: PrismaClient): Promise<FleetView> {
  const lately = Prisma.sql`date_trunc('day', now(), 'UTC') - ${measuredDays - 1}::integer * interval '1 day'`;
  const [row] = await db.$queryRaw<
    {
      counts: ({ generation: string | null } & Omit<FleetView['generations'][number], 'generation'>)[];
      silent: { hostId: string; workerId: string; seenAt: string }[];
      out: (Omit<FleetView['outOfServiceHosts'][number], 'since'> & { since: string })[];
      noisy: FleetView['noisyHosts'];
      unmeasured: FleetView['unmeasuredHosts'];
    }[]
  >`${hostsNow}
    SELECT (SELECT json_agg(c) FROM (
             SELECT generation, count(*) AS hosts, count(*) FILTER (WHERE state = 'online') AS online,
                    count(*) FILTER (WHERE state = 'silent') AS silent, count(*) FILTER (WHERE state = 'never') AS never,
                    count(*) FILTER (WHERE state = 'draining') AS draining, count(*) FILTER (WHERE state = 'quarantined') AS quarantined,
                    count(floor) AS noisy, count(*) FILTER (WHERE day >= ${lately}) AS measured
               FROM now_of GROUP BY ROLLUP (generation) ORDER BY generation) c) AS counts,
           (SELECT coalesce(json_agg(c), '[]') FROM (
             SELECT host_id AS "hostId", worker_id AS "workerId", seen_at AS "seenAt"
               FROM now_of WHERE state = 'silent' ORDER BY seen_at DESC, host_id LIMIT ${named}) c) AS silent,
           (SELECT coalesce(json_agg(c), '[]') FROM (
             SELECT host_id AS "hostId", state, since, actor AS by, reason, rule
               FROM now_of WHERE state IN ('draining', 'quarantined') ORDER BY now_of.since DESC, host_id LIMIT ${named}) c) AS out,
           (SELECT coalesce(json_agg(c), '[]') FROM (
             SELECT host_id AS "hostId", probe, metric, floor
               FROM now_of WHERE floor IS NOT NULL ORDER BY floor DESC, host_id LIMIT ${named}) c) AS noisy,
           (SELECT coalesce(json_agg(c), '[]') FROM (
             SELECT host_id AS "hostId", to_char(day AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS "lastDay"
               FROM now_of WHERE day IS NULL OR day < ${lately} ORDER BY day NULLS FIRST, host_id LIMIT ${named}) c) AS unmeasured`;
  const { counts = [], silent = [], out = [], noisy = [], unmeasured = [] } = row ?? {};
  return fleetViewSchema.parse({
    ...counts.find(({ generation }) => generation === null),
    generations: counts.filter(({ generation }) => generation !== null),
    silentHosts: silent.map(({ seenAt, ...host }) => ({ ...host, seenAt: new Date(seenAt).toISOString() })),
    outOfServiceHosts: out.map(({ since, ...host }) => ({ ...host, since: new Date(since).toISOString() })),
    ...{ measuredDays, noisyHosts: noisy, unmeasuredHosts: unmeasured },
  });
}
