import { type Command, Option } from 'commander';
import { jobStateSchema } from '#contracts';
import { clientFor, type Context, show } from '../context.js';
import { jobsText } from '../output/jobs.js';
import { jobReportText } from '../output/job-report.js';
import { reportOf } from './job-report.js';
import { type PageOptions, nextPageHint, pageFor, pageOptions } from './paging.js';

export function registerJobs(verb: Command, context: Context): void {
  pageOptions(verb)
    .argument('[jobId]')
    .addOption(new Option('--state <state>', 'only jobs in this state').choices(jobStateSchema.options))
    .action(async (jobId: string | undefined, options: PageOptions & { state?: string }, command: Command) => {
      const client = await clientFor(context, command);
      if (jobId === undefined) {
        const page = await pageFor(options, (query) => client.jobs({ state: options.state, ...query }));
        show(context, command, page, (one) => jobsText(one.items) + nextPageHint(one));
        return;
      }
      const report = await reportOf(client, await client.job(jobId));
      show(context, command, report, jobReportText);
    });
}
