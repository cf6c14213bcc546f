import { randomUUID } from 'node:crypto';
import { type RouteView, routeViewSchema } from '#contracts';
import type { PrismaClient } from '#event-store';
import { bodyOf, type Surroundings } from './bodies.js';
import { messageContentSchema } from './message.js';
import { nextTryMs } from './next-try.js';
import { answerWithinMs, post, type PostLimits, type Tried } from './post.js';
import { signedHeaders } from './sign.js';
import { targetOf } from './targets.js';

/** A coordinator that ends in the middle of a try keeps others from the next one for so long. */
const claimedForMs = answerWithinMs + 20_000;

interface Claimed {
  messageId: string;
  about: string | null;
  content: unknown;
  madeAtMs: number;
  giveUpMs: number;
  /** This try included. */
  attempts: number;
  targetId: string;
  view: unknown;
  /** PostgreSQL's clock: receivers refuse what was signed minutes ago. */
  nowMs: number;
}

/**
 * Takes of each active route the oldest message that is due, unless another of it is under way; what tells an end waits for its beginning.
 * The number of the try is the fence: what a coordinator says of a try that is not the latest any more is not heard.
 */
async function claim(db: PrismaClient): Promise<Claimed[]> {
  return db.$queryRaw<Claimed[]>`
    WITH due AS (
      SELECT DISTINCT ON (n.route) n.message_id, r.target_id, r.view
        FROM notifications n JOIN notification_routes r ON r.name = n.route AND r.state = 'active'
       WHERE n.state = 'waiting' AND n.next_at <= clock_timestamp()
         AND NOT EXISTS (SELECT FROM notifications f WHERE f.message_id = n.about AND f.state = 'waiting')
         AND NOT EXISTS (SELECT FROM notifications b WHERE b.route = n.route AND b.state = 'waiting' AND b.claimed_until > clock_timestamp())
       ORDER BY n.route, n.made_at, n.message_id)
    UPDATE notifications n
       SET attempts = n.attempts + 1, claimed_until = clock_timestamp() + ${claimedForMs}::float8 * interval '1 millisecond'
      FROM due
     WHERE n.message_id = due.message_id AND n.state = 'waiting' AND coalesce(n.claimed_until <= clock_timestamp(), true)
    RETURNING n.message_id AS "messageId", n.about, n.content, extract(epoch FROM n.made_at)::float8 * 1000 AS "madeAtMs",
              extract(epoch FROM n.give_up_at)::float8 * 1000 AS "giveUpMs", n.attempts, due.target_id AS "targetId", due.view,
              extract(epoch FROM clock_timestamp())::float8 * 1000 AS "nowMs"`;
}

/** One try of a message, whoever asks for it. */
export async function tryOnce(
  db: PrismaClient,
  { messageId, about, content, madeAtMs, targetId, view, nowMs }: Omit<Claimed, 'attempts' | 'giveUpMs'>,
  surroundings: Surroundings,
  limits: PostLimits = {},
): Promise<Tried> {
  const { format }: RouteView = routeViewSchema.parse(view);
  const target = await targetOf(db, targetId);
  if (target === undefined) return { status: null, error: 'the route was changed just now', retryAfterMs: null };
  const told = messageContentSchema.parse(content);
  const body = bodyOf(format, { messageId, subjectId: about ?? messageId, madeAtMs, content: told }, surroundings);
  return post(target.url, signedHeaders(messageId, nowMs, body, target.secrets), body, limits);
}

/** Says what became of a try. A message that was dropped meanwhile was delivered all the same. */
async function record(
  db: PrismaClient,
  { messageId, attempts, giveUpMs, nowMs }: Claimed,
  tried: Tried,
): Promise<void> {
  const { status, error, retryAfterMs } = tried;
  const nextMs = error === null ? null : nextTryMs({ attempts, giveUpMs }, nowMs, retryAfterMs);
  const state = error === null ? 'delivered' : nextMs === null ? 'dead' : 'waiting';
  const next = nextMs === null ? null : new Date(nextMs);
  await db.$executeRaw`
    UPDATE notifications
       SET state = ${state}::text, next_at = ${next}::timestamptz, claimed_until = NULL, last_status = ${status}::integer, last_error = ${error}::text,
           ended_at = CASE WHEN ${state}::text <> 'waiting' THEN clock_timestamp() END
     WHERE message_id = ${messageId}::uuid AND attempts = ${attempts}::integer
       AND (state = 'waiting' OR (state = 'dropped' AND ${state}::text = 'delivered'))`;
}

export interface DeliverOptions {
  db: PrismaClient;
  surroundings: Surroundings;
  /** Stands in for a coordinator that ends between a try and what it says of it. */
  record?: typeof record;
  limits?: PostLimits;
}

/**
 * Tries what is due, a message a route. Whatever a crash leaves is tried again, so that a receiver may
 * get a message twice, under one id.
 *
 * @returns how many were tried
 */
export async function deliverDue({ db, surroundings, record: say = record, limits }: DeliverOptions): Promise<number> {
  const claimed = await claim(db);
  const settled = await Promise.allSettled(
    claimed.map(async (one) => say(db, one, await tryOnce(db, one, surroundings, limits))),
  );
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return claimed.length;
}

/** A message that says nothing but that it arrives, tried once. @returns its id and what became of it */
export async function sendTest(
  db: PrismaClient,
  { targetId, view }: { targetId: string; view: RouteView },
  by: string,
  surroundings: Surroundings,
): Promise<string> {
  const messageId = randomUUID();
  const [row] = await db.$queryRaw<
    { nowMs: number }[]
  >`SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS "nowMs"`;
  const nowMs = row?.nowMs ?? Date.now();
  const now = new Date(nowMs);
  const content = messageContentSchema.parse({
    ...{ cause: 'test', status: 'test', title: `A test of route ${view.name}`, group: null, hosts: [], page: null },
    lines: [`${by} asked for it. Nothing has happened.`],
    ...{ startsAt: now.toISOString(), endsAt: null },
  });
  const tried = await tryOnce(
    db,
    { messageId, about: null, content, madeAtMs: nowMs, targetId, view, nowMs },
    surroundings,
  );
  await db.notification.create({
    data: {
      ...{ messageId, route: view.name, cause: 'test', status: 'test', content, madeAt: now, attempts: 1 },
      ...{ state: tried.error === null ? 'delivered' : 'dead', giveUpAt: now, endedAt: now },
      ...{ lastStatus: tried.status, lastError: tried.error },
    },
  });
  return messageId;
}
