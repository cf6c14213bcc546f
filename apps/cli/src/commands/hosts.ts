import type { Command } from 'commander';
import { clientFor, type Context, show } from '../context.js';
import { hostsText, hostText } from '../output/hosts.js';
import { type PageOptions, nextPageHint, pageOptions } from './paging.js';

export function registerHosts(program: Command, context: Context): void {
  pageOptions(program.command('hosts'))
    .description('list hosts, or show one with its boot state')
    .argument('[hostId]')
    .action(async (hostId: string | undefined, options: PageOptions, command: Command) => {
      const client = await clientFor(context, command);
      if (hostId === undefined) {
        const page = await client.hosts(options);
        show(context, command, page, (one) => hostsText(one.items) + nextPageHint(one));
        return;
      }
      const host = await client.host(hostId);
      show(context, command, host, hostText);
    });
}
