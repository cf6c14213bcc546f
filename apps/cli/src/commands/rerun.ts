import type { Command } from 'commander';
import { findJobId, jobHelp } from '../client/find-id.js';
import { freeName } from '../client/free-name.js';
import { clientFor, type Context } from '../context.js';
import { given, wholeNumber } from './arguments.js';
import { submitSpec } from './submit.js';

interface RerunOptions {
  seed?: number;
  name?: string;
  watch?: boolean;
}

export function registerRerun(verb: Command, context: Context): void {
  verb
    .argument('<job>', jobHelp)
    .option('--seed <n>', 'of the new job (default: from its id, so that simulated runs are new ones too)', wholeNumber)
    .option('--name <text>', 'its name (default: that of the job with “rerun” behind it)')
    .option('--watch', 'follow the new job until it ends')
    .addHelpText('after', '\nIts selector is read again: hosts that came since then are measured too, others no more.')
    .action(async (named: string, options: RerunOptions, command: Command) => {
      const client = await clientFor(context, command);
      const { spec, labels } = await client.job(await findJobId(client, named), { exact: true });
      const { seed: _former, labels: _first, ...rest } = spec;
      const { seed, watch } = options;
      const name = options.name ?? (spec.name === undefined ? undefined : await freeName(client, spec.name, 'rerun'));
      const again = { ...rest, ...given({ seed, name }), ...(Object.keys(labels).length === 0 ? {} : { labels }) };
      await submitSpec(context, command, client, { spec: again, watch: watch === true });
    });
}
