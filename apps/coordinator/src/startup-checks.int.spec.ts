import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { createPrisma, type PrismaClient } from '#event-store';
import { freshDatabase, type FreshDatabase } from '../../../test/postgres/fresh-database.js';
import { checkDatabase } from './startup-checks.js';

let database: FreshDatabase;
let db: PrismaClient;
let owner: PrismaClient;
beforeAll(async () => {
  database = await freshDatabase();
  db = createPrisma(database.coordinatorUrl);
  owner = createPrisma(database.adminUrl);
});
afterEach(() => owner.$executeRaw`DELETE FROM _prisma_migrations WHERE migration_name = '29990101000000_of_tomorrow'`);
afterAll(async () => {
  await Promise.all([db.$disconnect(), owner.$disconnect()]);
  await database.drop();
});

const note = (name: string, finished: boolean) => owner.$executeRaw`
  INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
  VALUES (gen_random_uuid()::text, 'x', ${name}, CASE WHEN ${finished}::boolean THEN now() END)`;

it('takes a database of its very release', () => expect(checkDatabase(db)).resolves.toBeUndefined());

it('refuses one that a newer release has migrated', async () => {
  await note('29990101000000_of_tomorrow', true);
  await expect(checkDatabase(db)).rejects.toThrow(/29990101000000_of_tomorrow, which this release does not know/);
});

it('refuses one whose migrations stopped half-way, until they are through', async () => {
  const last = '20261219000000_notifications';
  const finish = (at: Date | null) =>
    owner.$executeRaw`UPDATE _prisma_migrations SET finished_at = ${at}::timestamptz WHERE migration_name = ${last}`;
  await finish(null);
  await expect(checkDatabase(db)).rejects.toThrow(
    /lacks 1 of this release's migrations \(20261219000000_notifications …\)/,
  );
  await finish(new Date());
  await checkDatabase(db);
});

it('refuses one that is from before coordinators could look', async () => {
  await owner.$executeRaw`REVOKE SELECT ON _prisma_migrations FROM xf_coordinator`;
  await expect(checkDatabase(db)).rejects.toThrow(
    /lacks \d+ of this release's migrations .* run npm run migrate first/,
  );
  await owner.$executeRaw`GRANT SELECT ON _prisma_migrations TO xf_coordinator`;
});
