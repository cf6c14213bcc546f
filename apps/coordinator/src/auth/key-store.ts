import { timingSafeEqual } from 'node:crypto';
import { roleSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import type { Actor } from '../http/request-context.js';
import { hashKey } from './api-key.js';

interface ConfiguredKeys {
  localKey: string | null;
  bootstrapAdminKeyHash: string | null;
}

function configured(keys: ConfiguredKeys, hash: Buffer, fromLoopback: boolean): Actor | null {
  if (fromLoopback && keys.localKey !== null && timingSafeEqual(hashKey(keys.localKey), hash)) {
    return { keyId: 'local', role: 'admin' };
  }
  if (keys.bootstrapAdminKeyHash !== null && timingSafeEqual(Buffer.from(keys.bootstrapAdminKeyHash, 'hex'), hash)) {
    return { keyId: 'bootstrap', role: 'admin' };
  }
  return null;
}

/** Whose key this is; null when nobody's, or when it was revoked. Keys from the settings need no database. */
export async function actorOfKey(
  db: PrismaClient,
  keys: ConfiguredKeys,
  key: string,
  fromLoopback: boolean,
): Promise<Actor | null> {
  const hash = hashKey(key);
  const own = configured(keys, hash, fromLoopback);
  if (own !== null) return own;
  const row = await db.apiKey.findFirst({
    where: { secretHash: new Uint8Array(hash), revokedAt: null },
    select: { keyId: true, role: true },
  });
  return row === null ? null : { keyId: row.keyId, role: roleSchema.parse(row.role) };
}

/** Whether anybody but this machine could log in as admin: the condition for listening beyond loopback. */
export async function hasAdminKey(db: PrismaClient, keys: ConfiguredKeys): Promise<boolean> {
  return (
    keys.bootstrapAdminKeyHash !== null || (await db.apiKey.count({ where: { role: 'admin', revokedAt: null } })) > 0
  );
}
