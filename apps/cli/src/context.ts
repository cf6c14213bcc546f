import type { Command } from 'commander';
import type { Machine } from '#noise-control';
import { ApiClient } from './client/api-client.js';
import { findConnection } from './client/connection.js';
import { coloursOn } from './output/colours.js';
import type { Look } from './output/columns.js';
import { legibleJson, legibleLines, legibleValue } from './output/legible.js';
import { within } from './output/narrow.js';
import { type Listing, type RowFormat, rowsText } from './output/listing.js';

/** What a command may use of the outside; tests give their own. */
export interface Context {
  /** The project's working tree: migrations, built apps, kernel sources. */
  root: string;
  /** Whether it is the program by itself, without the project's tree (npm run package). */
  packaged?: boolean;
  /** This release, from package.json. */
  version: string;
  /** Where `xf up` keeps its state. */
  dataDir: string;
  environment: NodeJS.ProcessEnv;
  /** What the bootstrap took, milliseconds by step. */
  setupMs: Record<string, number>;
  /** The machine that `xf doctor` looks at; absent: this one. */
  machine?: Machine;
  out: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  err: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  /** Set by a command whose work was done but whose subject failed. */
  exitCode: number;
}

export interface GlobalOptions {
  url?: string;
  key?: string;
  json?: boolean;
  /** Of a command that has rows; `json` stands for --json everywhere. */
  output?: 'table' | 'wide' | 'json' | RowFormat;
}

export async function clientFor(context: Context, command: Command): Promise<ApiClient> {
  const { url, key } = command.optsWithGlobals<GlobalOptions>();
  const connection = await findConnection({ url, key }, context.environment, context.dataDir);
  return new ApiClient(context.err.isTTY === true ? { ...connection, tell: tellOn(context) } : connection);
}

/** The look of what goes to standard output. */
function lookOf({ out, environment }: Context, wide: boolean): Look {
  const width = out.isTTY === true && out.columns !== undefined ? Math.max(1, out.columns) : null;
  return { wide, width, paint: coloursOn(out, environment) };
}

/** Prints a value as one JSON document with --json, else in words, for which every text in it is made legible. */
export function show<T, Row>(
  context: Context,
  command: Command,
  value: T,
  words: (value: T, look: Look) => string,
  listing?: (value: T) => Listing<Row>,
): void {
  const { json, output = 'table' } = command.optsWithGlobals<GlobalOptions>();
  if (json === true) {
    context.out.write(`${legibleJson(value)}\n`);
    return;
  }
  if (listing === undefined || output === 'table' || output === 'wide' || output === 'json') {
    const look = lookOf(context, output === 'wide');
    const text = words(legibleValue(value), look);
    context.out.write(`${look.wide || look.width === null ? text : within(text, look.width)}\n`);
    return;
  }
  const text = rowsText(listing(legibleValue(value)), output);
  if (text !== '') context.out.write(`${text}\n`);
}

/** Tells on standard error what goes on; `line` may have several lines, but what it quotes can't make more of them. */
export function tellOn({ err, environment }: Context): (line: string) => void {
  return (line) => void err.write(`${coloursOn(err, environment).dim('·')} ${legibleLines(line)}\n`);
}
