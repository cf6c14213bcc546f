import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isOfSchema } from '../../scripts/setup/generate-client.mjs';
import { filesBelow } from '../../scripts/setup/stamp.mjs';
import { specifiersOf } from './import-graph.js';

const root = path.resolve(import.meta.dirname, '../..');
const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};
/** What `npm start` runs, and the scripts that set it up; not what only tests load. */
const runs = filesBelow(['apps', 'libs', 'scripts/setup'], (file) => /\.(ts|mjs)$/.test(file)).filter(
  (file) => !/\.spec\.ts$|\/(testing|corpus|console|generated)\//.test(file),
);
const packageOf = (specifier: string) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;

describe('what npm start runs', () => {
  it('imports no package that only development has: npm start leaves those out', () => {
    const wrong = runs.flatMap((file) =>
      specifiersOf(readFileSync(path.join(root, file), 'utf8'), file)
        .filter((specifier) => !/^[.#]/.test(specifier) && !isBuiltin(specifier))
        .filter((specifier) => dependencies[packageOf(specifier)] === undefined)
        .map((specifier) => `${file}: ${specifier}`),
    );
    expect(runs.length).toBeGreaterThan(400);
    expect(wrong).toEqual([]);
  });

  it('has a client for its schema', () => expect(isOfSchema()).toBe(true));
});
