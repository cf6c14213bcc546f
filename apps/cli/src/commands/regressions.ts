import { type Command, Option } from 'commander';
import {
  findingDetailSchema,
  type Findings,
  findingsSchema,
  type FindingState,
  findingStateSchema,
  type FindingView,
} from '#contracts';
import { findFindingId, findingHelp } from '../client/find-id.js';
import { CliError } from '../cli-error.js';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { findingsListing, findingText, findingsText } from '../output/regressions.js';
import { printsRows } from '../output-option.js';
import { given, list } from './arguments.js';
import { registerLook } from './look.js';
import { nextPageHint, pageFor, type PageOptions, pageOptions } from './paging.js';
import { outOption, savePage } from './save-page.js';

interface ListOptions extends PageOptions {
  state?: string;
  host?: string;
  generation?: string;
  since?: string;
  failOn?: FindingState[];
}

const states = findingStateSchema.options;

/** Reads the states of `--fail-on`. @throws CliError (usage) naming those that there are */
function failOnStates(text: string, before: FindingState[] = []): FindingState[] {
  const words = list(text);
  const unknown = words.find((word) => !states.includes(word as FindingState));
  if (unknown !== undefined)
    throw new CliError(`--fail-on: "${unknown}" is not a state`, `there are ${states.join(', ')}`, exitCodes.usage);
  return [...before, ...(words as FindingState[])];
}

/** A finding that levels went up by, or that runs scatter more by: getting faster fails no build. */
const isWorse = ({ direction }: FindingView): boolean => direction === 'up';

function registerList(verb: Command, context: Context): void {
  pageOptions(printsRows(verb))
    .option('--state <states>', `all, or some of ${states.join(', ')} (open,acknowledged,muted)`)
    .option('--host <host>', 'only those of this host')
    .option('--generation <generation>', 'only those of hosts of this generation')
    .option('--since <time>', 'changes since then: 365d, 2026-01-01')
    .option(
      '--fail-on <states>',
      'exit code 1 if one in these states made hosts slower, or their runs scatter more: open',
      failOnStates,
    )
    .action(async (options: ListOptions, command: Command) => {
      const client = await clientFor(context, command);
      const { failOn, state, host, generation, since, limit, cursor, all } = options;
      const page = given({ limit, cursor, all });
      const filters = given({ state, host, generation, since });
      let counts: Findings['counts'] | undefined;
      const found = await pageFor(page, async (query) => {
        const one = await client.ask('/v1/regressions', findingsSchema, { query: { ...filters, ...query } });
        ({ counts } = one);
        return one;
      });
      show(
        context,
        command,
        findingsSchema.parse({ ...found, counts }),
        (one, look) => findingsText(one, look) + nextPageHint(one),
        findingsListing,
      );
      if (failOn === undefined) return;
      const asked = { ...given({ host, generation, since }), state: failOn.join(',') };
      const failing = await pageFor({ all: true }, (query) =>
        client.ask('/v1/regressions', findingsSchema, { query: { ...query, ...asked } }),
      );
      if (failing.items.some(isWorse)) context.exitCode = exitCodes.failed;
    });
}

interface Act {
  name: string;
  path: string;
  about: string;
  /** Whether what is said must be given a reason. */
  noted: boolean;
  until?: boolean;
}

const acts: readonly Act[] = [
  { name: 'ack', path: 'acknowledge', about: 'say that it was seen', noted: false },
  { name: 'expect', path: 'expected', about: 'say that it is meant to be so', noted: true },
  { name: 'mute', path: 'mute', about: 'mute it until a moment', noted: true, until: true },
  { name: 'reopen', path: 'reopen', about: 'take back what was said of it', noted: true },
  { name: 'resolve', path: 'resolve', about: 'say that it is done with', noted: true },
];

function registerAct(verb: Command, context: Context, { name, path, about, noted, until = false }: Act): void {
  const command = verb.command(name).description(about).argument('<finding>', findingHelp);
  if (until) command.requiredOption('--until <time>', 'how long: 14d, 8h, 2026-12-24');
  const note = new Option('--note <text>', 'kept with it');
  command
    .addOption(noted ? note.makeOptionMandatory() : note)
    .action(async (named: string, body: { note?: string; until?: string }, own: Command) => {
      const client = await clientFor(context, own);
      const url = `/v1/regressions/${await findFindingId(client, named)}/${path}`;
      const finding = await client.ask(url, findingDetailSchema, { method: 'POST', body: given(body) });
      show(context, own, finding, findingText);
    });
}

export function registerRegressions(verb: Command, context: Context): void {
  registerList(verb, context);
  registerList(verb.command('list').description('list them, as xf regressions does'), context);
  verb
    .command('show')
    .description('one of them, with its history')
    .argument('<finding>', findingHelp)
    .action(async (named: string, _options: unknown, command: Command) => {
      const client = await clientFor(context, command);
      const url = `/v1/regressions/${await findFindingId(client, named)}`;
      show(context, command, await client.ask(url, findingDetailSchema), findingText);
    });
  verb
    .command('report')
    .description('one of them as one HTML page, with its charts and its fresh runs compared; for a mail or an archive')
    .argument('<finding>', findingHelp)
    .requiredOption(...outOption)
    .action(async (named: string, { out }: { out: string }, command: Command) => {
      const client = await clientFor(context, command);
      const path = `/v1/regressions/${await findFindingId(client, named)}/report`;
      await savePage(context, command, { client, path, out });
    });
  for (const act of acts) registerAct(verb, context, act);
  registerLook(verb, context);
}
