import { type Command, Option } from 'commander';
import { type Metric, metricNames, type Probe, probeNames } from '#contracts';
import { clientFor, type Context, show } from '../context.js';
import { comparisonText } from '../output/comparison.js';
import { decimal, given } from './arguments.js';

interface CompareOptions {
  metric: Metric;
  probe?: Probe;
  job?: string;
  margin?: number;
  confidence?: number;
}

export function registerCompare(program: Command, context: Context): void {
  program
    .command('compare')
    .description('is b slower than a? With its interval, and for what it speaks')
    .argument('<a>', 'selector over run labels, for example generation=Haswell-EP')
    .argument('<b>', 'selector over run labels')
    .addOption(new Option('--metric <metric>', 'what to compare').choices(metricNames).default(metricNames[0]))
    .addOption(new Option('--probe <probe>', 'whose metric, where several probes have it').choices(probeNames))
    .option('--job <jobId>', 'only runs of this job')
    .option('--margin <fraction>', 'ratios within 1 ± margin count as equal', decimal)
    .option('--confidence <fraction>', 'of the interval', decimal)
    .action(async (a: string, b: string, { job: jobId, ...options }: CompareOptions, command: Command) => {
      const client = await clientFor(context, command);
      const comparison = await client.compare({ ...given({ jobId }), ...options, a, b });
      show(context, command, comparison, comparisonText);
    });
}
