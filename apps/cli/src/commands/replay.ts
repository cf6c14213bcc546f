import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ReplayReply } from '#contracts';
import type { ApiClient } from '../client/api-client.js';
import { findRunId, runHelp } from '../client/find-id.js';
import { CliError } from '../cli-error.js';
import { clientFor, type Context, type GlobalOptions } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { legibleJson, legibleValue } from '../output/legible.js';
import { countOn } from '../output/progress.js';
import { replayedRunText, replaySummaryText, type ReplaySummary, summaryWith } from '../output/replay.js';
import { given, list } from './arguments.js';

interface ReplayOptions {
  runs?: string[];
  since?: string;
  all?: true;
  dryRun?: true;
}

/** A date, or a time with or without its zone (then this machine's). */
function timeOf(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('must be a time, for example 2026-11-22T18:00Z.');
  return time.toISOString();
}

/** The slices of a replay, one request each, so that neither a request nor the coordinator is held up. */
async function* slices(client: ApiClient, { runs, since, all, dryRun }: ReplayOptions): AsyncGenerator<ReplayReply> {
  const selection = runs !== undefined ? { runs } : since !== undefined ? { since } : { all: all ?? true };
  for (let cursor: string | null = null; ;) {
    const next: object = cursor === null ? {} : { cursor };
    const reply: ReplayReply = await client.replay({ ...selection, ...next, dryRun: dryRun === true });
    yield reply;
    cursor = reply.nextCursor;
    if (cursor === null) return;
  }
}

export function registerReplay(verb: Command, context: Context): void {
  verb
    .addOption(
      new Option('--runs <runs>', `these, each by ${runHelp} (repeatable, or separated by commas)`).argParser(list),
    )
    .addOption(
      new Option('--since <time>', 'runs of an older parser that ended then or later')
        .argParser(timeOf)
        .conflicts('runs'),
    )
    .addOption(new Option('--all', 'every run of an older parser').conflicts(['runs', 'since']))
    .option('--dry-run', 'show what would change, change nothing')
    .action(async (options: ReplayOptions, command: Command) => {
      if ((options.runs ?? options.since ?? options.all) === undefined) {
        throw new CliError(
          'name the runs by one of --runs, --since and --all',
          'to see what would change: xf replay --all --dry-run',
          exitCodes.usage,
        );
      }
      const client = await clientFor(context, command);
      const runs = options.runs && (await Promise.all(options.runs.map((named) => findRunId(client, named))));
      await replay({ ...options, ...given({ runs }) }, command, client);
    });

  /**
   * In words: at the end a line for each run that differs or can't be read again, and the sum. With --json: a line a run
   * as they are done, then `{summary}`. The exit code is 1 when some run could not be read again.
   */
  async function replay(options: ReplayOptions, command: Command, client: ApiClient): Promise<void> {
    const json = command.optsWithGlobals<GlobalOptions>().json === true;
    const bar = countOn(context.err, 'runs');
    let summary: ReplaySummary | null = null;
    const words: string[] = [];
    try {
      for await (const reply of slices(client, options)) {
        summary = summaryWith(summary, reply);
        if (summary.runs + reply.left > 0) bar.update(summary.runs, summary.runs + reply.left);
        for (const run of reply.runs) {
          if (json) context.out.write(`${legibleJson(run)}\n`);
          else words.push(...replayedRunText(legibleValue(run)));
        }
      }
    } finally {
      bar.stop();
      // Also of a replay that broke off: these are done.
      for (const line of words) context.out.write(`${line}\n`);
    }
    if (summary === null) return;
    context.out.write(`${json ? JSON.stringify({ summary }) : replaySummaryText(summary)}\n`);
    if (summary.notReplayed > 0) context.exitCode = exitCodes.failed;
  }
}
