import { Prisma } from '#event-store';
import type { RunRequest } from '#lifecycle';

export interface RunToQueue extends Pick<
  RunRequest,
  'runId' | 'jobId' | 'hostId' | 'executor' | 'probe' | 'replicate'
> {
  guest: unknown;
}

/** Of a row of runs (`r`). */
export const runToQueueColumns = Prisma.sql`
  r.run_id AS "runId", r.job_id AS "jobId", r.host_id AS "hostId", r.executor, r.probe, r.replicate, r.guest`;
