import { eventsOf, jobStream, type RecordedEvent } from '#contracts';
import { deterministicId, WrongExpectedVersionError } from '#event-store';
import { decideJob, evolveJob, newJob, type Job, type RunTally } from '#lifecycle';
import { actor, forEachSome, type ReconcileContext } from './context.js';
import { foldOrSetAside } from './fold-or-set-aside.js';

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

function jobOf(events: readonly RecordedEvent[]): Job {
  return eventsOf('job', events).reduce<Job>(evolveJob, newJob);
}

async function complete(context: ReconcileContext, { jobId, correlationId, ...runs }: DoneJob): Promise<boolean> {
  const stream = jobStream(jobId);
  const folded = await foldOrSetAside(context, stream, jobOf);
  if (folded === undefined) return false;
  const { before, state } = folded;
  const events = decideJob({ type: 'complete', runs }, state).map((event) => ({
    event,
    eventId: deterministicId(jobId, event.type),
  }));
  if (events.length === 0) return false;
  const cause = { correlationId, causationId: before.at(-1)?.meta.eventId ?? null, actor };
  try {
    await context.append(context.db, stream, before.length, events, cause);
  } catch (error) {
    // Cancelled at this very moment: the next pass completes it as what it then is.
    if (error instanceof WrongExpectedVersionError) return false;
    throw error;
  }
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
  await forEachSome(await doneJobs(context), async (job) => {
    if (await complete(context, job)) ended += 1;
  });
  return ended;
}
