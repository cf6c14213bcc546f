import * as z from 'zod';
import {
  hostIdSchema,
  hostStream,
  hostStateSchema,
  type HostView,
  hostViewSchema,
  type NoiseFloor,
  type Page,
  outOfServiceSchema,
  pageQuerySchema,
  parseSelector,
  type RecordedEvent,
  selectorSchema,
} from '#contracts';
import { Prisma, type PrismaClient } from '#event-store';
import { toPage } from '../http/cursor.js';
import { contains, type Order, ordered, searchSchema, sortSchema } from '../http/order.js';
import { joinNoisiest, noiseFloorsOf } from '../noise-floors/noise-floors.js';
import { subjectFilter } from '../selectors/subject-filter.js';
import { notFound } from '../problems/problem.js';
import { viewFolded } from '../view-folded.js';
import { checkSelectors } from '../selectors/check-selectors.js';
import { hostState, hostsWithState } from './host-state.js';

/** What is asked of hosts, whether they are listed or counted. */
export const askedHostsSchema = z.strictObject({
  selector: selectorSchema
    .default('*')
    .describe('which hosts, by their labels and the facts of their boot states')
    .meta({ example: 'generation=Zen-3,virt=bare' }),
  state: hostStateSchema.optional().describe('only those in this state; left out, all but the removed ones'),
  grade: z
    .enum(['A', 'B', 'C', 'D'])
    .optional()
    .describe('only those whose noisiest series has this noise grade; D hides what others show'),
  q: searchSchema('their id, worker, generation, microarchitecture, kernel or rack'),
});
export type AskedHosts = z.infer<typeof askedHostsSchema>;

const label = (name: string): Prisma.Sql => Prisma.sql`coalesce(labels ->> ${name}::text, '') COLLATE "C"`;

const orders = {
  host: { by: Prisma.sql`hosts.host_id COLLATE "C"`, as: 'text' },
  generation: { by: label('generation'), as: 'text' },
  rack: { by: label('rack'), as: 'text' },
  kernel: { by: label('kernel'), as: 'text' },
  seen: { by: Prisma.sql`coalesce(seen_at, 'epoch')`, as: 'time' },
  noise: { by: Prisma.sql`coalesce(n.floor, -1)`, as: 'number' },
} as const satisfies Record<string, Order>;
const orderNames = Object.keys(orders) as (keyof typeof orders)[];

export const hostListQuerySchema = z.strictObject({
  ...pageQuerySchema.shape,
  ...askedHostsSchema.shape,
  sort: sortSchema(orderNames, 'host'),
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
  since: Date | null;
  actor: string | null;
  reason: string | null;
  rule: string | null;
}

export const hostsSeen = Prisma.sql`hosts ${hostsWithState(Prisma.sql`hosts`)}`;

/** A condition on a row of `hostsSeen`. Only one by `grade` needs `joinNoisiest` beside it. */
export function hostsAsked({ selector, state, grade, q }: AskedHosts): Prisma.Sql {
  const searched = Prisma.sql`concat_ws(' ', hosts.host_id, hosts.worker_id, labels ->> 'generation', labels ->> 'uarch', labels ->> 'kernel', labels ->> 'rack')`;
  return Prisma.join(
    [
      subjectFilter(parseSelector(selector), Prisma.sql`labels`, Prisma.sql`hosts.boot_state_hash`),
      state === undefined ? Prisma.sql`${hostState} <> 'removed'` : Prisma.sql`${hostState} = ${state}`,
      ...(grade === undefined ? [] : [Prisma.sql`n.grade = ${grade}`]),
      ...(q === undefined ? [] : [contains(searched, q)]),
    ],
    ' AND ',
  );
}

const columns = Prisma.sql`hosts.host_id, hosts.worker_id, labels, capabilities, boot_state, boot_state_hash, registered_at, seen_at,
  contract_version, ${hostState} AS state, service.since, service.actor, service.reason, service.rule`;

/** Why it takes no runs; undefined where nothing keeps it from them. */
function outOfService({ state, since, actor: by, reason, rule }: HostRow) {
  if (since === null || !outOfServiceSchema.shape.state.safeParse(state).success) return undefined;
  return { state, since: since.toISOString(), by, reason, rule };
}

function hostView(row: HostRow, noiseFloors: readonly NoiseFloor[]): HostView {
  return hostViewSchema.parse({
    hostId: row.host_id,
    state: row.state,
    outOfService: outOfService(row),
    workerId: row.worker_id,
    labels: row.labels,
    capabilities: row.capabilities,
    bootState: row.boot_state,
    bootStateHash: row.boot_state_hash,
    registeredAt: row.registered_at.toISOString(),
    seenAt: row.seen_at?.toISOString() ?? null,
    contractVersion: row.contract_version,
    noiseFloors,
  });
}

/** Hosts by what is asked of them. @throws ProblemError (422) for a label or value that nothing ever had. */
export async function listHosts(db: PrismaClient, query: HostListQuery): Promise<Page<HostView>> {
  const { selector, limit, cursor, sort = 'host', grade } = query;
  const id = { column: Prisma.sql`hosts.host_id COLLATE "C"`, schema: hostIdSchema, type: 'text' } as const;
  const order = ordered('hosts', orders, sort, id, cursor);
  await checkSelectors(db, { selector });
  const byNoise = grade !== undefined || sort === 'noise' || sort === '-noise';
  const rows = await db.$queryRaw<(HostRow & { place: string })[]>`
    SELECT ${columns}, ${order.place} AS place
      FROM ${hostsSeen} ${byNoise ? joinNoisiest(Prisma.sql`hosts.host_id`) : Prisma.empty}
     WHERE ${hostsAsked(query)} AND ${order.after} ORDER BY ${order.orderBy} LIMIT ${limit + 1}`;
  const floors = await noiseFloorsOf(
    db,
    rows.map((row) => row.host_id),
  );
  const view = (row: HostRow) => hostView(row, floors.get(row.host_id) ?? []);
  return toPage(rows, limit, view, (last) => order.cursorOf(last.place, last.host_id));
}

/** A host that the read model does not know yet, from its stream. */
function viewOfStream(events: readonly RecordedEvent[]): HostView | null {
  const first = events[0];
  const last = events
    .flatMap((event) => (event.type === 'HostRegistered' || event.type === 'HostFactsChanged' ? [event] : []))
    .at(-1);
  if (first === undefined || last === undefined) return null;
  return hostViewSchema.parse({
    ...last.data,
    state: 'never',
    registeredAt: first.meta.occurredAt.toISOString(),
    seenAt: null,
    contractVersion: null,
  });
}

/** @throws ProblemError (404) */
export async function findHost(db: PrismaClient, hostId: string): Promise<HostView> {
  const [row] = await db.$queryRaw<HostRow[]>`
    SELECT ${columns} FROM ${hostsSeen} WHERE hosts.host_id = ${hostId}`;
  const floors = await noiseFloorsOf(db, [hostId]);
  const view =
    row === undefined
      ? await viewFolded(db, hostStream(hostId), viewOfStream)
      : hostView(row, floors.get(hostId) ?? []);
  if (view === null) throw notFound('host', hostId, 'GET /v1/hosts lists the hosts; a worker registers them');
  return view;
}
