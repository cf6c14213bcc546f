import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { append, createPrisma, newId, type PrismaClient, sqlError } from './index.js';
import { cancelled, cause, openStore, samplesRecorded, type StoreUnderTest } from './testing/store-under-test.js';

/** PostgreSQL's insufficient_privilege. */
const refused = '42501';

let store: StoreUnderTest;
let worker: PrismaClient;
let reader: PrismaClient;
const runId = newId();
beforeAll(async () => {
  store = await openStore();
  worker = createPrisma(store.database.workerUrl);
  reader = createPrisma(store.database.readerUrl);
  await append(store.db, `run-${runId}`, 0, [{ event: cancelled('stands for RunQueued') }], cause);
});
afterAll(async () => {
  await Promise.all([worker.$disconnect(), reader.$disconnect()]);
  await store.close();
});

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

describe('a worker', () => {
  it('goes on with a run that was queued', async () => {
    expect(await append(worker, `run-${runId}`, 1, [samplesRecorded(runId, 0, [1], [2])], cause)).toBe(2);
  });

  it.each([
    ['a job', () => append(worker, `job-${newId()}`, 1, [{ event: cancelled('x') }], cause)],
    ['a host', () => append(worker, 'host-a', 1, [{ event: cancelled('x') }], cause)],
    ['a run that nobody queued', () => append(worker, `run-${newId()}`, 0, [{ event: cancelled('x') }], cause)],
  ])('can not append to %s', async (_what, work) => {
    expect(await outcome(work())).toBe(refused);
  });

  it('can not queue an attempt', async () => {
    const queued = JSON.stringify([{ ...cause, eventId: newId(), type: 'RunQueued', schemaVersion: 1, data: {} }]);
    const work = worker.$queryRaw`SELECT append_events(${`run-${runId}`}, 2, ${queued}::jsonb, '{}', '{}')`;
    expect(await outcome(work)).toBe(refused);
  });

  it('can not tell that a log was read again', async () => {
    const rederived = JSON.stringify([
      { ...cause, eventId: newId(), type: 'RunRederived', schemaVersion: 1, data: {} },
    ]);
    const appended = worker.$queryRaw`SELECT append_events(${`run-${runId}`}, 2, ${rederived}::jsonb, '{}', '{}')`;
    expect(await outcome(appended)).toBe(refused);
    const rederivation = worker.$queryRaw`SELECT append_rederivation(${`run-${runId}`}, 2, ${rederived}::jsonb, '{}')`;
    expect(await outcome(rederivation)).toBe(refused);
  });

  it.each([
    ...changesOfHistory,
    ...['sample_batches', 'rederived_batches', 'runs', 'jobs', 'hosts', 'api_keys', 'checkpoints'].map(
      (table) => `SELECT FROM ${table}`,
    ),
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
      'hourly_results',
      'worker_presence',
      'checkpoints',
    ].map((table) => `SELECT * FROM ${table}`),
    'SELECT job_id, spec, submitted_at, state, outcome, ended_at, runs_total FROM jobs',
  ])('can: %s', async (sql) => {
    expect(await runsAs(reader, sql)).toBe('done');
  });

  it.each([
    ...changesOfHistory,
    ...['events', 'sample_batches', 'rederived_batches', 'api_keys', 'run_leases', '_prisma_migrations'].map(
      (table) => `SELECT FROM ${table}`,
    ),
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
