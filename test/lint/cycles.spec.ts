import { describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cyclesIn, folderGraph, importGraph, specifiersOf } from './import-graph.js';

const graph = importGraph(process.cwd(), [
  'apps',
  'libs',
  'dashboards',
  'kernel',
  'bench',
  'test',
  'scripts',
  'docker',
]);

describe('imports', () => {
  it('lead from no file back to itself, but for types', () => {
    expect(graph.size).toBeGreaterThan(500);
    expect(cyclesIn(graph)).toEqual([]);
  });

  it('lead from no folder of entry-sim back to itself', () => {
    const own = [...graph].filter(
      ([file]) => file.startsWith('libs/entry-sim/src') && !/\.spec\.|\/testing\//.test(file),
    );
    expect(own.length).toBeGreaterThan(50);
    expect(cyclesIn(folderGraph(new Map(own)))).toEqual([]);
  });
});

it('libs/wording, which the console loads as built, imports only types from elsewhere', () => {
  const own = [...graph].filter(([file]) => file.startsWith('libs/wording/src') && !file.includes('.spec.'));
  expect(own.length).toBeGreaterThan(3);
  expect(own.flatMap(([, imports]) => imports).filter((file) => !file.startsWith('libs/wording/src/'))).toEqual([]);
});

describe('the search for cycles', () => {
  it('finds a planted one, over a library’s name and a module of JavaScript', () => {
    const root = mkdtempSync(path.join(tmpdir(), 'xf-cycles-'));
    try {
      mkdirSync(path.join(root, 'libs/a/src'), { recursive: true });
      mkdirSync(path.join(root, 'apps'));
      writeFileSync(path.join(root, 'package.json'), '{"imports":{"#a":"./dist/libs/a/src/index.js"}}');
      writeFileSync(path.join(root, 'libs/a/src/index.ts'), "export * from './one.js';\n");
      writeFileSync(
        path.join(root, 'libs/a/src/one.ts'),
        "import '../../../apps/two.mjs';\nimport type { X } from './x.js';\n",
      );
      writeFileSync(path.join(root, 'libs/a/src/x.ts'), "import './one.js';\nexport type X = 1;\n");
      writeFileSync(path.join(root, 'apps/two.mjs'), "import { one } from '#a';\n");
      expect(cyclesIn(importGraph(root, ['apps', 'libs']))).toEqual([
        ['apps/two.mjs', 'libs/a/src/index.ts', 'libs/a/src/one.ts'],
      ]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('leaves types out, and nothing else', () => {
    const text = `import type { A } from './a.js';
import { type B } from './b.js';
export type { C } from './c.js';
import { type D, d } from './d.js';
import e from './e.js';
import * as f from './f.js';
export { g } from './g.js';
import './h.js';`;
    expect(specifiersOf(text, 'x.ts')).toEqual(['./d.js', './e.js', './f.js', './g.js', './h.js']);
  });
});
