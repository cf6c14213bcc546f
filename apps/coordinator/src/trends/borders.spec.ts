import { describe, expect, it } from '@jest/globals';
import { type BootState, bootFieldsOf, deriveLabels } from '#contracts';
import { bootStateOf } from '../../../../test/fleet/hosts.js';
import { factsOf } from '../compare/facts.js';
import { bordersOf, overlap, stretchesOfDays, type Stretch } from './borders.js';
import { changedFields, knownChanges } from './known-changes.js';

const line = { hostId: 'h1', executor: 'stock-host', provenance: 'measured' };
const dayMs = 86_400_000;
const stretch = (bootStateHash: string, first: number, last: number, hostId = 'h1'): Stretch => ({
  ...{ ...line, hostId, bootStateHash, firstMs: first * dayMs, lastMs: last * dayMs },
});
/** `A A AB B`: a word a day, a letter each boot state. */
const daysOf = (text: string) =>
  text.split(' ').flatMap((those, day) => [...those].map((bootStateHash) => ({ bootStateHash, dayMs: day * dayMs })));
const stretches = (text: string): string[] =>
  stretchesOfDays(line, daysOf(text)).map(
    ({ bootStateHash, firstMs, lastMs }) => `${bootStateHash}${firstMs / dayMs}-${lastMs / dayMs}`,
  );

describe('borders', () => {
  it('stand where one boot state gives way to the next, in whatever order they come', () => {
    const all = [stretch('C', 9, 12), stretch('A', 0, 4), stretch('B', 5, 8)];
    expect(bordersOf(all).map(({ before, after, atMs }) => [before, after, atMs / dayMs])).toEqual([
      ['A', 'B', 5],
      ['B', 'C', 9],
    ]);
    expect(overlap(all)).toBe(false);
    expect(bordersOf([stretch('A', 0, 4)])).toEqual([]);
  });

  it('are a thousand where there are a thousand boot states', () => {
    const all = Array.from({ length: 1_000 }, (_, i) => stretch(`s${i}`, i, i));
    expect(bordersOf(all)).toHaveLength(999);
  });

  it('are told by the days where boot states overlap', () => {
    expect(overlap([stretch('A', 0, 9), stretch('B', 4, 5)])).toBe(true);
    // Taken back after two days.
    expect(stretches('A A B B A A')).toEqual(['A0-1', 'B2-3', 'A4-5']);
    // Updated in the middle of a day.
    expect(stretches('A A AB B B')).toEqual(['A0-1', 'B2-4']);
    // A clock that was set back by two days: B's first runs stand beside A's last ones.
    expect(stretches('A A A AB AB B B')).toEqual(['A0-2', 'B4-6']);
    // Cells of a matrix, side by side: no order, so no border; nor where one was tried on one day.
    expect(stretches('AB AB AB')).toEqual([]);
    expect(stretches('A AB A A')).toEqual(['A0-3']);
  });
});

describe('known changes', () => {
  const facts = new Map([
    ['A', { microcode: '0x1', kernel: '6.1.0', generation: 'Zen3', 'cpu-name': 'x', 'tsc-khz': '2000000' }],
    ['B', { microcode: '0x2', kernel: '6.1.0', generation: 'Zen3', 'cpu-name': 'x', 'tsc-khz': '2001000' }],
    ['Z', { microcode: '0x9', kernel: '6.1.0', generation: 'Zen4', 'cpu-name': 'y', 'tsc-khz': '2400000' }],
  ]);
  const border = (hostId: string, day: number, before = 'A', after = 'B') => ({
    ...{ ...line, hostId, before, after, lastBeforeMs: (day - 1) * dayMs, atMs: day * dayMs },
  });

  it('are one for hosts that changed alike in the same wave', () => {
    const [first, second, ...others] = knownChanges(
      [border('h3', 90), border('h1', 1), border('h2', 8), border('h4', 8, 'A', 'Z')],
      facts,
    );
    expect(first).toMatchObject({ kind: 'boot-state', fields: [{ field: 'microcode', from: '0x1', to: '0x2' }] });
    expect(first?.borders.map(({ hostId }) => hostId)).toEqual(['h1', 'h2']);
    // A machine swapped under its name: its microcode and clock follow from that.
    expect(second).toMatchObject({
      kind: 'another-machine',
      fields: [{ field: 'generation', from: 'Zen3', to: 'Zen4' }],
    });
    expect(others.map(({ borders }) => borders.map(({ hostId }) => hostId))).toEqual([['h3']]);
  });

  it('name what can not change a cost only where nothing else differs, and what was not known', () => {
    expect(changedFields({ 'tsc-khz': '1' }, { 'tsc-khz': '2' }).fields).toEqual([
      { field: 'tsc-khz', from: '1', to: '2' },
    ]);
    expect(changedFields({}, { 'fact.bios': '2.4' }).fields).toEqual([{ field: 'fact.bios', from: null, to: '2.4' }]);
  });

  const haswell = bootStateOf('Haswell-EP');
  const factsUnder = (bootState: BootState) =>
    factsOf({
      labels: deriveLabels('h1', {}, bootState, 'measured'),
      fields: bootFieldsOf(bootState),
      command_line: bootState.kernelCommandLine,
    });
  it.each<[string, Partial<BootState>, string, string, string[]]>([
    ['a new kernel', { kernelRelease: '6.1.9' }, 'boot-state', 'kernel', ['6.1.0', '6.1.9']],
    ['a new kernel series', { kernelRelease: '6.12.9' }, 'boot-state', 'kernel-series', ['6.1', '6.12']],
    ['microcode', { microcode: '0x50' }, 'boot-state', 'microcode', ['0x49', '0x50']],
    ['a BIOS', { extra: { bios: '2.19' } }, 'boot-state', 'fact.bios', ['2.18', '2.19']],
    ['boot options', { kernelCommandLine: 'quiet nosmt' }, 'boot-state', 'command-line', ['', 'nosmt']],
    [
      'a mitigation',
      { mitigations: { retbleed: 'IBRS' } },
      'boot-state',
      'mitigation.retbleed',
      ['Vulnerable', 'IBRS'],
    ],
    ['page-table isolation', { kpti: true }, 'boot-state', 'kpti', ['off', 'on']],
    [
      'a swapped machine',
      { cpu: bootStateOf('Zen3').cpu, microcode: '0xa0' },
      'another-machine',
      'generation',
      ['Haswell-EP', 'Zen3'],
    ],
  ])('are %s under its own name', (_, changed, kind, field, [from, to]) => {
    const was = {
      ...haswell,
      kernelCommandLine: 'quiet',
      extra: { bios: '2.18' },
      mitigations: { retbleed: 'Vulnerable' },
    };
    const found = changedFields(factsUnder(was), factsUnder({ ...was, ...changed }));
    expect(found).toEqual({ kind, fields: [{ field, from, to }] });
  });
});
