import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DomainEvent } from '#contracts';
import { letWorkerWrite } from '../../../test/fleet/worker-token.js';
import {
  append,
  createPrisma,
  deterministicId,
  hashToken,
  newId,
  newToken,
  Prisma,
  type PrismaClient,
  readingAsWorker,
  sqlError,
} from './index.js';
import { cause, openStore, type StoreUnderTest } from './testing/store-under-test.js';

/** PostgreSQL's insufficient_privilege. */
const refused = '42501';

let store: StoreUnderTest;
let worker: PrismaClient;
let reader: PrismaClient;
const token = newToken();
const hostId = 'h1';
beforeAll(async () => {
  store = await openStore();
  worker = createPrisma(store.database.workerUrl);
  reader = createPrisma(store.database.readerUrl);
  const instanceId = newId();
  await letWorkerWrite(store.db, { workerId: 'w1', instanceId, tokenHash: hex(token), hostIds: [hostId] });
  await letWorkerWrite(store.db, { workerId: 'w2', instanceId: newId(), tokenHash: hex(newToken()), hostIds: ['h2'] });
});
afterAll(async () => {
  await Promise.all([worker.$disconnect(), reader.$disconnect()]);
  await store.close();
});

const hex = (text: string) => hashToken(text).toString('hex');

/** The SQL state that a piece of work ends with; 'done' when it was allowed. */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    return sqlError(error).code;
  }
}
const runsAs = (db: PrismaClient, sql: string) => outcome(db.$executeRawUnsafe(sql));

const changesOfHistory = [
  `UPDATE events SET actor = 'x'`,
  'DELETE FROM events',
  'TRUNCATE events',
  `INSERT INTO events (event_id, stream, version, type, schema_version, data, correlation_id, actor)
   VALUES (gen_random_uuid(), 'job-x', 1, 'JobCancelled', 1, '{}', gen_random_uuid(), 'x')`,
  `UPDATE sample_batches SET raw = ''`,
  `INSERT INTO sample_batches VALUES (gen_random_uuid(), gen_random_uuid(), 1, 0, '', '')`,
  'DELETE FROM sample_batches',
  `UPDATE rederived_batches SET samples = ''`,
  `INSERT INTO rederived_batches VALUES (gen_random_uuid(), 1, 2, 0, gen_random_uuid(), '')`,
  'DELETE FROM rederived_batches',
  'ALTER TABLE events DISABLE TRIGGER ALL',
  'CREATE TABLE mine (n int)',
  'DROP TABLE events',
];

type Data = Record<string, unknown>;

/** Events as a worker's login would send them: whatever it likes, past the schemas of this library. */
async function forge(
  stream: string,
  version: number,
  events: readonly { type: string; data: Data; samples?: Uint8Array }[],
  as: { token?: string; db?: PrismaClient; ids?: string[] } = {},
): Promise<string> {
  const rows = events.map(({ type, data }, i) => ({
    ...{ ...cause, eventId: as.ids?.[i] ?? newId(), type, schemaVersion: 1, data },
    actor: 'coordinator:reconciler',
  }));
  const bytes = (of: (samples: Uint8Array) => Uint8Array) =>
    Prisma.join(events.map(({ samples }) => Prisma.sql`${samples === undefined ? null : of(samples)}::bytea`));
  return outcome(
    (as.db ?? worker).$queryRaw`
      SELECT worker_append(${as.token ?? token}, ${stream}, ${version}::integer, ${JSON.stringify(rows)}::jsonb,
                           ARRAY[${bytes((samples) => samples)}], ARRAY[${bytes(() => new Uint8Array([1]))}])`,
  );
}

const requestOf = (runId: string, host = hostId) => ({
  ...{ runId, jobId: runId, hostId: host, attempt: 1, executor: 'simulator', probe: 'pf', replicate: 0, seed: 7 },
  ...{ faults: 4, warmup: 0, timeoutMs: 1_000, priority: 'normal' },
});

/** `X S version mask`, the CPU, the number of samples: all that the database looks at. */
const packedSamples = (count: number) => new Uint8Array([0x58, 0x53, 1, 3, 0, count, 0]);

