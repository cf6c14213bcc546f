import type { Command } from 'commander';
import { findJobId, jobHelp } from '../client/find-id.js';
import { clientFor, type Context, show } from '../context.js';
import { jobText } from '../output/jobs.js';

export function registerCancel(verb: Command, context: Context): void {
  verb
    .argument('<job>', jobHelp)
    .option('--reason <text>', 'kept with the job')
    .action(async (named: string, options: { reason?: string }, command: Command) => {
      const client = await clientFor(context, command);
      const job = await client.cancelJob(await findJobId(client, named), options.reason);
      show(context, command, job, jobText);
    });
}
