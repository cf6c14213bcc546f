import { type Command, Option } from 'commander';
import {
  type Blackout,
  catchUpSchema,
  overlapSchema,
  scheduleDetailSchema,
  scheduleStateSchema,
  schedulesSchema,
  type Weekday,
  weekdays,
} from '#contracts';
import { CliError } from '../cli-error.js';
import type { ApiClient, PageQuery } from '../client/api-client.js';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { scheduleText, schedulesListing, schedulesText } from '../output/schedules.js';
import { printsRows } from '../output-option.js';
import { given, wholeNumber } from './arguments.js';
import { type PageOptions, pageOptions, showPages } from './paging.js';
import { type JobOptions, jobOptions, specFrom } from './submit.js';

const pathOf = (name: string): string => `/v1/schedules/${encodeURIComponent(name)}`;

const weekly = /^(?:((?:[a-z]{3})(?:,[a-z]{3})*) )?(\d\d:\d\d)-(\d\d:\d\d)$/;
const dated = /^(\S+T\S+)\/(\S+T\S+)$/;

/**
 * Reads `--blackout`: `08:00-18:00`, `sat,sun 00:00-00:00` or `2026-12-20T00:00Z/2027-01-04T00:00Z`.
 *
 * @throws CliError (usage) naming the forms
 */
export function blackout(text: string, before: Blackout[] = []): Blackout[] {
  const [, days, from, to] = weekly.exec(text) ?? [];
  const named = days?.split(',') ?? [];
  const [, after, until] = dated.exec(text) ?? [];
  if (from !== undefined && to !== undefined && named.every((day) => weekdays.includes(day as Weekday)))
    return [...before, { from, to, ...(days === undefined ? {} : { days: named as Weekday[] }) }];
  const [start, end] = [Date.parse(after ?? ''), Date.parse(until ?? '')];
  if (!Number.isNaN(start) && !Number.isNaN(end))
    return [...before, { after: new Date(start).toISOString(), before: new Date(end).toISOString() }];
  throw new CliError(
    `--blackout: "${text}" is no span of time`,
    `write "08:00-18:00", "sat,sun 00:00-00:00" (days: ${weekdays.join(', ')}) or "2026-12-20T00:00Z/2027-01-04T00:00Z"`,
    exitCodes.usage,
  );
}

interface SetOptions extends JobOptions {
  timeZone?: string;
  jitter?: number;
  blackout?: Blackout[];
  catchUp?: string;
  overlap?: string;
}

function registerList(verb: Command, context: Context): void {
  pageOptions(printsRows(verb))
    .addOption(new Option('--state <state>', 'default: all but removed ones').choices(scheduleStateSchema.options))
    .action(async ({ state, ...options }: PageOptions & { state?: string }, command: Command) => {
      const client = await clientFor(context, command);
      const page = (query: PageQuery) =>
        client.ask('/v1/schedules', schedulesSchema, { query: { ...query, ...given({ state }) } });
      await showPages(context, command, options, page, { text: schedulesText, listing: schedulesListing });
    });
}

function registerSet(verb: Command, context: Context): void {
  jobOptions(
    verb
      .command('set')
      .description('make one, or change it: its job is submitted whenever it is due')
      .argument('<name>', 'for example nightly')
      .argument('<cron>', 'minute, hour, day of month, month, day of week: "0 2 * * *" is every night at two'),
  )
    .option('--time-zone <zone>', 'of the IANA database: Europe/Berlin (default: UTC)')
    .option('--jitter <minutes>', 'submit each job up to so many minutes later, by chance', wholeNumber)
    .option(
      '--blackout <span>',
      'submit none then: "08:00-18:00", "sat,sun 00:00-00:00", "2026-12-20T00:00Z/2027-01-04T00:00Z" (repeatable)',
      blackout,
    )
    .addOption(
      new Option('--catch-up <rule>', 'when no coordinator ran: submit the latest that was missed, or none').choices(
        catchUpSchema.options,
      ),
    )
    .addOption(
      new Option('--overlap <rule>', 'while the job before runs: submit none, or the next one too').choices(
        overlapSchema.options,
      ),
    )
    .action(async (name: string, cron: string, options: SetOptions, command: Command) => {
      const client = await clientFor(context, command);
      const { timeZone, jitter, blackout: blackouts, catchUp, overlap } = options;
      const body = {
        job: specFrom(options),
        cron,
        ...given({ timeZone, jitterMinutes: jitter, blackouts, catchUp, overlap }),
      };
      show(
        context,
        command,
        await client.ask(pathOf(name), scheduleDetailSchema, { method: 'PUT', body }),
        scheduleText,
      );
    });
}

interface Act {
  name: string;
  about: string;
  ask: (client: ApiClient, name: string, note: string | undefined) => ReturnType<typeof acted>;
  noted?: boolean;
}

const acted = (client: ApiClient, path: string, method: 'POST' | 'DELETE' | 'GET', body?: object) =>
  client.ask(path, scheduleDetailSchema, { method, ...(body === undefined ? {} : { body }) });

const acts: readonly Act[] = [
  {
    name: 'show',
    about: 'one of them: its next times and its history',
    ask: (client, name) => acted(client, pathOf(name), 'GET'),
  },
  {
    ...{ name: 'pause', about: 'submit no more of its jobs for now', noted: true },
    ask: (client, name, note) => acted(client, `${pathOf(name)}/pause`, 'POST', given({ note })),
  },
  {
    ...{ name: 'resume', about: 'go on; what was due meanwhile is not made up for' },
    ask: (client, name) => acted(client, `${pathOf(name)}/resume`, 'POST', {}),
  },
  {
    ...{ name: 'remove', about: 'submit no more of its jobs; its history stays' },
    ask: (client, name) => acted(client, pathOf(name), 'DELETE'),
  },
];

export function registerSchedules(verb: Command, context: Context): void {
  registerList(verb, context);
  registerSet(verb, context);
  for (const { name, about, ask, noted = false } of acts) {
    const command = verb.command(name).description(about).argument('<name>', 'its name');
    if (noted) command.option('--note <text>', 'kept with it');
    command.action(async (asked: string, { note }: { note?: string }, own: Command) => {
      show(context, own, await ask(await clientFor(context, own), asked, note), scheduleText);
    });
  }
}
