import type { RecordedEvent, SkippedHosts, SkippedView } from '#contracts';
import type { Transaction } from '#event-store';
import { ofTypes, type RecordedOf } from './heeding.js';

/** Events with which a run's state or samples change for good. */
const tallied: ReadonlySet<string> = new Set(['RunCompleted', 'RunFailed', 'RunAbandoned', 'RunRederived']);

/** Hosts that are named of those that a job left out. */
const namedSkipped = 10;

/** What a job's view tells of the hosts that it left out. */
export function skippedView({ state, hostIds }: SkippedHosts): SkippedView {
  return { state, hosts: hostIds.length, hostIds: hostIds.slice(0, namedSkipped) };
}

const isOfJobs = ofTypes(['JobSubmitted', 'JobLabelled', 'JobCancelled', 'JobCompleted']);
type JobRecorded = RecordedOf<'JobSubmitted' | 'JobLabelled' | 'JobCancelled' | 'JobCompleted'>;

async function apply(tx: Transaction, event: JobRecorded): Promise<void> {
  switch (event.type) {
    case 'JobSubmitted': {
      const { jobId, spec, bodyHash, plan, skipped = [] } = event.data;
      const { actor: submittedBy, correlationId, occurredAt: submittedAt } = event.meta;
      const { labels = {} } = spec;
      const row = { jobId, spec, labels, bodyHash, submittedBy, correlationId, submittedAt, runsTotal: plan.length };
      await tx.job.createMany({
        data: [{ ...row, ...(skipped.length === 0 ? {} : { skipped: skipped.map(skippedView) }), state: 'running' }],
        skipDuplicates: true,
      });
      return;
    }
    case 'JobLabelled': {
      const { jobId, labels } = event.data;
      await tx.$executeRaw`
        UPDATE jobs SET labels = jsonb_strip_nulls(labels || ${JSON.stringify(labels)}::jsonb) WHERE job_id = ${jobId}::uuid`;
      return;
    }
    case 'JobCancelled':
      await tx.job.updateMany({
        where: { jobId: event.data.jobId, state: 'running' },
        data: { state: 'cancelling' },
      });
      return;
    case 'JobCompleted':
      await tx.job.updateMany({
        where: { jobId: event.data.jobId },
        data: { state: 'ended', outcome: event.data.outcome, endedAt: event.meta.occurredAt },
      });
      return;
  }
}

/** One row a job. A job has two or three events and is labelled by hand, so one statement an event is fine. */
export async function projectJobs(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  for (const event of events) {
    if (isOfJobs(event)) await apply(tx, event);
  }
}

/** Notes how the runs of jobs went that have ended: of these, and of those that these runs are of. */
export async function noteTallies(
  tx: Transaction,
  { jobIds, runIds }: { jobIds: readonly string[]; runIds: readonly string[] },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE jobs SET tally = (
        SELECT coalesce(jsonb_agg(jsonb_build_object('state', state, 'runs', runs, 'samples', samples, 'lost', lost) ORDER BY state), '[]')
          FROM (SELECT state, count(*) AS runs, sum(samples) AS samples, sum(lost) AS lost
                  FROM runs WHERE runs.job_id = jobs.job_id GROUP BY state) AS by_state)
     WHERE state = 'ended'
       AND (job_id = ANY(${[...jobIds]}::uuid[]) OR job_id IN (SELECT job_id FROM runs WHERE run_id = ANY(${[...runIds]}::uuid[])))`;
}

/**
 * The tallies of jobs that end with these events, and of those that had ended and of which a run is told anew (read again by a
 * later parser, say). After `projectRuns` and `projectRunResults`, which fails some.
 */
export async function projectTallies(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  const jobIds = events.flatMap(({ type, data }) => (type === 'JobCompleted' ? [data.jobId] : []));
  const runIds = events.flatMap(({ type, data }) => (tallied.has(type) && 'runId' in data ? [data.runId] : []));
  if (jobIds.length + runIds.length > 0) await noteTallies(tx, { jobIds, runIds });
}
