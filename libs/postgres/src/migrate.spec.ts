import { describe, expect, it } from '@jest/globals';
import { pendingMigrations, type AppliedRow, type Migration } from './migrate.js';

const one: Migration = { name: '1_one', sql: 'SELECT 1', checksum: 'aa' };
const two: Migration = { name: '2_two', sql: 'SELECT 2', checksum: 'bb' };
const row = (of: Migration): AppliedRow => ({
  migration_name: of.name,
  checksum: of.checksum,
  finished_at: new Date('2026-11-22T00:00:00Z'),
});

describe('pendingMigrations', () => {
  it('gives what has not been applied, in order', () => {
    expect(pendingMigrations([one, two], [])).toEqual([one, two]);
    expect(pendingMigrations([one, two], [row(one)])).toEqual([two]);
    expect(pendingMigrations([one, two], [row(one), row(two)])).toEqual([]);
  });
  it('refuses a migration that was changed after it was applied', () => {
    expect(() => pendingMigrations([one, two], [{ ...row(one), checksum: 'cc' }])).toThrow(/1_one was changed after/);
  });
  it('refuses a database of a newer release', () => {
    expect(() => pendingMigrations([one], [row(one), row(two)])).toThrow(/2_two, which this release does not know/);
  });
  it('refuses a migration that Prisma began and did not finish', () => {
    expect(() => pendingMigrations([one], [{ ...row(one), finished_at: null }])).toThrow(/did not finish/);
  });
});