const startOf = (runId: string, more: Data = {}) => ({
  type: 'RunStarted',
  data: { runId, attempt: 1, workerId: 'w1', provenance: 'simulated', labels: { host: hostId }, ...more },
});
const batchOf = (runId: string, batch: number, samples: number, more: Data = {}) => ({
  type: 'CrossingSamplesRecorded',
  data: { runId, attempt: 1, batch, samples, ...more },
  samples: packedSamples(samples),
});
const completionOf = (runId: string, more: Data = {}) => ({
  type: 'RunCompleted',
  data: { runId, attempt: 1, faults: 4, samples: 3, lost: 1, rejected: 0, batches: 2, ...more },
});

/** A run that was queued to a host, with what a worker has appended since. */
async function queuedRun(
  host = hostId,
): Promise<{ runId: string; stream: string; request: ReturnType<typeof requestOf> }> {
  const runId = newId();
  const stream = `run-${runId}`;
  const request = requestOf(runId, host);
  await append(store.db, stream, 0, [{ event: { type: 'RunQueued', data: request } as DomainEvent }], cause);
  return { runId, stream, request };
}

/** A run with two batches of three samples in all: version 4. */
async function measuredRun() {
  const run = await queuedRun();
  const events = [startOf(run.runId), batchOf(run.runId, 0, 2), batchOf(run.runId, 1, 1)];
  expect(await forge(run.stream, 1, events)).toBe('done');
  return run;
}

