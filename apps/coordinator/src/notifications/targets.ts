import { newId, type PrismaClient } from '#event-store';
import { newSecret } from './sign.js';

/** Where a route posts to, and the secrets that sign for it now. */
export interface Target {
  url: string;
  secrets: string[];
}

interface TargetRow {
  url: string;
  secret: string;
  previousSecret: string | null;
  /** Whether the one before still signs. */
  both: boolean;
}

async function rowOf(db: PrismaClient, targetId: string): Promise<TargetRow | undefined> {
  const [row] = await db.$queryRaw<TargetRow[]>`
    SELECT url, secret, previous_secret AS "previousSecret", coalesce(previous_until > clock_timestamp(), false) AS both
      FROM notification_targets WHERE target_id = ${targetId}::uuid`;
  return row;
}

/** A target as it is now; undefined where it is not there any more: the route was changed or removed. */
export async function targetOf(db: PrismaClient, targetId: string): Promise<Target | undefined> {
  const row = await rowOf(db, targetId);
  if (row === undefined) return undefined;
  const { url, secret, previousSecret, both } = row;
  return { url, secrets: both && previousSecret !== null ? [secret, previousSecret] : [secret] };
}

/** Makes the target of a URL. @returns its id, and its secret */
export async function makeTarget(db: PrismaClient, route: string, url: string, secret = newSecret()) {
  const targetId = newId();
  await db.notificationTarget.create({ data: { targetId, route, url, secret } });
  return { targetId, secret };
}

/** After a rotation the secret before signs for so long: time for receivers to learn the new one. */
const bothForMs = 86_400_000;

/** The same URL with another secret. @returns undefined when the target is not there any more */
export async function rotatedTarget(db: PrismaClient, route: string, targetId: string) {
  const row = await rowOf(db, targetId);
  if (row === undefined) return undefined;
  const made = { targetId: newId(), secret: newSecret() };
  await db.$executeRaw`
    INSERT INTO notification_targets (target_id, route, url, secret, previous_secret, previous_until)
    VALUES (${made.targetId}::uuid, ${route}, ${row.url}, ${made.secret}, ${row.secret},
            clock_timestamp() + ${bothForMs}::float8 * interval '1 millisecond')`;
  return made;
}

/** Deletes URLs and secrets that no route names any more. Those of the last hour stay: a route's event may be under way. */
export async function forgetTargets(db: PrismaClient): Promise<void> {
  await db.$executeRaw`
    DELETE FROM notification_targets t
     WHERE made_at < clock_timestamp() - interval '1 hour'
       AND NOT EXISTS (SELECT FROM notification_routes r WHERE r.target_id = t.target_id AND r.state <> 'removed')`;
}
