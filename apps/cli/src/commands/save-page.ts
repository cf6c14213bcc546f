import { open } from 'node:fs/promises';
import type { Command } from 'commander';
import { count } from '#wording';
import type { ApiClient } from '../client/api-client.js';
import { request, type RequestOptions } from '../client/http.js';
import { CliError } from '../cli-error.js';
import { type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';

export const outOption = ['--out <file>', 'the page to write; a file that is there is not overwritten'] as const;

/** @throws CliError (usage) when the file is there already, or can't be written */
async function write(file: string, text: string): Promise<void> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(text).finally(() => handle.close());
  } catch (error) {
    const there = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new CliError(
      there ? `${file} is there already` : `can't write ${file}: ${(error as Error).message}`,
      'choose another --out',
      exitCodes.usage,
    );
  }
}

/** Writes what the API answers as an HTML page into a file, and says so. */
export async function savePage(
  context: Context,
  command: Command,
  {
    client,
    path,
    query = {},
    out,
  }: { client: ApiClient; path: string; query?: NonNullable<RequestOptions['query']>; out: string },
): Promise<void> {
  const reply = await request(client.connection, path, { query });
  const html = await reply.text();
  await write(out, html);
  const done = { file: out, bytes: Buffer.byteLength(html) };
  show(context, command, done, ({ file, bytes }) => `${count(bytes)} bytes written to ${file}`);
}
