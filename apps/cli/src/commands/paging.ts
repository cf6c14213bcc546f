import { type Command, Option } from 'commander';
import { defaultPageSize, limits, type Page } from '#contracts';
import { allPages } from '../client/all-pages.js';
import type { PageQuery } from '../client/api-client.js';
import { type Context, type GlobalOptions, show } from '../context.js';
import type { Look } from '../output/columns.js';
import { legibleValue } from '../output/legible.js';
import { type Listing, type RowFormat, rowsOfATerminal, rowsText } from '../output/listing.js';
import { wholeNumber } from './arguments.js';

export interface PageOptions {
  limit?: number;
  cursor?: string;
  all?: boolean;
}

export function pageOptions(command: Command): Command {
  return command
    .option(
      '--limit <n>',
      `items on a page, at most ${limits.pageSize} (${rowsOfATerminal} in words, else ${defaultPageSize})`,
      wholeNumber,
    )
    .option('--cursor <cursor>', 'the next page, as given by the page before')
    .addOption(new Option('--all', 'every page, or every row').conflicts(['limit', 'cursor']));
}

/** The page that the options ask for, or all of them as one. */
export async function pageFor<T>(
  { limit, cursor, all }: PageOptions,
  listing: (query: PageQuery) => Promise<Page<T>>,
): Promise<Page<T>> {
  if (all !== true) return listing({ limit, cursor });
  const items: T[] = [];
  for await (const item of allPages(listing)) items.push(item);
  return { items, nextCursor: null };
}

export function nextPageHint({ nextCursor }: Page<unknown>): string {
  return nextCursor === null ? '' : `\nmore: --cursor ${nextCursor}, or --all`;
}

interface Shown<T> {
  text: (items: readonly T[], look: Look) => string;
  listing: (items: readonly T[]) => Listing<T>;
}

const isStreamed = (output: GlobalOptions['output']): output is RowFormat =>
  output === 'name' || output === 'csv' || output === 'markdown';

/** Shows the page that the options ask for. With --all, rows are printed page by page as they come, where widths need not be known first. */
export async function showPages<T>(
  context: Context,
  command: Command,
  options: PageOptions,
  listing: (query: PageQuery) => Promise<Page<T>>,
  shown: Shown<T>,
): Promise<void> {
  const { json, output = 'table' } = command.optsWithGlobals<GlobalOptions>();
  if (options.all !== true || json === true || !isStreamed(output)) {
    const isRead = json !== true && (output === 'table' || output === 'wide');
    const page = await pageFor(isRead ? { limit: rowsOfATerminal, ...options } : options, listing);
    show(
      ...([context, command, page] as const),
      (one, look) => shown.text(one.items, look) + nextPageHint(one),
      (one) => shown.listing(one.items),
    );
    return;
  }
  let cursor: string | null | undefined;
  for (let headed = true; cursor !== null; headed = false) {
    const page = await listing({ limit: limits.pageSize, cursor });
    const text = rowsText(shown.listing(legibleValue(page.items)), output, headed);
    if (text !== '') context.out.write(`${text}\n`);
    cursor = page.nextCursor;
  }
}
