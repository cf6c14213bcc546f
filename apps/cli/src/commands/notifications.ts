import { text as textOf } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import {
  causeNames,
  messagesSchema,
  messageStateSchema,
  messageViewSchema,
  type MessageView,
  notificationFormats,
  replayedMessagesSchema,
  type RouteDetail,
  routeDetailSchema,
  routesSchema,
  routeStateSchema,
  type RouteWithSecret,
  routeWithSecretSchema,
} from '#contracts';
import { CliError } from '../cli-error.js';
import { allPages } from '../client/all-pages.js';
import type { ApiClient, PageQuery } from '../client/api-client.js';
import { findAmong } from '../client/find-id.js';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import {
  messagesListing,
  messagesText,
  routesListing,
  routesText,
  routeText,
  testText,
} from '../output/notifications.js';
import { printsRows } from '../output-option.js';
import { given, list } from './arguments.js';
import { type PageOptions, pageOptions, showPages } from './paging.js';

const pathOf = (name: string): string => `/v1/notification-routes/${encodeURIComponent(name)}`;

/** @throws CliError (usage) naming the states that there are: those of routes are others than those of messages. */
function refuseUnknown(state: string | undefined, states: readonly string[]): void {
  if (state === undefined || states.includes(state)) return;
  throw new CliError(`--state: "${state}" is not a state here`, `there are ${states.join(', ')}`, exitCodes.usage);
}

function registerList(verb: Command, context: Context): void {
  pageOptions(printsRows(verb))
    .option('--state <state>', `${routeStateSchema.options.join(', ')} (all but removed ones)`)
    .action(async ({ state, ...options }: PageOptions & { state?: string }, command: Command) => {
      refuseUnknown(state, routeStateSchema.options);
      const client = await clientFor(context, command);
      const page = (query: PageQuery) =>
        client.ask('/v1/notification-routes', routesSchema, { query: { ...query, ...given({ state }) } });
      await showPages(context, command, options, page, { text: routesText, listing: routesListing });
    });
}

/** A secret that is told once goes to standard error, so that what is piped on does not hold it. */
function showWithSecret(context: Context, command: Command, reply: RouteWithSecret): void {
  show(context, command, reply, routeText);
  if (reply.secret !== null && command.optsWithGlobals<{ json?: boolean }>().json !== true)
    context.err.write(`messages are signed with ${reply.secret}; it is shown this once\n`);
}

interface SetOptions {
  to?: string;
  format: string;
  cause?: string[];
  selector?: string;
  groupBy?: string;
}

function registerSet(verb: Command, context: Context): void {
  verb
    .command('set')
    .description('make one, or change it: messages are posted to its URL')
    .argument('<name>', 'for example ops-slack')
    .addOption(
      new Option('--format <format>', 'what takes them')
        .choices(Object.keys(notificationFormats))
        .makeOptionMandatory(),
    )
    // Not --url, which is the coordinator's wherever it stands: it, and the key with it, would go to the receiver.
    .option('--to <url>', 'where to; - reads it from standard input. May be left out of one that has one')
    .option('--cause <causes>', `of what, separated by commas: ${causeNames.join(', ')} (default: all)`, list)
    .option('--selector <expression>', 'only what concerns these hosts: rack=r7 (default: *)')
    .option('--group-by <label>', 'hosts with the same value of it are one message (default: rack)')
    .action(async (name: string, { to, format, cause, selector, groupBy }: SetOptions, command: Command) => {
      const client = await clientFor(context, command);
      const given_ = given({ url: to === '-' ? (await textOf(process.stdin)).trim() : to, causes: cause });
      const body = { format, ...given_, ...given({ selector, groupBy }) };
      const reply = await client.ask(pathOf(name), routeWithSecretSchema, { method: 'PUT', body });
      showWithSecret(context, command, reply);
    });
  verb
    .command('rotate-secret')
    .description('sign with a new secret; for a day with the one before, too')
    .argument('<name>', 'its name')
    .action(async (name: string, _options: unknown, command: Command) => {
      const client = await clientFor(context, command);
      const asked = { method: 'POST' } as const;
      showWithSecret(context, command, await client.ask(`${pathOf(name)}/rotate`, routeWithSecretSchema, asked));
    });
}

interface Act {
  name: string;
  about: string;
  ask: (client: ApiClient, path: string, note: string | undefined) => Promise<RouteDetail>;
}

