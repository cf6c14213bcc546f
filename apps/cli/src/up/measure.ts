import { type JobView, limits } from '#contracts';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import type { ApiClient } from '../client/api-client.js';
import { jobProgressOn } from '../output/progress.js';
import { comparedMachines, mainJob, type ServedHost, simulatedHostId } from './demo-job.js';
import type { UpResult } from './result.js';

/** Submits the main job, follows it to its end and fetches what it gave. */
export async function measure(
  client: ApiClient,
  options: {
    served: readonly ServedHost[];
    size: { runsPerHost: number; faults: number };
    progress: NodeJS.WritableStream;
    signal: AbortSignal;
  },
): Promise<Pick<UpResult, 'job' | 'results' | 'comparison' | 'earlierJobs'>> {
  const { served, size, progress, signal } = options;
  const { items: earlier } = await client.jobs({ limit: limits.pageSize });
  const { jobId } = await client.submitJob(mainJob(served, size));
  const bar = jobProgressOn(progress);
  let last: JobView | undefined;
  try {
    for await (const job of client.jobProgress(jobId, signal)) bar.update((last = job));
  } finally {
    bar.stop();
  }
  if (last === undefined)
    throw new CliError('the coordinator sent no progress of the job', 'see its log', exitCodes.coordinator);
  const [results, comparison] = await Promise.all([
    client.jobResults(jobId),
    client.compare({
      a: `host=${simulatedHostId(comparedMachines.a)}`,
      b: `host=${simulatedHostId(comparedMachines.b)}`,
      ...{ probe: 'pf', metric: 'u2k' },
      jobId,
    }),
  ]);
  return { job: last, results, comparison, earlierJobs: earlier.length };
}
