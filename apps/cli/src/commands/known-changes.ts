import { type Command, Option } from 'commander';
import { knownChangesSchema, type Metric, metricNames, type Probe, probeNames, type Verdict } from '#contracts';
import { clientFor, type Context, type GlobalOptions, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { knownChangesListing, knownChangesText } from '../output/known-changes.js';
import { printsRows } from '../output-option.js';
import { decimal, given, wholeNumber } from './arguments.js';
import { failOn } from './fail-on.js';

interface KnownChangesOptions {
  metric?: Metric;
  probe?: Probe;
  since?: string;
  until?: string;
  margin?: number;
  confidence?: number;
  limit?: number;
  failOn?: Verdict[];
}

export function registerKnownChanges(verb: Command, context: Context): void {
  printsRows(verb)
    .argument('[selector]', 'which hosts: generation=Zen-3', '*')
    .addOption(new Option('--metric <metric>', 'of what').choices(metricNames).default(metricNames[0]))
    .addOption(new Option('--probe <probe>', 'the probe, if several have the metric').choices(probeNames))
    .option('--since <time>', 'changes since then: 365d, 2026-01-01 (90d)')
    .option('--until <time>', 'changes before then')
    .option('--margin <fraction>', 'ratios within 1 ± margin count as equal (0.01)', decimal)
    .option('--confidence <fraction>', 'of the intervals (0.95)', decimal)
    .option('--limit <changes>', 'how many, newest first (50)', wholeNumber)
    .option('--fail-on <verdicts>', 'exit code 1 on any of these: slower', failOn)
    .action(async (selector: string, { failOn: verdicts, ...options }: KnownChangesOptions, command: Command) => {
      const client = await clientFor(context, command);
      const { json, output = 'table' } = command.optsWithGlobals<GlobalOptions>();
      // Programs get every host; words name a few.
      const hosts = json === true || !(output === 'table' || output === 'wide') ? 'all' : undefined;
      const query = { selector, ...given({ ...options, hosts }) };
      const found = await client.ask('/v1/known-changes', knownChangesSchema, { query });
      show(context, command, found, knownChangesText, knownChangesListing);
      const failed = found.changes.some(({ verdict }) => verdict !== null && verdicts?.includes(verdict) === true);
      if (failed) context.exitCode = exitCodes.failed;
    });
}
