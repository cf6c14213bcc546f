import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ExecutorName, executorSchema, provenanceFits, provenanceSchema } from '#contracts';
import { newId, type PrismaClient, sqlError } from './index.js';
import { cause, openStore, type StoreUnderTest } from './testing/store-under-test.js';

/** PostgreSQL's check_violation. */
const refused = '23514';
const pairs = executorSchema.options.flatMap((executor) =>
  provenanceSchema.options.map((provenance) => ({ executor, provenance, fits: provenanceFits(executor, provenance) })),
);

describe('the provenance of a run in the database', () => {
  let store: StoreUnderTest;
  beforeAll(async () => {
    store = await openStore();
  });
  afterAll(async () => {
    await store.close();
  });

  /** Only what the rule looks at: the store's schemas would refuse less. */
  async function tell(db: PrismaClient, stream: string, version: number, type: string, data: object): Promise<string> {
    const events = [{ eventId: newId(), type, schemaVersion: 1, data, ...cause }];
    try {
      await db.$queryRaw`SELECT append_events(${stream}, ${version}::integer, ${JSON.stringify(events)}::jsonb, '{}', '{}')`;
      return 'done';
    } catch (error) {
      return sqlError(error).code;
    }
  }
  const queued = async (executor: ExecutorName): Promise<string> => {
    const stream = `run-${newId()}`;
    expect(await tell(store.db, stream, 0, 'RunQueued', { executor })).toBe('done');
    return stream;
  };

  it.each(pairs)('$executor, $provenance: $fits, as the contract has it', async ({ executor, provenance, fits }) => {
    const [row] = await store.db.$queryRaw<
      { fits: boolean }[]
    >`SELECT provenance_fits(${executor}, ${provenance}) AS fits`;
    expect(row?.fits).toBe(fits);
    const data = { provenance, labels: { provenance }, evidence: { reason: 'seen' } };
    expect(await tell(store.db, await queued(executor), 1, 'RunStarted', data)).toBe(fits ? 'done' : refused);
  });

  it.each([
    ['a label says otherwise', { provenance: 'unknown', labels: { provenance: 'measured' } }],
    ['none is said', { labels: {} }],
    ['it says measured and brings no evidence', { provenance: 'measured', labels: {} }],
    ['it says measured and its evidence is null', { provenance: 'measured', labels: {}, evidence: null }],
    ['it is none that there is', { provenance: 'guessed', labels: {} }],
  ])('refuses a start when %s', async (_what, data) => {
    expect(await tell(store.db, await queued('stock-host'), 1, 'RunStarted', data)).toBe(refused);
  });

  it('goes by the first order, whatever a worker that gives up orders anew, and refuses a start of nothing', async () => {
    const stream = await queued('simulator');
    await tell(store.db, stream, 1, 'RunAbandoned', {});
    await tell(store.db, stream, 2, 'RunQueued', { executor: 'stock-host' });
    expect(await tell(store.db, stream, 3, 'RunStarted', { provenance: 'measured', labels: {}, evidence: {} })).toBe(
      refused,
    );
    expect(await tell(store.db, stream, 3, 'RunStarted', { provenance: 'simulated', labels: {} })).toBe('done');
    expect(await tell(store.db, `run-${newId()}`, 0, 'RunStarted', { provenance: 'measured' })).toBe(refused);
  });

  it('stands in the read model only where it fits', async () => {
    const insert = store.db.$executeRaw`
      INSERT INTO runs (run_id, job_id, host_id, executor, probe, plan_index, replicate, state, faults, provenance)
      VALUES (gen_random_uuid(), gen_random_uuid(), 'h', 'simulator', 'pf', 0, 0, 'started', 1, 'measured')`;
    await expect(insert).rejects.toThrow(/runs_provenance_fits/);
  });
});
