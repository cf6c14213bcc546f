import type { RecordedEvent } from '#contracts';
import type { Transaction } from '#event-store';

type JobRecorded = Extract<RecordedEvent, { type: `Job${string}` }>;

async function apply(tx: Transaction, event: JobRecorded): Promise<void> {
  switch (event.type) {
    case 'JobSubmitted': {
      const { jobId, spec, bodyHash, plan } = event.data;
      const { actor: submittedBy, correlationId, occurredAt: submittedAt } = event.meta;
      const row = { jobId, spec, bodyHash, submittedBy, correlationId, submittedAt, runsTotal: plan.length };
      await tx.job.createMany({ data: [{ ...row, state: 'running' }], skipDuplicates: true });
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

/** One row a job. A job has two or three events, so one statement an event is fine. */
export async function projectJobs(tx: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  for (const event of events) {
    if (event.type === 'JobSubmitted' || event.type === 'JobCancelled' || event.type === 'JobCompleted') {
      await apply(tx, event);
    }
  }
}
