import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { ProblemError } from '../problems/problem.js';
import { decodeCursor, encodeCursor, toPage } from './cursor.js';
import { microsecondsSchema } from '../database/microseconds.js';

const place = [microsecondsSchema, z.uuid()] as const;
const id = '7f3f2c1e-8e0d-5c3a-9a53-0d6a3f5b2c11';

describe('cursors', () => {
  it('come back as they went', () => {
    expect(decodeCursor('jobs', place, encodeCursor('jobs', ['1764000000000001', id]))).toEqual([
      '1764000000000001',
      id,
    ]);
  });

  it.each([
    ['of another listing', encodeCursor('runs', ['1', id])],
    ['with a place of another kind', encodeCursor('jobs', ['1; DROP TABLE jobs', id])],
    ['cut short', encodeCursor('jobs', ['1', id]).slice(0, -9)],
    ['not ours at all', 'hello'],
    ['empty', ''],
  ])('%s are refused by name', (_, cursor) => {
    const decode = (): unknown => decodeCursor('jobs', place, cursor);
    expect(decode).toThrow(ProblemError);
    expect(decode).toThrow(/cursor: is not a cursor of jobs/);
  });
});

describe('toPage', () => {
  const page = (rows: number[]) =>
    toPage(
      rows,
      2,
      (n) => n * 10,
      (last) => `after ${last}`,
    );

  it('points to the next page only when there is one', () => {
    expect(page([1, 2, 3])).toEqual({ items: [10, 20], nextCursor: 'after 2' });
    expect(page([1, 2])).toEqual({ items: [10, 20], nextCursor: null });
    expect(page([])).toEqual({ items: [], nextCursor: null });
  });
});
