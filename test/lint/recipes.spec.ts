import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { recipesIn, unknownPaths } from './recipes.js';

const root = process.cwd();
const recipes = recipesIn(readFileSync('ARCHITECTURE.md', 'utf8'));

describe('ARCHITECTURE.md, "To add a …"', () => {
  it('has a recipe for everything that varies', () => {
    expect([...recipes.keys()]).toEqual([
      'Kernel series',
      'Probe or metric',
      'Executor kind',
      'Read model',
      'Event',
      'Decider command',
      'Board',
      'CLI command',
    ]);
  });

  it.each([...recipes])('names files that exist: %s', (_title, paths) => {
    expect(paths).not.toHaveLength(0);
    expect(unknownPaths(root, paths)).toEqual([]);
  });

  it('finds a file that moved, and a kind of file that there is none of', () => {
    const paths = [
      'libs/contracts/src/probes-moved.ts',
      'apps/cli/src/outputs/<name>.ts',
      'README.md/<name>',
      '.ci/run',
    ];
    expect(unknownPaths(root, paths)).toEqual(paths.slice(0, 3));
  });
});
