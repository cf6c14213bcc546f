import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import pg from 'pg';
import { runStream } from '#contracts';
import { createPrisma, type PrismaClient } from '#event-store';
import { describeSchema } from '../../../../libs/postgres/src/describe-schema.js';
import { eventually } from '../../../../test/eventually.js';
import { simulatedHost } from '../../../../test/fleet/hosts.js';
import { catchUp, dumpReadModel, rebuild } from '../../../../test/fleet/read-model.js';
import { measure, slipIn, submitJob, tellRun } from '../../../../test/fleet/story.js';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { dailySeries } from '../projections/daily-series.table.js';
import { operational } from '../projections/operational.js';
import type { Projection } from '../projections/projection.js';
import { projections } from '../projections/projections.js';
import { retryStream } from '../projections/retry-stream.js';
import { askToRebuild } from './ask-to-rebuild.js';
import { fillProjection, type FillOptions } from './fill.js';
import { follow } from './follow.js';
import { shadowSchemaOf, standingOf } from './standing.js';

jest.setTimeout(120_000);

const host = simulatedHost('h1');
const faults = 20;
let database: FreshDatabase;
let db: PrismaClient;
let other: PrismaClient;
let admin: pg.Client;

beforeEach(async () => {
  database = await freshDatabase();
  db = createPrisma(database.coordinatorUrl, { poolSize: 10 });
  other = createPrisma(database.coordinatorUrl);
  admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  // While there is no history they count as filled.
  await catchUp(db, database.coordinatorUrl);
});
afterEach(async () => {
  await Promise.all([db.$disconnect(), other.$disconnect(), admin.end()]);
  await database.drop();
});

const onError = (error: unknown): void => {
  throw error;
};
const options = (more: Partial<FillOptions> = {}): FillOptions => ({
  db,
  databaseUrl: database.coordinatorUrl,
  ...more,
});
const next = (projection: Projection, more: Partial<Projection> = {}): Projection => ({
  ...projection,
  version: projection.version + 1,
  // So that a fill takes many passes.
  batchSize: 3,
  ...more,
});

let seed = 0;

/** Some runs, ended, each with a seed of its own: of copies the roll-ups count one. */
async function measured(count: number): Promise<string[]> {
  const { jobId, plan } = await submitJob(db, [host], { faults, runsPerHost: count });
  for (const run of plan) {
    const rest = { attempt: 1, faults, warmup: 0, timeoutMs: 1_000, priority: 'normal', seed: (seed += 1) } as const;
    await tellRun(db, run.runId, { type: 'queue', request: { ...run, jobId, ...rest } });
    await measure(db, run.runId, 1, { faults });
  }
  return plan.map(({ runId }) => runId);
}

async function caughtUp(projection: Projection): Promise<void> {
  const subscription = follow(projection, { db, onError });
  while ((await subscription.lag()).events > 0) if ((await subscription.advance()) === 0) await turn();
}

/** The tables as a rebuild from nothing gives them. */
async function expectRebuildIsEqual(): Promise<void> {
  for (const projection of projections) await caughtUp(projection);
  const kept = await dumpReadModel(db);
  for (const { tables } of projections) for (const table of tables) await admin.query(`DELETE FROM ${table}`);
  await admin.query('DELETE FROM checkpoints');
  for (const projection of projections) await caughtUp(projection);
  expect(await dumpReadModel(db)).toEqual(kept);
}

const schemas = async (): Promise<string[]> =>
  (
    await admin.query<{ name: string }>(`SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'filling%'`)
  ).rows.map(({ name }) => name);

