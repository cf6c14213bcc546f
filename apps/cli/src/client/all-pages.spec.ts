import { describe, expect, it } from '@jest/globals';
import { limits } from '#contracts';
import { allPages } from './all-pages.js';

describe('allPages', () => {
  const whole = Array.from({ length: 10_000 }, (_, i) => i);
  const asked: (string | undefined)[] = [];
  const listing = ({ limit = 0, cursor }: { limit?: number | undefined; cursor?: string | undefined }) => {
    asked.push(cursor);
    const from = Number(cursor ?? 0);
    const items = whole.slice(from, from + limit);
    return Promise.resolve({ items, nextCursor: from + limit < whole.length ? String(from + limit) : null });
  };

  it('gives every item once, in order', async () => {
    const seen: number[] = [];
    for await (const item of allPages(listing)) seen.push(item);
    expect(seen).toEqual(whole);
    expect(asked).toHaveLength(whole.length / limits.pageSize);
  });

  it('asks for no page more than is taken', async () => {
    asked.length = 0;
    for await (const item of allPages(listing)) if (item === limits.pageSize - 1) break;
    expect(asked).toEqual([undefined]);
  });
});
