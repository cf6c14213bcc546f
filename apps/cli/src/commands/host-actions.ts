import type { Command } from 'commander';
import { type HostAction, hostActionReplySchema, hostActionSchema } from '#contracts';
import { CliError } from '../cli-error.js';
import { clientFor, type Context, show } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { hostActionText } from '../output/host-actions.js';
import { given } from './arguments.js';

const descriptions: Readonly<Record<HostAction, string>> = {
  drain: 'take no new runs; the one under way ends',
  undrain: 'put draining hosts back into service; runs that waited go on',
  quarantine: 'take no runs, because something is wrong with them; only release ends it',
  release: 'end the quarantine of hosts',
  remove: 'take hosts out of the fleet: jobs don’t find them, waiting runs are given up, their history stays',
  restore: 'bring removed hosts back',
};

interface ActionOptions {
  selector?: string;
  reason: string;
}

/** `xf hosts drain` and the like, each of them on hosts that are named or selected. */
export function registerHostActions(hosts: Command, context: Context): void {
  for (const action of hostActionSchema.options) {
    hosts
      .command(action)
      .description(descriptions[action])
      .argument('[host...]', 'ids of hosts')
      .option('--selector <selector>', 'the hosts that it matches instead, for example rack=r7')
      .requiredOption('--reason <text>', 'why; kept with the host’s events')
      .action(async (named: string[], { selector, reason }: ActionOptions, command: Command) => {
        if ((named.length === 0) === (selector === undefined)) {
          throw new CliError(
            named.length === 0 ? 'no host is named' : 'hosts are named and selected',
            `give either the ids of hosts, or --selector: xf hosts ${action} r7-h1 --reason 'new DIMMs'`,
            exitCodes.usage,
          );
        }
        const client = await clientFor(context, command);
        const body = { action, reason, ...given({ selector, hosts: named.length === 0 ? undefined : named }) };
        const reply = await client.ask('/v1/host-actions', hostActionReplySchema, { method: 'POST', body });
        show(context, command, reply, hostActionText);
        if (reply.refused.length > 0) context.exitCode = exitCodes.refused;
      });
  }
}
