import { type Command, Option } from 'commander';
import { hostStateSchema, selectorNotes } from '#contracts';
import { clientFor, type Context, show, tellOn } from '../context.js';
import { hostsListing, hostsText, hostText } from '../output/hosts.js';
import { registerHostActions } from './host-actions.js';
import { printsRows } from '../output-option.js';
import { registerInvitations, registerInvite } from './invite.js';
import { type PageOptions, pageOptions, showPages } from './paging.js';

interface HostsOptions extends PageOptions {
  selector?: string;
  state?: string;
}

export function registerHosts(verb: Command, context: Context): void {
  registerInvite(verb, context);
  registerInvitations(verb, context);
  pageOptions(printsRows(verb))
    .argument('[hostId]')
    .option(
      '--selector <selector>',
      'only hosts whose labels and boot state it matches, for example generation=Zen-3,smt=off',
    )
    .addOption(
      new Option('--state <state>', 'only hosts in this state; left out, all but removed ones').choices(
        hostStateSchema.options,
      ),
    )
    .action(async (hostId: string | undefined, options: HostsOptions, command: Command) => {
      const client = await clientFor(context, command);
      if (hostId === undefined) {
        selectorNotes(options.selector ?? '').forEach(tellOn(context));
        return showPages(
          ...([context, command, options] as const),
          (query) => client.hosts({ selector: options.selector, state: options.state, ...query }),
          { text: hostsText, listing: hostsListing },
        );
      }
      const host = await client.host(hostId);
      show(context, command, host, hostText, (one) => hostsListing([one]));
    });
  registerHostActions(verb, context);
}
