import { type HostView, type JobView, limits } from '#contracts';
import { CliError } from '../cli-error.js';
import { exitCodes } from '../exit-codes.js';
import type { ApiClient } from '../client/api-client.js';
import { jobProgressOn } from '../output/progress.js';
import { comparedMachines, generationSelector, mainJob, type ServedHost, simulatedHostId } from './demo-job.js';
import type { UpResult } from './result.js';

function hostOf(hosts: readonly HostView[], machine: string): HostView {
  const host = hosts.find(({ hostId }) => hostId === simulatedHostId(machine));
  if (host === undefined) throw new Error(`${machine} is not among the registered hosts`);
  return host;
}

/** Submits the main job, follows it to its end and fetches what it gave. */
export async function measure(
  client: ApiClient,
  options: {
    served: readonly ServedHost[];
    registered: readonly HostView[];
    size: { runsPerHost: number; faults: number };
    progress: NodeJS.WritableStream;
    signal: AbortSignal;
  },
): Promise<Pick<UpResult, 'job' | 'results' | 'comparison' | 'earlierJobs'>> {
  const { served, registered, size, progress, signal } = options;
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
    throw new CliError('the coordinator told nothing of the job', 'see its log', exitCodes.coordinator);
  const [results, comparison] = await Promise.all([
    client.jobResults(jobId),
    client.compare({
      a: generationSelector(hostOf(registered, comparedMachines.a)),
      b: generationSelector(hostOf(registered, comparedMachines.b)),
      metric: 'u2k',
      jobId,
    }),
  ]);
  return { job: last, results, comparison, earlierJobs: earlier.length };
}
