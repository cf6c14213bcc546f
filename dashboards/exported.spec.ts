import { describe, expect, it } from '@jest/globals';
import { boardFiles } from './boards.js';
import { exportedFiles } from './exported.js';
import { provisionedSource } from './postgres-query.js';
import { readQueries } from './queries.js';

const queries = readQueries(new URL('queries/', import.meta.url));
const files = exportedFiles(queries);

describe('exported boards', () => {
  it('are all of them', () => {
    expect([...files.keys()]).toEqual([...boardFiles(queries).keys()]);
  });

  it.each([...files])('%s names no data source, and is the board once one is chosen', (name, text) => {
    expect(text).not.toContain(provisionedSource.uid);
    const { __inputs, __requires, ...board } = JSON.parse(text) as {
      __inputs: unknown[];
      __requires: { type: string; id: string }[];
      panels: { type: string }[];
      templating: { list: { name: string; current?: object }[] };
    };
    expect(__inputs).toEqual([]);
    const needed = __requires.filter(({ type }) => type === 'panel').map(({ id }) => id);
    const used = board.panels.map(({ type }) => type).filter((type) => type !== 'row');
    expect(new Set(needed)).toEqual(new Set(used));
    const chosen = board.templating.list.find((variable) => variable.name === 'datasource');
    expect(chosen).toMatchObject({ query: provisionedSource.type, current: {} });
    if (chosen !== undefined) chosen.current = { text: 'xperf-fleet', value: provisionedSource.uid, selected: true };
    expect(board).toEqual(JSON.parse(boardFiles(queries).get(name) ?? ''));
  });
});
