import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { type BootState, bootStateStream, runStream } from '#contracts';
import {
  createPrisma,
  hashToken,
  newId,
  observeBootStateAsWorker,
  type PrismaClient,
  readStream,
  sqlError,
} from '#event-store';
import { canonicalJson, hashBootState } from '#lifecycle';
import { bootStateOf, simulatedHost } from '../../../../test/fleet/hosts.js';
import { causeOf, measure, observeBootState, queueRuns, slipIn, startAttempt } from '../../../../test/fleet/story.js'; // prettier-ignore
import { letWorkerWrite } from '../../../../test/fleet/worker-token.js';
import { ensureLogin } from '#postgres';
import { freshDatabase, type FreshDatabase } from '../../../../test/postgres/fresh-database.js';
import { rebuild } from '../../../../test/fleet/read-model.js';

/** PostgreSQL's check_violation and insufficient_privilege. */
const [falseHash, denied] = ['23514', '42501'];
jest.setTimeout(60_000);

const faults = 40;
let database: FreshDatabase;
let db: PrismaClient;

beforeAll(async () => {
  database = await freshDatabase();
  db = createPrisma(database.coordinatorUrl);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

const outcome = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'done',
    (error: unknown) => sqlError(error).code,
  );

async function queuedRun(hostId = 'h1'): Promise<string> {
  const { runIds } = await queueRuns(db, [simulatedHost(hostId)], { faults, runsPerHost: 1 });
  return runIds[0] ?? '';
}

const startOf = (runId: string, more: object) => ({
  ...{ runId, attempt: 1, workerId: 'w1', nonce: '0badcafe', provenance: 'simulated', labels: { host: 'h1' } },
  ...more,
});

describe('boot_state_hash', () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 }).filter((one) => !/[\u0000\p{Cs}]/u.test(one));
  const texts = fc.dictionary(text, text, { maxKeys: 6, noNullPrototype: true });
  const bootStates = fc
    .record({
      microcode: fc.option(text),
      kernelRelease: text,
      mitigations: texts,
      kpti: fc.option(fc.boolean()),
      tscKhz: fc.option(fc.double({ min: 1, max: 1e8, noNaN: true })),
      cpus: fc.integer({ min: 1, max: 4096 }),
      extra: texts,
    })
    .map((some): BootState => ({ ...bootStateOf('Haswell-EP'), ...some }));

  it('is what hashBootState gives, whatever stands in the texts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(bootStates, { minLength: 40, maxLength: 40 }), async (all) => {
        const rows = await db.$queryRaw<{ json: string; hash: string }[]>`
          SELECT canonical_json(b) AS json, boot_state_hash(b) AS hash
            FROM jsonb_array_elements(${JSON.stringify(all)}::jsonb) WITH ORDINALITY AS t (b, i) ORDER BY i`;
        expect(rows.map(({ json }) => json)).toEqual(all.map((one) => canonicalJson(one)));
        expect(rows.map(({ hash }) => hash)).toEqual(all.map((one) => hashBootState(one)));
      }),
      { numRuns: 8 },
    );
  });

  it.each([2_399_499.9, 2_399_500, 2_400_500, 1, 499.9, null])(
    'counts %s kHz in whole MHz, halves up',
    async (tscKhz) => {
      const bootState = { ...bootStateOf('Haswell-EP'), tscKhz };
      const [row] = await db.$queryRaw<{ hash: string }[]>`
      SELECT boot_state_hash(${JSON.stringify(bootState)}::jsonb) AS hash`;
      expect(row?.hash).toBe(hashBootState(bootState));
    },
  );
});

