import { actOnRun } from './act-on-run.js';
import { forEachSome, type ReconcileContext } from './context.js';
import { ticketOf, type QueuedRun } from './tickets.js';

async function runsToCancel({ db, batchSize }: ReconcileContext): Promise<Omit<QueuedRun, 'priority'>[]> {
  return db.$queryRaw<Omit<QueuedRun, 'priority'>[]>`
    SELECT r.run_id AS "runId", r.job_id AS "jobId", r.host_id AS "hostId", r.attempt, j.correlation_id AS "correlationId"
      FROM runs r JOIN jobs j USING (job_id)
     WHERE r.state IN ('planned', 'queued') AND j.state = 'cancelling'
     ORDER BY r.plan_index LIMIT ${batchSize}`;
}

/**
 * Ends the runs of cancelled jobs that no worker has started, and takes their tickets back. Started ones are left to
 * their workers, which learn of it by the heartbeat's answer, and to their leases.
 *
 * @returns how many runs were ended.
 */
export async function cancelRuns(context: ReconcileContext): Promise<number> {
  let cancelled = 0;
  await forEachSome(await runsToCancel(context), async (run) => {
    const events = await actOnRun(context, run, { type: 'cancel', runId: run.runId });
    if (events.length === 0) return;
    cancelled += 1;
    if (run.attempt > 0) await context.queue.remove(ticketOf(run));
  });
  return cancelled;
}
