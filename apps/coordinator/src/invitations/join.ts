import { randomBytes } from 'node:crypto';
import { labelsSchema, type Join, type JoinReply } from '#contracts';
import { newId, type PrismaClient, sqlError, type Transaction } from '#event-store';
import { hashKey, makeKey } from '../auth/api-key.js';
import { makeSecret } from '../auth/expiring-secrets.js';
import type { Settings } from '../environment.js';
import { endKey } from '../keys/keys.js';
import { conflict, ProblemError } from '../problems/problem.js';
import { scramVerifier } from './scram-verifier.js';
import { workerConnections } from './worker-connections.js';

interface Invited {
  invitationId: string;
  hostId: string | null;
  labels: unknown;
  usedAt: Date | null;
  revokedAt: Date | null;
  expiresAt: Date;
  expired: boolean;
}

const another = 'ask for another: xf hosts invite';

function notOpen(state: 'used' | 'revoked' | 'expired', message: string): Error {
  return conflict(`invitation-${state}`, 'The invitation is not good any more', {
    field: 'token',
    message,
    remedy: another,
  });
}

/** The invitation, held against others until the transaction ends: a token is good once, whoever comes at the same moment. */
async function openInvitation(tx: Transaction, token: string): Promise<Invited> {
  const [row] = await tx.$queryRaw<Invited[]>`
    SELECT invitation_id AS "invitationId", host_id AS "hostId", labels, used_at AS "usedAt", revoked_at AS "revokedAt",
           expires_at AS "expiresAt", expires_at <= clock_timestamp() AS expired
      FROM invitations WHERE token_hash = ${hashKey(token)} FOR UPDATE`;
  if (row === undefined) {
    const message = 'nobody was given this token';
    throw new ProblemError({
      ...{ status: 401, slug: 'invitation-unknown', title: 'There is no such invitation', detail: message },
      ...{ remedy: another, errors: [{ field: 'token', message, remedy: another }] },
    });
  }
  const { usedAt, revokedAt, expiresAt, expired, hostId } = row;
  if (usedAt !== null) throw notOpen('used', `${hostId ?? 'a worker'} joined with it at ${usedAt.toISOString()}`);
  if (revokedAt !== null) throw notOpen('revoked', `it was revoked at ${revokedAt.toISOString()}`);
  if (expired) throw notOpen('expired', `it expired at ${expiresAt.toISOString()}`);
  return row;
}

interface Holder {
  workerId: string | null;
  seenAt: Date | null;
  live: boolean;
  /** The key with which a worker joined under this name, unless it was revoked. */
  keyId: string | null;
}

function taken(hostId: string, message: string, remedy: string): Error {
  return conflict('host-taken', 'This name is taken', { field: 'hostId', message: `${hostId} ${message}`, remedy });
}

/**
 * Who has the name so far. A live worker keeps it; one that is gone gives way to whoever was invited under this very name: the same
 * machine installed anew, say.
 *
 * @returns the keys that end with its former holder
 * @throws ProblemError 409
 */
