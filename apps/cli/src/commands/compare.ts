import { type Command, Option } from 'commander';
import {
  bothSelectors,
  type ComparisonCells,
  type Metric,
  metricNames,
  type Probe,
  probeNames,
  type Verdict,
} from '#contracts';
import { findJobId } from '../client/find-id.js';
import { wholeIds } from '../client/whole-ids.js';
import { CliError } from '../cli-error.js';
import type { ApiClient, CompareQuestion } from '../client/api-client.js';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import type { Look } from '../output/columns.js';
import { comparisonCellsListing, comparisonCellsText } from '../output/comparison-cells.js';
import { comparisonListing, comparisonText } from '../output/comparison.js';
import { printsRows } from '../output-option.js';
import { decimal, given, list } from './arguments.js';
import { failOn } from './fail-on.js';

export interface CompareOptions {
  metric: Metric;
  probe?: Probe;
  job?: string[];
  before?: string;
  since?: string;
  until?: string;
  by?: string[];
  pool?: string[];
  allow?: string[];
  control?: string;
  margin?: number;
  confidence?: number;
}

function usage(message: string, remedy: string): CliError {
  return new CliError(message, remedy, exitCodes.usage);
}

/**
 * Both sides as the words on the command line mean them: `A B`; `--before TIME [SELECTOR]`; `--job A --job B [SELECTOR]`.
 *
 * @throws CliError (usage) naming what is missing or too much
 */
export function questionOf(
  selectors: readonly string[],
  { job = [], before }: CompareOptions,
): Pick<CompareQuestion, 'a' | 'b' | 'before' | 'jobId'> {
  const [first, second] = selectors;
  const one = { a: first ?? '*' };
  if (job.length > 2) {
    throw usage(
      `--job was given ${job.length} times`,
      'give it twice to compare two jobs, once to take the runs of one',
    );
  }
  if (job.length === 2) {
    if (before !== undefined) throw usage('--before and two --job can’t be combined', 'leave one of them out');
    if (second !== undefined) {
      throw usage('--job twice already makes the two sides', 'give one selector at most, for both of them');
    }
    const [a, b] = job.map((id) => bothSelectors(`job=${id}`, one.a));
    return { a: a ?? '*', ...given({ b }) };
  }
  const [jobId] = job;
  if (before !== undefined) {
    if (second !== undefined)
      throw usage('--before splits one side in time, but there are two selectors', 'give one selector at most');
    return { ...one, before, ...given({ jobId }) };
  }
  if (first === undefined || second === undefined) {
    throw usage(
      `${first === undefined ? 'there are no sides' : 'there is no side b'} to compare`,
      'xf compare A B, xf compare --job JOB --job JOB, or xf compare --before TIME [SELECTOR]',
    );
  }
  return { a: first, b: second, ...given({ jobId }) };
}

const joined = (names: readonly string[] | undefined): string | undefined => names?.join(',');

/** The sides and options of a comparison, the same for every command that asks one. */
export function comparesSides(verb: Command): Command {
  return verb
    .argument('[a]', 'selector of runs: generation=Haswell-EP,since=90d; with --before or two --job, for both sides')
    .argument('[b]', 'selector of runs')
    .addOption(new Option('--metric <metric>', 'what to compare').choices(metricNames).default(metricNames[0]))
    .addOption(new Option('--probe <probe>', 'the probe, if several have the metric').choices(probeNames))
    .option('--job <job>', 'only runs of this job; twice: one job against the other', list)
    .option('--before <time>', 'runs before this time against later ones: 2026-11-20T18:00Z, 7d')
    .option('--since <time>', 'only runs that ended since then: 90d, 12h, 2026-11-20')
    .option('--until <time>', 'only runs that ended before then')
    .option('--by <fields>', 'a table: one comparison for each value that both sides have', list)
    .option('--pool <fields>', 'fields in which a side may be mixed', list)
    .option('--allow <fields>', 'fields in which the sides may differ', list)
    .option('--control <selector>', 'hosts where nothing changed (at least 3): their change is subtracted')
    .option('--margin <fraction>', 'ratios within 1 ± margin count as equal (0.01)', decimal)
    .option('--confidence <fraction>', 'of the intervals (0.95)', decimal)
    .addHelpText(
      'after',
      '\nSides that differ or are mixed in a field that is not compared are refused (exit code 4)\nuntil --by, --pool or --allow names the field: docs/comparisons.md.',
    );
}

/**
 * What the command line asks, ids in full; `by` beside it.
 *
 * @throws CliError (usage) naming what is missing or too much, or that there is no such job
 */
export async function askedBy(
  client: ApiClient,
  selectors: readonly (string | undefined)[],
  options: CompareOptions,
): Promise<{ question: CompareQuestion; by: string | undefined }> {
  const { metric, probe, since, until, margin, confidence } = options;
  const [pool, allow] = [joined(options.pool), joined(options.allow)];
  const job = await Promise.all((options.job ?? []).map((named) => findJobId(client, named)));
  const whole = async (text: string | undefined): Promise<string | undefined> =>
    text === undefined ? undefined : wholeIds(client, text);
  const [control, ...typed] = await Promise.all([options.control, ...selectors].map(whole));
  const sides = questionOf(
    typed.filter((text) => text !== undefined),
    { ...options, job },
  );
  return {
    question: { ...sides, metric, ...given({ probe, since, until, control, margin, confidence, pool, allow }) },
    by: joined(options.by),
  };
}

export function registerCompare(verb: Command, context: Context): void {
  printsRows(comparesSides(verb))
    .option('--fail-on <verdicts>', 'exit code 1 on any of these: slower', failOn)
    .option('--all', 'with --by: every cell; json, csv, markdown and name have them anyway')
    .action(
      async (
        first: string | undefined,
        second: string | undefined,
        options: CompareOptions & { failOn?: Verdict[]; all?: boolean },
        command: Command,
      ) => {
        const client = await clientFor(context, command);
        const { question, by } = await askedBy(client, [first, second], options);
        const { url } = client.connection;
        const end = (refused: boolean, found: readonly Verdict[]): void => {
          if (refused) context.exitCode = exitCodes.refused;
          else if (found.some((verdict) => options.failOn?.includes(verdict))) context.exitCode = exitCodes.failed;
        };
        if (by !== undefined) {
          const table = await client.compareCells({ ...question, by });
          const textOf = (one: ComparisonCells, look: Look): string => comparisonCellsText(one, url, look, options.all);
          show(context, command, table, textOf, comparisonCellsListing);
          const answered = table.cells.filter(({ comparison }) => comparison.refusals.length === 0);
          return end(
            answered.length === 0,
            answered.map(({ verdict }) => verdict),
          );
        }
        const comparison = await client.compare(question);
        show(context, command, comparison, (one, look) => comparisonText(one, url, look), comparisonListing);
        return end(comparison.refusals.length > 0, [comparison.verdict]);
      },
    );
}
