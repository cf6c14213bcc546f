import type { z } from 'zod';
import { type createdKeySchema, keyViewSchema, type Page, type Role, uuidSchema } from '#contracts';
import { newId, type PrismaClient, type Transaction } from '#event-store';
import { hashKey, makeKey } from '../auth/api-key.js';
import { decodeCursor, encodeCursor, toPage } from '../http/cursor.js';
import { notFound } from '../problems/problem.js';

type KeyView = z.infer<typeof keyViewSchema>;

const shown = { keyId: true, name: true, role: true, createdAt: true, revokedAt: true } as const;

function keyView(row: { keyId: string; name: string; role: string; createdAt: Date; revokedAt: Date | null }): KeyView {
  return keyViewSchema.parse({
    ...row,
    createdAt: row.createdAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
  });
}

export async function createKey(
  db: PrismaClient,
  { name, role }: { name: string; role: Role },
): Promise<z.infer<typeof createdKeySchema>> {
  const key = makeKey(role);
  const row = await db.apiKey.create({
    data: { keyId: newId(), name, role, secretHash: new Uint8Array(hashKey(key)) },
    select: shown,
  });
  return { ...keyView(row), key };
}

/** Key ids are made in the order of time (UUID version 7), so that they alone order the listing. */
export async function listKeys(
  db: PrismaClient,
  query: { limit: number; cursor?: string | undefined },
): Promise<Page<KeyView>> {
  const [before] = query.cursor === undefined ? [undefined] : decodeCursor('keys', [uuidSchema], query.cursor);
  const rows = await db.apiKey.findMany({
    ...(before === undefined ? {} : { where: { keyId: { lt: before } } }),
    orderBy: { keyId: 'desc' },
    take: query.limit + 1,
    select: shown,
  });
  return toPage(rows, query.limit, keyView, (last) => encodeCursor('keys', [last.keyId]));
}

/**
 * Ends a key, and with it what a worker has because of it: its token, by which the database knows it, and the login that it got when
 * it joined. @returns whether there was a key to end.
 */
export async function endKey(tx: Transaction, keyId: string): Promise<boolean> {
  const { count } = await tx.apiKey.updateMany({ where: { keyId, revokedAt: null }, data: { revokedAt: new Date() } });
  await tx.workerToken.deleteMany({ where: { keyId } });
  await tx.$executeRaw`SELECT drop_worker_login(login) FROM invitations WHERE key_id = ${keyId}::uuid`;
  return count > 0;
}

/** @throws ProblemError (404) */
export async function revokeKey(db: PrismaClient, keyId: string): Promise<void> {
  const ended = await db.$transaction((tx) => endKey(tx, keyId));
  if (!ended && (await db.apiKey.count({ where: { keyId } })) === 0) {
    throw notFound('key', keyId, 'GET /v1/keys lists the keys');
  }
}
