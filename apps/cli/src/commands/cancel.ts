import type { Command } from 'commander';
import { clientFor, type Context, show } from '../context.js';
import { jobText } from '../output/jobs.js';

export function registerCancel(verb: Command, context: Context): void {
  verb
    .argument('<jobId>')
    .option('--reason <text>', 'kept with the job')
    .action(async (jobId: string, options: { reason?: string }, command: Command) => {
      const client = await clientFor(context, command);
      const job = await client.cancelJob(jobId, options.reason);
      show(context, command, job, jobText);
    });
}
