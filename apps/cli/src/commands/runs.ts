import { type Command, Option } from 'commander';
import { runStateSchema } from '#contracts';
import { findJobId, findRunId, runHelp } from '../client/find-id.js';
import { CliError } from '../cli-error.js';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { runsText, runText } from '../output/runs.js';
import { type PageOptions, nextPageHint, pageFor, pageOptions } from './paging.js';
import { writeBody } from './write-body.js';

interface RunsOptions extends PageOptions {
  job?: string;
  host?: string;
  state?: string;
  selector?: string;
  raw?: boolean;
}

export function registerRuns(verb: Command, context: Context): void {
  pageOptions(verb)
    .argument('[run]', runHelp)
    .option('--job <job>', 'only runs of this job')
    .option('--host <hostId>', 'only runs on this host')
    .addOption(new Option('--state <state>', 'only runs in this state').choices(runStateSchema.options))
    .option('--selector <selector>', 'only runs whose labels and boot state it matches, for example microcode=0x49')
    .option('--raw', "write the kernel-log bytes that the run's samples were read from to standard output")
    .action(async (named: string | undefined, options: RunsOptions, command: Command) => {
      if (options.raw === true && named === undefined) {
        throw new CliError('--raw needs a run', 'name it: xf runs <run> --raw', exitCodes.usage);
      }
      const client = await clientFor(context, command);
      if (named === undefined) {
        const { job, host: hostId, state, selector } = options;
        const jobId = job === undefined ? undefined : await findJobId(client, job);
        const page = await pageFor(options, (query) => client.runs({ jobId, hostId, state, selector, ...query }));
        show(context, command, page, (one) => runsText(one.items) + nextPageHint(one));
        return;
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
      show(context, command, run, runText);
    });
}
