import { type Command, Option } from 'commander';
import type { Page } from '#contracts';
import { allPages } from '../client/all-pages.js';
import type { PageQuery } from '../client/api-client.js';
import { wholeNumber } from './arguments.js';

export interface PageOptions {
  limit?: number;
  cursor?: string;
  all?: boolean;
}

export function pageOptions(command: Command): Command {
  return command
    .option('--limit <n>', 'items on a page', wholeNumber)
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
