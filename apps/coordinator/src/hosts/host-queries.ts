import { z } from 'zod';
import {
  hostIdSchema,
  hostStateSchema,
  hostStream,
  type HostView,
  hostViewSchema,
  type NoiseFloor,
  type Page,
  pageQuerySchema,
  parseSelector,
  type RecordedEvent,
  selectorSchema,
} from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { decodeCursor, encodeCursor, toPage } from '../http/cursor.js';
import { noiseFloorsOf } from '../noise-floors/noise-floors.js';
import { subjectFilter } from '../selectors/subject-filter.js';
import { hostState } from './host-state.js';
import { notFound } from '../problems/problem.js';
import { viewFolded } from '../view-folded.js';
import { checkSelectors } from '../selectors/check-selectors.js';

export const hostListQuerySchema = z.strictObject({
  ...pageQuerySchema.shape,
  selector: selectorSchema.default('*'),
  state: hostStateSchema.optional().describe('online, silent or never heard of'),
});
export type HostListQuery = z.infer<typeof hostListQuerySchema>;

interface HostRow {
  host_id: string;
  worker_id: string;
  labels: unknown;
  capabilities: unknown;
  boot_state: unknown;
  boot_state_hash: string;
  registered_at: Date;
  seen_at: Date | null;
  contract_version: number | null;
  state: string;
}

const select = (
  heartbeatMs: number,
): Prisma.Sql => Prisma.sql`SELECT hosts.host_id, hosts.worker_id, labels, capabilities, boot_state, boot_state_hash, registered_at, seen_at, contract_version, ${hostState(Prisma.sql`host_presence`, heartbeatMs)} AS state
  FROM hosts LEFT JOIN host_presence ON host_presence.host_id = hosts.host_id AND host_presence.worker_id = hosts.worker_id`;

function hostView(row: HostRow, noiseFloors: readonly NoiseFloor[]): HostView {
  return hostViewSchema.parse({
    hostId: row.host_id,
    workerId: row.worker_id,
    labels: row.labels,
    capabilities: row.capabilities,
    bootState: row.boot_state,
    bootStateHash: row.boot_state_hash,
    registeredAt: row.registered_at.toISOString(),
    seenAt: row.seen_at?.toISOString() ?? null,
    contractVersion: row.contract_version,
    state: row.state,
    noiseFloors,
  });
}

/** Hosts whose labels a selector matches, by id. @throws ProblemError (422) for a label or value that nothing ever had. */
export async function listHosts(db: PrismaClient, query: HostListQuery, heartbeatMs: number): Promise<Page<HostView>> {
  const [after] = query.cursor === undefined ? [''] : decodeCursor('hosts', [hostIdSchema], query.cursor);
  await checkSelectors(db, { selector: query.selector });
  const rows = await db.$queryRaw<HostRow[]>`
    ${select(heartbeatMs)}
     WHERE hosts.host_id COLLATE "C" > ${after} AND ${subjectFilter(parseSelector(query.selector), Prisma.sql`labels`, Prisma.sql`hosts.boot_state_hash`)}
       AND (${query.state ?? null}::text IS NULL OR ${hostState(Prisma.sql`host_presence`, heartbeatMs)} = ${query.state ?? null}::text)
     ORDER BY hosts.host_id COLLATE "C" LIMIT ${query.limit + 1}`;
  const floors = await noiseFloorsOf(
    db,
    rows.map((row) => row.host_id),
  );
  const view = (row: HostRow) => hostView(row, floors.get(row.host_id) ?? []);
  return toPage(rows, query.limit, view, (last) => encodeCursor('hosts', [last.host_id]));
}

/** A host that the read model does not know yet, from its stream. */
function viewOfStream(events: readonly RecordedEvent[]): HostView | null {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || (last?.type !== 'HostRegistered' && last?.type !== 'HostFactsChanged')) return null;
  return hostViewSchema.parse({
    ...last.data,
    registeredAt: first.meta.occurredAt.toISOString(),
    seenAt: null,
    contractVersion: null,
    state: 'never',
  });
}

/** @throws ProblemError (404) */
export async function findHost(db: PrismaClient, hostId: string, heartbeatMs: number): Promise<HostView> {
  const [row] = await db.$queryRaw<HostRow[]>`${select(heartbeatMs)} WHERE hosts.host_id = ${hostId}`;
  const floors = await noiseFloorsOf(db, [hostId]);
  const view =
    row === undefined
      ? await viewFolded(db, hostStream(hostId), viewOfStream)
      : hostView(row, floors.get(hostId) ?? []);
  if (view === null) throw notFound('host', hostId, 'GET /v1/hosts lists the hosts; a worker registers them');
  return view;
}
