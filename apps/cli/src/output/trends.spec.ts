import { describe, expect, it } from '@jest/globals';
import type { Trends } from '#contracts';
import { sparkline, trendsText } from './trends.js';

const span = { since: '2026-01-01T00:00:00.000Z', until: '2026-03-18T00:00:00.000Z' };
const at = (day: number): string => new Date(Date.parse(span.since) + day * 86_400_000).toISOString();
const band = (p50: number) => ({ q1: p50 - 1, p50, q3: p50 + 1 });
const points = Array.from({ length: 76 }, (_, day) => ({
  ...{ at: at(day), hosts: 2, runs: 10, ns: band(day < 40 ? 100 : 110), cycles: null, runId: null },
}));
const trends: Trends = {
  ...{
    probe: 'pf',
    metric: 'u2k',
    resolution: 'day',
    ...span,
    by: ['generation'],
    cut: false,
    nextCursor: null,
    notes: [],
  },
  series: [
    { values: { generation: 'Zen3' }, executor: 'simulator', provenance: 'simulated', hosts: 2, noisyHosts: 0, points },
  ],
  changes: [
    {
      ...{ kind: 'boot-state', from: at(40), to: at(43), hosts: ['h1', 'h2'], hostCount: 2 },
      fields: [{ field: 'microcode', from: '0x1', to: '0x2' }],
    },
  ],
};

describe('trends', () => {
  it('draw a chart with the changes below it, in 80 columns', () => {
    const text = trendsText(trends, 'ns');
    expect(text).toContain('100 → 110 ns (+10.0 %), from 100 to 110');
    expect(text).toContain(`  ${'▁'.repeat(40)}${'█'.repeat(36)}\n  ${' '.repeat(40)}A\n`);
    expect(text).toContain('A  2026-02-10 to 2026-02-13: microcode 0x1 → 0x2 on 2 hosts (h1, h2)');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('flag hosts above the noise limit, and say what that is', () => {
    expect(trendsText(trends, 'ns')).not.toContain('noisy');
    const text = trendsText({ ...trends, series: trends.series.map((one) => ({ ...one, noisyHosts: 1 })) }, 'ns');
    expect(text).toContain('2 hosts (1 noisy), 76');
    expect(text).toContain('noisy: hosts whose runs scatter by more than 3 %');
  });

  it('of many series show those that moved most, of many changes those of the most hosts, and all where all are asked for', () => {
    const [one] = trends.series;
    const [change] = trends.changes;
    if (one === undefined || change === undefined) throw new Error('the fixture has one of each');
    const moved = (last: number) => points.map((point, i) => ({ ...point, ns: band(i < 40 ? 100 : 100 + last) }));
    const many: Trends = {
      ...trends,
      by: ['host'],
      series: Array.from({ length: 50 }, (_, i) => ({ ...one, values: { host: `h${i}` }, points: moved(i) })),
      changes: Array.from({ length: 20 }, (_, i) => ({ ...change, hostCount: i + 1 })),
    };
    const text = trendsText(many, 'ns');
    expect(text.split('\n').length).toBeLessThan(60);
    expect([...text.matchAll(/^host=h(\d+)/gm)].map(([, host]) => Number(host))).toEqual([
      ...[49, 48, 47, 46, 45, 44, 43, 42],
    ]);
    expect(text).toContain('\n… 42 more series of this page, which moved less: --all\n');
    expect([...text.matchAll(/^ {2}([A-Z]) {2}2026/gm)].map(([, letter]) => letter).join('')).toBe('MNOPQRST');
    expect(text).toContain('… 12 more, of fewer hosts: --all');
    const whole = trendsText(many, 'ns', true);
    expect([...whole.matchAll(/^host=/gm)]).toHaveLength(50);
    expect([...whole.matchAll(/^ {2}[A-Z] {2}2026/gm)]).toHaveLength(20);
    expect(whole).not.toContain('--all');
  });

  it('leave days without runs blank, and say why there is no figure', () => {
    expect(
      sparkline(
        [
          { at: at(0), value: 1 },
          { at: at(75), value: 2 },
        ],
        span,
      ),
    ).toBe(`▁${' '.repeat(74)}█`);
    expect(trendsText(trends, 'cycles')).toContain('no TSC cycles: its clocks tick at different rates');
    expect(trendsText({ ...trends, series: [] }, 'ns')).toBe('no run of pf u2k matches from 2026-01-01 to 2026-03-18');
  });
});
