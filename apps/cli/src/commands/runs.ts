import { type Command, Option } from 'commander';
import { bothSelectors, runStateSchema } from '#contracts';
import type { ApiClient } from '../client/api-client.js';
import { findJobId, findRunId, runHelp } from '../client/find-id.js';
import { wholeIds } from '../client/whole-ids.js';
import { CliError } from '../cli-error.js';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { runsListing, runsText, runText } from '../output/runs.js';
import { printsRows } from '../output-option.js';
import { given } from './arguments.js';
import { type PageOptions, pageOptions, showPages } from './paging.js';
import { writeBody } from './write-body.js';

interface RunsOptions extends PageOptions {
  job?: string;
  host?: string;
  state?: string;
  selector?: string;
  since?: string;
  until?: string;
  raw?: boolean;
}

/** The selector with the times as terms of it, as the coordinator takes them. */
async function askedRuns(client: ApiClient, { selector, since, until }: RunsOptions): Promise<string | undefined> {
  const times = Object.entries(given({ since, until })).map(([name, time]) => `${name}=${time}`);
  if (selector === undefined && times.length === 0) return undefined;
  return bothSelectors(await wholeIds(client, selector ?? '*'), times.join(','));
}

export function registerRuns(verb: Command, context: Context): void {
  pageOptions(printsRows(verb))
    .argument('[run]', runHelp)
    .option('--job <job>', 'only runs of this job')
    .option('--host <hostId>', 'only runs on this host')
    .addOption(new Option('--state <state>', 'only runs in this state').choices(runStateSchema.options))
    .option('--selector <selector>', 'only runs whose labels and boot state it matches, for example microcode=0x49')
    .option('--since <time>', 'only runs that ended since then: 7d, 12h, 2026-11-20')
    .option('--until <time>', 'only runs that ended before then')
    .option('--raw', "write the kernel-log bytes that the run's samples were read from to standard output")
    .action(async (named: string | undefined, options: RunsOptions, command: Command) => {
      if (options.raw === true && named === undefined) {
        throw new CliError('--raw needs a run', 'name it: xf runs <run> --raw', exitCodes.usage);
      }
      const client = await clientFor(context, command);
      if (named === undefined) {
        const { job, host: hostId, state } = options;
        const jobId = job === undefined ? undefined : await findJobId(client, job);
        const selector = await askedRuns(client, options);
        return showPages(
          ...([context, command, options] as const),
          (query) => client.runs({ jobId, hostId, state, selector, ...query }),
          { text: runsText, listing: runsListing },
        );
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
