import { runStream } from '#contracts';
import { actOnRun } from './act-on-run.js';
import { forEachSome, type ReconcileContext } from './context.js';
import { ticketOf, type QueuedRun } from './tickets.js';

type OpenRun = Omit<QueuedRun, 'priority' | 'attempt'>;

async function runsToCancel({ db, batchSize }: ReconcileContext): Promise<OpenRun[]> {
  return db.$queryRaw<OpenRun[]>`
    SELECT r.run_id AS "runId", r.job_id AS "jobId", r.host_id AS "hostId", j.correlation_id AS "correlationId"
      FROM runs r JOIN jobs j USING (job_id)
     WHERE r.state IN ('planned', 'queued') AND j.state <> 'running'
     ORDER BY r.plan_index LIMIT ${batchSize}`;
}

/**
 * Ends the runs of cancelled jobs, and of jobs that were set aside, that no worker has started, and takes their tickets
 * back. Started ones are left to their workers, which learn of it by the heartbeat's answer, and to their leases.
 *
 * @returns how many runs were ended.
 */
export async function cancelRuns(context: ReconcileContext): Promise<number> {
  let cancelled = 0;
  await forEachSome(
    context,
    await runsToCancel(context),
    ({ runId }) => runStream(runId),
    async (run) => {
      const [event] = await actOnRun(context, run, { type: 'cancel', runId: run.runId });
      if (event?.type !== 'RunAbandoned') return;
      cancelled += 1;
      // The stream's attempt: the read model may still show the run as planned when its ticket is out already.
      const { attempt } = event.data;
      if (attempt > 0) await context.queue.remove(ticketOf({ ...run, attempt }));
    },
  );
  return cancelled;
}
