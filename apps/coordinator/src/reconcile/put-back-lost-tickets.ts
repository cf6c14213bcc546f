import { hostStream } from '#contracts';
import { forEachSome, type ReconcileContext } from './context.js';
import { ticketOfQueued, type QueuedRun } from './tickets.js';

/** Tickets of one host that are looked at one by one, those first that a lane would take first. */
const mendedAtOnce = 20;

interface HostBacklog {
  hostId: string;
  /** Tickets that the queue should have: one for each queued run and each started one. */
  expected: number;
}

/**
 * Hosts with runs that were queued before `youngerThanMs` ago: a ticket may still be on its way. By when that happened; a run
 * that a worker handed back late is looked after at once, which does no harm.
 */
async function backlogs({ db }: ReconcileContext, youngerThanMs: number): Promise<HostBacklog[]> {
  return db.$queryRaw<HostBacklog[]>`
    SELECT host_id AS "hostId", count(*)::integer AS expected
      FROM runs WHERE state IN ('queued', 'started')
     GROUP BY host_id
    HAVING bool_or(state = 'queued' AND queued_at <= now() - ${youngerThanMs}::integer * interval '1 millisecond')`;
}

async function queuedRuns({ db }: ReconcileContext, hostId: string): Promise<QueuedRun[]> {
  return db.$queryRaw<QueuedRun[]>`
    SELECT r.run_id AS "runId", r.job_id AS "jobId", r.host_id AS "hostId", r.attempt,
           j.correlation_id AS "correlationId", j.spec ->> 'priority' AS priority
      FROM runs r JOIN jobs j USING (job_id)
     WHERE r.state = 'queued' AND r.host_id = ${hostId} AND j.state = 'running'
     ORDER BY j.submitted_at, r.plan_index`;
}

export interface PutBackOptions {
  /** Runs queued more recently are left alone. */
  graceMs: number;
  /** Puts all tickets of every host again, without asking the queue how many it has. */
  all: boolean;
}

/**
 * Puts tickets back that the queue lost: PostgreSQL owns the state of every run, the queue may be flushed. A host's
 * tickets are put again when the queue has fewer than it should; those that it still has are swallowed by their job id.
 * Superseded tickets may hide a loss from the count, so now and then all are put again (`all`). The backend may also know
 * a ticket in a state in which it is never given out; where no lane is at work, such ones are mended then. A queue that
 * somebody paused is resumed at the next look.
 *
 * @returns how many tickets were put, whether missing or not.
 */
export async function putBackLostTickets(context: ReconcileContext, { graceMs, all }: PutBackOptions): Promise<number> {
  let put = 0;
  const hosts = await backlogs(context, all ? 0 : graceMs);
  await forEachSome(
    context,
    hosts,
    ({ hostId }) => hostStream(hostId),
    async ({ hostId, expected }) => {
      if (await context.queue.resume(hostId)) {
        context.onError(new Error(`the queue of host ${hostId} was paused; it goes on`));
      }
      const { waiting, active } = await context.queue.counts(hostId);
      if (!all && waiting + active >= expected) return;
      const tickets = (await queuedRuns(context, hostId)).map(ticketOfQueued);
      await context.queue.putAll(tickets);
      put += tickets.length;
      // A lane that holds a ticket is at work, and comes to the next ones in time.
      if (all && active === 0) await context.queue.mend(tickets.slice(0, mendedAtOnce));
    },
  );
  return put;
}
