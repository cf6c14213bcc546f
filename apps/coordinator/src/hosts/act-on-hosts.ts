import {
  type Cause,
  type HostActionReply,
  type HostActionRequest,
  hostStream,
  parseSelector,
  type QuarantineRule,
} from '#contracts';
import { handleMany, Prisma, type PrismaClient, UnreadableStreamError } from '#event-store';
import { type ActOnHost, FieldRefused, hostDecider } from '#lifecycle';
import { conflict, refused } from '../problems/problem.js';
import { checkHosts, checkSelectors } from '../selectors/check-selectors.js';
import { subjectFilter } from '../selectors/subject-filter.js';
import { hostState, hostsWithState } from './host-state.js';

type RefusedHost = HostActionReply['refused'][number];

/** The hosts that a request names or selects; of removed ones a selector finds those that are to be restored. */
async function hostsMeant(
  db: PrismaClient,
  { action, hosts, selector = '*' }: Pick<HostActionRequest, 'action' | 'hosts' | 'selector'>,
): Promise<string[]> {
  if (hosts !== undefined) {
    await checkHosts(db, 'hosts', hosts);
    return [...new Set(hosts)];
  }
  await checkSelectors(db, { selector });
  const wanted = action === 'restore' ? Prisma.sql`true` : Prisma.sql`${hostState} <> 'removed'`;
  const rows = await db.$queryRaw<{ hostId: string }[]>`
    SELECT hosts.host_id AS "hostId" FROM hosts ${hostsWithState(Prisma.sql`hosts`)}
     WHERE ${subjectFilter(parseSelector(selector), Prisma.sql`labels`, Prisma.sql`hosts.boot_state_hash`)} AND ${wanted}
     ORDER BY hosts.host_id COLLATE "C"`;
  if (rows.length > 0) return rows.map(({ hostId }) => hostId);
  throw refused({ field: 'selector', message: `no host matches "${selector}"`, remedy: 'xf hosts lists the hosts' });
}

/** Hosts on which a run is under way, as the read model has it: one that starts a moment later still goes on to its end. */
async function busyOf(db: PrismaClient, hostIds: readonly string[]): Promise<Set<string>> {
  const rows = await db.$queryRaw<{ hostId: string }[]>`
    SELECT DISTINCT host_id AS "hostId" FROM runs
     WHERE state = 'started' AND ended_at IS NULL AND host_id = ANY(${[...hostIds]}::text[])`;
  return new Set(rows.map(({ hostId }) => hostId));
}

const busy = (hostId: string): RefusedHost => ({
  hostId,
  message: `a run is under way on ${hostId}`,
  remedy: `xf hosts drain ${hostId}, and remove it when the run has ended; or cancel its job`,
});

const unreadable = (hostId: string): RefusedHost => ({
  hostId,
  message: `this release can not take in the events of ${hostId}`,
  remedy: `xf events --stream ${hostStream(hostId)} shows them; a coordinator of the release that wrote them can do it`,
});

/**
 * Carries an action out on each of these hosts, on its stream as it is now, all streams read and written together.
 *
 * @param rule that asks for it; null: a person does.
 * @returns what became of each. Its streams are those of `changed`.
 */
export async function actOnEach(
  db: PrismaClient,
  hostIds: readonly string[],
  { action, reason }: Pick<ActOnHost, 'action' | 'reason'>,
  cause: Omit<Cause, 'causationId'>,
  rule: QuarantineRule | null = null,
): Promise<Omit<HostActionReply, 'action'>> {
  const command: ActOnHost = { type: 'act', action, reason, rule };
  const executed = await handleMany(
    db,
    hostDecider,
    hostIds.map((id) => ({ id, command, cause })),
    { envelope: (event) => ({ event }) },
  );
  const reply: Omit<HostActionReply, 'action'> = { changed: [], unchanged: [], refused: [] };
  for (const [index, hostId] of hostIds.entries()) {
    const one = executed[index];
    if (one === undefined) continue;
    if ('appended' in one) {
      if (one.appended.length > 0) reply.changed.push(hostId);
      else reply.unchanged.push(hostId);
    } else if (one.failed instanceof FieldRefused) {
      const { message, remedy } = one.failed;
      reply.refused.push({ hostId, message, remedy });
    } else if (one.failed instanceof UnreadableStreamError) reply.refused.push(unreadable(hostId));
    else throw one.failed;
  }
  return reply;
}

/**
 * Does something to hosts: all that it can be done to, whatever becomes of the others.
 *
 * @throws ProblemError 422 for a host or selector that nothing is known of, 409 when it can be done to none of them.
 */
export async function actOnHosts(
  db: PrismaClient,
  request: HostActionRequest,
  cause: Cause,
): Promise<{ reply: HostActionReply; streams: string[] }> {
  const { action } = request;
  const meant = await hostsMeant(db, request);
  const held = action === 'remove' ? await busyOf(db, meant) : new Set<string>();
  const { correlationId, actor } = cause;
  const free = meant.filter((hostId) => !held.has(hostId));
  const done = await actOnEach(db, free, request, { correlationId, actor });
  const reply = { action, ...done, refused: [...[...held].map(busy), ...done.refused] };
  const [first] = reply.refused;
  if (first !== undefined && reply.changed.length + reply.unchanged.length === 0) {
    const others = reply.refused.length > 1 ? `, and likewise ${reply.refused.length - 1} more` : '';
    const field = request.hosts === undefined ? 'selector' : 'hosts';
    throw conflict('host-state', 'The state of these hosts does not allow it', {
      ...{ field, message: first.message + others, remedy: first.remedy },
    });
  }
  return { reply, streams: reply.changed.map(hostStream) };
}
