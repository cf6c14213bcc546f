// Who serves a host: one instance of one worker. All times are the database's, so that no two clocks are compared.
import type { ContractVersion } from '#contracts';
import type { PrismaClient, Transaction } from '#event-store';
import { conflict, notFound } from '../problems/problem.js';

/** A worker, the state folder that it runs from, and this start of it. */
export interface Instance {
  workerId: string;
  instanceId: string;
  sessionId: string;
}

/** What workers are told: how often they have to say that they live, and how long they are believed without. */
export interface Intervals {
  heartbeatMs: number;
  leaseMs: number;
}

/** What a worker shows the database, and who registered it. */
export interface RegisteredToken {
  /** SHA-256 as hex. */
  hash: string;
  keyId: string;
}

interface Holder {
  hostId: string;
  workerId: string;
  instanceId: string | null;
  seenAt: Date;
}

function refusal(holder: Holder, { workerId }: Instance, hostIds: readonly string[], leaseMs: number): Error {
  const index = hostIds.indexOf(holder.hostId);
  const twin = holder.workerId === workerId;
  const who = `${twin ? 'another instance of ' : ''}worker ${holder.workerId}${twin && holder.instanceId !== null ? ` (${holder.instanceId})` : ''}`;
  return conflict('host-served', 'Another worker serves this host', {
    field: index < 0 ? 'workerId' : `hosts[${index}].hostId`,
    message: `${holder.hostId} is served by ${who}, which was alive at ${holder.seenAt.toISOString()}`,
    remedy: twin
      ? `give each worker a WORKER_ID of its own, or stop that one (it counts as gone after ${leaseMs} ms); one that restarts with its state folder (WORKER_CACHE_DIR) takes over at once`
      : `stop that worker (it counts as gone after ${leaseMs} ms) or use another host id`,
  });
}

/** Both hold the folder's id, so it was copied, or is mounted in two containers: within one machine it can't be held twice. */
function takenOver(hostId: string, { workerId }: Instance): Error {
  return conflict('host-served', 'Another worker serves this host', {
    field: 'workerId',
    message: `${hostId} was taken over by another process of worker ${workerId} with a copy of this one's state folder, or with the folder itself from another container`,
    remedy: `end that one, or give each worker a WORKER_ID and a state folder (WORKER_CACHE_DIR) of its own`,
  });
}

/** From here on the worker's former token, of a process that has ended or lost its hosts, is nobody's. */
async function giveToken(tx: Transaction, { workerId, instanceId }: Instance, token: RegisteredToken): Promise<void> {
  const tokenHash = new Uint8Array(Buffer.from(token.hash, 'hex'));
  const held = { instanceId, tokenHash, keyId: token.keyId };
  await tx.workerToken.upsert({ where: { workerId }, create: { workerId, ...held }, update: held });
}

/**
 * Ends the sessions that hold any of these hosts, so that their next heartbeats learn who has them now. Their hosts were last seen
 * when their sessions were; a heartbeat under way is waited for. Undone with the transaction where the hosts are refused.
 */
async function endSessions(tx: Transaction, sessionId: string, hostIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    WITH ending AS (
           DELETE FROM worker_sessions
            WHERE session_id IN (SELECT held.session_id FROM worker_presence AS held
                                  WHERE held.host_id = ANY(${[...hostIds]}::text[]) AND held.session_id <> ${sessionId}::uuid)
           RETURNING session_id, seen_at)
    UPDATE worker_presence AS held SET seen_at = greatest(held.seen_at, ending.seen_at)
      FROM ending WHERE held.session_id = ending.session_id`;
}

async function beginSession(
  db: PrismaClient | Transaction,
  { sessionId, workerId, instanceId }: Instance,
  heartbeatMs: number,
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO worker_sessions (session_id, worker_id, instance_id, seen_at, heartbeat_ms)
    VALUES (${sessionId}::uuid, ${workerId}, ${instanceId}::uuid, clock_timestamp(), ${heartbeatMs}::integer)
    ON CONFLICT (session_id) DO UPDATE SET seen_at = excluded.seen_at, heartbeat_ms = excluded.heartbeat_ms`;
}

/**
 * Takes the hosts for this instance, all or none. Each is free, its own already, or held by one that has been silent for
 * a lease; whoever else is registering them at the same moment waits, and is then refused. Of one instance the latest
 * start serves: an earlier one that lives on learns so at its next heartbeat.
 *
 * @throws ProblemError 409 naming the other instance and what to do.
 */
