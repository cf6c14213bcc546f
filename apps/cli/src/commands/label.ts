import { type Command, InvalidArgumentError } from 'commander';
import { jobViewSchema } from '#contracts';
import { findJobId, jobHelp } from '../client/find-id.js';
import { clientFor, type Context, show } from '../context.js';
import { jobText } from '../output/jobs.js';

type Changes = Record<string, string | null>;

/** Collects `name=value`, and `name-` for a label that is taken away. */
function changed(text: string, before: Changes = {}): Changes {
  const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { ...before, [name]: value };
  const [, gone] = /^([^=]+)-$/s.exec(text) ?? [];
  if (gone !== undefined) return { ...before, [gone]: null };
  throw new InvalidArgumentError('must be <name>=<value>, or <name>- to take the label away.');
}

export function registerLabel(verb: Command, context: Context): void {
  verb
    .argument('<job>', jobHelp)
    .argument('<labels...>', 'name=value sets a label of the job, name- takes it away', changed)
    .addHelpText(
      'after',
      '\nxf jobs --label team=kernel lists the jobs that have a label, xf runs --selector job.team=kernel their runs.\n' +
        'Hosts have theirs from the configuration of their worker, runs from xf annotate.',
    )
    .action(async (named: string, labels: Changes, _options: unknown, command: Command) => {
      const client = await clientFor(context, command);
      const path = `/v1/jobs/${encodeURIComponent(await findJobId(client, named))}/labels`;
      const job = await client.ask(path, jobViewSchema, { method: 'POST', body: { labels } });
      show(context, command, job, jobText);
    });
}
