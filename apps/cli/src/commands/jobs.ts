import { type Command, Option } from 'commander';
import { jobStateSchema } from '#contracts';
import { findJobId, jobHelp } from '../client/find-id.js';
import { clientFor, type Context, type GlobalOptions, show } from '../context.js';
import { jobsText } from '../output/jobs.js';
import { jobReportText } from '../output/job-report.js';
import { reportOf } from './job-report.js';
import { type PageOptions, nextPageHint, pageFor, pageOptions } from './paging.js';

export function registerJobs(verb: Command, context: Context): void {
  pageOptions(verb)
    .argument('[job]', jobHelp)
    .addOption(new Option('--state <state>', 'only jobs in this state').choices(jobStateSchema.options))
    .action(async (job: string | undefined, options: PageOptions & { state?: string }, command: Command) => {
      const client = await clientFor(context, command);
      if (job === undefined) {
        const page = await pageFor(options, (query) => client.jobs({ state: options.state, ...query }));
        show(context, command, page, (one) => jobsText(one.items) + nextPageHint(one));
        return;
      }
      const whole = options.all === true || command.optsWithGlobals<GlobalOptions>().json === true;
      const report = await reportOf(client, await client.job(await findJobId(client, job)), whole);
      show(context, command, report, jobReportText);
    });
}
