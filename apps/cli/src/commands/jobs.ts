import { type Command, Option } from 'commander';
import { jobStateSchema } from '#contracts';
import { findJobId, jobHelp } from '../client/find-id.js';
import { clientFor, type Context, type GlobalOptions, show } from '../context.js';
import { jobsListing, jobsText } from '../output/jobs.js';
import { jobReportListing, jobReportText } from '../output/job-report.js';
import { printsRows } from '../output-option.js';
import { reportOf } from './job-report.js';
import { type PageOptions, pageOptions, showPages } from './paging.js';

interface JobsOptions extends PageOptions {
  state?: string;
  name?: string;
  label?: string;
  by?: string;
  since?: string;
  until?: string;
}

export function registerJobs(verb: Command, context: Context): void {
  pageOptions(printsRows(verb))
    .argument('[job]', jobHelp)
    .addOption(new Option('--state <state>', 'only jobs in this state').choices(jobStateSchema.options))
    .option('--name <name>', 'only jobs of this name')
    .option('--label <selector>', 'only jobs whose labels it matches: team=kernel, or team=kernel,!draft')
    .option('--by <who>', 'only jobs that this key submitted, as the list names it: key:…')
    .option('--since <time>', 'only jobs submitted since then: 7d, 12h, 2026-11-20')
    .option('--until <time>', 'only jobs submitted before then')
    .action(async (job: string | undefined, options: JobsOptions, command: Command) => {
      const client = await clientFor(context, command);
      if (job === undefined) {
        const { state, name, label: labels, by, since, until } = options;
        return showPages(
          ...([context, command, options] as const),
          (query) => client.jobs({ state, name, labels, submittedBy: by, since, until, ...query }),
          { text: jobsText, listing: jobsListing },
        );
      }
      const { json, output = 'table' } = command.optsWithGlobals<GlobalOptions>();
      const whole = options.all === true || json === true || !(output === 'table' || output === 'wide');
      const report = await reportOf(client, await client.job(await findJobId(client, job)), whole);
      show(context, command, report, jobReportText, jobReportListing);
    });
}
