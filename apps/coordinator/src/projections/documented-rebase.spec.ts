import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { projections } from './projections.js';

/** What the fold of events keeps beside its tables. */
const progress = ['checkpoints', 'streams_to_refold'];

describe('the rebase after a logical restore (docs/operations.md)', () => {
  it('empties every table that is folded from events, and no other', async () => {
    const page = await readFile(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
    const named = /TRUNCATE ([^;]+);/.exec(page)?.[1]?.split(/,\s+/) ?? [];
    expect(named.sort()).toEqual([...progress, ...projections.flatMap(({ tables }) => tables)].sort());
  });
});
