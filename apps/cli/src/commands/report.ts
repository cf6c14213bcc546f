import type { Command } from 'commander';
import { clientFor, type Context } from '../context.js';
import { askedBy, type CompareOptions, comparesSides } from './compare.js';
import { outOption, savePage } from './save-page.js';

export function registerReport(verb: Command, context: Context): void {
  comparesSides(verb)
    .requiredOption(...outOption)
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
        await savePage(context, command, { client, path: '/v1/compare/report', query, out: options.out });
      },
    );
}
