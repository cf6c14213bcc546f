import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { boardFiles } from './boards.js';
import { rules, type LintedBoard } from './lint-rules.js';
import { readQueries } from './queries.js';

const boards = [...boardFiles(readQueries(new URL('queries/', import.meta.url)))].map(
  ([name, text]) => [name, JSON.parse(text) as LintedBoard] as const,
);
const schema = readFileSync(new URL('../prisma/schema.sql', import.meta.url), 'utf8');
const indexed = new Map<string, Set<string>>();
for (const [, table = '', columns = ''] of schema.matchAll(
  /CREATE (?:UNIQUE )?INDEX \w+ ON public\.(\w+) USING btree \((.*?)\)(?: INCLUDE| WHERE|$)/gm,
)) {
  const known = indexed.get(table) ?? new Set();
  for (const [name] of columns.matchAll(/\w+/g)) known.add(name);
  indexed.set(table, known);
}

describe.each(Object.entries(rules))('%s', (_, rule) => {
  it.each(boards)('%s', (_name, board) => {
    expect(rule(board, indexed)).toEqual([]);
  });
});

it('gives every board its own uid', () => {
  const uids = boards.map(([, { uid }]) => uid);
  expect(new Set(uids).size).toBe(uids.length);
});

/** What is done to a board so that the rule complains. */
const broken: Record<keyof typeof rules, (board: LintedBoard) => void> = {
  'template-datasource': ({ templating }) => void templating.list.splice(0),
  'panel-datasource': (board) => (panelOf(board).datasource = { uid: 'mine' }),
  'panel-title-description': (board) => (panelOf(board).description = ''),
  'panel-units': (board) => (panelOf(board).fieldConfig = { defaults: {}, overrides: [] }),
  'panel-no-targets': (board) => (panelOf(board).targets = []),
  'template-on-time-change-reload': ({ templating }) => {
    for (const variable of templating.list) variable.refresh = 1;
  },
  'uneditable-dashboard': (board) => (board.editable = true),
  'values lead on': ({ panels }) => {
    for (const { fieldConfig } of panels) fieldConfig?.overrides.splice(0);
  },
  'unique ids': ({ panels }) => panels.forEach((panel) => (panel.id = 1)),
  'no raw events': (board) => asking(board, 'SELECT * FROM events LIMIT 1'),
  'no comments': (board) => asking(board, 'SELECT 1 -- one\nLIMIT 1'),
  'bounded rows': (board) => asking(board, 'SELECT * FROM runs ORDER BY 1'),
  'time filter on an index': (board) =>
    asking(board, 'SELECT * FROM runs AS run WHERE $__timeFilter(run.queued_at) LIMIT 1'),
};
const panelOf = (board: LintedBoard) => board.panels.find(({ type }) => type !== 'row')!;
function asking(board: LintedBoard, rawSql: string): void {
  for (const target of panelOf(board).targets ?? []) target.rawSql = rawSql;
}

it.each(Object.entries(broken))('%s complains where it is not kept', (name, breaks) => {
  const board = structuredClone(boards[0]![1]);
  breaks(board);
  expect(rules[name]?.(board, indexed).length).toBeGreaterThan(0);
});