describe('a projection whose version has changed', () => {
  it('is swapped when it is near the tables that are followed, however little its passes take', async () => {
    await measured(8);
    await catchUp(db, database.coordinatorUrl);
    let passes = 0;
    const onStep = (step: string): void => {
      if (step === 'passed') passes += 1;
    };
    const changed = next(operational, { weightOf: () => 1, mostWeight: 1 });
    expect(await fillProjection(changed, options({ onStep }))).toBe(true);
    // Five full passes are left to the swap, 15 events of 33 or more.
    expect(passes).toBeGreaterThan(10);
  });

  it('is filled while writers append and readers read, who see no row less at any time', async () => {
    await measured(8);
    await catchUp(db, database.coordinatorUrl);
    const fleet = next(operational, { batchSize: 10 });
    const days = next(dailySeries, { batchSize: 10, reads: fleet });
    const followers = [follow(fleet, { db, onError }), follow(days, { db, onError })];
    for (const follower of followers) follower.start();

    let swapped = false;
    const reader = new pg.Client({ connectionString: database.readerUrl });
    await reader.connect();
    const seen: [results: number, ended: number, rolledUp: number][] = [];
    const reading = (async () => {
      while (!swapped) {
        const { rows } = await reader.query<{ seen: [number, number, number] }>(`
          SELECT json_build_array((SELECT count(*) FROM run_results), (SELECT count(*) FROM runs WHERE state = 'completed'),
                                  (SELECT coalesce(sum(runs), 0) FROM daily_series)) AS seen`);
        if (rows[0]) seen.push(rows[0].seen);
      }
    })();
    const writing = (async () => {
      let jobs = 0;
      for (; !swapped || jobs < 2; jobs += 1) await measured(2);
      return jobs;
    })();
    expect(await fillProjection(fleet, options())).toBe(true);
    expect(await fillProjection(days, options())).toBe(true);
    swapped = true;
    await reading;
    const jobs = await writing;
    for (const follower of followers) await follower.stop();
    await reader.end();

    expect(seen[0]).toEqual([16, 8, 16]);
    for (const column of [0, 1, 2] as const) {
      const counts = seen.map((row) => Number(row[column]));
      expect(counts).toEqual([...counts].sort((a, b) => a - b));
    }
    await caughtUp(fleet);
    await caughtUp(days);
    expect(await db.run.count({ where: { state: 'completed' } })).toBe(8 + 2 * jobs);
    expect(await standingOf(db, fleet)).toMatchObject({ version: fleet.version, generation: 1, fillingVersion: null });
    expect(await standingOf(db, days)).toMatchObject({ version: days.version, generation: 1, readGeneration: 1 });
    expect(await schemas()).toEqual([]);
    await admin.query('UPDATE projections SET version = 0');
    await expectRebuildIsEqual();
  });

  it('goes on where a kill left it, wherever that was', async () => {
    await measured(6);
    await catchUp(db, database.coordinatorUrl);
    const before = await dumpReadModel(db);
    const fleet = next(operational);
    let kills = 0;
    let done = false;
    // PostgreSQL sees no more of kill -9 than sessions that end.
    const kill = () =>
      admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'coordinator' AND datname = current_database()`,
      );
    const isHeldUp = async () =>
      (await admin.query(`SELECT FROM pg_stat_activity WHERE usename = 'coordinator' AND wait_event_type = 'Lock'`))
        .rowCount;
    // First in transactions that a lock holds up: at a pass's start, in it, in a later one, in the swap. Then wherever it may be.
    const shadowRuns = `"${shadowSchemaOf(fleet)}".runs`;
    const places = [
      { after: 'begun', table: 'checkpoints' },
      { after: 'begun', table: shadowRuns },
      { after: 'passed', table: shadowRuns },
      { after: 'passed', table: 'projections' },
    ];
    const holder = new pg.Client({ connectionString: database.adminUrl });
    await holder.connect();
    while (!done) {
      let killed = Promise.resolve<unknown>(undefined);
      const place = places[kills];
      let held = false;
      const onStep = async (step: string) => {
        if (held || step !== place?.after) return;
        held = true;
        await holder.query('BEGIN');
        await holder.query(`LOCK TABLE ${place.table} IN ACCESS EXCLUSIVE MODE`);
        killed = eventually('the fill is held up', isHeldUp).then(kill);
      };
      const filling = fillProjection(fleet, options({ onStep })).then(
        (swapped) => (done = swapped),
        () => kills++,
      );
      if (place === undefined) {
        for (let wait = 0; wait < 3 * (kills - places.length + 1); wait += 1) await turn();
        if (kills < 12) await kill();
      }
      await filling;
      await killed;
      await holder.query('ROLLBACK');
      expect(await dumpReadModel(db).catch(() => dumpReadModel(db))).toEqual(before);
    }
    await holder.end();
    expect(kills).toBeGreaterThanOrEqual(places.length);
    expect(await standingOf(db, fleet)).toMatchObject({ version: fleet.version, generation: 1 });
    expect(await schemas()).toEqual([]);
  });

  it.each(['begun', 'passed'] as const)('goes on after an end at: %s', async (at) => {
    await measured(3);
    await catchUp(db, database.coordinatorUrl);
    const fleet = next(operational);
    const steps: string[] = [];
    const end = (step: string): void => {
      if (step === at) throw new Error('killed');
    };
    await expect(fillProjection(fleet, options({ onStep: end }))).rejects.toThrow('killed');
    const left = await db.checkpoint.findUnique({ where: { subscription: 'filling:operational' } });
    expect(await fillProjection(fleet, options({ onStep: (step) => void steps.push(step) }))).toBe(true);
    expect(left?.position).toBe(at === 'begun' ? 0n : 3n);
    const events = Number((await admin.query<{ n: string }>('SELECT count(*) AS n FROM events')).rows[0]?.n);
    // What was passed before is not passed again.
    expect(steps.filter((step) => step === 'passed').length).toBeLessThanOrEqual(
      Math.ceil(events / 3) - (at === 'passed' ? 1 : 0),
    );
    await admin.query('UPDATE projections SET version = 0');
    await expectRebuildIsEqual();
  });

  it('begins anew where a table has come to the projection since', async () => {
    await measured(1);
    await catchUp(db, database.coordinatorUrl);
    const fleet = next(operational);
    const end = (): never => {
      throw new Error('killed');
    };
    await expect(fillProjection(fleet, options({ onStep: end }))).rejects.toThrow('killed');
    await admin.query(`DROP TABLE "${shadowSchemaOf(fleet)}".run_gaps`);
    const steps: string[] = [];
    expect(await fillProjection(fleet, options({ onStep: (step) => void steps.push(step) }))).toBe(true);
    expect(steps.at(-1)).toBe('swapped');
  });

  it('is filled once by two coordinators', async () => {
    await measured(6);
    await catchUp(db, database.coordinatorUrl);
    const before = await dumpReadModel(db);
    const fleet = next(operational);
    const outcomes = await Promise.all([
      fillProjection(fleet, options()),
      fillProjection(fleet, options({ db: other })),
    ]);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await standingOf(db, fleet)).toMatchObject({ version: fleet.version, generation: 1 });
    expect(await dumpReadModel(db)).toEqual(before);
    expect(await fillProjection(fleet, options())).toBe(false);
  });

  it('keeps constraints, indexes, their names and all rights', async () => {
    await measured(1);
    await catchUp(db, database.coordinatorUrl);
    const before = await describeSchema(database.adminUrl);
    await rebuild(db, database.coordinatorUrl);
    expect((await standingOf(db, operational)).generation).toBe(1);
    expect(await describeSchema(database.adminUrl)).toBe(before);
  });

  it('waits for readers that stay, whom others need not wait for long', async () => {
    await measured(2);
    await catchUp(db, database.coordinatorUrl);
    await admin.query('BEGIN');
    await admin.query('SELECT count(*) FROM runs');
    const filling = fillProjection(next(operational), options());
    const refused = `SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted`;
    const watch = new pg.Client({ connectionString: database.adminUrl });
    await watch.connect();
    while ((await watch.query<{ count: string }>(refused)).rows[0]?.count === '0') await turn();
    // Behind the swap that waits: answered all the same, once it has given up for now.
    expect((await watch.query<{ n: string }>('SELECT count(*) AS n FROM runs')).rows[0]?.n).toBe('2');
    await watch.end();
    await admin.query('COMMIT');
    expect(await filling).toBe(true);
  });

  it('is left alone by an older release, which does not fold into it either', async () => {
    await measured(1);
    await catchUp(db, database.coordinatorUrl);
    expect(await fillProjection(next(operational), options())).toBe(true);
    await measured(1);
    const old = follow(operational, { db, onError });
    expect(await old.advance()).toBe(0);
    expect(await fillProjection(operational, options())).toBe(false);
    expect(await db.run.count()).toBe(1);
  });

  it('begins again when its table was migrated in mid-fill', async () => {
    await measured(2);
    await catchUp(db, database.coordinatorUrl);
    const end = (): void => {
      throw new Error('killed');
    };
    await expect(fillProjection(next(operational), options({ onStep: end }))).rejects.toThrow('killed');
    await admin.query('CREATE INDEX of_a_later_release ON runs (executor)');
    expect(await fillProjection(next(operational), options())).toBe(true);
    const { rows } = await admin.query(
      `SELECT FROM pg_indexes WHERE indexname = 'of_a_later_release' AND schemaname = 'public'`,
    );
    expect(rows).toHaveLength(1);
  });
});

describe('a projection that reads another', () => {
  it('is filled again after that one was', async () => {
    await measured(2);
    await catchUp(db, database.coordinatorUrl);
    await askToRebuild(db, operational);
    // Not before: it would be filled from tables that go.
    expect(await fillProjection(dailySeries, options())).toBe(false);
    expect(await fillProjection(operational, options())).toBe(true);
    expect(await fillProjection(dailySeries, options())).toBe(true);
    expect(await standingOf(db, dailySeries)).toMatchObject({ generation: 1, readGeneration: 1 });
    await expectRebuildIsEqual();
  });

  it('never runs ahead of it, and is right however far it lags', async () => {
    await catchUp(db, database.coordinatorUrl);
    await measured(3);
    const days = follow(dailySeries, { db, onError });
    expect(await days.advance()).toBe(0);
    await caughtUp(operational);
    await measured(2);
    await caughtUp(operational);
    await caughtUp(dailySeries);
    expect((await db.dailySeries.findMany()).reduce((sum, { runs }) => sum + runs, 0)).toBe(10);
    await expectRebuildIsEqual();
  });

  it('is told of a stream that is taken up again, also while it is filled', async () => {
    await admin.query('ALTER TABLE runs ADD CONSTRAINT narrow CHECK (overhead_cycles <> 20)');
    const [runId = ''] = await measured(1);
    await catchUp(db, database.coordinatorUrl);
    expect(await db.dailySeries.count()).toBe(0);
    const end = (step: string): void => {
      if (step === 'passed') throw new Error('killed');
    };
    const days = next(dailySeries, { batchSize: 100 });
    await expect(fillProjection(days, options({ onStep: end }))).rejects.toThrow('killed');
    await admin.query('ALTER TABLE runs DROP CONSTRAINT narrow');
    expect(await retryStream(db, runStream(runId))).toMatchObject({ folded: true });
    await follow(days, { db, onError }).advance();
    expect(await db.dailySeries.count()).toBe(2);
    expect(await fillProjection(days, options())).toBe(true);
    expect(await db.dailySeries.count()).toBe(2);
    expect(await db.streamToRefold.count({ where: { subscription: { contains: 'daily' } } })).toBe(0);
  });

  it('passes over what can not be read', async () => {
    const [runId = ''] = await measured(1);
    await slipIn(db, runStream(runId), 'RunPaused', 1, {});
    await catchUp(db, database.coordinatorUrl);
    await measured(1);
    await catchUp(db, database.coordinatorUrl);
    expect((await db.dailySeries.findMany()).reduce((sum, { runs }) => sum + runs, 0)).toBe(4);
  });
});

describe('a new projection', () => {
  const counts: Projection = {
    ...{ name: 'run_counts', version: 1, tables: ['run_counts'], batchSize: 3 },
    async fold(tx, events) {
      for (const { type, data } of events) {
        if (type !== 'RunCompleted') continue;
        await tx.$executeRaw`INSERT INTO run_counts (run_id) VALUES (${data.runId}::uuid) ON CONFLICT DO NOTHING`;
      }
    },
  };

  it('shows nothing until all of history is in it, and is followed then', async () => {
    await measured(3);
    await admin.query('CREATE TABLE run_counts (run_id uuid PRIMARY KEY)');
    await admin.query('GRANT SELECT, INSERT, UPDATE, DELETE ON run_counts TO xf_coordinator');
    const rows = async () => (await admin.query('SELECT FROM run_counts')).rows.length;
    const live = follow(counts, { db, onError });
    expect(await live.advance()).toBe(0);
    const seen: number[] = [];
    const onStep = async (): Promise<void> => void seen.push(await rows());
    expect(await fillProjection(counts, options({ onStep }))).toBe(true);
    expect([...new Set(seen)]).toEqual([0, 3]);
    await measured(1);
    await caughtUp(counts);
    expect(await rows()).toBe(4);
  });

  it('is shown while writers append, whose later events its own transaction holds back', async () => {
    await measured(1);
    await admin.query('CREATE TABLE run_counts (run_id uuid PRIMARY KEY)');
    await admin.query('GRANT SELECT, INSERT, UPDATE, DELETE ON run_counts TO xf_coordinator');
    let shown = false;
    const writing = (async () => {
      while (!shown) await measured(1);
    })();
    try {
      // Passes that the writers do not fill.
      expect(await fillProjection({ ...counts, batchSize: 500 }, options())).toBe(true);
    } finally {
      shown = true;
      await writing;
    }
  });

  it('is not shown while an older transaction holds back the end of history', async () => {
    await admin.query('CREATE TABLE run_counts (run_id uuid PRIMARY KEY)');
    await admin.query('GRANT SELECT, INSERT, UPDATE, DELETE ON run_counts TO xf_coordinator');
    const older = new pg.Client({ connectionString: database.adminUrl });
    await older.connect();
    await older.query('BEGIN');
    await older.query('SELECT pg_current_xact_id()');
    await measured(3);
    let shown: number | undefined;
    let letting: Promise<unknown> | undefined;
    /** The swap holds the projection's row while it waits for the end of history. */
    const isSwapping = async (): Promise<boolean> =>
      (await admin.query(`SELECT FROM projections WHERE name = 'run_counts' FOR UPDATE SKIP LOCKED`)).rows.length === 0;
    const onStep = async (step: string): Promise<void> => {
      if (step === 'begun')
        letting = eventually('it is swapping, or has swapped', async () => shown !== undefined || (await isSwapping()))
          .then(() => older.query('COMMIT'))
          .then(() => older.end());
      if (step === 'swapped') shown = (await admin.query('SELECT FROM run_counts')).rows.length;
    };
    expect(await fillProjection(counts, options({ onStep }))).toBe(true);
    await letting;
    expect(shown).toBe(3);
  });
});

describe('a coordinator’s login', () => {
  let login: pg.Client;
  beforeEach(async () => {
    login = new pg.Client({ connectionString: database.coordinatorUrl });
    await login.connect();
  });
  afterEach(() => login.end());

  it.each([
    [`SELECT make_shadow_tables('x', '{events}')`, /table events is none that/],
    [`SELECT swap_shadow_tables('x', '{sample_batches}')`, /table sample_batches is none that/],
    [`SELECT make_shadow_tables('x', '{nothing}')`, /no table nothing/],
    [`SELECT make_shadow_tables('x"; DROP', '{runs}')`, /not a name/],
    [`SELECT swap_shadow_tables('operational', '{runs}')`, /does not exist/],
    ['DROP TABLE runs', /must be owner/],
  ])('can not: %s', async (sql, reason) => {
    await expect(login.query(sql)).rejects.toThrow(reason);
  });
});
