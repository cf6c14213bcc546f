import { timingSafeEqual } from 'node:crypto';
import { roleSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import type { Actor } from '../http/request-context.js';
import { hashKey } from './api-key.js';

interface ConfiguredKeys {
  localKey: string | null;
  bootstrapAdminKeyHash: string | null;
}

const sameHash = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** An admin key that somebody made and nobody revoked. */
async function hasMadeAdminKey(db: PrismaClient): Promise<boolean> {
  return (await db.apiKey.count({ where: { role: 'admin', revokedAt: null }, take: 1 })) > 0;
}

/**
 * Whose key this is; null when nobody's, or when it was revoked. The local key counts on loopback only. The bootstrap key
 * counts only while there is no admin key in api_keys: it stands in a configuration, where it would outlive all others.
 */
export async function actorOfKey(
  db: PrismaClient,
  { localKey, bootstrapAdminKeyHash }: ConfiguredKeys,
  key: string,
  fromLoopback: boolean,
): Promise<Actor | null> {
  const hash = hashKey(key);
  if (fromLoopback && localKey !== null && sameHash(hashKey(localKey), hash)) return { keyId: 'local', role: 'admin' };
  if (bootstrapAdminKeyHash !== null && sameHash(Buffer.from(bootstrapAdminKeyHash, 'hex'), hash)) {
    return (await hasMadeAdminKey(db)) ? null : { keyId: 'bootstrap', role: 'admin' };
  }
  const row = await db.apiKey.findFirst({
    where: { secretHash: new Uint8Array(hash), revokedAt: null },
    select: { keyId: true, role: true },
  });
  return row === null ? null : { keyId: row.keyId, role: roleSchema.parse(row.role) };
}

/** Whether a key was good until somebody revoked it; otherwise this database has never heard of it. */
export async function wasRevoked(db: PrismaClient, key: string): Promise<boolean> {
  const secretHash = new Uint8Array(hashKey(key));
  return (await db.apiKey.count({ where: { secretHash, revokedAt: { not: null } }, take: 1 })) > 0;
}

/** Whether anybody but this machine could log in as admin: the condition for listening beyond loopback. */
export async function hasAdminKey(db: PrismaClient, keys: ConfiguredKeys): Promise<boolean> {
  return keys.bootstrapAdminKeyHash !== null || (await hasMadeAdminKey(db));
}