describe('a worker', () => {
  it('carries a run of its host from start to end, under its own name whatever it says', async () => {
    const { runId, stream } = await measuredRun();
    expect(await forge(stream, 4, [{ type: 'KernelLogGapObserved', data: { runId, attempt: 1 } }])).toBe('done');
    expect(await forge(stream, 5, [completionOf(runId)])).toBe('done');
    const rows = await store.db.$queryRaw`SELECT DISTINCT actor FROM events WHERE stream = ${stream} AND version > 1`;
    expect(rows).toEqual([{ actor: 'worker:w1' }]);
  });

  it('may repeat an append, also of batches, and is overtaken as before', async () => {
    const { runId, stream } = await queuedRun();
    const ids = [newId(), newId()];
    const events = [startOf(runId), batchOf(runId, 0, 2)];
    for (let time = 0; time < 2; time += 1) expect(await forge(stream, 1, events, { ids })).toBe('done');
    expect(await forge(stream, 1, [startOf(runId)])).toBe('XF001');
  });

  it('gives an attempt up with the next one queued, or for good', async () => {
    const { runId, stream, request } = await measuredRun();
    const givenUp = { type: 'RunAbandoned', data: { runId, attempt: 1, reason: 'worker-stopped', final: false } };
    const next = (more: Data) => ({ type: 'RunQueued', data: { ...request, attempt: 2, ...more } });
    expect(await forge(stream, 4, [givenUp])).toBe(refused);
    expect(await forge(stream, 4, [next({})])).toBe(refused);
    expect(await forge(stream, 4, [givenUp, next({ faults: 9 })])).toBe(refused);
    expect(await forge(stream, 4, [givenUp, next({ hostId: 'h2' })])).toBe(refused);
    expect(await forge(stream, 4, [givenUp, next({ attempt: 3 })])).toBe(refused);
    expect(await forge(stream, 4, [{ ...givenUp, data: { ...givenUp.data, reason: 'lease-expired' } }])).toBe(refused);
    expect(await forge(stream, 4, [givenUp, next({})])).toBe('done');
    expect(await forge(stream, 6, [batchOf(runId, 2, 1)])).toBe(refused); // of the attempt before
    const final = { ...givenUp.data, attempt: 2, reason: 'cancelled', final: true };
    expect(await forge(stream, 6, [startOf(runId, { attempt: 2 }), { type: 'RunAbandoned', data: final }])).toBe(
      'done',
    );
  });

  it.each<[string, (runId: string) => { type: string; data: Data; samples?: Uint8Array }[]]>([
    [
      '2,000,000 samples without a batch',
      (id) => [completionOf(id, { faults: 2e6, samples: 2e6, lost: 0, batches: 0 })],
    ],
    ['more samples than its batches', (id) => [completionOf(id, { samples: 4, lost: 0 })]],
    ['batches that are not there', (id) => [completionOf(id, { batches: 3 })]],
    ['losses that do not add up', (id) => [completionOf(id, { lost: 0 })]],
    ['negative losses', (id) => [completionOf(id, { lost: -1, rejected: 2 })]],
    ['fewer faults than were asked for', (id) => [completionOf(id, { faults: 3, lost: 0 })]],
    ['no counts', (id) => [completionOf(id, { samples: null, lost: null })]],
    ['a batch that says more than it holds', (id) => [{ ...batchOf(id, 2, 9), samples: packedSamples(1) }]],
    ['a batch without its bytes', (id) => [{ type: 'CrossingSamplesRecorded', data: batchOf(id, 2, 1).data }]],
    ['bytes that are no batch', (id) => [{ ...batchOf(id, 2, 1), samples: new Uint8Array([1, 2]) }]],
    ['a batch out of order', (id) => [batchOf(id, 5, 1)]],
    ['a second start', (id) => [startOf(id)]],
    ['another run', () => [completionOf(newId())]],
    ['another attempt', (id) => [completionOf(id, { attempt: 2 })]],
    ['a type of the coordinator', () => [{ type: 'JobCancelled', data: {} }]],
    ['a type that there is not', (id) => [{ type: 'RunTeleported', data: { runId: id, attempt: 1 } }]],
    ['something after the end', (id) => [completionOf(id), batchOf(id, 2, 1)]],
  ])('can not append %s', async (_what, events) => {
    const { runId, stream } = await measuredRun();
    expect(await forge(stream, 4, events(runId))).toBe(refused);
  });

  it.each<[string, Data]>([
    ['as another worker', { workerId: 'w2' }],
    ['under another host’s label', { labels: { host: 'h2' } }],
  ])('can not start a run %s', async (_what, more) => {
    const { runId, stream } = await queuedRun();
    expect(await forge(stream, 1, [startOf(runId, more)])).toBe(refused);
  });

  it('can not go on with a run that has ended', async () => {
    const { runId, stream } = await measuredRun();
    expect(await forge(stream, 4, [completionOf(runId)])).toBe('done');
    expect(await forge(stream, 5, [{ type: 'RunFailed', data: { runId, attempt: 1 } }])).toBe(refused);
  });

  it('neither ends nor reads a run of another host', async () => {
    const other = await queuedRun('h2');
    const failed = { type: 'RunFailed', data: { runId: other.runId, attempt: 1 } };
    expect(await forge(other.stream, 1, [failed])).toBe(refused);
    expect(await forge(other.stream, 1, [startOf(other.runId), completionOf(other.runId)])).toBe(refused);
    expect(await readingAsWorker(worker, token)(other.stream)).toEqual([]);
    const own = await queuedRun();
    expect(await readingAsWorker(worker, token)(own.stream)).toMatchObject([{ type: 'RunQueued' }]);
  });

  it('reads several of its runs at once, each for itself', async () => {
    const [one, other] = [await queuedRun(), await queuedRun('h2')];
    // Its forged events are none that this release can read.
    const { stream: forged } = await measuredRun();
    const read = readingAsWorker(worker, token);
    const asked = [one.stream, other.stream, forged, one.stream];
    const [first, none, unreadable, again] = await Promise.allSettled(asked.map((stream) => read(stream)));
    expect(first).toMatchObject({ value: [{ type: 'RunQueued' }] });
    expect(again).toEqual(first);
    expect(none).toMatchObject({ value: [] });
    expect(unreadable).toMatchObject({ status: 'rejected', reason: { name: 'ZodError' } });
  });

  it('loses a host with its ownership, and everything with its token', async () => {
    const { runId, stream } = await queuedRun();
    const presence = { where: { hostId } };
    const { instanceId } = await store.db.workerPresence.findUniqueOrThrow(presence);
    await store.db.workerPresence.update({ ...presence, data: { instanceId: newId() } });
    expect(await forge(stream, 1, [startOf(runId)])).toBe(refused);
    await store.db.workerPresence.update({ ...presence, data: { instanceId } });
    const kept = await store.db.workerToken.delete({ where: { workerId: 'w1' } });
    expect(await forge(stream, 1, [startOf(runId)])).toBe(refused);
    expect(await outcome(readingAsWorker(worker, token)(stream))).toBe(refused);
    await store.db.workerToken.create({ data: kept });
    expect(await forge(stream, 1, [startOf(runId)], { token: 'guessed' })).toBe(refused);
    expect(await forge(stream, 1, [startOf(runId)], { db: reader })).toBe(refused);
    expect(await forge(stream, 1, [startOf(runId)])).toBe('done');
  });

  it.each([
    ['a job', () => `job-${newId()}`, 1],
    ['a host', () => 'host-h1', 1],
    ['a run that nobody queued', () => `run-${newId()}`, 0],
  ])('can not append to %s', async (_what, stream, version) => {
    expect(await forge(stream(), version, [{ type: 'RunFailed', data: {} }])).toBe(refused);
  });

  it('can not take the ids that the coordinator will give its events', async () => {
    const { runId, stream } = await queuedRun();
    const jobId = newId();
    const ended = { type: 'JobCancelled', data: { jobId, reason: 'x' } } as DomainEvent;
    const id = deterministicId(jobId, ended.type);
    expect(await forge(stream, 1, [startOf(runId)], { ids: [id] })).toBe('23514');
    await expect(append(store.db, `job-${jobId}`, 0, [{ event: ended, eventId: id }], cause)).resolves.toBe(1);
  });

  it('can not tell that a log was read again', async () => {
    const { runId, stream } = await measuredRun();
    const rederived = { type: 'RunRederived', data: { runId, attempt: 1 } };
    expect(await forge(stream, 4, [rederived])).toBe(refused);
    expect(await forge(stream, 4, [completionOf(runId), rederived])).toBe(refused);
    const rows = JSON.stringify([{ ...cause, ...rederived, eventId: newId(), schemaVersion: 1 }]);
    const rederivation = worker.$queryRaw`SELECT append_rederivation(${stream}, 4, ${rows}::jsonb, '{}')`;
    expect(await outcome(rederivation)).toBe(refused);
  });

  it.each([
    ...changesOfHistory,
    ...[
      'events',
      'worker_tokens',
      'worker_presence',
      'worker_sessions',
      'host_presence',
      'sample_batches',
      'rederived_batches',
      'runs',
      'jobs',
      'hosts',
      'api_keys',
      'checkpoints',
    ].map((table) => `SELECT FROM ${table}`),
    `SELECT append_events('run-x', 1, '[{}]', '{}', '{}')`,
    `SELECT worker_of_token('x')`,
    'DELETE FROM run_leases',
    'SET ROLE xf_coordinator',
    'SET SESSION AUTHORIZATION coordinator',
  ])('can not: %s', async (sql) => {
    expect(await runsAs(worker, sql)).toBe(refused);
  });
});

