import { describe, expect, it } from '@jest/globals';
import { expandMacros, expandVariables } from './grafana-sql.js';

// Grafana's own test cases.
const from = new Date('2018-04-12T18:00:00Z');
const fiveMinutes = { from, to: new Date('2018-04-12T18:05:00Z'), intervalMs: 600_000 };

describe('expandMacros', () => {
  it.each([
    ['$__time(c)', 'c AS "time"'],
    ['$__timeFilter(c)', "c BETWEEN '2018-04-12T18:00:00Z' AND '2018-04-12T18:05:00Z'"],
    ['$__timeFrom()', "'2018-04-12T18:00:00Z'"],
    ['$__timeTo()', "'2018-04-12T18:05:00Z'"],
    ["$__timeGroup(c , '5m')", 'floor(extract(epoch from c)/300)*300'],
    ["$__timeGroup(c , '5m'), d", 'floor(extract(epoch from c)/300)*300 AS "time", d'],
    ["$__timeGroupAlias(c,'5m')", 'floor(extract(epoch from c)/300)*300 AS "time"'],
    ["$__timeGroupAlias(c,'5m'), d", 'floor(extract(epoch from c)/300)*300 AS "time", d'],
    ['$__unixEpochFilter(t)', 't >= 1523556000 AND t <= 1523556300'],
    ['$__unixEpochNanoFilter(t)', 't >= 1523556000000000000 AND t <= 1523556300000000000'],
    ["$__unixEpochGroup(a+b,'5m')", 'floor((a+b)/300)*300'],
    ['$__unixEpochFrom() $__unixEpochTo()', '1523556000 1523556300'],
    ['$__interval', '10m'],
    ['$__interval_ms', '600000'],
    ['$__timeGroupAlias(c,$__interval)', 'floor(extract(epoch from c)/600)*600 AS "time"'],
  ])('%s becomes %s', (macro, sql) => {
    expect(expandMacros(macro, fiveMinutes)).toBe(sql);
  });

  it('keeps fractions of a second', () => {
    const range = { ...fiveMinutes, from: new Date('1960-02-01T07:00:00.500Z') };
    expect(expandMacros('$__timeFrom()', range)).toBe("'1960-02-01T07:00:00.5Z'");
  });

  it('refuses a macro that Grafana does not know', () => {
    expect(() => expandMacros('$__timeGrup(c)', fiveMinutes)).toThrow('unknown macro __timeGrup');
  });

  it("ends an argument at the first closing bracket, as Grafana's pattern does", () => {
    expect(expandMacros('$__timeFilter(f(c))', fiveMinutes)).toMatch(/^f\(c BETWEEN .*'\)$/);
  });
});

describe('expandVariables', () => {
  const several = { v: ['a', "O'B"] };
  it.each(['$v', '${v}', '${v:sqlstring}'])('lists several values for %s', (text) => {
    expect(expandVariables(`IN (${text})`, several)).toBe("IN ('a','O''B')");
  });

  it('quotes a single value only for sqlstring', () => {
    expect(expandVariables('$v ${v:sqlstring}', { v: "O'B" })).toBe("O''B 'O''B'");
  });

  it('leaves a raw value as it is, and what is in it', () => {
    expect(expandVariables('${v:raw}', { v: "O'B $w" })).toBe("O'B $w");
  });

  it('leaves nothing for All without options', () => {
    expect(expandVariables('ARRAY[${v:sqlstring}]::text[]', { v: [] })).toBe('ARRAY[]::text[]');
  });

  it('leaves macros to the server', () => {
    expect(expandVariables('$__timeFilter(c) $__interval', {})).toBe('$__timeFilter(c) $__interval');
  });

  it('refuses an unknown variable or format', () => {
    expect(() => expandVariables('$w', several)).toThrow('no variable w');
    expect(() => expandVariables('${v:regex}', several)).toThrow('format regex');
  });
});
