import { describe, expect, it } from '@jest/globals';
import { drawnTable, inOrder, neverDrawn, type Drawn } from './drawn-table.js';

const drawn = (board: string, situation: string, rows: number, standsIn = false): Drawn => ({
  ...{ board, title: board.toUpperCase(), situation, mode: 'light', width: 1500, picture: `${board}-${situation}.png` },
  faults: [],
  panels: [{ id: 1, title: 'One · $provenance', answered: 1, ms: 1, rows, bytes: 0, standsIn }],
});

describe('what was drawn', () => {
  it('has a row for each panel, a column for each situation', () => {
    const text = drawnTable([drawn('a', 'x', 3), drawn('a', 'y', 0), drawn('a', 'z', 0, true)]);
    expect(text).toContain('| panel | x | y | z |');
    expect(text).toContain('| One | 3 | text | told |');
  });

  it('names panels that no situation gives a row', () => {
    expect(neverDrawn([drawn('a', 'x', 0), drawn('a', 'y', 2), drawn('b', 'x', 0), drawn('b', 'y', 0)])).toEqual([
      'B: One · $provenance',
    ]);
  });

  it('takes the newest of each picture, in order, and none of a situation that is no more', () => {
    const newest = drawn('a', 'x', 2);
    const all = [newest, drawn('b', 'x', 1), drawn('a', 'x', 1), drawn('a', 'gone', 1), drawn('a', 'w', 1)];
    expect(inOrder(['b', 'a'], ['w', 'x'], all)).toEqual([all[1], all[4], newest]);
  });
});
