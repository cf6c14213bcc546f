import { jobStream } from '#contracts';
import { deterministicId } from '#event-store';
import { jobDecider, type RunTally } from '#lifecycle';
import { forEachSome, type ReconcileContext } from './context.js';
import { handleOrSetAside } from './handle-or-set-aside.js';

interface DoneJob extends RunTally {
  jobId: string;
  correlationId: string;
}

/** Open jobs all of whose runs have ended, with how. */
async function doneJobs({ db, batchSize }: ReconcileContext): Promise<DoneJob[]> {
  return db.$queryRaw<DoneJob[]>`
    SELECT j.job_id AS "jobId", j.correlation_id AS "correlationId",
           count(*) FILTER (WHERE r.state = 'completed')::integer AS completed,
           count(*) FILTER (WHERE r.state = 'failed')::integer AS failed,
           count(*) FILTER (WHERE r.state = 'abandoned')::integer AS abandoned
      FROM jobs j JOIN runs r USING (job_id)
     WHERE j.state <> 'ended'
       AND NOT EXISTS (SELECT FROM runs o WHERE o.job_id = j.job_id AND o.state IN ('planned', 'queued', 'started'))
     GROUP BY j.job_id LIMIT ${batchSize}`;
}

async function complete(context: ReconcileContext, { jobId, correlationId, ...runs }: DoneJob): Promise<boolean> {
  const appended = await handleOrSetAside(
    context,
    jobDecider,
    jobId,
    { type: 'complete', runs },
    {
      cause: { correlationId },
      envelope: (event) => ({ event, eventId: deterministicId(jobId, event.type) }),
    },
  );
  if (appended.length === 0) return false;
  await context.db.$executeRaw`
    DELETE FROM run_leases USING runs WHERE runs.run_id = run_leases.run_id AND runs.job_id = ${jobId}::uuid`;
  return true;
}

/**
 * Ends jobs whose runs have all ended.
 *
 * @returns how many jobs were ended.
 */
export async function completeJobs(context: ReconcileContext): Promise<number> {
  let ended = 0;
  await forEachSome(
    context,
    await doneJobs(context),
    ({ jobId }) => jobStream(jobId),
    async (job) => {
      if (await complete(context, job)) ended += 1;
    },
  );
  return ended;
}