describe('a boot state', () => {
  it('is stored once, however many runs name it', async () => {
    for (const base of [300, 301, 302]) await measure(db, await queuedRun(), 1, { faults, base });
    const hash = hashBootState(bootStateOf('Haswell-EP'));
    expect(await readStream(db, bootStateStream(hash))).toMatchObject([
      { type: 'BootStateObserved', meta: { version: 1 } },
    ]);
    const [starts] = await db.$queryRaw<unknown[]>`
      SELECT count(*)::integer AS runs, bool_or(data ? 'bootState') AS repeated, min(schema_version) AS version
        FROM events WHERE type = 'RunStarted' AND data ->> 'bootStateHash' = ${hash}`;
    expect(starts).toEqual({ runs: 3, repeated: false, version: 2 });
  });

  it('is refused under another hash, in another stream, and a second time', async () => {
    const bootState = { ...bootStateOf('Haswell-EP'), microcode: '0x4a' };
    const bootStateHash = hashBootState(bootState);
    const stream = bootStateStream(bootStateHash);
    const other = 'f'.repeat(64);
    const slip = (to: string, data: object) => outcome(slipIn(db, to, 'BootStateObserved', 1, data));
    expect(await slip(bootStateStream(other), { bootStateHash: other, bootState })).toBe(falseHash);
    expect(await slip(bootStateStream(other), { bootStateHash, bootState })).toBe(falseHash);
    expect(await slip(stream, { bootStateHash })).toBe(falseHash);
    expect(await slip(stream, { bootStateHash, bootState })).toBe('done');
    expect(await slip(stream, { bootStateHash, bootState })).toBe(falseHash);
    // As the API's own append: known is known.
    expect(await observeBootState(db, bootState)).toBe(bootStateHash);
  });

  it('must be known before a start names it; one of version 1 carries its own, with its own hash', async () => {
    const bootState = { ...bootStateOf('Haswell-EP'), microcode: '0x4b' };
    const bootStateHash = hashBootState(bootState);
    const start = (runId: string, version: number, more: object) =>
      outcome(slipIn(db, runStream(runId), 'RunStarted', version, startOf(runId, more)));
    expect(await start(await queuedRun(), 2, { bootStateHash })).toBe(falseHash);
    expect(await start(await queuedRun(), 2, {})).toBe(falseHash);
    expect(await start(await queuedRun(), 1, { bootStateHash: 'f'.repeat(64), bootState })).toBe(falseHash);
    const old = await queuedRun();
    expect(await start(old, 1, { bootStateHash, bootState })).toBe('done');
    await observeBootState(db, bootState);
    const named = await queuedRun();
    expect(await start(named, 2, { bootStateHash, bootState })).toBe(falseHash);
    expect(await start(named, 2, { bootStateHash })).toBe('done');

    const [, first] = await readStream(db, runStream(old));
    expect(first).toMatchObject({ type: 'RunStarted', data: { bootStateHash, bootState: { microcode: '0x4b' } } });
    await rebuild(db, database.coordinatorUrl);
    const rows = await db.run.findMany({ where: { runId: { in: [old, named] } }, select: { bootStateHash: true } });
    expect(rows).toEqual([{ bootStateHash }, { bootStateHash }]);
    expect(await db.bootState.findUnique({ where: { bootStateHash } })).toMatchObject({ bootState });
  });

  it('of a start of version 1 alone fills the read model', async () => {
    const bootState = { ...bootStateOf('Haswell-EP'), microcode: '0x4c' };
    const bootStateHash = hashBootState(bootState);
    const runId = await queuedRun();
    await slipIn(db, runStream(runId), 'RunStarted', 1, startOf(runId, { bootStateHash, bootState }));
    await rebuild(db, database.coordinatorUrl);
    expect(await db.bootState.findUnique({ where: { bootStateHash } })).toMatchObject({ bootState });
  });

  it('that no release can read ends the runs that name it, with the reason, and nothing else', async () => {
    const unreadable = { ...bootStateOf('Haswell-EP'), cpus: 'two' };
    const bootStateHash = hashBootState(unreadable as unknown as BootState);
    await slipIn(db, bootStateStream(bootStateHash), 'BootStateObserved', 1, { bootStateHash, bootState: unreadable });
    const [bad, good] = [await queuedRun(), await queuedRun()];
    await slipIn(db, runStream(bad), 'RunStarted', 2, startOf(bad, { bootStateHash }));
    await startAttempt(db, good, 1);
    await rebuild(db, database.coordinatorUrl);
    const failure = {
      code: 'unreadable',
      message: expect.stringContaining(`its boot state ${bootStateHash}`) as unknown,
    };
    expect(await db.run.findUnique({ where: { runId: bad } })).toMatchObject({ state: 'failed', failure });
    expect(await db.run.findUnique({ where: { runId: good } })).toMatchObject({ state: 'started' });
  });
});

describe('a worker', () => {
  const token = 'a token';
  let worker: PrismaClient;
  beforeAll(async () => {
    const login = { name: `boot_${randomUUID().slice(0, 8)}`, password: randomUUID() };
    await ensureLogin(database.adminUrl, { ...login, role: 'xf_worker' });
    const url = new URL(database.adminUrl);
    [url.username, url.password] = [login.name, login.password];
    worker = createPrisma(url.href);
    const tokenHash = hashToken(token).toString('hex');
    await letWorkerWrite(db, { workerId: 'w1', instanceId: newId(), tokenHash, hostIds: ['h1'] });
  });
  afterAll(() => worker.$disconnect());

  it('brings boot states for the runs of its hosts only, under their own hash, as often as it likes', async () => {
    const bootState = { ...bootStateOf('Haswell-EP'), microcode: '0x4d' };
    const bootStateHash = hashBootState(bootState);
    const bring = (runId: string, hash: string, by = token) =>
      outcome(observeBootStateAsWorker(worker, by, runStream(runId), { bootStateHash: hash, bootState }, causeOf('somebody else'))); // prettier-ignore
    const [own, others] = [await queuedRun(), await queuedRun('h2')];
    expect(await bring(others, bootStateHash)).toBe(denied);
    expect(await bring(own, bootStateHash, 'nobody’s token')).toBe(denied);
    expect(await bring(own, 'f'.repeat(64))).toBe(falseHash);
    expect(await readStream(db, bootStateStream(bootStateHash))).toEqual([]);
    expect(await bring(own, bootStateHash)).toBe('done');
    expect(await bring(own, bootStateHash)).toBe('done');
    expect(await readStream(db, bootStateStream(bootStateHash))).toMatchObject([{ meta: { actor: 'worker:w1' } }]);
  });

  it('brings the same one beside others, and all find it there', async () => {
    const bootState = { ...bootStateOf('Haswell-EP'), microcode: '0x4e' };
    const bootStateHash = hashBootState(bootState);
    const runs = await Promise.all(Array.from({ length: 12 }, () => queuedRun()));
    const all = runs.map(async (runId) => {
      await observeBootStateAsWorker(worker, token, runStream(runId), { bootStateHash, bootState }, causeOf('w1'));
      return slipIn(db, runStream(runId), 'RunStarted', 2, startOf(runId, { bootStateHash }));
    });
    expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(all.map(() => 'fulfilled'));
    expect(await readStream(db, bootStateStream(bootStateHash))).toHaveLength(1);
  });
});