describe('the coordinator', () => {
  it.each(changesOfHistory)('can not: %s', async (sql) => {
    expect(await runsAs(store.db, sql)).toBe(refused);
  });
});

describe('a reader', () => {
  it.each([
    ...[
      'hosts',
      'runs',
      'boot_states',
      'run_results',
      'run_gaps',
      'daily_series',
      'worker_presence',
      'host_presence',
      'checkpoints',
    ].map((table) => `SELECT * FROM ${table}`),
    'SELECT job_id, spec, submitted_at, state, outcome, ended_at, runs_total FROM jobs',
  ])('can: %s', async (sql) => {
    expect(await runsAs(reader, sql)).toBe('done');
  });

  it.each([
    ...changesOfHistory,
    ...[
      'events',
      'sample_batches',
      'rederived_batches',
      'api_keys',
      'worker_tokens',
      'worker_sessions',
      'run_leases',
      '_prisma_migrations',
    ].map((table) => `SELECT FROM ${table}`),
    'SELECT submitted_by FROM jobs',
    'UPDATE runs SET samples = 0',
    'DELETE FROM run_results',
    `SELECT append_events('run-x', 1, '[{}]', '{}', '{}')`,
  ])('can not: %s', async (sql) => {
    expect(await runsAs(reader, sql)).toBe(refused);
  });
});

describe('the superuser', () => {
  it.each([
    `UPDATE events SET actor = 'x'`,
    'DELETE FROM events',
    'TRUNCATE events',
    `UPDATE sample_batches SET raw = ''`,
    `UPDATE rederived_batches SET samples = ''`,
  ])('is kept from a slip: %s', async (sql) => {
    expect(await runsAs(store.admin, sql)).toBe(refused);
  });
});
