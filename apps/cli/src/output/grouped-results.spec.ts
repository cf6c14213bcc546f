import { describe, expect, it } from '@jest/globals';
import type { GroupedResultRow } from '#contracts';
import { plainLook } from './columns.js';
import { groupedResultsListing, groupedResultsText } from './grouped-results.js';

const row: GroupedResultRow = {
  by: { microcode: '0x49', 'label.rack': null },
  probe: 'pf',
  metric: 'u2k',
  provenance: 'measured',
  executor: 'stock-host',
  virtualization: 'bare',
  kpti: 'on',
  hosts: 2,
  noisyHosts: 0,
  runs: 1_234,
  copies: 0,
  samples: 20_000,
  q1Cycles: 400,
  p50Cycles: 440.5,
  q3Cycles: 480,
  q1Ns: 173.9,
  p50Ns: 191.5,
  q3Ns: 208.7,
};
const results = { by: ['microcode', 'label.rack'], cut: false, notes: [] };
const headOf = (text: string): string[] => (text.split('\n')[0] ?? '').trim().split(/ {2,}/);

describe('groupedResultsText', () => {
  it('has a column for each field asked for, a dash where a run has none, and no columns that say nothing', () => {
    const text = groupedResultsText({ ...results, rows: [row] });
    expect(headOf(text)).toEqual([
      ...['microcode', 'label.rack', 'probe', 'hosts', 'runs', 'p50', 'q1 ns', 'p50 ns', 'q3 ns', 'provenance'],
    ]);
    expect(text.split('\n')[1]).toMatch(/^0x49 +– +pf u2k +2 +1,234 +441 +174 +192 +209 +measured/);
  });

  it('shows what is never pooled where it differs', () => {
    const other = { ...row, executor: 'patched-host' as const, kpti: 'off', copies: 3 };
    const text = groupedResultsText({ ...results, rows: [row, other], cut: true });
    expect(headOf(text)).toEqual(expect.arrayContaining(['kpti', 'executor', 'copies']));
    expect(headOf(text)).not.toContain('where');
    expect(text).toMatch(/only the first 2 groups/);
  });

  it('lists a page of many groups, says how many there are besides, and lists them where all are asked for', () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({ ...row, by: { host: `h${i}` } }));
    const many = { ...results, by: ['host'], rows };
    expect(groupedResultsText(many).split('\n')).toHaveLength(28);
    expect(groupedResultsText(many)).toContain('\n… 276 groups more: --all\n');
    expect(groupedResultsText(many, plainLook, true).split('\n')).toHaveLength(303);
  });

  it('shows what was asked for once', () => {
    const by = { provenance: 'measured', virt: 'vm', kpti: 'on' };
    const rows = [
      { ...row, by },
      { ...row, by: { ...by, virt: 'bare' }, virtualization: 'vm' as const, kpti: 'off' },
    ];
    const head = headOf(groupedResultsText({ ...results, by: ['provenance', 'virt', 'kpti'], rows }));
    expect(head).toEqual(['provenance', 'virt', 'kpti', 'probe', 'hosts', 'runs', 'p50', 'q1 ns', 'p50 ns', 'q3 ns']);
  });

  it('names a row by a selector of its runs only', () => {
    const { name } = groupedResultsListing({ ...results, rows: [row, { ...row, kpti: 'off' }] });
    expect(name({ ...row, kpti: 'off' })).toBe('microcode=0x49,!label.rack,kpti=off');
    expect(groupedResultsListing({ ...results, rows: [row] }).name(row)).toBe('microcode=0x49,!label.rack');
  });

  it('says that nothing matches', () => {
    expect(groupedResultsText({ ...results, rows: [] })).toBe('no completed run matches');
  });
});
