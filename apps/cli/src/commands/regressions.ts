import { type Command, Option } from 'commander';
import { type Metric, metricNames, type Probe, probeNames, regressionsSchema } from '#contracts';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { regressionsText } from '../output/regressions.js';
import { decimal, given } from './arguments.js';

interface RegressionsOptions {
  metric?: Metric;
  probe?: Probe;
  since?: string;
  until?: string;
  minEffect?: number;
  failOnAny?: boolean;
}

export function registerRegressions(verb: Command, context: Context): void {
  verb
    .argument('[selector]', 'which hosts: generation=Zen-3', '*')
    .addOption(new Option('--metric <metric>', 'of what').choices(metricNames).default(metricNames[0]))
    .addOption(new Option('--probe <probe>', 'the probe, if several have the metric').choices(probeNames))
    .option('--since <time>', 'changes since then: 365d, 2026-01-01 (90d)')
    .option('--until <time>', 'changes before then')
    .option('--min-effect <fraction>', 'ignore smaller changes (0.02)', decimal)
    .option('--fail-on-any', 'exit code 1 if any level went up')
    .action(async (selector: string, { failOnAny, ...options }: RegressionsOptions, command: Command) => {
      const client = await clientFor(context, command);
      const found = await client.ask('/v1/regressions', regressionsSchema, {
        query: { selector, ...given({ ...options }) },
      });
      show(context, command, found, regressionsText);
      const slower = found.found.some(({ kind, direction }) => kind !== 'noise' && direction === 'up');
      if (failOnAny === true && slower) context.exitCode = exitCodes.failed;
    });
}
