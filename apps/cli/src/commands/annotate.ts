import type { Command } from 'commander';
import { type Labels, runDetailSchema } from '#contracts';
import { findRunId, runHelp } from '../client/find-id.js';
import { CliError } from '../cli-error.js';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { runText } from '../output/runs.js';
import { labelled } from './arguments.js';

export function registerAnnotate(verb: Command, context: Context): void {
  verb
    .argument('<run>', runHelp)
    .option('--note <text>', 'added to the existing notes')
    .option('--label <name=value>', 'repeatable; replaces its former value', labelled)
    .action(async (named: string, { note, label }: { note?: string; label?: Labels }, command: Command) => {
      if (note === undefined && label === undefined) {
        throw new CliError(
          'nothing to add to the run',
          'give --note <text> or --label <name>=<value>',
          exitCodes.usage,
        );
      }
      const client = await clientFor(context, command);
      const path = `/v1/runs/${encodeURIComponent(await findRunId(client, named))}/annotations`;
      const run = await client.ask(path, runDetailSchema, { method: 'POST', body: { note, labels: label } });
      show(context, command, run, runText);
    });
}
