import { jobSpecSchema, type JobSpec } from '#contracts';
import type { KnownFinding, Try } from '#lifecycle';

/** Runs of each host and control host: enough for 2 % beside the usual scatter (docs/statistics.md). */
const freshRuns = 10;

/** The Idempotency-Key of a confirming job: from it the job's id follows, as of every key. */
export const confirmationKey = (findingId: string, number: number): string => `finding/${findingId}/${number}`;

/** The job that measures a finding's hosts again beside control hosts, interleaved; the same whenever it is made. */
export function confirmingJob({ findingId, movement }: KnownFinding, asked: Try): JobSpec {
  const { hosts, controlHosts, faults } = asked;
  return jobSpecSchema.parse({
    name: `confirm finding ${findingId.slice(-12)}, try ${asked.try}`,
    hosts: [...hosts],
    control: `host in (${controlHosts.join(',')})`,
    ...{ probes: [movement.probe], executor: movement.executor, faults, runsPerHost: freshRuns, order: 'interleaved' },
  });
}
