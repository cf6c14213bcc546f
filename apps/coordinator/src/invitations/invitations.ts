import {
  type InvitationView,
  invitationViewSchema,
  type Invite,
  type MadeInvitation,
  type Page,
  uuidSchema,
} from '#contracts';
import { newId, type PrismaClient, Prisma } from '#event-store';
import { hashKey } from '../auth/api-key.js';
import { makeSecret } from '../auth/expiring-secrets.js';
import { decodeCursor, encodeCursor, toPage } from '../http/cursor.js';
import { conflict, notFound } from '../problems/problem.js';

interface Row {
  invitationId: string;
  hostId: string | null;
  labels: unknown;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  usedAt: Date | null;
  keyId: string | null;
  /** By the database's clock, which made `expiresAt`. */
  expired: boolean;
}

const columns = Prisma.sql`
  invitation_id AS "invitationId", host_id AS "hostId", labels, created_at AS "createdAt", expires_at AS "expiresAt",
  revoked_at AS "revokedAt", used_at AS "usedAt", key_id AS "keyId", expires_at <= clock_timestamp() AS expired`;

function stateOf({ usedAt, revokedAt, expired }: Row): InvitationView['state'] {
  if (usedAt !== null) return 'used';
  if (revokedAt !== null) return 'revoked';
  return expired ? 'expired' : 'open';
}

function view(row: Row): InvitationView {
  return invitationViewSchema.parse({
    ...row,
    state: stateOf(row),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    usedAt: row.usedAt?.toISOString() ?? null,
  });
}

/** The token in the reply is `xf_join_` and 256 random bits, hashed as keys are (auth/api-key.ts). */
export async function invite(
  db: PrismaClient,
  { hostId, labels, validFor }: Invite,
  invitedBy: string,
): Promise<Omit<MadeInvitation, 'url'>> {
  const token = `xf_join_${makeSecret()}`;
  const [row] = await db.$queryRaw<Row[]>`
    INSERT INTO invitations (invitation_id, token_hash, host_id, labels, invited_by, expires_at)
    VALUES (${newId()}::uuid, ${hashKey(token)}, ${hostId ?? null}, ${JSON.stringify(labels)}::jsonb, ${invitedBy},
            clock_timestamp() + ${validFor}::integer * interval '1 minute')
    RETURNING ${columns}`;
  if (row === undefined) throw new Error('PostgreSQL returned no row of the invitation');
  return { ...view(row), token };
}

/** Their ids are made in the order of time (UUID version 7), so that they alone order the listing. */
export async function listInvitations(
  db: PrismaClient,
  query: { limit: number; cursor?: string | undefined },
): Promise<Page<InvitationView>> {
  const [before] = query.cursor === undefined ? [null] : decodeCursor('invitations', [uuidSchema], query.cursor);
  const rows = await db.$queryRaw<Row[]>`
    SELECT ${columns} FROM invitations WHERE ${before}::uuid IS NULL OR invitation_id < ${before}::uuid
     ORDER BY invitation_id DESC LIMIT ${query.limit + 1}::integer`;
  return toPage(rows, query.limit, view, (last) => encodeCursor('invitations', [last.invitationId]));
}

/** @throws ProblemError 404, or 409 for one that was used */
export async function revokeInvitation(db: PrismaClient, invitationId: string): Promise<void> {
  const rows = await db.$queryRaw<Row[]>`
    UPDATE invitations SET revoked_at = CASE WHEN used_at IS NULL THEN coalesce(revoked_at, clock_timestamp()) END
     WHERE invitation_id = ${invitationId}::uuid RETURNING ${columns}`;
  const [row] = rows;
  if (row === undefined) throw notFound('invitation', invitationId, 'GET /v1/invitations lists the invitations');
  if (row.usedAt === null) return;
  throw conflict('invitation-used', 'The invitation was used', {
    field: 'invitationId',
    message: `${row.hostId ?? 'a worker'} joined with it at ${row.usedAt.toISOString()}`,
    remedy: `end that worker: xf keys revoke ${row.keyId ?? ''} (DELETE /v1/keys/{keyId})`,
  });
}
