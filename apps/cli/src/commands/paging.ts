import type { Command } from 'commander';
import type { Page } from '#contracts';
import { wholeNumber } from './arguments.js';

export interface PageOptions {
  limit?: number;
  cursor?: string;
}

export function pageOptions(command: Command): Command {
  return command
    .option('--limit <n>', 'items on a page', wholeNumber)
    .option('--cursor <cursor>', 'the next page, as the page before names it');
}

export function nextPageHint({ nextCursor }: Page<unknown>): string {
  return nextCursor === null ? '' : `\nmore: --cursor ${nextCursor}`;
}