async function formerKeys(tx: Transaction, hostId: string, named: boolean, leaseMs: number): Promise<string[]> {
  // One at a time under a name; the row is one that only a coordinator may lock (workers/ownership.ts).
  await tx.$executeRaw`
    INSERT INTO worker_turns (worker_id) VALUES (${hostId})
    ON CONFLICT (worker_id) DO UPDATE SET worker_id = excluded.worker_id`;
  const holders = await tx.$queryRaw<Holder[]>`
    SELECT coalesce(held.worker_id, known.worker_id) AS "workerId", held.seen_at AS "seenAt", joined.key_id AS "keyId",
           coalesce(held.seen_at > clock_timestamp() - ${leaseMs}::integer * interval '1 millisecond', false) AS live
      FROM (SELECT ${hostId} AS host_id) AS asked
      LEFT JOIN hosts AS known USING (host_id)
      LEFT JOIN host_presence AS held USING (host_id)
      LEFT JOIN (invitations AS joined JOIN api_keys AS key ON key.key_id = joined.key_id AND key.revoked_at IS NULL)
             ON joined.host_id = asked.host_id AND joined.used_at IS NOT NULL
     WHERE coalesce(held.worker_id, known.worker_id, joined.host_id) IS NOT NULL`;
  const [first] = holders;
  if (first === undefined) return [];
  const { workerId, seenAt, live } = first;
  const seen = seenAt === null ? '' : `, which was heard of last at ${seenAt.toISOString()}`;
  const elsewhere = 'join under another: --host NAME';
  if (live) {
    throw taken(
      hostId,
      `is served by worker ${workerId ?? 'unknown'}${seen}`,
      `${elsewhere}; or stop that worker first`,
    );
  }
  if (!named) {
    const message = workerId === null ? 'has joined and was not heard of yet' : `belongs to worker ${workerId}${seen}`;
    throw taken(
      hostId,
      message,
      `${elsewhere}; if this is that machine, ask for an invitation that names it: xf hosts invite --host ${hostId}`,
    );
  }
  return holders.flatMap(({ keyId }) => (keyId === null ? [] : [keyId]));
}

/** A login of this worker alone. @throws ProblemError 409 where the owner of the database may make none */
async function makeLogin(tx: Transaction, password: string): Promise<string> {
  const login = `xf_worker_${randomBytes(8).toString('hex')}`;
  try {
    await tx.$executeRaw`SELECT make_worker_login(${login}, ${scramVerifier(password)})`;
  } catch (error) {
    if (sqlError(error).code !== '42501') throw error;
    throw conflict('no-worker-logins', 'The database makes no logins', {
      field: 'ADMIN_DATABASE_URL',
      message: 'the owner of the database may not make logins of xf_worker',
      remedy:
        'as a superuser: ALTER ROLE <owner> CREATEROLE; GRANT xf_worker TO <owner> WITH ADMIN OPTION; then use the same invitation',
    });
  }
  return login;
}

/**
 * Exchanges an invitation for what a worker needs: a key, a login, the addresses. All of it or nothing, so that an invitation whose
 * use was refused is still good.
 *
 * @throws ProblemError 401, 409
 */
export async function join(
  db: PrismaClient,
  settings: Settings,
  asked: Join,
  fromLoopback: boolean,
): Promise<JoinReply> {
  const key = makeKey('worker');
  const password = makeSecret();
  return db.$transaction(async (tx) => {
    const invited = await openInvitation(tx, asked.token);
    // After the token: how the coordinator is set up is told to whoever was invited alone.
    const { database, queue } = workerConnections(settings, fromLoopback);
    const hostId = invited.hostId ?? asked.hostId;
    for (const keyId of await formerKeys(tx, hostId, invited.hostId !== null, settings.leaseMs))
      await endKey(tx, keyId);
    const login = await makeLogin(tx, password);
    const { keyId } = await tx.apiKey.create({
      data: { keyId: newId(), name: `worker ${hostId}`, role: 'worker', secretHash: new Uint8Array(hashKey(key)) },
      select: { keyId: true },
    });
    await tx.$executeRaw`
      UPDATE invitations SET used_at = clock_timestamp(), host_id = ${hostId}, key_id = ${keyId}::uuid, login = ${login}
       WHERE invitation_id = ${invited.invitationId}::uuid`;
    // A queue that has a login keeps it; that of a queue in the database is the worker's own.
    for (const url of [database, queue]) {
      if (url === null || url.username !== '' || url.password !== '') continue;
      if (!/^postgres(ql)?:$/.test(url.protocol)) continue;
      url.username = login;
      url.password = password;
    }
    return {
      ...{ workerId: hostId, labels: labelsSchema.parse(invited.labels), key },
      ...{ databaseUrl: database.href, queueUrl: queue?.href ?? null },
    };
  });
}
