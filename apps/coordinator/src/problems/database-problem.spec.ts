import { describe, expect, it } from '@jest/globals';
import { databaseProblem } from './database-problem.js';

const prismaRaw = (originalCode: string): Error =>
  Object.assign(new Error('Raw query failed'), {
    code: 'P2010',
    meta: { driverAdapterError: { name: 'DriverAdapterError', cause: { originalCode, kind: 'postgres' } } },
  });

describe('databaseProblem', () => {
  it.each([
    ['refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 503],
    ['several addresses refused', new AggregateError([Object.assign(new Error('a'), { code: 'ECONNREFUSED' })]), 503],
    ['backend ended by the administrator', prismaRaw('57P01'), 503],
    ['wrapped twice', new Error('outer', { cause: new Error('inner', { cause: prismaRaw('57P03') }) }), 503],
    ['connection lost under a query', new Error('Connection terminated unexpectedly'), 503],
    ['disk full', prismaRaw('53100'), 507],
    ['read-only server', prismaRaw('25006'), 503],
  ])('%s', (_, error, status) => {
    const problem = databaseProblem(error);
    expect(problem?.status).toBe(status);
    expect(problem?.document.remedy).toMatch(/repeat the request/);
  });

  it.each([prismaRaw('23505'), new TypeError('x is not a function'), null, 'text'])('leaves %s alone', (error) => {
    expect(databaseProblem(error)).toBeNull();
  });
});
