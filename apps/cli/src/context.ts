import type { Command } from 'commander';
import type { Machine } from '#noise-control';
import { ApiClient } from './client/api-client.js';
import { findConnection } from './client/connection.js';

/** What a command may use of the outside; tests give their own. */
export interface Context {
  /** The project's working tree: migrations, built apps, kernel sources. */
  root: string;
  /** Where `xf up` keeps its state. */
  dataDir: string;
  environment: NodeJS.ProcessEnv;
  /** What the bootstrap took, milliseconds by step. */
  setupMs: Record<string, number>;
  /** The machine that `xf doctor` looks at; absent: this one. */
  machine?: Machine;
  out: NodeJS.WritableStream;
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

/** Prints a value as one JSON document with --json, else in words. */
export function show(context: Context, command: Command, value: unknown, words: () => string): void {
  const { json } = command.optsWithGlobals<GlobalOptions>();
  context.out.write(json === true ? `${JSON.stringify(value)}\n` : `${words()}\n`);
}
