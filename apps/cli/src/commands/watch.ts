import type { Command } from 'commander';
import type { JobView } from '#contracts';
import type { ApiClient } from '../client/api-client.js';
import { findJobId, jobHelp } from '../client/find-id.js';
import { CliError } from '../cli-error.js';
import { clientFor, type Context, type GlobalOptions, show, tellOn } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { jobText } from '../output/jobs.js';
import { jobReportText } from '../output/job-report.js';
import { jobProgressOn } from '../output/progress.js';
import { untilSignal } from '../up/until-signal.js';
import { reportOf } from './job-report.js';

/**
 * Follows a job to its end, or to Ctrl-C, which leaves it running. In words: a progress bar, then the result table. With --json: one JobView a line as it
 * changes, then one line `{job, results, comparisons}`. The exit code is 1 unless every run completed.
 */
export async function follow(context: Context, command: Command, client: ApiClient, jobId: string): Promise<void> {
  const json = command.optsWithGlobals<GlobalOptions>().json === true;
  const tell = tellOn(context);
  tell(`job ${jobId}`);
  const bar = jobProgressOn(context.err);
  const until = untilSignal();
  let last: JobView | undefined;
  try {
    for await (const job of client.jobProgress(jobId, until.signal)) {
      last = job;
      if (json) show(context, command, job, jobText);
      else bar.update(job);
    }
  } catch (error) {
    if (!until.signal.aborted) throw error;
  } finally {
    bar.stop();
    until.release();
  }
  if (until.signal.aborted) {
    tell(`the job runs on: xf watch ${jobId} follows it again, xf cancel ${jobId} stops it`);
    context.exitCode = exitCodes.interrupted;
    return;
  }
  if (last === undefined) {
    throw new CliError('the coordinator sent no progress of the job', 'see its log', exitCodes.coordinator);
  }
  const report = await reportOf(client, last, json);
  show(context, command, report, jobReportText);
  if (last.outcome !== 'completed') context.exitCode = exitCodes.failed;
}

export function registerWatch(verb: Command, context: Context): void {
  verb.argument('<job>', jobHelp).action(async (job: string, _options: unknown, command: Command) => {
    const client = await clientFor(context, command);
    await follow(context, command, client, await findJobId(client, job));
  });
}
