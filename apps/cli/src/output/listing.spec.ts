import { describe, expect, it } from '@jest/globals';
import { noColours } from './colours.js';
import type { Column } from './columns.js';
import { numbers } from './columns.js';
import { rowsText, tableText } from './listing.js';

interface Row {
  host: string;
  p50: number | null;
  note: string;
}
const columns: Column<Row>[] = [
  { head: 'host', of: ({ host }) => host, cut: true },
  numbers(
    'p50',
    ({ p50 }) => p50,
    (value) => (value === null ? '–' : value.toLocaleString('en-US')),
  ),
  { head: 'note', of: ({ note }) => note, wide: true },
];
const listing = (...rows: Row[]) => ({ columns, rows, name: ({ host }: Row) => host });
const row = { host: 'h1', p50: 3_419, note: 'a|b' };
const plain = { wide: false, width: null, paint: noColours };

describe('a listing', () => {
  it('is names, one a line', () => {
    expect(rowsText(listing(row, { ...row, host: 'h2' }), 'name')).toBe('h1\nh2');
    expect(rowsText(listing(row, row), 'name')).toBe('h1');
    expect(rowsText(listing(), 'name')).toBe('');
  });

  it.each([
    ['a number as it is', row, 'h1,3419,a|b'],
    ['nothing where there is no value', { ...row, p50: null }, 'h1,,a|b'],
    ['a negative number', { ...row, p50: -2 }, 'h1,-2,a|b'],
    ['commas and quotes', { ...row, note: 'say "a, b"' }, 'h1,3419,"say ""a, b"""'],
    ['line breaks', { ...row, note: 'a\nb' }, 'h1,3419,"a\nb"'],
    ['a formula as text', { ...row, note: '=HYPERLINK("x")' }, `h1,3419,"'=HYPERLINK(""x"")"`],
    ['an at sign and a minus', { ...row, host: '@sum', note: '-1+2' }, `'@sum,3419,'-1+2`],
  ])('is CSV with %s', (_, one, line) => {
    expect(rowsText(listing(one), 'csv')).toBe(`host,p50,note\n${line}`);
  });

  it('is Markdown in which text stays text', () => {
    expect(rowsText(listing({ ...row, host: '<b>`x`' }), 'markdown')).toBe(
      ['| host | p50 | note |', '| --- | ---: | --- |', '| \\<b>\\`x\\` | 3,419 | a\\|b |'].join('\n'),
    );
  });

  it('is a table without what is only wide, and cut to the terminal, however narrow that is', () => {
    expect(tableText(listing(row), plain)).toBe('host    p50\nh1    3,419');
    expect(tableText(listing(row), { ...plain, wide: true })).toBe('host    p50  note\nh1    3,419  a|b ');
    const long = { ...row, host: 'a-host-with-a-long-name' };
    expect(tableText(listing(long), { ...plain, width: 20 })).toBe('host             p50\na-host-with-…  3,419');
    expect(tableText(listing(long), { ...plain, width: 13 })).toBe('host      p50\na-hos…  3,419');
  });

  it('leaves out what can be spared before it cuts names beyond recognition, and says what', () => {
    const spare: Column<Row>[] = [
      ...columns.slice(0, 2),
      { head: 'from', of: () => 'simulated', spare: true },
      { head: 'note', of: ({ note }) => note, spare: true },
    ];
    const of = (width: number) =>
      tableText({ columns: spare, rows: [row, { ...row, host: 'sapphire-rapids', note: 'c' }] }, { ...plain, width });
    expect(of(80)).not.toContain('no room');
    expect(of(36)).toBe(
      [
        'host               p50  from     ',
        'h1               3,419  simulated',
        'sapphire-rapids  3,419  simulated',
        'no room for note: -o wide',
      ].join('\n'),
    );
    expect(of(22)).toContain('no room for from\n(simulated), note: -o\nwide');
  });

  it('is a line a column where no table fits, so that nothing is broken in the middle or lost', () => {
    const two = listing({ ...row, host: 'a-host-with-a-long-name' }, { ...row, host: 'h2', p50: null });
    const lines = 'host:\n  a-host-with-a-long-name\np50: 3,419\n\nhost: h2\np50: –';
    expect(tableText(two, { ...plain, width: 10 })).toBe(lines);
    expect(tableText(two, { ...plain, width: 1 })).toContain('3,419');
  });

  it.each([
    ['East Asian letters take two columns', '測定ホスト測定', 18, 'host           p50\n測定ホスト…  3,419'],
    ['marks take none', 'e\u0301'.repeat(8), 15, `host        p50\n${'e\u0301'.repeat(8)}  3,419`],
    ['Hebrew is as long as it is', 'מחשב-ראשון-ארוך-מאוד', 19, 'host            p50\nמחשב-ראשון-…  3,419'],
  ])('knows the width of a text: %s', (_, host, width, expected) => {
    expect(tableText(listing({ ...row, host }), { ...plain, width })).toBe(expected);
  });
});