const acts: readonly Act[] = [
  {
    ...{ name: 'show', about: 'one of them: how its messages stand, and its history' },
    ask: (client, path) => client.ask(path, routeDetailSchema),
  },
  {
    ...{ name: 'pause', about: 'post nothing for now; messages that wait are dropped' },
    ask: (client, path, note) =>
      client.ask(`${path}/pause`, routeDetailSchema, { method: 'POST', body: given({ note }) }),
  },
  {
    ...{ name: 'resume', about: 'go on; what is so by now and was not told is told' },
    ask: (client, path) => client.ask(`${path}/resume`, routeDetailSchema, { method: 'POST' }),
  },
  {
    ...{ name: 'remove', about: 'post nothing more; its history and its messages stay' },
    ask: (client, path) => client.ask(path, routeDetailSchema, { method: 'DELETE' }),
  },
];

function registerTest(verb: Command, context: Context): void {
  verb
    .command('test')
    .description('send a test now, once; exit code 1 unless it arrives')
    .argument('<name>', 'its name')
    .action(async (name: string, _options: unknown, command: Command) => {
      const client = await clientFor(context, command);
      const tested = await client.ask(`${pathOf(name)}/test`, messageViewSchema, { method: 'POST' });
      show(context, command, tested, testText);
      if (tested.state !== 'delivered') context.exitCode = exitCodes.failed;
    });
}

interface LogOptions extends PageOptions {
  route?: string;
  state?: string;
  cause?: string;
}

const messages = (client: ApiClient, asked: Omit<LogOptions, keyof PageOptions>) => (query: PageQuery) =>
  client.ask('/v1/notifications', messagesSchema, { query: { ...query, ...given({ ...asked }) } });

function registerLog(verb: Command, context: Context): void {
  pageOptions(printsRows(verb.command('log').description('messages, newest first, and what became of them')))
    .option('--route <name>', 'only those of this route')
    .option('--state <state>', `only those in this state: ${messageStateSchema.options.join(', ')}`)
    .addOption(new Option('--cause <cause>', 'only those about this').choices(causeNames))
    .action(async ({ route, state, cause, ...options }: LogOptions, command: Command) => {
      refuseUnknown(state, messageStateSchema.options);
      const page = messages(await clientFor(context, command), given({ route, state, cause }));
      await showPages(context, command, options, page, { text: messagesText, listing: messagesListing });
    });
}

/** The message that a person names, among the newest ones. */
async function findMessage(client: ApiClient, named: string): Promise<string> {
  const all: MessageView[] = [];
  for await (const message of allPages(messages(client, {}))) {
    all.push(message);
    if (message.messageId.endsWith(named) && named.length >= 12) break;
  }
  const found = findAmong(all, named, {
    ...{ what: 'message', listing: 'xf notifications log' },
    idOf: ({ messageId }) => messageId,
    nameOf: () => '',
    aboutOf: ({ madeAt, title }) => `${madeAt} ${title}`,
  });
  return found.messageId;
}

function registerReplay(verb: Command, context: Context): void {
  verb
    .command('replay')
    .description('send messages again, under the ids that they had')
    .argument('[messages...]', 'their ids, or unique endings of them')
    .option('--route <name>', 'all of this route that were given up')
    .action(async (named: string[], { route }: { route?: string }, command: Command) => {
      if (named.length > 0 === (route !== undefined))
        throw new CliError('name messages, or a route', 'xf notifications log lists both', exitCodes.usage);
      const client = await clientFor(context, command);
      const messageIds: string[] = [];
      for (const one of named) messageIds.push(await findMessage(client, one));
      const body = route === undefined ? { messageIds } : { route };
      const asked = { method: 'POST', body } as const;
      const reply = await client.ask('/v1/notifications/replay', replayedMessagesSchema, asked);
      show(context, command, reply, ({ replayed }) =>
        replayed.length === 0 ? 'none was given up' : `sent again: ${replayed.length}`,
      );
    });
}

export function registerNotifications(verb: Command, context: Context): void {
  registerList(verb, context);
  registerSet(verb, context);
  for (const { name, about, ask } of acts) {
    const command = verb.command(name).description(about).argument('<name>', 'its name');
    if (name === 'pause') command.option('--note <text>', 'kept with it');
    command.action(async (asked: string, { note }: { note?: string }, own: Command) => {
      show(context, own, await ask(await clientFor(context, own), pathOf(asked), note), routeText);
    });
  }
  registerTest(verb, context);
  registerLog(verb, context);
  registerReplay(verb, context);
}
