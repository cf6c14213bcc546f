import { open } from 'node:fs/promises';
import type { Command } from 'commander';
import { count } from '#wording';
import { request } from '../client/http.js';
import { CliError } from '../cli-error.js';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { askedBy, type CompareOptions, comparesSides } from './compare.js';

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

export function registerReport(verb: Command, context: Context): void {
  comparesSides(verb)
    .requiredOption('--out <file>', 'the page to write; a file that is there is not overwritten')
    .action(
      async (
        first: string | undefined,
        second: string | undefined,
        options: CompareOptions & { out: string },
        command: Command,
      ) => {
        const client = await clientFor(context, command);
        const { question, by } = await askedBy(client, [first, second], options);
        const query = { ...question, ...(by === undefined ? {} : { by }) };
        const reply = await request(client.connection, '/v1/compare/report', { query });
        const html = await reply.text();
        await write(options.out, html);
        const done = { file: options.out, bytes: Buffer.byteLength(html) };
        show(context, command, done, ({ file, bytes }) => `${count(bytes)} bytes written to ${file}`);
      },
    );
}
