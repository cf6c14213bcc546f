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

interface Found {
  hostId: string;
  reason: string;
}

/**
 * Hosts whose latest runs all gave no result, in jobs in which another host has completed a run: what fails everywhere is the job's fault.
 * Cancelled runs say nothing. Only runs that ended after the host was last put back into service count.
 */
async function failing({ db }: ReconcileContext, limit: number): Promise<Found[]> {
  return db.$queryRaw<Found[]>`
    WITH suspects AS MATERIALIZED (
      SELECT r.host_id FROM runs r
       WHERE r.state IN ('failed', 'abandoned') AND r.ended_at > now() - ${withinDays}::integer * interval '1 day'
       GROUP BY r.host_id HAVING count(*) >= ${limit}::integer)
    SELECT s.host_id AS "hostId",
           'the last ' || ${limit}::integer || ' runs gave no result, the latest because of ' || coalesce(latest.codes[1], 'nothing known') AS reason
      FROM suspects s LEFT JOIN host_service said ON said.host_id = s.host_id
     CROSS JOIN LATERAL (
       SELECT count(*) AS runs, bool_and(r.state <> 'completed') AS none, array_agg(r.failure ->> 'code' ORDER BY r.ended_at DESC) AS codes
         FROM (SELECT r.state, r.failure, r.ended_at FROM runs r
                WHERE r.host_id = s.host_id AND r.ended_at > greatest(said.since, now() - ${withinDays}::integer * interval '1 day')
                  AND coalesce(r.failure ->> 'code', '') NOT IN ('cancelled', 'host-removed')
                  AND EXISTS (SELECT FROM run_results other WHERE other.job_id = r.job_id AND other.host_id <> r.host_id)
                ORDER BY r.ended_at DESC LIMIT ${limit}::integer) r) latest
     WHERE coalesce(said.state, 'in-service') IN ('in-service', 'draining') AND latest.none AND latest.runs = ${limit}::integer`;
}

/** Hosts of noise grade D. */
async function noisy({ db }: ReconcileContext): Promise<Found[]> {
  return db.$queryRaw<Found[]>`
    SELECT h.host_id AS "hostId", 'noise grade D: its runs scatter by ' || round((100 * n.floor)::numeric, 1) || ' %' AS reason
      FROM hosts h ${joinNoisiest(Prisma.sql`h.host_id`)} LEFT JOIN host_service said ON said.host_id = h.host_id
     WHERE n.grade = 'D' AND (said.state IS NULL OR said.state = 'draining' OR
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
