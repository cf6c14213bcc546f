import type { Command } from 'commander';
import { type Guest, type JobSpecInput, type JobView, type Matrix, type RunView } from '#contracts';
import { counted } from '#wording';
import { allPages } from '../client/all-pages.js';
import type { ApiClient } from '../client/api-client.js';
import { findJobId, jobHelp } from '../client/find-id.js';
import { freeName } from '../client/free-name.js';
import { CliError } from '../cli-error.js';
import { clientFor, type Context, tellOn } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { given } from './arguments.js';
import { submitSpec } from './submit.js';

type Failed = Pick<RunView, 'hostId' | 'probe' | 'executor' | 'guest'>;

/** The cells of a matrix, down to the values that some of these guests have. */
function matrixOf(matrix: Matrix, guests: readonly Guest[]): Matrix {
  const some = <Name extends keyof Guest>(name: Name, values: readonly Guest[Name][]): Guest[Name][] =>
    values.filter((value) => guests.some((guest) => guest[name] === value));
  return {
    series: some('series', matrix.series),
    kpti: some('kpti', matrix.kpti),
    ...(matrix.cpuModel === undefined ? {} : { cpuModel: some('cpuModel', matrix.cpuModel) as string[] }),
    ...(matrix.bootOptions === undefined ? {} : { bootOptions: some('bootOptions', matrix.bootOptions) as string[] }),
  };
}

const mostOf = (runs: readonly Failed[]): number => {
  const times = new Map<string, number>();
  for (const { hostId, probe, guest } of runs) {
    const of = JSON.stringify([hostId, probe, guest]);
    times.set(of, (times.get(of) ?? 0) + 1);
  }
  return Math.max(...times.values());
};

/**
 * The smallest job that measures again what gave no result: its hosts, probes and cells, as often as the worst of them failed. A job is a
 * product of these, so that it may have more runs than failed.
 */
export function retrySpec({ spec, labels }: Pick<JobView, 'spec' | 'labels'>, failed: readonly Failed[]): JobSpecInput {
  const { seed: _seed, selector: _selector, control: _control, labels: _first, matrix, executor, ...rest } = spec;
  const executors = [...new Set(failed.map((run) => run.executor))];
  const used = executor ?? (executors.length === 1 ? executors[0] : undefined);
  return {
    ...rest,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    hosts: [...new Set(failed.map(({ hostId }) => hostId))],
    probes: [...new Set(failed.map(({ probe }) => probe))],
    runsPerHost: mostOf(failed),
    ...(used === undefined ? {} : { executor: used }),
    ...(matrix === undefined
      ? {}
      : {
          matrix: matrixOf(
            matrix,
            failed.flatMap(({ guest }) => guest ?? []),
          ),
        }),
  };
}

async function failedRuns(client: ApiClient, jobId: string): Promise<RunView[]> {
  const failed: RunView[] = [];
  for (const state of ['failed', 'abandoned'] as const) {
    for await (const run of allPages((query) => client.runs({ ...query, jobId, state }))) failed.push(run);
  }
  return failed;
}

export function registerRetry(verb: Command, context: Context): void {
  verb
    .argument('<job>', jobHelp)
    .option('--name <text>', 'its name (default: that of the job with “retry” behind it)')
    .option('--watch', 'follow the new job until it ends')
    .addHelpText(
      'after',
      '\nThe new job has the hosts, probes and cells that failed, as often as the worst of them did.',
    )
    .action(async (named: string, { watch, ...options }: { watch?: boolean; name?: string }, command: Command) => {
      const client = await clientFor(context, command);
      const job = await client.job(await findJobId(client, named), { exact: true });
      if (job.state !== 'ended') {
        const remedy = `xf watch ${job.jobId} follows it, xf cancel ${job.jobId} stops it`;
        throw new CliError('the job has not ended', remedy, exitCodes.refused);
      }
      const failed = await failedRuns(client, job.jobId);
      if (failed.length === 0) {
        throw new CliError(
          'every run of the job completed',
          `xf rerun ${job.jobId} measures all of it again`,
          exitCodes.refused,
        );
      }
      const former = job.spec.name;
      const name = options.name ?? (former === undefined ? undefined : await freeName(client, former, 'retry'));
      const spec = { ...retrySpec(job, failed), ...given({ name }) };
      tellOn(context)(
        `${counted(failed.length, 'run')} gave no result on ${counted(spec.hosts?.length ?? 0, 'host')}: a new job measures there again`,
      );
      await submitSpec(context, command, client, { spec, watch: watch === true });
    });
}
