// The commands of docs/operations.md that back up and restore, run with PostgreSQL's own tools.
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runStream } from '#contracts';
import { prepareDatabase } from '#database-setup';
import { createPrisma, type PrismaClient, readStream } from '#event-store';
import { checkDatabase } from '../../apps/coordinator/src/startup-checks.js';
import { simulatedHost } from '../fleet/hosts.js';
import { catchUp, readModelTables } from '../fleet/read-model.js';
import { measure, queueRuns, registerHost } from '../fleet/story.js';
import { DebianPostgres } from './debian-postgres.js';
import { under } from './operations-page.js';

jest.setTimeout(300_000);

const host = simulatedHost('h1');
const faults = 20;
const migrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

let server: DebianPostgres;
/** Where the server's data are now. */
let data = 'data';
let db: PrismaClient;
const open = (): PrismaClient => createPrisma(server.url('xperf', 'coordinator'));

beforeAll(async () => {
  server = await DebianPostgres.make();
  server.initialize(data);
  server.start(data);
  server.run('createdb xperf');
  await prepareDatabase(server.url('xperf'), migrations, { coordinator: 'secret12' });
  // A server of some age: it has given out more transaction ids than a restore into a new one takes.
  server.run(
    `psql --quiet --dbname=xperf --command='DO $$ BEGIN FOR i IN 1..20000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$'`,
  );
  db = open();
  await registerHost(db, host);
});
afterAll(async () => {
  await db.$disconnect();
  server.stop(data);
  server.remove();
});

/** A job of one run, measured; the read model has it. */
async function measureOne(): Promise<string> {
  const { runIds } = await queueRuns(db, [host], { faults, runsPerHost: 1 });
  for (const runId of runIds) await measure(db, runId, 1, { faults });
  await catchUp(db, server.url('xperf', 'coordinator'));
  return runIds[0] ?? '';
}

/** All that a restore must bring back: what happened, and what the read model makes of it. */
async function everything(): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const table of ['events', 'sample_batches', ...readModelTables]) {
    const rows = await db.$queryRawUnsafe<{ row: unknown }[]>(
      `SELECT to_jsonb(t) - 'xid' AS row FROM ${table} t ORDER BY 1`,
    );
    all[table] = rows.map(({ row }) => row);
  }
  return all;
}

describe('docs/operations.md', () => {
  it('backs the server up while it runs, and takes it back to yesterday', async () => {
    const before = await measureOne();
    const yesterday = await everything();
    server.run(under('The server'), { BACKUP: join(server.folder, 'base') });
    const lost = await measureOne();
    expect(await everything()).not.toEqual(yesterday);

    await db.$disconnect();
    server.stop(data);
    server.run(under('The server, back'), {
      BACKUP: join(server.folder, 'base'),
      DATA: join(server.folder, 'restored'),
    });
    data = 'restored';
    server.start(data);
    db = open();
    await checkDatabase(db);
    expect(await everything()).toEqual(yesterday);
    expect((await readStream(db, runStream(lost))).length).toBe(0);
    const after = await measureOne();
    expect(await db.run.findMany({ select: { runId: true, state: true }, orderBy: { queuedAt: 'asc' } })).toEqual(
      [before, after].map((runId) => ({ runId, state: 'completed' })),
    );
  });

  it('dumps the database, and takes it into another server, which is refused until it is rebased', async () => {
    const then = await everything();
    server.run(under('The database'), { BACKUP: server.folder });
    await db.$disconnect();
    server.stop(data);

    data = 'another';
    server.initialize(data);
    server.start(data);
    server.run(under('The database, back'), { BACKUP: server.folder });
    db = open();
    await expect(checkDatabase(db)).rejects.toThrow(
      /younger transaction ids.* rebase them first as docs\/operations.md says/,
    );
    writeFileSync(join(server.folder, 'rebase.sql'), under('The database, back', 'sql'), { mode: 0o644 });
    server.run('psql --quiet --set=ON_ERROR_STOP=1 --dbname=xperf --file=rebase.sql');
    await checkDatabase(db);
    await catchUp(db, server.url('xperf', 'coordinator'));
    expect(await everything()).toEqual(then);
    await measureOne();
    expect(await db.run.count({ where: { state: 'completed' } })).toBe(3);
  });

  it('copies the folder of a fleet that is stopped, and puts it back', async () => {
    const then = await everything();
    await db.$disconnect();
    server.stop(data);
    server.run(`mkdir -p fleet/.xf tar && mv ${data} fleet/.xf/cluster`);
    const places = { FLEET: join(server.folder, 'fleet'), BACKUP: join(server.folder, 'tar') };
    server.run(under('One machine'), places);
    server.run('rm -r fleet/.xf/cluster/base && touch fleet/.xf/cluster/left-over');
    server.run(under('One machine, back'), places);
    data = 'fleet/.xf/cluster';
    server.start(data);
    db = open();
    await checkDatabase(db);
    expect(await everything()).toEqual(then);
  });
});
