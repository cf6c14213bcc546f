import type { FaultKind } from './fault-kinds.js';
import type { CheckName } from './oracle/finding.js';
import type { PostgresServer } from './postgres-server.js';
import type { Patch } from './scratch-copy.js';

/** Something that keeps the fleet right, and how to take it away: in a copy of the build, or in the test's database. */
export interface Guard {
  says: string;
  /** Changes one place of a function in the database. */
  sql?: { name: string; find: string; put: string };
  patches?: readonly Patch[];
  /** The faults that it guards against. */
  kinds: readonly FaultKind[];
  /** One of these checks must find that it is missing. */
  caughtBy: readonly CheckName[];
}

const append = 'append_events';

export const guards = {
  fence: {
    says: 'an append at another version than the stream has is refused',
    sql: {
      name: append,
      find: 'IF v_count = 0 THEN',
      put: 'p_expected := (SELECT coalesce(max(version), 0) FROM events WHERE stream = p_stream); IF v_count = 0 THEN',
    },
    kinds: ['worker-frozen'],
    caughtBy: ['streams', 'jobs'],
  },
  'idempotent-append': {
    says: 'an append that repeats event ids is answered as the first one was',
    sql: { name: append, find: 'IF v_here = v_count THEN', put: 'IF false THEN' },
    kinds: ['answers-lost'],
    caughtBy: ['attempts'],
  },
  horizon: {
    says: 'the feed stops short of the oldest transaction still under way',
    patches: [
      {
        file: 'dist/libs/event-store/src/read.js',
        find: 'AND xid < pg_snapshot_xmin(pg_current_snapshot())',
        put: '',
      },
    ],
    kinds: ['backend-frozen'],
    caughtBy: ['read-model', 'jobs'],
  },
  'put-back': {
    says: 'tickets that the queue lost are put back',
    patches: [
      {
        file: 'dist/apps/coordinator/src/reconcile/put-back-lost-tickets.js',
        find: 'let put = 0;',
        put: 'let put = 0;\n    return put;',
      },
    ],
    kinds: ['queue-flushed', 'tickets-lost'],
    caughtBy: ['jobs'],
  },
  'single-owner': {
    says: 'one worker serves a host, and its token writes only the runs of its hosts',
    // Either alone is enough that two attempts never write side by side.
    sql: {
      name: 'request_for_worker',
      find: 'WHERE held.worker_id = p_worker.worker_id AND held.instance_id = p_worker.instance_id',
      put: 'WHERE true',
    },
    patches: [
      {
        file: 'dist/apps/coordinator/src/workers/ownership.js',
        find: 'const [first] = refused;',
        put: 'const first = undefined;',
      },
      {
        file: 'dist/apps/coordinator/src/workers/ownership.js',
        find: 'const [first] = lost;',
        put: 'const first = undefined;',
      },
    ],
    kinds: ['worker-rival'],
    caughtBy: ['one-at-a-time'],
  },
} as const satisfies Record<string, Guard>;

export type GuardName = keyof typeof guards;
export const guardNames = Object.keys(guards) as GuardName[];
export const guardOf = (name: GuardName): Guard => guards[name];

/** @throws Error when the text to change is not in the function exactly once. */
export async function takeOutOfDatabase(postgres: PostgresServer, { sql }: Guard): Promise<void> {
  if (sql === undefined) return;
  await postgres.asAdmin(async (client) => {
    const { rows } = await client.query<{ text: string }>(
      'SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE proname = $1',
      [sql.name],
    );
    const text = rows[0]?.text ?? '';
    const times = text.split(sql.find).length - 1;
    if (rows.length !== 1 || times !== 1)
      throw new Error(`${sql.name}: "${sql.find}" stands there ${times} times; bring test/chaos/guards.ts up to date`);
    await client.query(text.replace(sql.find, () => sql.put));
  });
}
