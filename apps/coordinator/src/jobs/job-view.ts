import { type JobView, jobViewSchema, type RecordedEvent } from '#contracts';
import { skippedView } from '../projections/jobs.table.js';
import { type Job, jobDecider, stateOf } from '#lifecycle';

export interface JobRow {
  job_id: string;
  state: string;
  outcome: string | null;
  spec: unknown;
  labels: unknown;
  submitted_by: string;
  correlation_id: string;
  submitted_at: Date;
  ended_at: Date | null;
  runs_total: number;
  skipped: unknown;
}

/** Runs of one job in one state, with their samples. */
export interface TallyRow {
  job_id: string;
  state: string;
  runs: number;
  samples: number;
  lost: number;
}

const noRuns = { planned: 0, queued: 0, started: 0, completed: 0, failed: 0, abandoned: 0 };

function sum(rows: readonly TallyRow[], column: 'samples' | 'lost'): number {
  return rows.reduce((total, row) => total + row[column], 0);
}

/** A job as the read model has it. */
export function viewOfRow(row: JobRow, tallies: readonly TallyRow[]): JobView {
  const own = tallies.filter((tally) => tally.job_id === row.job_id);
  return jobViewSchema.parse({
    jobId: row.job_id,
    state: row.state,
    outcome: row.outcome,
    spec: row.spec,
    labels: row.labels,
    submittedBy: row.submitted_by,
    submittedAt: row.submitted_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    correlationId: row.correlation_id,
    runs: { ...noRuns, ...Object.fromEntries(own.map((tally) => [tally.state, tally.runs])), total: row.runs_total },
    samples: sum(own, 'samples'),
    lost: sum(own, 'lost'),
    ...(row.skipped === null ? {} : { skipped: row.skipped }),
  });
}

/** What the job's own stream says of its state; it is ahead of the read model by the projection's lag. */
export function withStateOf(view: JobView, job: Job): JobView {
  if (job.state === 'new' || view.state === 'ended') return view;
  return job.state === 'ended' ? { ...view, state: 'ended', outcome: job.outcome } : { ...view, state: job.state };
}

/**
 * A job that the read model does not know yet, from its stream; null when the stream is empty. How far its runs are is
 * only in their own streams, so that all of them count as planned until the job has ended.
 */
export function viewOfStream(events: readonly RecordedEvent[]): JobView | null {
  const submitted = events[0];
  if (submitted?.type !== 'JobSubmitted') return null;
  const { jobId, spec, plan, skipped = [] } = submitted.data;
  const completed = events.find((event) => event.type === 'JobCompleted');
  const view: JobView = {
    jobId,
    state: 'running',
    outcome: null,
    spec,
    labels: spec.labels ?? {},
    submittedBy: submitted.meta.actor,
    submittedAt: submitted.meta.occurredAt.toISOString(),
    endedAt: completed?.meta.occurredAt.toISOString() ?? null,
    correlationId: submitted.meta.correlationId,
    runs: {
      ...noRuns,
      ...(completed === undefined ? { planned: plan.length } : completed.data.runs),
      total: plan.length,
    },
    samples: 0,
    lost: 0,
    ...(skipped.length === 0 ? {} : { skipped: skipped.map(skippedView) }),
  };
  return withStateOf(view, stateOf(jobDecider, events));
}
