import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
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

  it('goes by the first order, whatever a worker that gives up orders next, and refuses a start of nothing', async () => {
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

  it('of what earlier releases called measured without evidence is unknown once migrated', async () => {
    const stream = await queued('stock-host');
    const evidence = { reason: 'seen' };
    expect(await tell(store.db, stream, 1, 'RunStarted', { provenance: 'measured', labels: {}, evidence })).toBe(
      'done',
    );
    const [withEvidence, without] = [stream.slice('run-'.length), newId()];
    const ended = '2026-11-22T10:20:00Z';
    const admin = new pg.Client({ connectionString: store.database.adminUrl });
    await admin.connect();
    // A roll-up that there was then: those of its columns that the migration reads.
    await admin.query(
      'CREATE TABLE hourly_results (hour timestamptz, generation text, virtualization text, metric text, provenance text)',
    );
    for (const [runId, at, hour] of [
      [withEvidence, '2026-11-26T10:20:00Z', '2026-11-26T10:00:00Z'],
      [without, ended, '2026-11-22T10:00:00Z'],
    ] as const) {
      await store.db.$executeRaw`
        INSERT INTO runs (run_id, job_id, host_id, executor, probe, plan_index, replicate, state, faults, provenance, labels)
        VALUES (${runId}::uuid, ${runId}::uuid, 'h', 'stock-host', 'pf_rt', 0, 0, 'completed', 1, 'measured', '{"provenance": "measured"}')`;
      await store.db.$executeRaw`
        INSERT INTO run_results SELECT * FROM jsonb_populate_record(NULL::run_results, ${JSON.stringify({
          ...{
            run_id: runId,
            job_id: runId,
            host_id: 'h',
            probe: 'pf_rt',
            metric: 'pf_rt',
            generation: 'g',
            virtualization: 'bare',
            executor: 'stock-host',
          },
          ...{ provenance: 'measured', ended_at: at, samples: 1, invalid: 0, interrupted: 0, histogram: '\\x' },
          ...{ min_cycles: 1, p5_cycles: 1, p25_cycles: 1, p50_cycles: 1, p75_cycles: 1, p95_cycles: 1, p99_cycles: 1 },
          ...{ max_cycles: 1, mean_cycles: 1 },
        })}::jsonb)`;
      await admin.query(`INSERT INTO hourly_results VALUES ($1, 'g', 'bare', 'pf_rt', 'measured')`, [hour]);
    }
    const migration = await readFile('prisma/migrations/20261126000800_measured_needs_evidence/migration.sql', 'utf8');
    await admin.query(`BEGIN; ${migration} COMMIT`);
    const { rows } = await admin.query(`
      SELECT r.provenance AS run, r.labels ->> 'provenance' AS label, s.provenance AS result, h.provenance AS hour
        FROM runs r JOIN run_results s USING (run_id) JOIN hourly_results h ON h.hour = date_trunc('hour', s.ended_at, 'UTC')
       WHERE r.host_id = 'h' ORDER BY s.ended_at`);
    await admin.end();
    const all = (said: string): object => ({ run: said, label: said, result: said, hour: said });
    expect(rows).toEqual([all('unknown'), all('measured')]);
  });
});
