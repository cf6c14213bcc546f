import { setTimeout as pause } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { type EventView, eventViewSchema, type Page, pageOf } from '#contracts';
import type { ApiClient, PageQuery } from '../client/api-client.js';
import { clientFor, type Context, type GlobalOptions, tellOn } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { eventLine, eventsListing, eventsText } from '../output/events.js';
import { legibleJson, legibleValue } from '../output/legible.js';
import { printsRows } from '../output-option.js';
import { untilSignal } from '../up/until-signal.js';
import { given, list } from './arguments.js';
import { type PageOptions, pageOptions, showPages } from './paging.js';

/** How often a follower asks for what is new. */
const askEveryMs = 1_000;

interface EventsOptions extends PageOptions {
  type?: string[];
  stream?: string;
  oldest?: boolean;
  follow?: boolean;
}

interface Asked extends Record<string, string | undefined> {
  type?: string;
  stream?: string;
}

const ask = (
  client: ApiClient,
  query: Asked & { order: string },
  { limit, cursor }: PageQuery,
): Promise<Page<EventView>> =>
  client.ask('/v1/events', pageOf(eventViewSchema), { query: { ...query, limit, after: cursor } });

/** Events as they are appended from now on, until Ctrl-C. */
async function* following(client: ApiClient, query: Asked, signal: AbortSignal): AsyncGenerator<EventView> {
  const placeOf = ({ at }: EventView): string => `${at.xid}:${at.position}`;
  // Of all types: the place from which on all is new.
  const [newest] = (await ask(client, { order: 'newest' }, { limit: 1 })).items;
  let cursor = newest === undefined ? undefined : placeOf(newest);
  while (!signal.aborted) {
    const { items, nextCursor } = await ask(client, { ...query, order: 'oldest' }, { cursor });
    yield* items;
    const last = items.at(-1);
    cursor = nextCursor ?? (last === undefined ? cursor : placeOf(last));
    if (nextCursor === null) await pause(askEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function follow(context: Context, command: Command, client: ApiClient, query: Asked): Promise<void> {
  const json = command.optsWithGlobals<GlobalOptions>().json === true;
  const until = untilSignal();
  tellOn(context)('what is new is printed as it comes, until Ctrl-C');
  try {
    for await (const event of following(client, query, until.signal)) {
      context.out.write(`${json ? legibleJson(event) : eventLine(legibleValue(event))}\n`);
    }
  } finally {
    until.release();
  }
  context.exitCode = exitCodes.interrupted;
}

export function registerEvents(verb: Command, context: Context): void {
  pageOptions(printsRows(verb))
    .option('--type <types>', 'only these: RunFailed,JobSubmitted', list)
    .option('--stream <stream>', 'only those of one stream: job-…, run-…, host-…')
    .option('--oldest', 'the oldest first')
    .addOption(
      new Option('--follow', 'what is appended from now on, a line each (with --json a document a line)').conflicts([
        ...['limit', 'cursor', 'all', 'oldest'],
      ]),
    )
    .action(async ({ type, stream, oldest, follow: followed, ...options }: EventsOptions, command: Command) => {
      const client = await clientFor(context, command);
      const query: Asked = given({ type: type?.join(','), stream });
      if (followed === true) return follow(context, command, client, query);
      const order = oldest === true ? 'oldest' : 'newest';
      await showPages(context, command, options, (page) => ask(client, { ...query, order }, page), {
        ...{ text: eventsText, listing: eventsListing },
      });
    });
}
