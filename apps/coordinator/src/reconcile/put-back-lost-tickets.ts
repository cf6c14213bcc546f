import { hostStream } from '#contracts';
import { Prisma } from '#event-store';
import { upToDate } from './act-on-run.js';
import { forEachSome, type ReconcileContext } from './context.js';
import { takesRuns } from './takes-runs.js';
import { ticketOfQueued, type QueuedRun } from './tickets.js';

interface HostBacklog {
  hostId: string;
  /** Tickets that the queue should have: one for each queued run and each started one. */
  expected: number;
}

/**
 * Whether an attempt of a run (`r`) is still open, so that the queue has its ticket: its row may show it queued or started after it has
 * ended. What came behind the row are a start and batches, mostly none; a subquery that PostgreSQL can't turn into a join (`upToDate`).
 */
const isOpen = Prisma.sql`
  (SELECT count(*) FROM events e
    WHERE e.stream = 'run-' || r.run_id::text AND e.version > r.stream_version
      AND e.type IN ('RunCompleted', 'RunFailed', 'RunAbandoned')) = 0`;

/**
 * Hosts with runs that were queued before `youngerThanMs` ago: a ticket may still be on its way. By when that happened; a run
 * that a worker handed back late is looked after at once, which does no harm.
 */
async function backlogs({ db }: ReconcileContext, youngerThanMs: number): Promise<HostBacklog[]> {
  return db.$queryRaw<HostBacklog[]>`
    SELECT host_id AS "hostId", count(*)::integer AS expected
      FROM runs r WHERE state IN ('queued', 'started') AND ${takesRuns} AND ${isOpen}
     GROUP BY host_id
    HAVING bool_or(state = 'queued' AND queued_at <= now() - ${youngerThanMs}::integer * interval '1 millisecond')`;
}

/**
 * Only of rows that are up to date: a run that the read model still shows queued may have ended, and its ticket with it. At
 * 10,000 hosts × 3 runs more than half of the tickets taken, 36,683 of 66,683, were of such runs.
 */
export async function queuedRuns({ db }: ReconcileContext, hostIds: readonly string[]): Promise<QueuedRun[]> {
  return db.$queryRaw<QueuedRun[]>`
    SELECT r.run_id AS "runId", r.job_id AS "jobId", r.host_id AS "hostId", r.attempt,
           j.correlation_id AS "correlationId", j.spec ->> 'priority' AS priority
      FROM runs r JOIN jobs j USING (job_id)
     WHERE r.state = 'queued' AND r.host_id = ANY(${hostIds}::text[]) AND j.state = 'running' AND ${upToDate}
     ORDER BY j.submitted_at, r.plan_index`;
}

export interface PutBackOptions {
  /** Runs queued more recently are left alone. */
  graceMs: number;
  /** Looks at every ticket of every host, whatever the queue's counts say. */
  all: boolean;
}

/** Hosts whose tickets are looked at together; few, so that one whose queue fails takes few others with it. */
const hostsAtOnce = 200;

/**
 * Puts tickets back that the queue lost: PostgreSQL owns the state of every run, the queue may be flushed. A host's
 * tickets are looked at when the queue has fewer than it should; those of a host that takes no runs are not. Superseded tickets may hide a loss from the count, so now
 * and then all are looked at (`all`). A queue that somebody paused is resumed.
 *
 * A look at all hosts is a few round trips (`bench/put-back.ts`), so that it costs little while 10,000 of them wait.
 *
 * @returns how many tickets were put back.
 */
export async function putBackLostTickets(context: ReconcileContext, { graceMs, all }: PutBackOptions): Promise<number> {
  const { queue, onError } = context;
  const backlog = await backlogs(context, all ? 0 : graceMs);
  if (backlog.length === 0) return 0;
  const standing = await queue.standing(backlog.map(({ hostId }) => hostId));
  const paused = backlog.filter(({ hostId }) => standing.get(hostId)?.paused);
  const nameOf = ({ hostId }: HostBacklog): string => hostStream(hostId);
  await forEachSome(context, paused, nameOf, async ({ hostId }) => {
    await queue.resume(hostId);
    onError(new Error(`the queue of host ${hostId} was paused; it goes on`));
  });
  const short = backlog.filter(({ hostId, expected }) => {
    const { waiting = 0, active = 0 } = standing.get(hostId) ?? {};
    return all || waiting + active < expected;
  });
  const groups = Array.from({ length: Math.ceil(short.length / hostsAtOnce) }, (_, index) =>
    short.slice(index * hostsAtOnce, (index + 1) * hostsAtOnce).map(({ hostId }) => hostId),
  );
  let put = 0;
  await forEachSome(
    context,
    groups,
    (hostIds) => `hosts ${hostIds[0] ?? ''} …`,
    async (hostIds) => {
      const repaired = await queue.repair((await queuedRuns(context, hostIds)).map(ticketOfQueued));
      put += repaired;
    },
  );
  return put;
}
