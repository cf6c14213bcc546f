import { expect, it } from '@jest/globals';
import pg from 'pg';
import { sqlError } from './sql-error.js';

const said = { code: '23514', message: 'no', detail: 'row 1' };
const byDriver = Object.assign(new pg.DatabaseError('no', 1, 'error'), { code: '23514', detail: 'row 1' });
const byPrisma = {
  meta: { driverAdapterError: { cause: { originalCode: '23514', originalMessage: 'no', detail: 'row 1' } } },
};

it.each([
  ['the driver', byDriver],
  ['Prisma', byPrisma],
])('finds what PostgreSQL said through %s, however often it is wrapped', (_, error) => {
  expect(sqlError(error)).toEqual(said);
  expect(sqlError(new Error('outer', { cause: new Error('inner', { cause: error }) }))).toEqual(said);
});

it('has nothing of an error that PostgreSQL did not raise', () => {
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  expect(sqlError(new Error('outer', { cause: refused }))).toEqual({ code: '', message: '', detail: '' });
});
