import { type Command, Option } from 'commander';
import { runStateSchema } from '#contracts';
import type { ApiClient } from '../client/api-client.js';
import { findJobId, findRunId, runHelp } from '../client/find-id.js';
import { wholeIds } from '../client/whole-ids.js';
import { CliError } from '../cli-error.js';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { runsListing, runsText, runText } from '../output/runs.js';
import { printsRows } from '../output-option.js';
import { type PageOptions, pageOptions, showPages } from './paging.js';
import { writeBody } from './write-body.js';

interface RunsOptions extends PageOptions {
  job?: string;
  host?: string;
  state?: string;
  selector?: string;
  by?: string;
  since?: string;
  until?: string;
  raw?: boolean;
}

async function askedRuns(client: ApiClient, options: RunsOptions) {
  const { job, host: hostId, state, selector, by: submittedBy, since, until } = options;
  return {
    ...{ hostId, state, submittedBy, since, until },
    jobId: job === undefined ? undefined : await findJobId(client, job),
    selector: selector === undefined ? undefined : await wholeIds(client, selector),
  };
}

export function registerRuns(verb: Command, context: Context): void {
  pageOptions(printsRows(verb))
    .argument('[run]', runHelp)
    .option('--job <job>', 'only runs of this job')
    .option('--host <hostId>', 'only runs on this host')
    .addOption(new Option('--state <state>', 'only runs in this state').choices(runStateSchema.options))
    .option(
      '--selector <selector>',
      'only runs whose labels and boot state it matches: microcode=0x49, job.team=kernel',
    )
    .option('--by <who>', 'only runs of jobs that this key submitted, as xf jobs names it: key:…')
    .option('--since <time>', 'only runs that ended since then: 7d, 12h, 2026-11-20')
    .option('--until <time>', 'only runs that ended before then')
    .option('--raw', "write the kernel-log bytes that the run's samples were read from to standard output")
    .action(async (named: string | undefined, options: RunsOptions, command: Command) => {
      if (options.raw === true && named === undefined) {
        throw new CliError('--raw needs a run', 'name it: xf runs <run> --raw', exitCodes.usage);
      }
      const client = await clientFor(context, command);
      if (named === undefined) {
        const asked = await askedRuns(client, options);
        return showPages(...([context, command, options] as const), (query) => client.runs({ ...asked, ...query }), {
          text: runsText,
          listing: runsListing,
        });
      }
      if (options.raw === true && context.out.isTTY === true) {
        throw new CliError(
          'the captured bytes may hold sequences that a terminal obeys',
          'write them to a file or look at them safely: xf runs <run> --raw | less',
          exitCodes.usage,
        );
      }
      const runId = await findRunId(client, named);
      if (options.raw === true) return writeBody(await client.rawLog(runId), context.out);
      const run = await client.run(runId);
      show(context, command, run, runText, (one) => runsListing([one]));
    });
}
