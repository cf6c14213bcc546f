import type { Heartbeat, HeartbeatReply } from '#contracts';
import type { PrismaClient } from '#event-store';
import { type Intervals, keepHosts } from './ownership.js';

type Attempt = Heartbeat['attempts'][number];

/**
 * Those of the given attempts that must stop: the run has ended or has a later attempt, or its job is cancelled. An
 * attempt that the read model has not seen yet goes on: stopping it would be a guess.
 */
async function toStop(db: PrismaClient, attempts: readonly Attempt[]): Promise<(Attempt & { cancelled: boolean })[]> {
  if (attempts.length === 0) return [];
  return db.$queryRaw<(Attempt & { cancelled: boolean })[]>`
    SELECT given.run_id AS "runId", given.attempt, jobs.state = 'cancelling' AND runs.attempt = given.attempt AS cancelled
      FROM unnest(${attempts.map((a) => a.runId)}::uuid[], ${attempts.map((a) => a.attempt)}::integer[]) AS given (run_id, attempt)
      JOIN runs ON runs.run_id = given.run_id
      JOIN jobs ON jobs.job_id = runs.job_id
     WHERE runs.attempt > given.attempt
        OR (runs.attempt = given.attempt AND runs.state IN ('completed', 'failed', 'abandoned'))
        OR jobs.state <> 'running'`;
}

async function renewLeases(
  db: PrismaClient,
  workerId: string,
  attempts: readonly Attempt[],
  leaseMs: number,
): Promise<void> {
  if (attempts.length === 0) return;
  await db.$executeRaw`
    INSERT INTO run_leases (run_id, attempt, worker_id, expires_at)
    SELECT DISTINCT ON (run_id) run_id, attempt, ${workerId}, now() + ${leaseMs}::integer * interval '1 millisecond'
      FROM unnest(${attempts.map((a) => a.runId)}::uuid[], ${attempts.map((a) => a.attempt)}::integer[]) AS given (run_id, attempt)
     ORDER BY run_id, attempt DESC
    ON CONFLICT (run_id) DO UPDATE
      SET attempt = excluded.attempt, worker_id = excluded.worker_id, expires_at = excluded.expires_at
      WHERE run_leases.attempt <= excluded.attempt`;
}

/**
 * Notes that a worker lives, renews the leases of the attempts it works on, and answers which of them it must stop. A
 * cancelled attempt keeps its lease, so that its worker has the time to say that it stopped.
 *
 * @throws ProblemError 404 for a host that is not registered, 409 for one that another instance serves.
 */
export async function heartbeat(
  db: PrismaClient,
  workerId: string,
  beat: Heartbeat,
  intervals: Intervals,
): Promise<HeartbeatReply> {
  await keepHosts(db, { workerId, instanceId: beat.instanceId, sessionId: beat.sessionId }, beat.hosts, intervals);
  const stop = await toStop(db, beat.attempts);
  const over = new Set(stop.filter((attempt) => !attempt.cancelled).map(({ runId, attempt }) => `${runId}/${attempt}`));
  await renewLeases(
    db,
    workerId,
    beat.attempts.filter(({ runId, attempt }) => !over.has(`${runId}/${attempt}`)),
    intervals.leaseMs,
  );
  return { stop: stop.map(({ runId, attempt }) => ({ runId, attempt })) };
}
