import type { z } from 'zod';
import type { keyViewSchema } from '#contracts';
import { none } from '#wording';
import { type Column, type Look, plainLook } from './columns.js';
import { shortId, time } from './format.js';
import { type Listing, tableText } from './listing.js';

export type KeyView = z.infer<typeof keyViewSchema>;

const columns: readonly Column<KeyView>[] = [
  { head: 'key', of: ({ keyId }) => shortId(keyId), raw: ({ keyId }) => keyId },
  { head: 'name', of: ({ name }) => name, cut: true },
  { head: 'role', of: ({ role }) => role },
  { head: 'created', of: ({ createdAt }) => time(createdAt), raw: ({ createdAt }) => createdAt },
  {
    ...{ head: 'revoked', raw: ({ revokedAt }: KeyView) => revokedAt },
    of: ({ revokedAt }) => (revokedAt === null ? none : time(revokedAt)),
  },
];

export const keysListing = (rows: readonly KeyView[]): Listing<KeyView> => ({
  ...{ columns, rows, name: ({ keyId }) => keyId },
});

export function keysText(keys: readonly KeyView[], look: Look = plainLook): string {
  return keys.length === 0 ? 'no keys' : tableText(keysListing(keys), look);
}