export async function claimHosts(
  db: PrismaClient,
  instance: Instance & { contractVersion: ContractVersion },
  hostIds: readonly string[],
  { leaseMs, heartbeatMs }: Intervals,
  token: RegisteredToken | null = null,
): Promise<void> {
  const { workerId, instanceId, sessionId, contractVersion } = instance;
  await db.$transaction(async (tx) => {
    // Two instances of one worker may name different hosts, so that no row of theirs would meet. A row, which only a
    // coordinator can lock: any login can take an advisory lock, and keep a worker from its hosts.
    await tx.$executeRaw`
      INSERT INTO worker_turns (worker_id) VALUES (${workerId})
      ON CONFLICT (worker_id) DO UPDATE SET worker_id = excluded.worker_id`;
    const others = await tx.$queryRaw<Holder[]>`
      SELECT host_id AS "hostId", worker_id AS "workerId", instance_id AS "instanceId", seen_at AS "seenAt"
        FROM host_presence
       WHERE worker_id = ${workerId} AND instance_id <> ${instanceId}::uuid
         AND seen_at > clock_timestamp() - ${leaseMs}::integer * interval '1 millisecond'
       LIMIT 1`;
    if (others[0] !== undefined) throw refusal(others[0], instance, hostIds, leaseMs);
    await endSessions(tx, sessionId, hostIds);
    const refused = await tx.$queryRaw<Holder[]>`
      WITH given AS (SELECT host_id FROM unnest(${[...hostIds]}::text[]) AS g (host_id)),
           claimed AS (
             INSERT INTO worker_presence AS held (host_id, worker_id, instance_id, session_id, contract_version, seen_at)
             SELECT host_id, ${workerId}, ${instanceId}::uuid, ${sessionId}::uuid, ${contractVersion}::integer, clock_timestamp() FROM given ORDER BY host_id
             ON CONFLICT (host_id) DO UPDATE
               SET worker_id = excluded.worker_id, instance_id = excluded.instance_id, session_id = excluded.session_id,
                   contract_version = excluded.contract_version, seen_at = excluded.seen_at
               WHERE (held.worker_id = excluded.worker_id AND coalesce(held.instance_id, excluded.instance_id) = excluded.instance_id)
                  OR held.seen_at <= clock_timestamp() - ${leaseMs}::integer * interval '1 millisecond'
             RETURNING host_id)
      SELECT host_id AS "hostId" FROM given WHERE host_id NOT IN (SELECT host_id FROM claimed) ORDER BY host_id LIMIT 1`;
    const [first] = refused;
    if (first === undefined) {
      await beginSession(tx, instance, heartbeatMs);
      if (token !== null) await giveToken(tx, instance, token);
      return;
    }
    const holder = await tx.$queryRaw<Holder[]>`
      SELECT host_id AS "hostId", worker_id AS "workerId", instance_id AS "instanceId", seen_at AS "seenAt"
        FROM worker_presence WHERE host_id = ${first.hostId}`;
    throw refusal(holder[0] ?? first, instance, hostIds, leaseMs);
  });
}

/**
 * Notes that an instance lives, and with it all hosts that it holds: one row by its key. Only when the session is not known
 * any more is it looked at which of the hosts it still has. Its interval was told it by who registered it, which an earlier release did
 * not note; it is never believed to be shorter than this coordinator's, so that no live worker counts as silent.
 *
 * @throws ProblemError 404 when a host is not registered (the worker does so again), 409 when another instance has it.
 */
export async function keepHosts(
  db: PrismaClient,
  instance: Instance,
  hostIds: readonly string[],
  { leaseMs, heartbeatMs }: Intervals,
): Promise<void> {
  const { workerId, instanceId, sessionId } = instance;
  const known = await db.$executeRaw`
    UPDATE worker_sessions SET seen_at = clock_timestamp(), heartbeat_ms = greatest(heartbeat_ms, ${heartbeatMs}::integer)
     WHERE session_id = ${sessionId}::uuid AND worker_id = ${workerId} AND instance_id = ${instanceId}::uuid`;
  if (known > 0) return;
  await refuseLost(db, instance, [...new Set(hostIds)], leaseMs);
  await beginSession(db, instance, heartbeatMs);
}

async function refuseLost(db: PrismaClient, instance: Instance, ids: string[], leaseMs: number): Promise<void> {
  const { workerId, instanceId, sessionId } = instance;
  const lost = await db.$queryRaw<(Omit<Holder, 'workerId'> & { workerId: string | null })[]>`
    SELECT given.host_id AS "hostId", held.worker_id AS "workerId", held.instance_id AS "instanceId", held.seen_at AS "seenAt"
      FROM unnest(${ids}::text[]) AS given (host_id) LEFT JOIN host_presence AS held USING (host_id)
     WHERE (held.worker_id = ${workerId} AND held.instance_id = ${instanceId}::uuid AND held.session_id = ${sessionId}::uuid) IS NOT TRUE
     ORDER BY held.worker_id NULLS LAST LIMIT 1`;
  const [first] = lost;
  if (first === undefined) return;
  const { workerId: holder } = first;
  if (holder === null) throw notFound('host', first.hostId, 'register it first: PUT /v1/workers/:workerId');
  if (holder === workerId && first.instanceId === instanceId) throw takenOver(first.hostId, instance);
  throw refusal({ ...first, workerId: holder }, instance, ids, leaseMs);
}
