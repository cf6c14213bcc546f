import { describe, expect, it } from '@jest/globals';
import { boardFiles } from './boards.js';
import { exportedFiles } from './exported.js';
import { dataSource } from './postgres-query.js';
import { readQueries } from './queries.js';

const queries = readQueries(new URL('queries/', import.meta.url));
const files = exportedFiles(queries);

describe('exported boards', () => {
  it('are all of them', () => {
    expect([...files.keys()]).toEqual([...boardFiles(queries).keys()]);
  });

  it.each([...files])('%s asks for its data source, and is the board once it has one', (name, text) => {
    expect(text).not.toContain(dataSource.uid);
    const { __inputs, __requires, ...board } = JSON.parse(text) as {
      __inputs: { name: string; pluginId: string }[];
      __requires: { type: string; id: string }[];
      panels: { type: string }[];
    };
    expect(__inputs.map(({ name, pluginId }) => [name, pluginId])).toEqual([['DS_XPERF_FLEET', dataSource.type]]);
    const needed = __requires.filter(({ type }) => type === 'panel').map(({ id }) => id);
    const used = board.panels.map(({ type }) => type).filter((type) => type !== 'row');
    expect(new Set(needed)).toEqual(new Set(used));
    // What the import page does with the answer.
    const imported = JSON.stringify(board).replaceAll('${DS_XPERF_FLEET}', dataSource.uid);
    expect(JSON.parse(imported)).toEqual(JSON.parse(boardFiles(queries).get(name) ?? ''));
  });
});
