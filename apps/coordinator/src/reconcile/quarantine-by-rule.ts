import type { QuarantineRule } from '#contracts';
import { newId, Prisma } from '#event-store';
import { actOnEach } from '../hosts/act-on-hosts.js';
import { joinNoisiest } from '../noise-floors/noise-floors.js';
import type { ReconcileContext } from './context.js';

/** From when on a host is quarantined without a person. */
export interface QuarantineLimits {
  /** Runs in a row that gave no result; null: never. */
  failures: number | null;
  /** Noise grade D of its noisiest series. */
  noise: boolean;
}

/** Failures of longer ago are nobody's concern any more. */
const withinDays = 7;
/** A host that was put back into service is left alone by the rule of noise: its grade rests on the same runs for so long. */
const graceDays = 7;

/** Whether a run (`r`) says anything of its host. */
const says = Prisma.sql`coalesce(r.failure ->> 'code', '') NOT IN ('cancelled', 'host-removed')`;

interface Found {
  hostId: string;
  reason: string;
}

/**
 * Hosts whose latest runs all gave no result, of those that no fewer hosts of the same job completed than did not, with the same executor,
 * probe and guest: what fails on most hosts is the job's fault, and must not take the fleet out of service. Cancelled runs say nothing.
 * Only runs that ended after the host was last put back into service count.
 */
async function failing({ db }: ReconcileContext, limit: number): Promise<Found[]> {
  return db.$queryRaw<Found[]>`
    WITH failures AS MATERIALIZED (
      SELECT r.host_id, r.job_id FROM runs r LEFT JOIN host_service said ON said.host_id = r.host_id
       WHERE r.state IN ('failed', 'abandoned') AND ${says}
         AND r.ended_at > greatest(said.since, now() - ${withinDays}::integer * interval '1 day')
         AND coalesce(said.state, 'in-service') IN ('in-service', 'draining')),
    suspects AS MATERIALIZED (SELECT host_id, min(said.since) AS since FROM failures LEFT JOIN host_service said USING (host_id)
                               GROUP BY host_id HAVING count(*) >= ${limit}::integer),
    telling AS MATERIALIZED (
      SELECT job_id, executor, probe, guest FROM (
        SELECT r.job_id, r.executor, r.probe, r.guest, r.host_id, bool_or(r.state = 'completed') AS completed FROM runs r
         WHERE r.job_id IN (SELECT job_id FROM failures JOIN suspects USING (host_id)) AND r.ended_at IS NOT NULL AND ${says}
         GROUP BY 1, 2, 3, 4, 5) each
       GROUP BY 1, 2, 3, 4 HAVING count(*) FILTER (WHERE completed) >= greatest(1, count(*) FILTER (WHERE NOT completed)))
    SELECT s.host_id AS "hostId",
           'the last ' || ${limit}::integer || ' runs gave no result, the latest because of ' || coalesce(latest.codes[1], 'nothing known') AS reason
      FROM suspects s
     CROSS JOIN LATERAL (
       SELECT count(*) AS runs, bool_and(r.state <> 'completed') AS none, array_agg(r.failure ->> 'code' ORDER BY r.ended_at DESC) AS codes
         FROM (SELECT r.state, r.failure, r.ended_at FROM runs r
                WHERE r.host_id = s.host_id AND r.ended_at > greatest(s.since, now() - ${withinDays}::integer * interval '1 day') AND ${says}
                  AND (r.state = 'completed' OR EXISTS (
                       SELECT FROM telling t WHERE t.job_id = r.job_id AND t.executor = r.executor AND t.probe = r.probe
                          AND t.guest IS NOT DISTINCT FROM r.guest))
                ORDER BY r.ended_at DESC LIMIT ${limit}::integer) r) latest
     WHERE latest.none AND latest.runs = ${limit}::integer`;
}

/** Hosts of noise grade D. One that drains is left alone: its row says no longer when it was put back, and it takes no runs meanwhile. */
async function noisy({ db }: ReconcileContext): Promise<Found[]> {
  return db.$queryRaw<Found[]>`
    SELECT h.host_id AS "hostId", 'noise grade D: its runs scatter by ' || round((100 * n.floor)::numeric, 1) || ' %' AS reason
      FROM hosts h ${joinNoisiest(Prisma.sql`h.host_id`)} LEFT JOIN host_service said ON said.host_id = h.host_id
     WHERE n.grade = 'D' AND (said.state IS NULL OR
           (said.state = 'in-service' AND said.since < now() - ${graceDays}::integer * interval '1 day'))`;
}

/**
 * Quarantines hosts that the limits say it of. Only a person ends it (`release`).
 *
 * @returns how many were.
 */
export async function quarantineByRule(
  context: ReconcileContext,
  { failures, noise }: QuarantineLimits,
): Promise<number> {
  const found: [QuarantineRule, Found[]][] = [
    ['failures', failures === null ? [] : await failing(context, failures)],
    ['noise', noise ? await noisy(context) : []],
  ];
  let quarantined = 0;
  for (const [rule, hosts] of found) {
    for (const reason of new Set(hosts.map((host) => host.reason))) {
      const ids = hosts.filter((host) => host.reason === reason).map(({ hostId }) => hostId);
      const cause = { correlationId: newId(), actor: `coordinator:rule-${rule}` };
      quarantined += (await actOnEach(context.db, ids, { action: 'quarantine', reason }, cause, rule)).changed.length;
    }
  }
  return quarantined;
}
