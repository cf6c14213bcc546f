import { actOnRuns } from './act-on-run.js';
import type { ReconcileContext } from './context.js';
import type { QueuedTicket } from '#queue';
import { hostsWithoutTickets } from './takes-runs.js';
import { ticketsFor } from './tickets.js';

interface SilentAttempt {
  runId: string;
  attempt: number;
  correlationId: string;
  cancelled: boolean;
}

/** Started attempts whose lease ran out; one that no heartbeat has named yet has a lease time from when its start was recorded. */
async function silentAttempts({ db, batchSize }: ReconcileContext, leaseMs: number): Promise<SilentAttempt[]> {
  return db.$queryRaw<SilentAttempt[]>`
    SELECT r.run_id AS "runId", r.attempt, j.correlation_id AS "correlationId", j.state <> 'running' AS cancelled
      FROM runs r JOIN jobs j USING (job_id) LEFT JOIN run_leases l ON l.run_id = r.run_id AND l.attempt = r.attempt
     WHERE r.state = 'started'
       AND coalesce(l.expires_at, r.leased_from + ${leaseMs}::integer * interval '1 millisecond') < now()
     ORDER BY r.leased_from LIMIT ${batchSize}`;
}

/** Without the tickets of hosts that take no runs: their next attempts wait in the store. */
async function onlyForThoseThatTakeRuns(
  { db }: ReconcileContext,
  tickets: readonly QueuedTicket[],
): Promise<QueuedTicket[]> {
  if (tickets.length === 0) return [];
  const rows = await db.$queryRaw<
    { hostId: string }[]
  >`SELECT host_id AS "hostId" FROM ${hostsWithoutTickets} AS without`;
  const without = new Set(rows.map(({ hostId }) => hostId));
  return tickets.filter(({ ticket }) => !without.has(ticket.hostId));
}

/**
 * Gives up attempts whose worker fell silent, and queues the next attempt while there is one: both in one append. The
 * worker that comes back later can't write any more, because the stream has moved on.
 *
 * @param mayBelieve whether a lease that has run out says anything: workers may not have been heard.
 * @returns how many attempts were given up.
 */
export async function expireLeases(
  context: ReconcileContext,
  leaseMs: number,
  mayBelieve: () => Promise<boolean>,
): Promise<number> {
  const silent = await silentAttempts(context, leaseMs);
  // Only now: the process or the database may have stood still until just before the look at the leases.
  if (silent.length === 0 || !(await mayBelieve())) return 0;
  const acted = await actOnRuns(
    context,
    silent.map(({ runId, attempt, correlationId, cancelled }) => ({
      ...{ runId, correlationId },
      command: { type: 'expire', attempt, cancelled },
    })),
  );
  const given = silent.map(({ runId, correlationId }) => ({ correlationId, events: acted.get(runId) ?? [] }));
  const tickets = given.flatMap(({ correlationId, events }) => ticketsFor(events, correlationId));
  await context.queue.putAll(await onlyForThoseThatTakeRuns(context, tickets));
  return given.filter(({ events }) => events.length > 0).length;
}
