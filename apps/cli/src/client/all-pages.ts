import { limits, type Page } from '#contracts';
import type { PageQuery } from './api-client.js';

/** Every item of a listing, page after page; the next page is asked for when the one before has been taken. */
export async function* allPages<T>(listing: (query: PageQuery) => Promise<Page<T>>): AsyncGenerator<T> {
  for (let cursor: string | undefined; ;) {
    const { items, nextCursor } = await listing({ limit: limits.pageSize, cursor });
    yield* items;
    if (nextCursor === null) return;
    cursor = nextCursor;
  }
}
