import type { Command } from 'commander';
import { selectorNotes } from '#contracts';
import { clientFor, type Context, show, tellOn } from '../context.js';
import { hostsText, hostText } from '../output/hosts.js';
import { type PageOptions, nextPageHint, pageFor, pageOptions } from './paging.js';

export function registerHosts(verb: Command, context: Context): void {
  pageOptions(verb)
    .argument('[hostId]')
    .option(
      '--selector <selector>',
      'only hosts whose labels and boot state it matches, for example generation=Zen-3,smt=off',
    )
    .action(async (hostId: string | undefined, options: PageOptions & { selector?: string }, command: Command) => {
      const client = await clientFor(context, command);
      if (hostId === undefined) {
        const page = await pageFor(options, (query) => client.hosts({ selector: options.selector, ...query }));
        selectorNotes(options.selector ?? '').forEach(tellOn(context));
        show(context, command, page, (one) => hostsText(one.items) + nextPageHint(one));
        return;
      }
      const host = await client.host(hostId);
      show(context, command, host, hostText);
    });
}
