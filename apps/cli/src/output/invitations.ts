import type { InvitationView } from '#contracts';
import { none } from '#wording';
import { type Column, type Look, plainLook } from './columns.js';
import { shortId, time } from './format.js';
import { type Listing, tableText } from './listing.js';

const labelsOf = ({ labels }: InvitationView): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');

const columns: readonly Column<InvitationView>[] = [
  { head: 'invitation', of: ({ invitationId }) => shortId(invitationId), raw: ({ invitationId }) => invitationId },
  { head: 'state', of: ({ state }) => state },
  { head: 'host', of: ({ hostId }) => hostId ?? none, raw: ({ hostId }) => hostId, cut: true },
  { head: 'labels', of: (one) => labelsOf(one) || none, raw: labelsOf, cut: true },
  { head: 'expires', of: ({ expiresAt }) => time(expiresAt), raw: ({ expiresAt }) => expiresAt },
  {
    ...{ head: 'key', raw: ({ keyId }: InvitationView) => keyId },
    of: ({ keyId }) => (keyId === null ? none : shortId(keyId)),
  },
];

export const invitationsListing = (rows: readonly InvitationView[]): Listing<InvitationView> => ({
  ...{ columns, rows, name: ({ invitationId }) => invitationId },
});

export function invitationsText(rows: readonly InvitationView[], look: Look = plainLook): string {
  return rows.length === 0 ? 'no invitations' : tableText(invitationsListing(rows), look);
}
