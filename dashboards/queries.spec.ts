import { describe, expect, it } from '@jest/globals';
import { queryText, readQueries } from './queries.js';

const queries = new Map([
  ['plain', 'SELECT 1::int, ${v:sqlstring}'],
  ['filled', `SELECT :'text', :"name", :raw::text[]`],
]);

describe('queryText', () => {
  it('quotes parameters as psql does', () => {
    expect(queryText(queries, 'filled', { text: "O'B", name: 'a"b', raw: 'ARRAY[$v]' })).toBe(
      `SELECT 'O''B', "a""b", ARRAY[$v]::text[]`,
    );
  });
  it('takes neither a cast nor a Grafana format for a parameter', () => {
    expect(queryText(queries, 'plain')).toBe('SELECT 1::int, ${v:sqlstring}');
  });
  it('takes parts in as psql does, and what many queries share without being told', () => {
    const all = readQueries(new URL('queries/', import.meta.url));
    expect([...all.keys()].filter((name) => name.includes('parts'))).toEqual([]);
    expect([...all.values()].join()).not.toContain('\\ir');
    expect(queryText(new Map([['shared', 'SELECT :kpti']]), 'shared')).toContain('KPTI'.toLowerCase());
  });
  it('refuses an unknown query, a missing and a needless parameter', () => {
    expect(() => queryText(queries, 'none')).toThrow('no query none.sql');
    expect(() => queryText(queries, 'filled', { text: '', name: '' })).toThrow('needs the parameter raw');
    expect(() => queryText(queries, 'plain', { v: '1' })).toThrow('no parameter v');
  });
});

describe('the queries', () => {
  const all = readQueries(new URL('queries/', import.meta.url));
  it.each([...all])('%s only reads, has no comment and no literal provenance', (_name, sql) => {
    expect(sql).toMatch(/^(SELECT|WITH)\b/);
    expect(sql).not.toMatch(/--|\/\*/);
    expect(sql).not.toMatch(/'(?:measured|emulated|simulated)'/);
  });
  /** Of the fleet as a machine, or of the choice itself: none shows a figure that a run measured, and a queued run has no provenance yet. */
  const ofNoFigures = [
    'waiting-runs',
    'projection-lag',
    'database-size',
    'database-size-over-time',
    'provenances',
    'feed-holders',
    'unreadable',
    'unreadable-names',
    'stand-in',
  ];
  // The rule that keeps figures of different provenance apart.
  it.each([...all].filter(([name]) => !ofNoFigures.includes(name)))(
    '%s asks for exactly one provenance',
    (_name, sql) => {
      expect(sql).toMatch(/\bprovenance = \$\{provenance:sqlstring\}|'provenance'(?:,| =) \$\{provenance:sqlstring\}/);
      const tables =
        sql.match(
          /\b(?:FROM|JOIN) (?:daily_series|daily_cells|monthly_levels|run_results|ended_runs|lost_samples|queue_waits|host_runs|runs)\b|\bFROM (?:segments|host_noise)\b/g,
        ) ?? [];
      const filters = sql.match(/provenance = \$\{provenance:sqlstring\}/g) ?? [];
      expect(filters).toHaveLength(tables.length);
    },
  );
  it.each([...all])('%s reads no event and no bytes of a run', (_name, sql) => {
    expect(sql).not.toMatch(/\b(?:FROM|JOIN) (?:events|sample_batches|rederived_batches)\b/);
  });
});
