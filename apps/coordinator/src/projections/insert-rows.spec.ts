import { describe, expect, it } from '@jest/globals';
import type { Transaction } from '#event-store';
import { insertRows } from './insert-rows.js';

const columns = { hostId: 'text', runSd: 'float8', histogram: 'bytea' };
const row = { hostId: 'h1', runSd: 1.5 as number | null, histogram: new Uint8Array([1, 255]) };

/** What was sent of these rows. */
async function sent(rows: readonly (typeof row)[]): Promise<unknown[]> {
  const texts: unknown[] = [];
  const tx = { $executeRawUnsafe: (_: string, text: string) => Promise.resolve(texts.push(JSON.parse(text))) };
  await insertRows(tx as unknown as Transaction, 'host_noise', columns, rows);
  return texts;
}

describe('insertRows', () => {
  it('sends numbers, nulls and bytes as they are', async () => {
    expect(await sent([row, { ...row, runSd: null }])).toEqual([
      [
        { hostId: 'h1', runSd: 1.5, histogram: '\\x01ff' },
        { hostId: 'h1', runSd: null, histogram: '\\x01ff' },
      ],
    ]);
  });

  it.each([NaN, Infinity, -Infinity])('refuses %p, which JSON would turn into null', async (runSd) => {
    await expect(sent([row, { ...row, runSd }])).rejects.toThrow(`runSd of a row of host_noise is ${runSd}`);
  });
});
