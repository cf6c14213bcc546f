import { type Command, Option } from 'commander';
import { type Metric, metricNames, type Probe, probeNames, trendsSchema } from '#contracts';
import { wholeIds } from '../client/whole-ids.js';
import { clientFor, type Context, show, tellOn } from '../context.js';
import { trendsListing, trendsText, type TrendUnit } from '../output/trends.js';
import { printsRows } from '../output-option.js';
import { given, wholeNumber } from './arguments.js';

interface TrendsOptions {
  by?: string;
  metric?: Metric;
  probe?: Probe;
  since?: string;
  until?: string;
  resolution?: string;
  limit?: number;
  cursor?: string;
  all?: boolean;
  unit: TrendUnit;
}

export function registerTrends(verb: Command, context: Context): void {
  printsRows(verb)
    .argument('[selector]', 'which runs: generation=Zen-4,kpti=on', '*')
    .option('--by <field,…>', 'a series for each value of these labels and facts (generation); host for single hosts')
    .addOption(new Option('--metric <metric>', 'of what').choices(metricNames).default(metricNames[0]))
    .addOption(new Option('--probe <probe>', 'the probe, if several have the metric').choices(probeNames))
    .option('--since <time>', 'since then: 365d, 2026-01-01 (90d)')
    .option('--until <time>', 'before then')
    .addOption(new Option('--resolution <kind>', 'a point a day, or a run').choices(['day', 'run']))
    .addOption(new Option('--unit <unit>', 'of the figures').choices(['ns', 'cycles']).default('ns'))
    .option('--limit <series>', 'series a page (50)', wholeNumber)
    .option('--cursor <cursor>', 'the next page, as given by the page before')
    .option('--all', 'a chart of every series of the page, and every boot state that changed')
    .action(async (selector: string, { unit, all, ...options }: TrendsOptions, command: Command) => {
      const client = await clientFor(context, command);
      const query = { selector: await wholeIds(client, selector), ...given({ ...options }) };
      const trends = await client.ask('/v1/trends', trendsSchema, { query });
      trends.notes.forEach(tellOn(context));
      show(
        ...([context, command, trends] as const),
        (one) => trendsText(one, unit, all),
        (one) => trendsListing(one, unit),
      );
    });
}
