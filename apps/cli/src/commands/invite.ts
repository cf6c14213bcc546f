import { type Command, Option } from 'commander';
import { invitationViewSchema, type InvitationView, type Labels, madeInvitationSchema, pageOf } from '#contracts';
import { allPages } from '../client/all-pages.js';
import type { ApiClient, PageQuery } from '../client/api-client.js';
import { findAmong } from '../client/find-id.js';
import { request } from '../client/http.js';
import { clientFor, type Context, show } from '../context.js';
import { invitationsListing, invitationsText } from '../output/invitations.js';
import { printsRows } from '../output-option.js';
import { given, labelled } from './arguments.js';
import { type PageOptions, pageOptions, showPages } from './paging.js';

interface InviteOptions {
  host?: string;
  label?: Labels;
  validFor?: string;
  revoke?: string;
}

const invitations = (client: ApiClient) => (query: PageQuery) =>
  client.ask('/v1/invitations', pageOf(invitationViewSchema), { query: { ...query } });

async function findInvitation(client: ApiClient, named: string): Promise<InvitationView> {
  const all: InvitationView[] = [];
  for await (const one of allPages(invitations(client))) all.push(one);
  return findAmong(all, named, {
    ...{ what: 'invitation', listing: 'xf hosts invitations' },
    idOf: ({ invitationId }) => invitationId,
    nameOf: ({ hostId }) => hostId ?? '',
    aboutOf: ({ createdAt, state, hostId }) => `${createdAt} ${state} ${hostId ?? 'any host'}`,
  });
}

/** `xf hosts invite`. Standard output has the one line that the machine to join must run. */
export function registerInvite(hosts: Command, context: Context): void {
  const verb = hosts
    .command('invite')
    .description('print the line with which a machine joins as a worker, once; or revoke an invitation');
  verb
    .option('--host <host>', 'the only name under which it may join; also one that a machine had that is gone')
    .option('--label <name=value>', 'repeatable; what its host is labelled with', labelled)
    .option('--valid-for <time>', 'how long it may be used: 30m, 8h, 7d; 1h when left out')
    .addOption(
      new Option('--revoke <invitation>', 'revoke one: its id or any unique ending of it').conflicts([
        'host',
        'label',
        'validFor',
      ]),
    )
    .action(async ({ host, label, validFor, revoke }: InviteOptions, command: Command) => {
      const client = await clientFor(context, command);
      if (revoke !== undefined) {
        const { invitationId } = await findInvitation(client, revoke);
        await request(client.connection, `/v1/invitations/${invitationId}`, { method: 'DELETE' });
        return show(context, command, { invitationId, revoked: true }, () => `invitation ${invitationId} is revoked`);
      }
      const body = given({ hostId: host, labels: label, validFor });
      const made = await client.ask('/v1/invitations', madeInvitationSchema, { method: 'POST', body });
      const line = `xperf-worker join ${made.url ?? client.connection.url} ${made.token}`;
      show(context, command, { ...made, command: line }, () => line);
      context.err.write(`run it as root on the machine; it is good once, until ${made.expiresAt}\n`);
    });
}

/** `xf hosts invitations` */
export function registerInvitations(hosts: Command, context: Context): void {
  const verb = hosts.command('invitations').description('list invitations, newest first');
  pageOptions(printsRows(verb)).action(async (options: PageOptions, command: Command) => {
    const texts = { text: invitationsText, listing: invitationsListing };
    await showPages(context, command, options, invitations(await clientFor(context, command)), texts);
  });
}
