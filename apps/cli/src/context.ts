import type { Command } from 'commander';
import pc from 'picocolors';
import type { Machine } from '#noise-control';
import { ApiClient } from './client/api-client.js';
import { findConnection } from './client/connection.js';
import { legibleJson, legibleLines, legibleValue } from './output/legible.js';

/** What a command may use of the outside; tests give their own. */
export interface Context {
  /** The project's working tree: migrations, built apps, kernel sources. */
  root: string;
  /** This release, from package.json. */
  version: string;
  /** Where `xf up` keeps its state. */
  dataDir: string;
  environment: NodeJS.ProcessEnv;
  /** What the bootstrap took, milliseconds by step. */
  setupMs: Record<string, number>;
  /** The machine that `xf doctor` looks at; absent: this one. */
  machine?: Machine;
  out: NodeJS.WritableStream & { isTTY?: boolean };
  err: NodeJS.WritableStream & { isTTY?: boolean };
  /** Set by a command whose work was done but whose subject failed. */
  exitCode: number;
}

export interface GlobalOptions {
  url?: string;
  key?: string;
  json?: boolean;
}

export async function clientFor(context: Context, command: Command): Promise<ApiClient> {
  const { url, key } = command.optsWithGlobals<GlobalOptions>();
  return new ApiClient(await findConnection({ url, key }, context.environment, context.dataDir));
}

/** Prints a value as one JSON document with --json, else in words, for which every text in it is made legible. */
export function show<T>(context: Context, command: Command, value: T, words: (value: T) => string): void {
  const { json } = command.optsWithGlobals<GlobalOptions>();
  context.out.write(json === true ? `${legibleJson(value)}\n` : `${words(legibleValue(value))}\n`);
}

/** Tells on standard error what goes on; `line` may have several lines, but what it quotes can't make more of them. */
export function tellOn({ err }: Context): (line: string) => void {
  return (line) => void err.write(`${pc.dim('·')} ${legibleLines(line)}\n`);
}
