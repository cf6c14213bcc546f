import { type Command, Option } from 'commander';
import { groupedResultsSchema, type Metric, metricNames, type Probe, probeNames } from '#contracts';
import { findJobId } from '../client/find-id.js';
import { wholeIds } from '../client/whole-ids.js';
import { clientFor, type Context, show, tellOn } from '../context.js';
import { groupedResultsListing, groupedResultsText } from '../output/grouped-results.js';
import { printsRows } from '../output-option.js';
import { given } from './arguments.js';

interface ResultsOptions {
  by: string;
  job?: string;
  selector?: string;
  probe?: Probe;
  metric?: Metric;
  since?: string;
  until?: string;
  all?: boolean;
}

export function registerResults(verb: Command, context: Context): void {
  printsRows(verb)
    .requiredOption(
      '--by <field,…>',
      'labels and facts of the boot state, for example generation,microcode or mitigation.mds',
    )
    .option(
      '--selector <selector>',
      'only runs whose labels and boot state it matches: kernel-series=6.12, job.team=kernel',
    )
    .option('--job <job>', 'only runs of this job')
    .addOption(new Option('--probe <probe>', 'only this probe').choices(probeNames))
    .addOption(new Option('--metric <metric>', 'only this metric').choices(metricNames))
    .option('--since <time>', 'only runs that ended since then: 7d, 12h, 2026-11-20')
    .option('--until <time>', 'only runs that ended before then')
    .option('--all', 'every group; json, csv, markdown and name have them anyway')
    .action(async ({ job, selector: asked, all = false, ...options }: ResultsOptions, command: Command) => {
      const client = await clientFor(context, command);
      const jobId = job === undefined ? undefined : await findJobId(client, job);
      const selector = asked === undefined ? undefined : await wholeIds(client, asked);
      const query = given({ jobId, selector, ...options });
      const results = await client.ask('/v1/results', groupedResultsSchema, { query });
      results.notes.forEach(tellOn(context));
      show(
        ...([context, command, results] as const),
        (one, look) => groupedResultsText(one, look, all),
        groupedResultsListing,
      );
    });
}
