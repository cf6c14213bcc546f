import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { needsOf, tablesOf } from './needs.js';
import { readQueries } from './queries.js';

describe('tablesOf', () => {
  it('knows a table and a function without arguments from a part of the query, other functions, a column and a comparison', () => {
    expect(
      tablesOf([
        `WITH days AS (SELECT * FROM daily_series), few (a, b) AS (SELECT 1, 2)
         SELECT extract(epoch FROM now()), extract(epoch FROM run.ended_at), extract(epoch FROM started_at - queued_at), a IS DISTINCT FROM earlier.b
           FROM days JOIN few USING (a) JOIN runs AS run USING (a) CROSS JOIN LATERAL (SELECT FROM unnest(x)) AS y JOIN holders() AS holder ON true`,
      ]),
    ).toEqual(['daily_series', 'holders', 'runs']);
  });

  it('finds in the boards’ queries what the schema has and the reader may read', () => {
    const schema = readFileSync(new URL('../prisma/schema.sql', import.meta.url), 'utf8');
    const readable = [...schema.matchAll(/^(?:table|function) (\w+) xf_reader: .*(?:SELECT|EXECUTE)/gm)].map(
      ([, name]) => name,
    );
    const found = tablesOf(readQueries(new URL('queries/', import.meta.url)).values());
    expect(found).toEqual(expect.arrayContaining(['runs', 'daily_cells', 'checkpoints', 'findings']));
    expect(readable).toEqual(expect.arrayContaining(found));
  });
});

describe('needsOf', () => {
  it('names the columns of each table that a query has the names of, and the functions that it calls', () => {
    expect(
      needsOf([
        'SELECT count(*) FROM runs AS run WHERE run.state = 1',
        'SELECT host_state(run.lost, true) FROM runs AS run CROSS JOIN feed_holders() AS holder',
        'SELECT silent FROM host_presence',
      ]),
    ).toEqual({ feed_holders: [], host_presence: ['silent'], host_state: [], runs: ['lost', 'state'] });
  });

  it('knows columns of all that the boards read', () => {
    const needs = needsOf(readQueries(new URL('queries/', import.meta.url)).values());
    const without = Object.keys(needs).filter((name) => needs[name]?.length === 0);
    expect(without).toEqual(['feed_holders', 'host_state']);
  });
});
