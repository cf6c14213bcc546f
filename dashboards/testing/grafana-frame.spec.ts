import { describe, expect, it } from '@jest/globals';
import { seriesOf, type ResultColumn } from './grafana-frame.js';

const time: ResultColumn = { name: 'time', kind: 'time' };
const p99: ResultColumn = { name: 'p99', kind: 'number' };
const text = (name: string): ResultColumn => ({ name, kind: 'text' });
const at = (hour: number) => new Date(Date.UTC(2026, 10, 22, hour));

describe('seriesOf', () => {
  it('names a series by a third column called metric', () => {
    expect(seriesOf('time_series', [time, text('metric'), p99], [[at(1), 'zen3', 5]])).toEqual(['zen3']);
  });
  it('puts one label after the name, two in braces', () => {
    expect(seriesOf('time_series', [time, text('host'), p99], [[at(1), 'h1', 5]])).toEqual(['p99 h1']);
    const two = [time, text('host'), text('kernel'), p99];
    expect(seriesOf('time_series', two, [[at(1), 'h1', '6.1', 5]])).toEqual(['p99 {host="h1", kernel="6.1"}']);
  });
  it('leaves unlabelled columns bare', () => {
    expect(seriesOf('time_series', [time, p99], [[at(1), 5]])).toEqual(['p99']);
  });
  it('has no fields without rows', () => {
    expect(seriesOf('time_series', [time, p99], [])).toEqual([]);
  });
  it('refuses a missing time column, falling times and odd types', () => {
    expect(() => seriesOf('time_series', [{ ...time, name: 'hour' }, p99], [[at(1), 5]])).toThrow('exactly time');
    expect(() =>
      seriesOf(
        'time_series',
        [time, p99],
        [
          [at(2), 5],
          [at(1), 5],
        ],
      ),
    ).toThrow('ascend');
    expect(() => seriesOf('time_series', [time, { name: 'b', kind: 'other' }], [[at(1), 5]])).toThrow('neither');
  });
});
